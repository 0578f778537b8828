"""Deregistration of targets, with and without waiting for them to drain."""

import time

import pytest

from lattice_tg.errors import InternalServerError, WaitTimeoutError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.target_results import A, failed_targets, with_virtual_clock
from support.targets import ID, create_client, create_ip_group, make_targets, sent_operations


def test_deregister_sends_batches_and_reports_missing_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets are deregistered in batches, and a target that was not registered is reported."""
    client, targets = create_client(vpc_lattice), make_targets(250)
    group = create_ip_group(client)
    client.register_targets(group, targets[:249])

    result = client.deregister_targets(group, [*targets, targets[0]])

    failure = TargetFailure(
        id=targets[249].id, failure_code="TargetNotFound", failure_message="The target is not registered"
    )
    assert result == TargetsResult(tuple(targets[:249]), (failure,))
    assert list(client.list_targets(group)) == []


@with_virtual_clock
def test_deregister_with_wait_returns_after_draining(vpc_lattice: VpcLatticeEmulator) -> None:
    """With wait=True, deregister_targets() returns after draining.

    On a virtual clock, the wait takes no real time.
    """
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(3))
    vpc_lattice.attach_to_service(group.id)
    started_at, real_started_at = vpc_lattice.clock.monotonic(), time.monotonic()

    result = client.deregister_targets(group, make_targets(2), wait=True)

    assert result == TargetsResult(successful=tuple(make_targets(2)))
    assert [target.id for target in client.list_targets(group)] == ["10.0.0.2"]
    assert 300 <= vpc_lattice.clock.monotonic() - started_at <= 330
    assert time.monotonic() - real_started_at < 5


@with_virtual_clock
def test_drain_timeout_names_the_remaining_target(vpc_lattice: VpcLatticeEmulator) -> None:
    """The timeout error names the remaining target and its status."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(1))
    vpc_lattice.attach_to_service(group.id)

    with pytest.raises(WaitTimeoutError) as caught:
        client.deregister_targets(group, make_targets(1), wait=True, timeout_seconds=60)

    assert str(caught.value) == (
        f"Timed out after 60 s waiting for targets of {group.id} to be drained (last status: 10.0.0.0 port 80 is DRAINING). "
        "Result of the deregistration: 1 successful, 0 unsuccessful, 0 unconfirmed. "
        "Wait again or increase timeout_seconds."
    )


def test_wait_is_skipped_if_nothing_was_deregistered(vpc_lattice: VpcLatticeEmulator) -> None:
    """If no target was deregistered, wait=True does not wait. One ListTargets request looks for other ports."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)

    result = client.deregister_targets(group, make_targets(1), wait=True)

    assert [failure.failure_code for failure in result.unsuccessful] == ["TargetNotFound"]
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup", "DeregisterTargets", "ListTargets"]


@with_virtual_clock
@pytest.mark.parametrize("count", [2, 150])
def test_deregister_with_lost_responses_succeeds(vpc_lattice: VpcLatticeEmulator, count: int) -> None:
    """After a lost response, TargetNotFound in the retry counts as success."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(count))
    vpc_lattice.drop_response("DeregisterTargets", times=2)

    result = client.deregister_targets(group, make_targets(count), wait=True)

    assert result == TargetsResult(successful=tuple(make_targets(count)))
    assert list(client.list_targets(group)) == []


def test_target_not_found_after_throttling_is_reported(vpc_lattice: VpcLatticeEmulator) -> None:
    """After throttling, TargetNotFound in the retry is a failure.

    A throttled attempt does not deregister targets.
    """
    client = create_client(vpc_lattice, clock=VirtualClock())
    group = create_ip_group(client)
    vpc_lattice.throttle("DeregisterTargets")

    result = client.deregister_targets(group, make_targets(1))

    assert [failure.failure_code for failure in result.unsuccessful] == ["TargetNotFound"]


@with_virtual_clock
@pytest.mark.parametrize("by", ["group", "id"])
def test_wait_ignores_the_same_id_on_another_port(vpc_lattice: VpcLatticeEmulator, by: str) -> None:
    """If a target has no port, the wait covers only the group's port.

    The same id on another port is ignored.
    """
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, [Target.ip(A), Target.ip(A, 81)])
    vpc_lattice.attach_to_service(group.id)

    result = client.deregister_targets(group if by == "group" else group.id, [Target.ip(A)], wait=True)

    assert result == TargetsResult(successful=(Target.ip(A),))
    assert [(target.id, target.port, target.status) for target in client.list_targets(group)] == [(A, 81, "HEALTHY")]


def test_failed_deregistration_is_reported_and_not_waited_for(vpc_lattice: VpcLatticeEmulator) -> None:
    """If every attempt fails, the request is reported, and its targets are not waited for."""
    client = create_client(vpc_lattice, clock=VirtualClock())
    group = create_ip_group(client)
    client.register_targets(group, make_targets(1))
    vpc_lattice.fail("DeregisterTargets", "InternalServerException", times=50)

    result = client.deregister_targets(group, make_targets(1), wait=True)

    assert failed_targets(result) == make_targets(1)
    assert isinstance(result.failed_requests[0].error, InternalServerError)
    assert "ListTargets" not in sent_operations(vpc_lattice)


def test_missing_group_fails_every_request(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the group does not exist, every request fails with ResourceNotFoundException."""
    client = create_client(vpc_lattice)

    results = [client.register_targets(ID, make_targets(150)), client.deregister_targets(ID, make_targets(150))]

    errors = [str(failed_request.error) for result in results for failed_request in result.failed_requests]
    assert [failed_targets(result) for result in results] == [make_targets(150)] * 2
    assert ["ResourceNotFoundException" in error for error in errors] == [True] * 4
