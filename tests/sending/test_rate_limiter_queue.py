"""What the gate promises many callers: a bound, an order, one rate, and no trace of who left."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock, Thread

import pytest

from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import Permit, RateLimiter
from support.clocks import (
    JOIN_SECONDS,
    ClosingClock,
    CtrlC,
    HeldClock,
    Hourglass,
    InterruptedClock,
    entered,
    full,
    in_thread,
    waits,
)


def test_calls_in_flight_are_bounded() -> None:
    """One call more than the opening allows waits for another's end."""
    gate, permits = full(Hourglass())
    late = in_thread(gate.acquire)
    waits(gate, 1)

    gate.release(permits[0], throttled=False, succeeded=False)
    late.join(JOIN_SECONDS)

    assert not late.is_alive()
    assert gate.in_flight == INITIAL_IN_FLIGHT


def test_a_full_gate_is_waited_for_until_the_deadline() -> None:
    """Where no call ends before the deadline, there is no turn."""
    clock = SystemClock()
    gate, _ = full(clock)

    assert gate.acquire(deadline=clock.monotonic() + 0.02) is None
    assert gate.waiting == 0


def test_first_come_first_served() -> None:
    """Turns are given in the order of arrival."""
    gate, permits = full(Hourglass())
    order: list[int] = []

    def enter_as(number: int) -> None:
        entered(gate)
        order.append(number)

    threads: list[Thread] = []
    for number in range(5):
        threads.append(in_thread(partial(enter_as, number)))
        waits(gate, number + 1)

    for thread, permit in zip(threads, permits, strict=False):
        gate.release(permit, throttled=False, succeeded=False)
        thread.join(JOIN_SECONDS)

    assert order == [0, 1, 2, 3, 4]


def test_nobody_overtakes_the_queue() -> None:
    """A place that falls free goes to who waits for it, not to who comes just then."""
    clock = SystemClock()
    gate, permits = full(clock)
    waiter = in_thread(gate.acquire)
    waits(gate, 1)

    gate.release(permits[0], throttled=False, succeeded=False)
    newcomer = gate.acquire(deadline=clock.monotonic() + 0.05)
    waiter.join(JOIN_SECONDS)

    assert newcomer is None
    assert not waiter.is_alive()


def test_the_queue_counts_for_the_deadline() -> None:
    """Who stands behind others is told at once when their turns alone reach past the deadline."""
    clock = HeldClock()
    gate = RateLimiter(clock=clock, max_requests_per_second=1)
    entered(gate)
    sleeper = in_thread(gate.acquire)
    assert clock.asleep.wait(JOIN_SECONDS)

    assert gate.acquire(deadline=1.5) is None
    clock.go.set()
    sleeper.join(JOIN_SECONDS)


def test_who_gives_up_lets_the_next_pass() -> None:
    """A waiter whose turn moved past its deadline leaves the queue to the one behind."""
    clock = HeldClock()
    gate = RateLimiter(clock=clock, max_requests_per_second=1)
    permit = entered(gate)
    results: list[Permit | None] = []
    first = in_thread(lambda: results.append(gate.acquire(deadline=1.1)))
    assert clock.asleep.wait(JOIN_SECONDS)
    second = in_thread(lambda: results.append(gate.acquire()))
    waits(gate, 2)

    clock.now = 0.5
    gate.release(permit, throttled=True, succeeded=False)
    clock.go.set()
    first.join(JOIN_SECONDS)
    second.join(JOIN_SECONDS)

    assert [result is None for result in results] == [True, False]


def test_an_interrupted_wait_leaves_no_trace() -> None:
    """Ctrl-C in a sleep leaves the queue and the lock as they were."""
    gate = RateLimiter(clock=InterruptedClock(), max_requests_per_second=1)
    entered(gate)

    with pytest.raises(CtrlC):
        gate.acquire()

    assert gate.waiting == 0
    assert gate.rate == 1


def test_a_caller_whose_clock_raises_leaves_the_queue() -> None:
    """All who were roused and are told to leave do so without a turn, and who is not told waits on."""
    gate, permits = full(SystemClock())
    mine, left, sent_on = ClosingClock(), list[BaseException](), list[Permit | None]()

    def enter_closing() -> None:
        try:
            gate.acquire(clock=mine)
        except CtrlC as error:
            left.append(error)

    leavers = [in_thread(enter_closing) for _ in range(3)]
    waits(gate, 3)
    stayer = in_thread(lambda: sent_on.append(gate.acquire()))
    waits(gate, 4)

    mine.closed.set()
    gate.wake_all()
    for thread in leavers:
        thread.join(JOIN_SECONDS)
    waits(gate, 1)

    assert (len(left), gate.in_flight, sent_on) == (3, INITIAL_IN_FLIGHT, [])
    gate.release(permits[0], throttled=False, succeeded=False)
    stayer.join(JOIN_SECONDS)
    assert len(sent_on) == 1


def test_many_threads_share_one_rate() -> None:
    """Sixteen threads under a ceiling together keep to it, and all get through."""
    clock = SystemClock()
    gate = RateLimiter(clock=clock, max_requests_per_second=500)

    def call(_: int) -> float:
        permit = entered(gate)
        gate.release(permit, throttled=False, succeeded=True)
        return permit.sent_at

    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(call, range(101)))

    assert len(set(sent)) == 101
    assert max(sent) - min(sent) > 0.18


def test_a_throttled_crowd_finishes() -> None:
    """Thirty-two threads against a limit of one in three get everything through."""
    gate = RateLimiter(clock=Hourglass())
    lock = Lock()
    asked = 0

    def call(_: int) -> int:
        nonlocal asked
        attempts = 0
        while True:
            attempts += 1
            permit = entered(gate)
            with lock:
                asked += 1
                refused = asked % 3 == 0
            gate.release(permit, throttled=refused, succeeded=not refused)
            if not refused:
                return attempts

    with ThreadPoolExecutor(32) as pool:
        attempts = list(pool.map(call, range(300)))

    assert len(attempts) == 300
    assert gate.in_flight == 0
    assert gate.waiting == 0
