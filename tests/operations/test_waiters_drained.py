"""Waiting for targets to have left."""

import pytest

from lattice_tg.errors import WaitTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import wait_until_drained, wait_until_healthy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.targets import client_of, described, ip_group, ips, rows, scripted
from support.waiters import A, B, outcome, wait_on


def test_drained_when_no_longer_listed() -> None:
    """A draining target is gone when it is listed no more, and others of the group may stay."""
    answers = [rows((A, 80, "DRAINING"), (B, 80, "HEALTHY")), rows((B, 80, "HEALTHY"))]
    calls = scripted(list_targets=answers)

    wait_until_drained(calls, described(), [Target.ip(A)], wait_on(calls))

    assert calls.clock.monotonic() == 5


def test_what_still_drains_is_named() -> None:
    """The error of a drain names what is still there, and not what is gone."""
    calls = scripted(list_targets=[rows((A, 80, "UNAVAILABLE", "HealthCheckNotSupported"))])

    with pytest.raises(WaitTimeoutError) as caught:
        wait_until_drained(calls, described(), [Target.ip(A), Target.ip(B)], wait_on(calls))

    assert caught.value.last_status == "10.0.0.1 port 80 is UNAVAILABLE (HealthCheckNotSupported)"


def test_the_same_id_on_two_ports() -> None:
    """A target is the one on its port; one without a port is the one on the group's."""
    answer = rows((A, 81, "UNHEALTHY"), (B, 80, "UNHEALTHY"), (A, 80, "HEALTHY"))

    assert outcome(wait_until_healthy, answer, targets=[Target.ip(A)]) == "done"
    assert outcome(wait_until_healthy, answer, targets=[Target.ip(A, 80)]) == "done"
    assert outcome(wait_until_healthy, answer, targets=[Target.ip(A, 81)]) == "late"
    assert outcome(wait_until_drained, answer, targets=[Target.ip(A, 82)]) == "done"


@pytest.mark.vpc_lattice(clock=VirtualClock(), drain_seconds=300)
def test_draining(vpc_lattice: VpcLatticeEmulator) -> None:
    """Without targets named, all that is draining is waited for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    vpc_lattice.attach_to_service(group.id)
    client.register_targets(group, ips(3))
    client.deregister_targets(group, ips(2))
    began = vpc_lattice.clock.monotonic()

    client.wait_until_drained(group)

    assert 300 <= vpc_lattice.clock.monotonic() - began <= 330
    assert [row.id for row in client.list_targets(group)] == ["10.0.0.2"]
