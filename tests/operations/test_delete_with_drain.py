"""Deleting a group whose targets are taken out first."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from lattice_tg.errors import PartialFailureError, ResourceNotFoundError, WaitTimeoutError
from lattice_tg.models.responses import TargetGroupDeletion
from lattice_tg.testing import VpcLatticeEmulator
from support.deletion import HAS_TARGETS, deleted, lasting
from support.targets import (
    ARN,
    ID,
    NOT_FOUND,
    Answer,
    client_of,
    ip_group,
    ips,
    refusal,
    rows,
    script_of,
    scripted,
    sent,
    wire_group,
)

GOING = {"id": ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"}
DELETION = TargetGroupDeletion(id=ID, arn=ARN, status="DELETE_IN_PROGRESS")


def drained_and_left(vpc_lattice: VpcLatticeEmulator, client: Any, count: int) -> Any:
    """A group out of service, whose targets began to drain while it was in service."""
    group = ip_group(client)
    vpc_lattice.clock.sleep(10)
    vpc_lattice.attach_to_service(group.id)
    client.register_targets(group, ips(count))
    client.deregister_targets(group, ips(count))
    vpc_lattice.detach_from_services(group.id)
    return group


@lasting
def test_drain_and_wait(vpc_lattice: VpcLatticeEmulator) -> None:
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
def test_only_what_is_not_leaving_is_deregistered(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets that are draining already are waited for only."""
    client = client_of(vpc_lattice)
    group = drained_and_left(vpc_lattice, client, 2)
    client.register_targets(group, [ips(3)[2]])

    client.delete(group, drain=True)

    (first, second) = [call.params["targets"] for call in vpc_lattice.calls if call.operation == "DeregisterTargets"]
    assert ([row["id"] for row in first], second) == (["10.0.0.0", "10.0.0.1"], [{"id": "10.0.0.2", "port": 80}])


def test_an_empty_group(vpc_lattice: VpcLatticeEmulator) -> None:
    """Where there is nothing to drain, nothing is deregistered."""
    client = client_of(vpc_lattice)

    client.delete(ip_group(client), drain=True)

    assert sent(vpc_lattice) == ["CreateTargetGroup", "GetTargetGroup", "ListTargets", "DeleteTargetGroup"]


@lasting
@pytest.mark.parametrize(
    ("timeout_seconds", "late"),
    [(100, r"to be drained did not come in .* 10.0.0.0 port 80 is DRAINING"), (310, "to be gone did not come in")],
)
def test_one_deadline(vpc_lattice: VpcLatticeEmulator, timeout_seconds: float, late: str) -> None:
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

    assert caught.value.waiting_for == f"{ID} to be empty"
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
        ({"unsuccessful": [{"id": "10.0.0.1", "port": 80, "failureCode": "Locked"}]}, PartialFailureError),
        (refusal("AccessDeniedException", 403), PartialFailureError),
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

    with pytest.raises(PartialFailureError):
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
