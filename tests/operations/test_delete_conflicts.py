"""Conflicts that VPC Lattice reports for deletions."""

from typing import Any

import pytest

from lattice_tg.errors import AccessDeniedError, ConflictError
from lattice_tg.testing import VpcLatticeEmulator
from support.deletion import HAS_TARGETS, delete_group
from support.targets import (
    NOT_FOUND,
    ErrorResponse,
    StubResponse,
    conflict_response,
    create_client,
    create_ip_group,
    error_response,
    get_stub,
    make_stub_sender,
    make_targets,
    sent_operations,
    targets_response,
    wire_group,
)

SERVICE = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdefg"


def get_conflict(*responses: StubResponse, **other_responses: Any) -> ConflictError:
    """Return the ConflictError of a delete without options that gets these responses."""
    with pytest.raises(ConflictError) as caught:
        delete_group(make_stub_sender(delete_target_group=responses, **other_responses))
    return caught.value


@pytest.mark.parametrize(
    ("message", "status", "arns", "targets", "kind"),
    [
        ("Target group is in use by a service", "ACTIVE", [SERVICE], [], "in_use"),
        ("No", "ACTIVE", [SERVICE], [("10.0.0.1", 80, "HEALTHY")], "in_use"),
        ("No", "CREATE_IN_PROGRESS", [], [], "wrong_status"),
        ("No", "DELETE_IN_PROGRESS", [], [], "wrong_status"),
        ("No", "ACTIVE", [], [("10.0.0.1", 80, "DRAINING")], "has_targets"),
        ("No", "ACTIVE", [], [], "unknown"),
    ],
)
def test_conflict_kind_is_derived_from_message_group_and_targets(
    message: str, status: str, arns: list[str], targets: list[Any], kind: str
) -> None:
    """If the message is not specific, the group and its targets determine the kind of conflict."""
    error = get_conflict(
        conflict_response(message),
        get_target_group=[wire_group(status, serviceArns=arns)],
        list_targets=[targets_response(*targets)],
    )

    assert (error.kind, error.service_arns, error.message) == (kind, tuple(arns), message)


def test_has_targets_message_needs_no_lookup() -> None:
    """If the message says that targets are registered, the kind is known without a lookup.

    The error names drain=True.
    """
    error = get_conflict(HAS_TARGETS)

    assert error.kind == "has_targets"
    assert "delete(…, drain=True)" in str(error)


@pytest.mark.parametrize("response", [NOT_FOUND, error_response("AccessDeniedException", 403)])
def test_conflict_of_unreadable_group_is_unknown(response: ErrorResponse) -> None:
    """If the group is missing or cannot be read, the conflict has the kind ``unknown``."""
    error = get_conflict(conflict_response("No"), get_target_group=[response])

    assert (error.kind, error.service_arns, error.message) == ("unknown", (), "No")


@pytest.mark.parametrize("drain", [False, True])
def test_group_in_use_is_left_unchanged(vpc_lattice: VpcLatticeEmulator, drain: bool) -> None:
    """If the group is in use, its targets stay registered, and the error lists the services."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(2))
    vpc_lattice.attach_to_service(group.id, SERVICE)

    with pytest.raises(ConflictError) as caught:
        client.delete(group, drain=drain)

    assert (caught.value.kind, caught.value.service_arns) == ("in_use", (SERVICE,))
    assert SERVICE in str(caught.value)
    assert [target.status for target in client.list_targets(group)] == ["HEALTHY", "HEALTHY"]
    assert "DeregisterTargets" not in sent_operations(vpc_lattice)


def test_group_attached_while_draining_raises() -> None:
    """If a service starts to use the group while it drains, delete() raises."""
    sender = make_stub_sender(
        get_target_group=[wire_group(), wire_group(serviceArns=[SERVICE])],
        list_targets=[targets_response()],
        delete_target_group=[conflict_response("in use")],
    )

    with pytest.raises(ConflictError) as caught:
        delete_group(sender, drain=True)

    assert (caught.value.kind, caught.value.service_arns) == ("in_use", (SERVICE,))
    assert sender.clock.monotonic() == 0


def test_delete_without_drain_keeps_the_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Without drain=True, delete() does not deregister targets."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(1))

    with pytest.raises(ConflictError) as caught:
        client.delete(group)

    assert caught.value.kind == "has_targets"
    assert [target.id for target in client.list_targets(group)] == ["10.0.0.0"]


def test_drain_without_read_permission_raises() -> None:
    """If GetTargetGroup is denied, delete(drain=True) raises and deregisters nothing."""
    sender = make_stub_sender(get_target_group=[error_response("AccessDeniedException", 403)])

    with pytest.raises(AccessDeniedError):
        delete_group(sender, drain=True)

    assert get_stub(sender).methods() == ["get_target_group"]
