"""Waiting, in general and for a group: on the client's clock, to the deadline and no further."""

import math
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from conftest import MakeClient
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
from support.sample_groups import ID, SPEC, operations_and_statuses


def steady(low: float, high: float) -> float:
    """Jitter that is none."""
    return (low + high) / 2


def wait_of(clock: VirtualClock, **options: Any) -> Waiter:
    settings: dict[str, Any] = {"poll_seconds": 2.0, "timeout_seconds": 20.0, "jitter": steady, **options}
    return Waiter(waiting_for="tea", clock=clock, **settings)


def until_tea(wait: Waiter, looks: Iterator[str]) -> str:
    return wait.wait(
        lambda: next(looks),
        is_done=lambda seen: seen == "tea",
        find_failure=lambda seen: WaitFailedError(waiting_for="tea", reason=seen) if seen == "no tea" else None,
        count_statuses=lambda seen: {seen: 1},
        describe_status=lambda seen: f"only {seen}",
    )


def test_there_at_once(clock: VirtualClock) -> None:
    """What is there already is not waited for, even with no time at all."""
    assert until_tea(wait_of(clock, timeout_seconds=0.0), iter(["tea"])) == "tea"
    assert clock.monotonic() == 0


def test_looks_grow_further_apart(clock: VirtualClock) -> None:
    """Each pause is a quarter longer than the last, up to five polls, and the last look is at the deadline itself."""
    told: list[WaitProgress] = []
    wait = wait_of(clock, timeout_seconds=70.0, on_progress=told.append)

    with pytest.raises(WaitTimeoutError):
        until_tea(wait, iter(["water"] * 100))

    looked = [progress.elapsed_seconds for progress in told]
    pauses = [later - earlier for earlier, later in pairwise(looked)]
    assert pauses[:-1] == pytest.approx([2 * 1.25**looks for looks in range(8)] + [10, 10, 10])
    assert looked[-1] == 70


def test_in_time_at_the_last_look(clock: VirtualClock) -> None:
    """What comes at the deadline itself is in time."""
    looks = iter(lambda: "tea" if clock.monotonic() >= 20 else "water", None)

    assert until_tea(wait_of(clock), looks) == "tea"


def test_too_late(clock: VirtualClock) -> None:
    """A timeout says what was waited for, what was seen last and how long it took; it is a TimeoutError, too."""
    with pytest.raises(TimeoutError) as caught:
        until_tea(wait_of(clock), iter(["water"] * 100))

    assert isinstance(caught.value, WaitTimeoutError)
    assert (
        str(caught.value)
        == "tea did not come in 20 s; last seen: only water; nothing was undone: wait again, or longer"
    )
    assert clock.monotonic() == 20


def test_never(clock: VirtualClock) -> None:
    """What can never come ends the wait at once."""
    with pytest.raises(WaitFailedError, match="tea can never come: no tea"):
        until_tea(wait_of(clock), iter(["water", "no tea"]))

    assert clock.monotonic() == 2


def test_progress(clock: VirtualClock) -> None:
    """After each look, the last one included, progress is told and prints in a line."""
    told: list[WaitProgress] = []

    until_tea(wait_of(clock, on_progress=told.append), iter(["water", "tea"]))

    assert [str(progress) for progress in told] == ["tea: 1 water after 0 s", "tea: 1 tea after 2 s"]
    assert told[1] == WaitProgress(waiting_for="tea", counts={"tea": 1}, elapsed_seconds=2.0)


def test_no_turn_for_a_look(clock: VirtualClock) -> None:
    """Where pacing has no turn for a look before the deadline, the wait ends with what it saw last."""
    no_turn = WaitTimeoutError(waiting_for="a turn to send", last_status="pacing at 1 requests/s", elapsed_seconds=0.0)

    def looks() -> Iterator[str]:
        yield "water"
        raise no_turn

    with pytest.raises(WaitTimeoutError) as caught:
        until_tea(wait_of(clock), looks())

    assert str(caught.value) == (
        "tea did not come in 2 s; last seen: only water; then a turn to send did not come in 0 s; "
        "last seen: pacing at 1 requests/s; nothing was undone: wait again, or longer"
    )
    assert caught.value.__cause__ is no_turn


def test_any_clock_comes_to_the_deadline() -> None:
    """A wait ends whatever a clock reads at its start: what rounding leaves over is not slept for ever."""
    for seed in range(100):
        chance = random.Random(seed)
        clock = VirtualClock(chance.uniform(0, 1000))
        wait = wait_of(clock, timeout_seconds=300.0, jitter=chance.uniform)

        with pytest.raises(WaitTimeoutError):
            until_tea(wait, iter(["water"] * 1000))


def test_until_active(client: TargetGroupClient, clock: VirtualClock) -> None:
    """The group is returned once it is ACTIVE; progress tells its statuses."""
    told: list[WaitProgress] = []

    group = client.wait_until_active(client.create(SPEC), poll_seconds=6, on_progress=told.append)

    assert (group.status, clock.monotonic() >= 10) == ("ACTIVE", True)
    assert [dict(progress.counts) for progress in told][-2:] == [{"CREATE_IN_PROGRESS": 1}, {"ACTIVE": 1}]


def test_active_at_the_deadline(client: TargetGroupClient, clock: VirtualClock) -> None:
    """The last look is at the deadline: a group that is ACTIVE just then is in time."""
    group = client.create(SPEC)

    assert client.wait_until_active(group, timeout_seconds=10).status == "ACTIVE"
    assert clock.monotonic() == 10


def test_not_active_in_time(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A timeout names the group and its last status; with no time there is one look."""
    group = client.create(SPEC)

    with pytest.raises(WaitTimeoutError) as caught:
        client.wait_until_active(group, timeout_seconds=0)

    assert (
        str(caught.value)
        == f"{group.id} to be ACTIVE did not come in 0 s; last seen: CREATE_IN_PROGRESS; nothing was undone: wait again, or longer"
    )
    assert operations_and_statuses(lattice)[1:] == [("GetTargetGroup", 200)]


def test_never_active(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A group whose creation failed, that is going, or that is not there is not waited for."""
    lattice.fail_next_create("orders", code="VpcNotFound")
    with pytest.raises(TargetGroupFailedError, match="VpcNotFound"):
        client.create(SPEC, wait=True)
    (group,) = client.list()
    client.delete(group)

    with pytest.raises(WaitFailedError, match="it is being deleted"):
        client.wait_until_active(group)
    with pytest.raises(ResourceNotFoundError):
        client.wait_until_active(ID)


def test_until_deleted(client: TargetGroupClient, clock: VirtualClock) -> None:
    """The wait ends once the group is gone; one that was never there is gone."""
    group = client.create(SPEC, wait=True)
    client.delete(group)
    started = clock.monotonic()

    client.wait_until_deleted(group)
    client.wait_until_deleted(ID)

    assert clock.monotonic() - started >= 30


def test_faults_while_waiting(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A wait outlives throttling and lost replies."""
    group = client.create(SPEC)
    lattice.throttle("GetTargetGroup", times=3)
    lattice.drop_response("GetTargetGroup")

    assert client.wait_until_active(group).status == "ACTIVE"


def test_pacing_while_waiting(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """Where the client's own pacing is in the way, the timeout is still that of the wait."""
    client = make_client(max_requests_per_second=0.1)
    group = client.create(SPEC)

    with pytest.raises(WaitTimeoutError, match="to be ACTIVE did not come in 0 s; last seen: nothing yet; then a turn"):
        client.wait_until_active(group, timeout_seconds=5)


def test_no_end_of_time(client: TargetGroupClient) -> None:
    """A wait may go on for ever."""
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
def test_wrong_times(options: Any, message: str, client: TargetGroupClient) -> None:
    """A wait that cannot be is refused at the call."""
    with pytest.raises(InvalidArgumentError) as caught:
        client.wait_until_active(ID, **options)
    with pytest.raises(LatticeError):
        client.wait_until_deleted(ID, **options)

    assert [str(problem) for problem in caught.value.problems] == [message]
