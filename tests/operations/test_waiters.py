"""Waiters in general, and waits for target groups."""

import math
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from lattice_tg import (
    InvalidArgumentError,
    LatticeError,
    ResourceNotFoundError,
    TargetGroupClient,
    TargetGroupFailedError,
    WaitFailedError,
    WaitProgress,
    WaitTimeoutError,
)
from lattice_tg.operations.waiters import Waiter
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.clients import MakeClient, make_runtime, run
from support.sample_groups import ID, SPEC, operations_and_statuses


def no_jitter(low: float, high: float) -> float:
    """Return the midpoint of the range, so that delays have no jitter."""
    return (low + high) / 2


def make_waiter(clock: VirtualClock, **options: Any) -> Waiter:
    """Return a waiter without jitter on the virtual clock."""
    settings: dict[str, Any] = {"poll_seconds": 2.0, "timeout_seconds": 20.0, "jitter": no_jitter, **options}
    return Waiter(waiting_for="tea", target_group="tg-tea", runtime=make_runtime(clock), **settings)


def wait_for_tea(waiter: Waiter, polls: Iterator[str]) -> str:
    """Wait until a poll returns ``tea``. Raise WaitFailedError if a poll returns ``no tea``."""

    async def poll() -> str:
        return next(polls)

    return run(
        waiter.wait,
        poll,
        is_done=lambda status: status == "tea",
        find_failure=lambda status: WaitFailedError(waiting_for="tea", reason=status) if status == "no tea" else None,
        count_statuses=lambda status: {status: 1},
        describe_status=lambda status: f"only {status}",
    )


def test_wait_returns_at_once_if_already_done(clock: VirtualClock) -> None:
    """If the state is already reached, the wait returns at once, even with a timeout of 0."""
    assert wait_for_tea(make_waiter(clock, timeout_seconds=0.0), iter(["tea"])) == "tea"
    assert clock.monotonic() == 0


def test_poll_interval_grows_to_its_maximum(clock: VirtualClock) -> None:
    """Each delay is 25 % longer than the last one, up to 5 times poll_seconds.

    The final poll happens at the deadline.
    """
    events: list[WaitProgress] = []
    waiter = make_waiter(clock, timeout_seconds=70.0, on_progress=events.append)

    with pytest.raises(WaitTimeoutError):
        wait_for_tea(waiter, iter(["water"] * 100))

    poll_times = [progress.elapsed_seconds for progress in events]
    pauses = [later - earlier for earlier, later in pairwise(poll_times)]
    assert pauses[:-1] == pytest.approx([2 * 1.25**n for n in range(8)] + [10, 10, 10])
    assert poll_times[-1] == 70


def test_state_reached_at_deadline_counts(clock: VirtualClock) -> None:
    """A wait succeeds if the state is reached exactly at the deadline."""
    polls = iter(lambda: "tea" if clock.monotonic() >= 20 else "water", None)

    assert wait_for_tea(make_waiter(clock), polls) == "tea"


def test_timeout_error_describes_the_wait(clock: VirtualClock) -> None:
    """The error gives the goal, the last status and the timeout, and is also a TimeoutError."""
    with pytest.raises(TimeoutError) as caught:
        wait_for_tea(make_waiter(clock), iter(["water"] * 100))

    assert isinstance(caught.value, WaitTimeoutError)
    assert (
        str(caught.value)
        == "Timed out after 20 s waiting for tea (last status: only water). Wait again or increase timeout_seconds."
    )
    assert clock.monotonic() == 20


def test_failure_ends_the_wait_at_once(clock: VirtualClock) -> None:
    """If the state can no longer be reached, the wait fails immediately."""
    with pytest.raises(WaitFailedError, match=r"^Waiting for tea failed: no tea\.$"):
        wait_for_tea(make_waiter(clock), iter(["water", "no tea"]))

    assert clock.monotonic() == 2


def test_progress_is_reported_after_every_poll(clock: VirtualClock) -> None:
    """Progress is reported after every poll, including the final poll, and prints as one line."""
    events: list[WaitProgress] = []

    wait_for_tea(make_waiter(clock, on_progress=events.append), iter(["water", "tea"]))

    assert [str(progress) for progress in events] == [
        "Waiting for tea: 1 water after 0 s",
        "Waiting for tea: 1 tea after 2 s",
    ]
    assert events[1] == WaitProgress(waiting_for="tea", counts={"tea": 1}, elapsed_seconds=2.0)


def test_missing_permit_ends_the_wait(clock: VirtualClock) -> None:
    """If the rate limiter has no permit before the deadline, the error gives the last status."""
    no_permit = WaitTimeoutError(
        waiting_for="the rate limiter", last_status="limited to 1 requests/s", elapsed_seconds=0.0
    )

    def polls() -> Iterator[str]:
        yield "water"
        raise no_permit

    with pytest.raises(WaitTimeoutError) as caught:
        wait_for_tea(make_waiter(clock), polls())

    assert str(caught.value) == (
        "Timed out after 2 s waiting for tea (last status: only water; the rate limiter delayed the next request: "
        "limited to 1 requests/s). Wait again or increase timeout_seconds."
    )
    assert caught.value.__cause__ is no_permit


def test_rounding_does_not_prevent_the_timeout() -> None:
    """A wait times out despite floating-point rounding, regardless of its start time."""
    for seed in range(100):
        rng = random.Random(seed)
        clock = VirtualClock(rng.uniform(0, 1000))
        waiter = make_waiter(clock, timeout_seconds=300.0, jitter=rng.uniform)

        with pytest.raises(WaitTimeoutError):
            wait_for_tea(waiter, iter(["water"] * 1000))


def test_wait_until_active_returns_the_group(client: TargetGroupClient, clock: VirtualClock) -> None:
    """wait_until_active() returns the ACTIVE group and reports the status after each poll."""
    events: list[WaitProgress] = []

    group = client.wait_until_active(client.create(SPEC), poll_seconds=6, on_progress=events.append)

    assert (group.status, clock.monotonic() >= 10) == ("ACTIVE", True)
    assert [dict(progress.counts) for progress in events][-2:] == [{"CREATE_IN_PROGRESS": 1}, {"ACTIVE": 1}]


def test_group_active_at_deadline_counts(client: TargetGroupClient, clock: VirtualClock) -> None:
    """A wait succeeds if the group becomes ACTIVE exactly at the deadline."""
    group = client.create(SPEC)

    assert client.wait_until_active(group, timeout_seconds=10).status == "ACTIVE"
    assert clock.monotonic() == 10


def test_zero_timeout_polls_once(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """With timeout_seconds=0, the group is polled once, and the error names its last status."""
    group = client.create(SPEC)

    with pytest.raises(WaitTimeoutError) as caught:
        client.wait_until_active(group, timeout_seconds=0)

    assert (
        str(caught.value)
        == f"Timed out after 0 s waiting for {group.id} to become ACTIVE (last status: CREATE_IN_PROGRESS). Wait again or increase timeout_seconds."
    )
    assert operations_and_statuses(lattice)[1:] == [("GetTargetGroup", 200)]


def test_wait_until_active_raises_if_impossible(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """If the group failed, is being deleted or does not exist, wait_until_active() raises."""
    lattice.fail_next_create("orders", code="VpcNotFound")
    with pytest.raises(TargetGroupFailedError, match="VpcNotFound"):
        client.create(SPEC, wait=True)
    (group,) = client.list()
    client.delete(group)

    with pytest.raises(WaitFailedError, match="the target group is being deleted"):
        client.wait_until_active(group)
    with pytest.raises(ResourceNotFoundError):
        client.wait_until_active(ID)


def test_wait_until_deleted_returns_when_group_does_not_exist(client: TargetGroupClient, clock: VirtualClock) -> None:
    """wait_until_deleted() returns when the group is deleted, or at once if no group exists."""
    group = client.create(SPEC, wait=True)
    client.delete(group)
    started_at = clock.monotonic()

    client.wait_until_deleted(group)
    client.wait_until_deleted(ID)

    assert clock.monotonic() - started_at >= 30


def test_wait_survives_throttling_and_lost_responses(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A wait continues after throttled requests and lost responses."""
    group = client.create(SPEC)
    lattice.throttle("GetTargetGroup", times=3)
    lattice.drop_response("GetTargetGroup")

    assert client.wait_until_active(group).status == "ACTIVE"


def test_rate_limit_while_waiting_raises_wait_timeout(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """If the rate limit delays a poll beyond the deadline, the wait times out."""
    client = make_client(max_requests_per_second=0.1)
    group = client.create(SPEC)

    with pytest.raises(
        WaitTimeoutError, match=r"^Timed out after 0 s waiting for .* \(last status: unknown; the rate limiter "
    ):
        client.wait_until_active(group, timeout_seconds=5)


def test_timeout_may_be_infinite(client: TargetGroupClient) -> None:
    """A wait accepts an infinite timeout."""
    assert client.create(SPEC, wait=True, timeout_seconds=math.inf).status == "ACTIVE"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"poll_seconds": 0}, "poll_seconds=0: must be a number of seconds greater than 0"),
        ({"poll_seconds": "2"}, "poll_seconds='2': must be a number of seconds greater than 0"),
        ({"timeout_seconds": -1}, "timeout_seconds=-1: must be a number of seconds of at least 0"),
        ({"timeout_seconds": math.nan}, "timeout_seconds=nan: must be a number of seconds of at least 0"),
    ],
)
def test_invalid_times_are_rejected(options: Any, message: str, client: TargetGroupClient) -> None:
    """Invalid timeouts and poll intervals are rejected at the call."""
    with pytest.raises(InvalidArgumentError) as caught:
        client.wait_until_active(ID, **options)
    with pytest.raises(LatticeError):
        client.wait_until_deleted(ID, **options)

    assert [str(problem) for problem in caught.value.problems] == [message]
