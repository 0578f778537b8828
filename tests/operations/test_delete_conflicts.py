"""What a refused deletion tells."""

from typing import Any

import pytest

from lattice_tg.errors import AccessDeniedError, ConflictError
from lattice_tg.testing import VpcLatticeEmulator
from support.deletion import HAS_TARGETS, deleted
from support.targets import (
    NOT_FOUND,
    Answer,
    Refusal,
    client_of,
    conflict,
    ip_group,
    ips,
    refusal,
    rows,
    script_of,
    scripted,
    sent,
    wire_group,
)

SERVICE = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdefg"


def refused(*answers: Answer, **others: Any) -> ConflictError:
    """The conflict that a plain delete ends with, where the service gives these answers to it."""
    with pytest.raises(ConflictError) as caught:
        deleted(scripted(delete_target_group=answers, **others))
    return caught.value


@pytest.mark.parametrize(
    ("words", "status", "arns", "targets", "kind"),
    [
        ("Target group is in use by a service", "ACTIVE", [SERVICE], [], "in_use"),
        ("No", "ACTIVE", [SERVICE], [("10.0.0.1", 80, "HEALTHY")], "in_use"),
        ("No", "CREATE_IN_PROGRESS", [], [], "wrong_status"),
        ("No", "DELETE_IN_PROGRESS", [], [], "wrong_status"),
        ("No", "ACTIVE", [], [("10.0.0.1", 80, "DRAINING")], "has_targets"),
        ("No", "ACTIVE", [], [], "unknown"),
    ],
)
def test_the_kind_of_a_conflict(words: str, status: str, arns: list[str], targets: list[Any], kind: str) -> None:
    """Where the service's words do not tell, the group and its targets do; and the services are named."""
    error = refused(
        conflict(words), get_target_group=[wire_group(status, serviceArns=arns)], list_targets=[rows(*targets)]
    )

    assert (error.kind, error.service_arns, error.message) == (kind, tuple(arns), words)


def test_words_that_tell_enough() -> None:
    """Where the words say that there are targets, nothing more is asked, and the error names ``drain=True``."""
    error = refused(HAS_TARGETS)

    assert error.kind == "has_targets"
    assert "delete(…, drain=True)" in str(error)


@pytest.mark.parametrize("answer", [NOT_FOUND, refusal("AccessDeniedException", 403)])
def test_a_conflict_that_cannot_be_explained(answer: Refusal) -> None:
    """Where one may not look, or the group is gone meanwhile, the conflict itself is raised."""
    error = refused(conflict("No"), get_target_group=[answer])

    assert (error.kind, error.service_arns, error.message) == ("unknown", (), "No")


@pytest.mark.parametrize("drain", [False, True])
def test_a_group_in_use(vpc_lattice: VpcLatticeEmulator, drain: bool) -> None:
    """A group that a service uses is left as it is, its targets too, and the services are named."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(2))
    vpc_lattice.attach_to_service(group.id, SERVICE)

    with pytest.raises(ConflictError) as caught:
        client.delete(group, drain=drain)

    assert (caught.value.kind, caught.value.service_arns) == ("in_use", (SERVICE,))
    assert SERVICE in str(caught.value)
    assert [row.status for row in client.list_targets(group)] == ["HEALTHY", "HEALTHY"]
    assert "DeregisterTargets" not in sent(vpc_lattice)


def test_a_conflict_that_draining_does_not_mend() -> None:
    """A service that begins to use the group meanwhile ends the delete."""
    calls = scripted(
        get_target_group=[wire_group(), wire_group(serviceArns=[SERVICE])],
        list_targets=[rows()],
        delete_target_group=[conflict("in use")],
    )

    with pytest.raises(ConflictError) as caught:
        deleted(calls, drain=True)

    assert (caught.value.kind, caught.value.service_arns) == ("in_use", (SERVICE,))
    assert calls.clock.monotonic() == 0


def test_a_group_that_has_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets are not taken out unless that is asked for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(1))

    with pytest.raises(ConflictError) as caught:
        client.delete(group)

    assert caught.value.kind == "has_targets"
    assert [row.id for row in client.list_targets(group)] == ["10.0.0.0"]


def test_who_may_not_look() -> None:
    """Whoever may not look at the group cannot drain it, and nothing is taken out."""
    calls = scripted(get_target_group=[refusal("AccessDeniedException", 403)])

    with pytest.raises(AccessDeniedError):
        deleted(calls, drain=True)

    assert script_of(calls).methods() == ["get_target_group"]
