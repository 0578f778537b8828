"""Waiting for a group to be there, or to be gone."""

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
from support.targets import ID, NOT_FOUND, client_of, described, ip_group, script_of, scripted, wire_group


def outcome(until: Any, *answers: Any, told: list[WaitProgress] | None = None) -> str:
    """``done``, or the name of the error that ends a wait in a service that gives these answers."""
    calls = scripted(get_target_group=answers)
    wait = Waiter(
        waiting_for="it",
        clock=calls.clock,
        poll_seconds=2.0,
        timeout_seconds=60.0,
        on_progress=None if told is None else told.append,
    )
    word = "done"
    try:
        until(calls, described(), wait)
    except (WaitFailedError, WaitTimeoutError, ResourceNotFoundError) as error:
        word = type(error).__name__
    assert (calls.clock.monotonic() == 60) == (word == "WaitTimeoutError")
    return word


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
def test_every_status_in_every_wait(status: str, active: str, deleted: str) -> None:
    """For every status of a group, unknown ones and absence among them: what each wait makes of it."""
    answer = NOT_FOUND if status == "GONE" else wire_group(status)

    assert [outcome(wait_until_active, answer), outcome(wait_until_deleted, answer)] == [active, deleted]


def test_progress() -> None:
    """Each look is told with the status seen; a group that is gone counts as GONE."""
    told: list[WaitProgress] = []

    outcome(wait_until_active, wire_group("CREATE_IN_PROGRESS"), wire_group(), told=told)
    outcome(wait_until_deleted, wire_group("DELETE_IN_PROGRESS"), NOT_FOUND, told=told)

    assert [progress.counts for progress in told] == [
        {"CREATE_IN_PROGRESS": 1},
        {"ACTIVE": 1},
        {"DELETE_IN_PROGRESS": 1},
        {"GONE": 1},
    ]


@pytest.mark.parametrize(
    ("until", "members", "reason"),
    [
        (
            wait_until_active,
            {"status": "CREATE_FAILED", "failureCode": "NoVpc", "failureMessage": "There is no such VPC"},
            "it is CREATE_FAILED: NoVpc: There is no such VPC; delete it and create it again",
        ),
        (
            wait_until_active,
            {"status": "CREATE_FAILED", "failureCode": "NoVpc"},
            "it is CREATE_FAILED: NoVpc; delete it and create it again",
        ),
        (
            wait_until_deleted,
            {"status": "DELETE_FAILED"},
            "it is DELETE_FAILED: the service gives no reason; delete it again",
        ),
        (
            wait_until_active,
            {"status": "DELETE_IN_PROGRESS"},
            "it is being deleted; once it is gone (wait_until_deleted), create it again",
        ),
    ],
)
def test_why_it_can_never_come(until: Any, members: dict[str, Any], reason: str) -> None:
    """The error says what the service says, what to do, and has the group as it was seen."""
    calls = scripted(get_target_group=[wire_group(**members)])
    wait = Waiter(waiting_for="it", clock=calls.clock, poll_seconds=2.0, timeout_seconds=60.0)

    with pytest.raises(WaitFailedError) as caught:
        until(calls, ID, wait)

    group = caught.value.target_group
    assert (caught.value.reason, str(caught.value)) == (reason, f"it can never come: {reason}")
    assert group is not None
    assert (group.id, group.status) == (ID, members["status"])


def test_the_last_status_seen() -> None:
    """A wait that was too short says the status at its end, which it looked at at the deadline itself."""
    calls = scripted(get_target_group=[wire_group("CREATE_IN_PROGRESS")])
    wait = Waiter(waiting_for="it", clock=calls.clock, poll_seconds=2.0, timeout_seconds=3.0)

    with pytest.raises(WaitTimeoutError) as caught:
        wait_until_active(calls, ID, wait)

    assert (
        str(caught.value)
        == "it did not come in 3 s; last seen: CREATE_IN_PROGRESS; nothing was undone: wait again, or longer"
    )
    assert len(script_of(calls).requests) == 3


@pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10, delete_seconds=30)
def test_a_life(vpc_lattice: VpcLatticeEmulator) -> None:
    """A group is waited for at its beginning and at its end."""
    client = client_of(vpc_lattice)

    active = client.wait_until_active(ip_group(client))
    began = vpc_lattice.clock.monotonic()
    client.delete(active)
    client.wait_until_deleted(active.arn)

    assert (active.status, active.config.port) == ("ACTIVE", 80)
    assert 30 <= vpc_lattice.clock.monotonic() - began < 45


@pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10)
def test_a_look_without_patience(vpc_lattice: VpcLatticeEmulator) -> None:
    """With no time to wait, one look decides."""
    client = client_of(vpc_lattice)
    group = ip_group(client)

    with pytest.raises(WaitTimeoutError, match=r"to be ACTIVE did not come in 0 s; last seen: CREATE_IN_PROGRESS"):
        client.wait_until_active(group, timeout_seconds=0)
    vpc_lattice.clock.sleep(10)

    assert client.wait_until_active(group, timeout_seconds=0).status == "ACTIVE"


@pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10)
def test_a_creation_that_fails(vpc_lattice: VpcLatticeEmulator) -> None:
    """A wait for a group whose creation fails ends when it has failed, with the service's words."""
    vpc_lattice.fail_next_create("orders", code="VpcNotFound", message="There is no such VPC")
    client = client_of(vpc_lattice)
    group = ip_group(client)

    with pytest.raises(TargetGroupFailedError, match="VpcNotFound: There is no such VPC"):
        client.wait_until_active(group)

    assert vpc_lattice.clock.monotonic() < 20


@pytest.mark.parametrize("verb", ["wait_until_active", "wait_until_deleted"])
def test_names_are_refused(vpc_lattice: VpcLatticeEmulator, verb: str) -> None:
    """A name is no group to wait for."""
    with pytest.raises(InvalidIdentifierError):
        getattr(client_of(vpc_lattice), verb)("orders")
