"""Waits until groups are active or deleted."""

from typing import Any

import pytest

from lattice_tg.errors import (
    InvalidIdentifierError,
    ResourceNotFoundError,
    TargetGroupFailedError,
    WaitFailedError,
    WaitTimeoutError,
)
from lattice_tg.operations.waiters import Waiter, wait_until_active, wait_until_deleted
from lattice_tg.results import WaitProgress
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.clients import run
from support.targets import (
    ID,
    NOT_FOUND,
    create_client,
    create_ip_group,
    get_stub,
    make_stub_sender,
    make_target_group,
    wire_group,
)


def wait_outcome(wait_until: Any, *responses: Any, events: list[WaitProgress] | None = None) -> str:
    """Return ``done``, or the name of the error that ends a wait with these responses."""
    sender = make_stub_sender(get_target_group=responses)
    waiter = Waiter(
        waiting_for="it",
        target_group=ID,
        runtime=sender.runtime,
        poll_seconds=2.0,
        timeout_seconds=60.0,
        on_progress=None if events is None else events.append,
    )
    outcome = "done"
    try:
        run(wait_until, sender, make_target_group(), waiter)
    except (WaitFailedError, WaitTimeoutError, ResourceNotFoundError) as error:
        outcome = type(error).__name__
    assert (sender.clock.monotonic() == 60) == (outcome == "WaitTimeoutError")
    return outcome


@pytest.mark.parametrize(
    ("status", "active", "deleted"),
    [
        ("CREATE_IN_PROGRESS", "WaitTimeoutError", "WaitTimeoutError"),
        ("ACTIVE", "done", "WaitTimeoutError"),
        ("CREATE_FAILED", "TargetGroupFailedError", "WaitTimeoutError"),
        ("DELETE_IN_PROGRESS", "WaitFailedError", "WaitTimeoutError"),
        ("DELETE_FAILED", "TargetGroupFailedError", "TargetGroupFailedError"),
        ("RESTING", "WaitTimeoutError", "WaitTimeoutError"),
        ("active", "WaitTimeoutError", "WaitTimeoutError"),
        ("GONE", "ResourceNotFoundError", "done"),
    ],
)
def test_outcome_of_each_status(status: str, active: str, deleted: str) -> None:
    """Each status of a group has a defined outcome in each wait function.

    The statuses include unknown statuses and a group that does not exist.
    """
    response = NOT_FOUND if status == "GONE" else wire_group(status)

    assert [wait_outcome(wait_until_active, response), wait_outcome(wait_until_deleted, response)] == [active, deleted]


def test_each_poll_reports_the_status() -> None:
    """Each poll reports the status of the group, or GONE if the group does not exist."""
    events: list[WaitProgress] = []

    wait_outcome(wait_until_active, wire_group("CREATE_IN_PROGRESS"), wire_group(), events=events)
    wait_outcome(wait_until_deleted, wire_group("DELETE_IN_PROGRESS"), NOT_FOUND, events=events)

    assert [progress.counts for progress in events] == [
        {"CREATE_IN_PROGRESS": 1},
        {"ACTIVE": 1},
        {"DELETE_IN_PROGRESS": 1},
        {"GONE": 1},
    ]


@pytest.mark.parametrize(
    ("wait_until", "members", "reason"),
    [
        (
            wait_until_active,
            {"status": "CREATE_FAILED", "failureCode": "NoVpc", "failureMessage": "There is no such VPC"},
            "the target group is CREATE_FAILED (NoVpc: There is no such VPC). Delete it and create it again",
        ),
        (
            wait_until_active,
            {"status": "CREATE_FAILED", "failureCode": "NoVpc"},
            "the target group is CREATE_FAILED (NoVpc). Delete it and create it again",
        ),
        (
            wait_until_deleted,
            {"status": "DELETE_FAILED"},
            "the target group is DELETE_FAILED (VPC Lattice reports no reason). Delete it again",
        ),
        (
            wait_until_active,
            {"status": "DELETE_IN_PROGRESS"},
            "the target group is being deleted. Call wait_until_deleted() and create it again",
        ),
    ],
)
def test_wait_failed_error_gives_the_reason(wait_until: Any, members: dict[str, Any], reason: str) -> None:
    """The error contains the service's reason, a hint, and the group from the last response."""
    sender = make_stub_sender(get_target_group=[wire_group(**members)])
    waiter = Waiter(waiting_for="it", target_group=ID, runtime=sender.runtime, poll_seconds=2.0, timeout_seconds=60.0)

    with pytest.raises(WaitFailedError) as caught:
        run(wait_until, sender, ID, waiter)

    group = caught.value.target_group
    assert (caught.value.reason, str(caught.value)) == (reason, f"Waiting for it failed: {reason}.")
    assert group is not None
    assert (group.id, group.status) == (ID, members["status"])


def test_timeout_error_gives_the_last_status() -> None:
    """The timeout error gives the status from the final poll."""
    sender = make_stub_sender(get_target_group=[wire_group("CREATE_IN_PROGRESS")])
    waiter = Waiter(waiting_for="it", target_group=ID, runtime=sender.runtime, poll_seconds=2.0, timeout_seconds=3.0)

    with pytest.raises(WaitTimeoutError) as caught:
        run(wait_until_active, sender, ID, waiter)

    assert (
        str(caught.value)
        == "Timed out after 3 s waiting for it (last status: CREATE_IN_PROGRESS). Wait again or increase timeout_seconds."
    )
    assert len(get_stub(sender).requests) == 3


@pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10, delete_seconds=30)
def test_group_lifecycle(vpc_lattice: VpcLatticeEmulator) -> None:
    """wait_until_active() returns the ACTIVE group. wait_until_deleted() returns after deletion."""
    client = create_client(vpc_lattice)

    active = client.wait_until_active(create_ip_group(client))
    started_at = vpc_lattice.clock.monotonic()
    client.delete(active)
    client.wait_until_deleted(active.arn)

    assert (active.status, active.config.port) == ("ACTIVE", 80)
    assert 30 <= vpc_lattice.clock.monotonic() - started_at < 45


@pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10)
def test_zero_timeout_polls_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """With timeout_seconds=0, the group is polled exactly once."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)

    with pytest.raises(
        WaitTimeoutError, match=r"^Timed out after 0 s waiting for .* \(last status: CREATE_IN_PROGRESS\)"
    ):
        client.wait_until_active(group, timeout_seconds=0)
    vpc_lattice.clock.sleep(10)

    assert client.wait_until_active(group, timeout_seconds=0).status == "ACTIVE"


@pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10)
def test_failed_creation_ends_the_wait(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the creation fails, the wait fails with the service's message."""
    vpc_lattice.fail_next_create("orders", code="VpcNotFound", message="There is no such VPC")
    client = create_client(vpc_lattice)
    started = vpc_lattice.clock.monotonic()
    group = create_ip_group(client)

    with pytest.raises(TargetGroupFailedError, match="VpcNotFound: There is no such VPC"):
        client.wait_until_active(group)

    assert vpc_lattice.clock.monotonic() - started < 20


@pytest.mark.parametrize("method", ["wait_until_active", "wait_until_deleted"])
def test_group_name_is_rejected(vpc_lattice: VpcLatticeEmulator, method: str) -> None:
    """A group name is rejected, because waits require an id or an ARN."""
    with pytest.raises(InvalidIdentifierError):
        getattr(create_client(vpc_lattice), method)("orders")
