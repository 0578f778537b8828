"""Taking a group apart in the right order, and saying what is in the way."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from filling import (
    ARN,
    ID,
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
from lattice_tg.calls import Calls
from lattice_tg.errors import InvalidIdentifierError, InvalidSpecError, TargetGroupFailedError, WaitTimeoutError
from lattice_tg.models.observed import TargetGroupDeletion
from lattice_tg.reports import TargetsUnsuccessfulError
from lattice_tg.service_errors import AccessDeniedError, ConflictError, ResourceNotFoundError, TransportError
from lattice_tg.testing import VirtualClock, VpcLattice
from lattice_tg.verbs.deletion import delete

GOING = {"id": ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"}
DELETION = TargetGroupDeletion(id=ID, arn=ARN, status="DELETE_IN_PROGRESS")
SERVICE = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdefg"
HAS_TARGETS = conflict("TargetGroup has targets registered with it")

lasting = pytest.mark.vpc_lattice(
    clock=VirtualClock(), create_seconds=10, initial_seconds=5, drain_seconds=300, delete_seconds=30
)


def deleted(
    calls: Calls, *, missing_ok: bool = False, drain: bool = False, wait: bool = False, timeout_seconds: float = 600.0
) -> TargetGroupDeletion | None:
    return delete(calls, ID, missing_ok=missing_ok, drain=drain, wait=wait, timeout_seconds=timeout_seconds)


def refused(*answers: Answer, **others: Any) -> ConflictError:
    """The conflict that a plain delete ends with, where the service gives these answers to it."""
    with pytest.raises(ConflictError) as caught:
        deleted(scripted(delete_target_group=answers, **others))
    return caught.value


def drained_and_left(vpc_lattice: VpcLattice, client: Any, count: int) -> Any:
    """A group out of service, whose targets began to drain while it was in service."""
    group = ip_group(client)
    vpc_lattice.clock.sleep(10)
    vpc_lattice.put_in_service(group.id)
    client.register_targets(group, ips(count))
    client.deregister_targets(group, ips(count))
    vpc_lattice.take_out_of_service(group.id)
    return group


# plain


def test_the_services_answer(vpc_lattice: VpcLattice) -> None:
    """A delete is one request, and gives what the service says."""
    client = client_of(vpc_lattice)
    group = ip_group(client)

    deletion = client.delete(group)

    assert deletion == TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")
    assert sent(vpc_lattice) == ["CreateTargetGroup", "DeleteTargetGroup"]


@pytest.mark.parametrize("drain", [False, True])
@pytest.mark.parametrize("wait", [False, True])
def test_a_group_that_is_not_there(vpc_lattice: VpcLattice, drain: bool, wait: bool) -> None:
    """That there is no such group is an error, unless that is allowed; then there is no deletion."""
    client = client_of(vpc_lattice)

    with pytest.raises(ResourceNotFoundError):
        client.delete(ID, drain=drain, wait=wait)

    assert client.delete(ID, missing_ok=True, drain=drain, wait=wait) is None


def test_wrong_arguments(vpc_lattice: VpcLattice) -> None:
    """A name, and a time below nothing, are refused before anything is sent."""
    client = client_of(vpc_lattice)

    with pytest.raises(InvalidIdentifierError):
        client.delete("orders", missing_ok=True)
    with pytest.raises(InvalidSpecError):
        client.delete(ID, timeout_seconds=-1)

    assert sent(vpc_lattice) == []


def test_no_time_at_all(vpc_lattice: VpcLattice) -> None:
    """With no time to wait, a delete is sent all the same, once."""
    client = client_of(vpc_lattice)

    deletion = client.delete(ip_group(client), timeout_seconds=0)

    assert deletion is not None
    assert sent(vpc_lattice) == ["CreateTargetGroup", "DeleteTargetGroup"]


def test_a_lost_reply() -> None:
    """Where a repeat finds no group, the attempt that got no answer may have deleted it: that is done, not an error."""
    calls = scripted(delete_target_group=[refusal("InternalServerException", 500), NOT_FOUND])

    assert deleted(calls, wait=True) is None


def test_throttling_deletes_nothing() -> None:
    """Where a throttled request is repeated and finds no group, there was none."""
    calls = scripted(delete_target_group=[refusal("ThrottlingException", 429), NOT_FOUND])

    with pytest.raises(ResourceNotFoundError):
        deleted(calls)


def test_a_lost_reply_in_the_emulator(vpc_lattice: VpcLattice) -> None:
    """A delete whose reply got lost deletes once, and is no error."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.lose_reply("DeleteTargetGroup")

    assert client.delete(group, drain=True, wait=True) is None


@lasting
def test_a_group_that_is_being_created(vpc_lattice: VpcLattice) -> None:
    """The conflict of a group that is still being created is waited out."""
    client, began = client_of(vpc_lattice), vpc_lattice.clock.monotonic()

    deletion = client.delete(ip_group(client))

    assert deletion is not None
    assert 10 <= vpc_lattice.clock.monotonic() - began < 40


# what is in the way


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
def test_a_group_in_use(vpc_lattice: VpcLattice, drain: bool) -> None:
    """A group that a service uses is left as it is, its targets too, and the services are named."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(2))
    vpc_lattice.put_in_service(group.id, SERVICE)

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


def test_a_group_that_has_targets(vpc_lattice: VpcLattice) -> None:
    """Targets are not taken out unless that is asked for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(1))

    with pytest.raises(ConflictError) as caught:
        client.delete(group)

    assert caught.value.kind == "has_targets"
    assert [row.id for row in client.list_targets(group)] == ["10.0.0.0"]


# drain and wait


@lasting
def test_drain_and_wait(vpc_lattice: VpcLattice) -> None:
    """Targets that drain are waited for, the group is deleted, and is gone: minutes that take no real time."""
    client, real = client_of(vpc_lattice), time.monotonic()
    group = drained_and_left(vpc_lattice, client, 150)
    client.register_targets(group, [*ips(155)[150:]])
    began = vpc_lattice.clock.monotonic()

    deletion = client.delete(group.arn, drain=True, wait=True)

    assert deletion == TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")
    assert 330 <= vpc_lattice.clock.monotonic() - began < 380
    assert (client.find("orders"), time.monotonic() - real < 5) == (None, True)


@lasting
def test_only_what_is_not_leaving_is_deregistered(vpc_lattice: VpcLattice) -> None:
    """Targets that are draining already are waited for only."""
    client = client_of(vpc_lattice)
    group = drained_and_left(vpc_lattice, client, 2)
    client.register_targets(group, [ips(3)[2]])

    client.delete(group, drain=True)

    (first, second) = [call.params["targets"] for call in vpc_lattice.calls if call.operation == "DeregisterTargets"]
    assert ([row["id"] for row in first], second) == (["10.0.0.0", "10.0.0.1"], [{"id": "10.0.0.2", "port": 80}])


def test_an_empty_group(vpc_lattice: VpcLattice) -> None:
    """Where there is nothing to drain, nothing is deregistered."""
    client = client_of(vpc_lattice)

    client.delete(ip_group(client), drain=True)

    assert sent(vpc_lattice) == ["CreateTargetGroup", "GetTargetGroup", "ListTargets", "DeleteTargetGroup"]


@lasting
@pytest.mark.parametrize(
    ("timeout_seconds", "late"),
    [(100, r"to be drained did not come in .* 10.0.0.0 port 80 is DRAINING"), (310, "to be gone did not come in")],
)
def test_one_deadline(vpc_lattice: VpcLattice, timeout_seconds: float, late: str) -> None:
    """Draining, deleting and waiting share one deadline; the error says how far it came."""
    client = client_of(vpc_lattice)
    group = drained_and_left(vpc_lattice, client, 1)
    began = vpc_lattice.clock.monotonic()

    with pytest.raises(WaitTimeoutError, match=late):
        client.delete(group, drain=True, wait=True, timeout_seconds=timeout_seconds)

    assert vpc_lattice.clock.monotonic() - began == pytest.approx(timeout_seconds, abs=1e-3)


def test_targets_that_the_service_still_sees() -> None:
    """After the drain, a delete that is refused for targets is repeated until it is taken."""
    calls = scripted(
        get_target_group=[wire_group()],
        list_targets=[rows()],
        delete_target_group=[HAS_TARGETS, HAS_TARGETS, GOING],
    )

    assert deleted(calls, drain=True) == DELETION
    assert 3 < calls.clock.monotonic() < 6


def test_targets_that_stay() -> None:
    """A delete that is refused for targets until the end says so, with the service's words."""
    calls = scripted(get_target_group=[wire_group()], list_targets=[rows()], delete_target_group=[HAS_TARGETS])

    with pytest.raises(WaitTimeoutError, match="TargetGroup has targets registered with it") as caught:
        deleted(calls, drain=True, timeout_seconds=30)

    assert caught.value.waited_for == f"{ID} to be empty"
    assert calls.clock.monotonic() == pytest.approx(30, abs=1e-3)


def test_targets_that_are_gone_already() -> None:
    """A target that is not found when it is deregistered is what was wanted."""
    gone = {"unsuccessful": [{"id": "10.0.0.1", "port": 80, "failureCode": "TargetNotFound"}]}
    calls = scripted(
        get_target_group=[wire_group()],
        list_targets=[rows(("10.0.0.1", 80, "UNUSED")), rows()],
        deregister_targets=[gone],
        delete_target_group=[GOING],
    )

    assert deleted(calls, drain=True) == DELETION


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"unsuccessful": [{"id": "10.0.0.1", "port": 80, "failureCode": "Locked"}]}, TargetsUnsuccessfulError),
        (refusal("AccessDeniedException", 403), TargetsUnsuccessfulError),
        (NOT_FOUND, ResourceNotFoundError),
    ],
)
def test_targets_that_cannot_be_deregistered(answer: Answer, error: type[Exception]) -> None:
    """Where targets cannot be taken out nothing is deleted, and the report says why; a group that is gone is gone."""
    calls = scripted(
        get_target_group=[wire_group()],
        list_targets=[rows(("10.0.0.1", 80, "UNUSED"))],
        deregister_targets=[answer],
    )

    with pytest.raises(error):
        deleted(calls, drain=True)

    assert script_of(calls).methods() == ["get_target_group", "list_targets", "deregister_targets"]


def test_deregistering_keeps_to_the_deadline() -> None:
    """Where the service takes no targets out in time, that is the end of the delete."""
    calls = scripted(
        get_target_group=[wire_group()],
        list_targets=[rows(("10.0.0.1", 80, "UNUSED"))],
        deregister_targets=[refusal("ThrottlingException", 429)],
    )

    with pytest.raises(TargetsUnsuccessfulError):
        deleted(calls, drain=True, timeout_seconds=30)

    assert calls.clock.monotonic() <= 30


@pytest.mark.parametrize("step", range(4))
def test_a_group_that_vanishes_meanwhile(step: int) -> None:
    """Wherever another deletes the group in between, a delete that allows for it is content."""

    def until_gone(answers: list[tuple[int, Answer]]) -> Iterator[Answer]:
        yield from (NOT_FOUND if step <= at else answer for at, answer in answers)

    row = rows(("10.0.0.1", 80, "UNUSED"))
    calls = scripted(
        get_target_group=list(until_gone([(0, wire_group())])),
        list_targets=list(until_gone([(1, row), (3, row)])),
        deregister_targets=list(until_gone([(2, {"successful": [{"id": "10.0.0.1", "port": 80}]})])),
    )

    assert deleted(calls, missing_ok=True, drain=True, wait=True) is None


def test_who_may_not_look() -> None:
    """Whoever may not look at the group cannot drain it, and nothing is taken out."""
    calls = scripted(get_target_group=[refusal("AccessDeniedException", 403)])

    with pytest.raises(AccessDeniedError):
        deleted(calls, drain=True)

    assert script_of(calls).methods() == ["get_target_group"]


def test_no_answer_to_the_delete(vpc_lattice: VpcLattice) -> None:
    """Where no attempt to delete is answered, that is the error, with or without draining."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.fail("DeleteTargetGroup", "InternalServerException", times=7)
    vpc_lattice.lose_reply("DeleteTargetGroup", times=1)

    with pytest.raises(TransportError) as caught:
        client.delete(group, drain=True)

    assert caught.value.attempts == 8


@lasting
def test_a_deletion_that_fails_is_asked_for_again(vpc_lattice: VpcLattice) -> None:
    """A deletion that failed is told when it has, and a second delete begins it again."""
    client = client_of(vpc_lattice)
    group = client.wait_until_active(ip_group(client))
    vpc_lattice.fail_deletion(group.id, code="Busy", message="try again")

    with pytest.raises(TargetGroupFailedError, match="it is DELETE_FAILED: Busy: try again; delete it again"):
        client.delete(group, wait=True)
    again = client.delete(group, drain=True, wait=True)

    assert again is not None
    assert client.find("orders") is None


@lasting
def test_a_group_that_is_going_already(vpc_lattice: VpcLattice) -> None:
    """A delete of a group that is being deleted is no error, and waits for its end."""
    client = client_of(vpc_lattice)
    group = client.wait_until_active(ip_group(client))
    client.delete(group)

    deletion = client.delete(group, drain=True, wait=True)

    assert deletion is not None
    assert client.find("orders") is None
