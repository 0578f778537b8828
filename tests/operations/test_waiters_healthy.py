"""Waiting for targets to take traffic."""

import pytest

from lattice_tg.errors import WaitFailedError, WaitTimeoutError
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import wait_until_drained, wait_until_healthy
from lattice_tg.results import WaitProgress
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.targets import FUNCTION, ID, client_of, described, ip_group, ips, lambda_group, rows, script_of, scripted
from support.waiters import A, B, wait_on


def test_healthy_targets_are_returned() -> None:
    """What comes of the wait is the last look at the targets, without those that were not waited for."""
    answers = [rows((A, 80, "INITIAL"), (B, 80, "HEALTHY")), rows((A, 80, "HEALTHY"), (B, 80, "UNHEALTHY"))]
    calls = scripted(list_targets=answers)

    seen = wait_until_healthy(calls, described(), [Target.ip(A)], wait_on(calls))

    assert seen == (TargetSummary(id=A, port=80, status="HEALTHY"),)
    assert calls.clock.monotonic() == 5


def test_a_whole_group_without_those_that_leave() -> None:
    """Of a whole group, draining targets are neither waited for nor returned."""
    calls = scripted(list_targets=[rows((A, 80, "DRAINING"), (B, 80, "HEALTHY"))])

    assert wait_until_healthy(calls, described(), None, wait_on(calls)) == (
        TargetSummary(id=B, port=80, status="HEALTHY"),
    )


def test_no_targets_are_healthy_at_once() -> None:
    """Where no target is named, there is nothing to wait for, and nothing is asked; the same for draining."""
    calls = scripted()

    assert wait_until_healthy(calls, ID, [], wait_on(calls)) == ()
    assert wait_until_drained(calls, ID, iter([]), wait_on(calls)) is None  # type: ignore[func-returns-value]
    assert script_of(calls).requests == []


def test_unused_targets_end_the_wait() -> None:
    """A target that no listener leads to never becomes healthy; the error says so, and names it."""
    calls = scripted(list_targets=[rows((A, 80, "UNUSED", "TargetGroupNotInUse"), (B, 80, "HEALTHY"))])

    with pytest.raises(WaitFailedError) as caught:
        wait_until_healthy(calls, described(), None, wait_on(calls))

    assert caught.value.targets == (TargetSummary(id=A, port=80, status="UNUSED", reason_code="TargetGroupNotInUse"),)
    assert str(caught.value) == (
        "it can never come: 10.0.0.1 port 80 is UNUSED (TargetGroupNotInUse): no listener uses the group, so its "
        "targets are not checked; add it to a listener or rule"
    )


def test_leaving_targets_end_the_wait() -> None:
    """A named target that is being deregistered never becomes healthy."""
    calls = scripted(list_targets=[rows((A, 80, "DRAINING"))])

    with pytest.raises(WaitFailedError, match=r"is DRAINING: they are being deregistered; register them again"):
        wait_until_healthy(calls, described(), [Target.ip(A)], wait_on(calls))


def test_what_is_late_is_named() -> None:
    """A wait that was too short names the first few that are not there yet, with reasons, and counts the others."""
    late = [(target.id, 80, "UNHEALTHY", "HealthCheckFailed") for target in ips(4)]
    calls = scripted(list_targets=[rows((B, 81, "HEALTHY"), *late)])

    with pytest.raises(WaitTimeoutError) as caught:
        wait_until_healthy(calls, described(), [*ips(4), Target.ip(B, 81), Target.ip("10.9.9.9")], wait_on(calls))

    assert str(caught.value) == (
        "it did not come in 60 s; last seen: 10.0.0.0 port 80 is UNHEALTHY (HealthCheckFailed), "
        "10.0.0.1 port 80 is UNHEALTHY (HealthCheckFailed), 10.0.0.2 port 80 is UNHEALTHY (HealthCheckFailed) "
        "and 2 more; nothing was undone: wait again, or longer"
    )


@pytest.mark.vpc_lattice(clock=VirtualClock(), initial_seconds=20)
def test_becoming_healthy(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets of a group in service become healthy in time, and each look is told."""
    client, told = client_of(vpc_lattice), list[WaitProgress]()
    group = ip_group(client)
    vpc_lattice.attach_to_service(group.id)
    client.register_targets(group, ips(3))

    seen = client.wait_until_healthy(group.id, iter(ips(3)), on_progress=told.append)

    assert [row.status for row in seen] == ["HEALTHY"] * 3
    assert [told[0].counts, told[-1].counts] == [{"INITIAL": 3}, {"HEALTHY": 3}]
    assert 20 <= told[-1].elapsed_seconds < 30


def test_a_function_is_always_ready(vpc_lattice: VpcLatticeEmulator) -> None:
    """A function, which has no health checks, is ready once its group is in service."""
    client = client_of(vpc_lattice)
    group = lambda_group(client)
    client.register_targets(group, [Target.lambda_(FUNCTION)])
    vpc_lattice.attach_to_service(group.id)

    seen = client.wait_until_healthy(group)

    assert [(row.id, row.status) for row in seen] == [(FUNCTION, "UNAVAILABLE")]
