"""Targets taken out, and waited for until they have left."""

import time

import pytest

from lattice_tg.errors import InternalServerError, WaitTimeoutError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.target_results import A, on_a_virtual_clock, silent
from support.targets import ID, client_of, ip_group, ips, sent


def test_deregistering_any_number(vpc_lattice: VpcLatticeEmulator) -> None:
    """A list of 250 is deregistered in chunks; what is not there is reported."""
    client, targets = client_of(vpc_lattice), ips(250)
    group = ip_group(client)
    client.register_targets(group, targets[:249])

    report = client.deregister_targets(group, [*targets, targets[0]])

    failure = TargetFailure(
        id=targets[249].id, failure_code="TargetNotFound", failure_message="The target is not registered"
    )
    assert report == TargetsResult(tuple(targets[:249]), (failure,))
    assert list(client.list_targets(group)) == []


@on_a_virtual_clock
def test_deregistering_and_waiting(vpc_lattice: VpcLatticeEmulator) -> None:
    """With ``wait`` a five minute drain is over when the report comes, and takes no real time on a virtual clock."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(3))
    vpc_lattice.attach_to_service(group.id)
    began, real = vpc_lattice.clock.monotonic(), time.monotonic()

    report = client.deregister_targets(group, ips(2), wait=True)

    assert report == TargetsResult(successful=tuple(ips(2)))
    assert [row.id for row in client.list_targets(group)] == ["10.0.0.2"]
    assert 300 <= vpc_lattice.clock.monotonic() - began <= 330
    assert time.monotonic() - real < 5


@on_a_virtual_clock
def test_a_drain_that_takes_too_long(vpc_lattice: VpcLatticeEmulator) -> None:
    """A wait that is not long enough says which target is still there, and in which state."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(1))
    vpc_lattice.attach_to_service(group.id)

    with pytest.raises(WaitTimeoutError) as caught:
        client.deregister_targets(group, ips(1), wait=True, timeout_seconds=60)

    assert str(caught.value) == (
        f"{group.id} to be drained did not come in 60 s; last seen: 10.0.0.0 port 80 is DRAINING; "
        "deregistered: 1 successful, 0 unsuccessful, 0 unanswered; nothing was undone: wait again, or longer"
    )


def test_only_what_was_taken_out_is_waited_for(vpc_lattice: VpcLatticeEmulator) -> None:
    """Where no target was taken out there is nothing to wait for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)

    report = client.deregister_targets(group, ips(1), wait=True)

    assert [failure.failure_code for failure in report.unsuccessful] == ["TargetNotFound"]
    assert sent(vpc_lattice) == ["CreateTargetGroup", "DeregisterTargets"]


@on_a_virtual_clock
@pytest.mark.parametrize("count", [2, 150])
def test_deregistering_with_lost_replies(vpc_lattice: VpcLatticeEmulator, count: int) -> None:
    """A deregistering whose reply got lost is repeated, and that the targets are not found then is success."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(count))
    vpc_lattice.drop_response("DeregisterTargets", times=2)

    report = client.deregister_targets(group, ips(count), wait=True)

    assert report == TargetsResult(successful=tuple(ips(count)))
    assert list(client.list_targets(group)) == []


def test_throttling_loses_nothing(vpc_lattice: VpcLatticeEmulator) -> None:
    """A throttled request did nothing, so a target that is not found after it was never there."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.throttle("DeregisterTargets")

    report = client.deregister_targets(group, ips(1))

    assert [failure.failure_code for failure in report.unsuccessful] == ["TargetNotFound"]


@on_a_virtual_clock
@pytest.mark.parametrize("by", ["group", "id"])
def test_waiting_for_one_port_of_two(vpc_lattice: VpcLatticeEmulator, by: str) -> None:
    """A target without port is the one on the group's: the same id on another port is not waited for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, [Target.ip(A), Target.ip(A, 81)])
    vpc_lattice.attach_to_service(group.id)

    report = client.deregister_targets(group if by == "group" else group.id, [Target.ip(A)], wait=True)

    assert report == TargetsResult(successful=(Target.ip(A),))
    assert [(row.id, row.port, row.status) for row in client.list_targets(group)] == [(A, 81, "HEALTHY")]


def test_deregistering_in_a_failing_service(vpc_lattice: VpcLatticeEmulator) -> None:
    """A chunk that fails to the end is in the report, and is not waited for."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    client.register_targets(group, ips(1))
    vpc_lattice.fail("DeregisterTargets", "InternalServerException", times=50)

    report = client.deregister_targets(group, ips(1), wait=True)

    assert silent(report) == ips(1)
    assert isinstance(report.failed_requests[0].error, InternalServerError)
    assert "ListTargets" not in sent(vpc_lattice)


def test_a_group_that_is_not_there(vpc_lattice: VpcLatticeEmulator) -> None:
    """That there is no such group is the error of every chunk."""
    client = client_of(vpc_lattice)

    reports = [client.register_targets(ID, ips(150)), client.deregister_targets(ID, ips(150))]

    errors = [str(chunk.error) for report in reports for chunk in report.failed_requests]
    assert [silent(report) for report in reports] == [ips(150)] * 2
    assert ["ResourceNotFoundException" in error for error in errors] == [True] * 4
