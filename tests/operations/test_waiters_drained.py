"""Waits until targets are drained."""

import pytest

from lattice_tg.errors import WaitTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import wait_until_drained, wait_until_healthy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.clients import run
from support.targets import (
    create_client,
    create_ip_group,
    make_stub_sender,
    make_target_group,
    make_targets,
    targets_response,
)
from support.waiters import A, B, make_waiter, wait_outcome


def test_unlisted_target_is_drained() -> None:
    """A wait returns when the target is no longer listed, even if other targets remain."""
    responses = [targets_response((A, 80, "DRAINING"), (B, 80, "HEALTHY")), targets_response((B, 80, "HEALTHY"))]
    sender = make_stub_sender(list_targets=responses)

    run(wait_until_drained, sender, make_target_group(), [Target.ip(A)], make_waiter(sender))

    assert sender.clock.monotonic() == 5


def test_timeout_error_names_only_remaining_targets() -> None:
    """The timeout error names the targets that remain, and omits drained targets."""
    sender = make_stub_sender(list_targets=[targets_response((A, 80, "UNAVAILABLE", "HealthCheckNotSupported"))])

    with pytest.raises(WaitTimeoutError) as caught:
        run(wait_until_drained, sender, make_target_group(), [Target.ip(A), Target.ip(B)], make_waiter(sender))

    assert caught.value.last_status == "10.0.0.1 port 80 is UNAVAILABLE (HealthCheckNotSupported)"


def test_targets_are_matched_by_port() -> None:
    """A target matches by its id and its port. A target without a port has the group's port."""
    response = targets_response((A, 81, "UNHEALTHY"), (B, 80, "UNHEALTHY"), (A, 80, "HEALTHY"))

    assert wait_outcome(wait_until_healthy, response, targets=[Target.ip(A)]) == "done"
    assert wait_outcome(wait_until_healthy, response, targets=[Target.ip(A, 80)]) == "done"
    assert wait_outcome(wait_until_healthy, response, targets=[Target.ip(A, 81)]) == "timeout"
    assert wait_outcome(wait_until_drained, response, targets=[Target.ip(A, 82)]) == "done"


@pytest.mark.vpc_lattice(clock=VirtualClock(), drain_seconds=300)
def test_all_draining_targets_are_waited_for_by_default(vpc_lattice: VpcLatticeEmulator) -> None:
    """If no targets are passed, the wait covers all draining targets of the group."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    vpc_lattice.attach_to_service(group.id)
    client.register_targets(group, make_targets(3))
    client.deregister_targets(group, make_targets(2))
    started_at = vpc_lattice.clock.monotonic()

    client.wait_until_drained(group)

    assert 300 <= vpc_lattice.clock.monotonic() - started_at <= 330
    assert [target.id for target in client.list_targets(group)] == ["10.0.0.2"]
