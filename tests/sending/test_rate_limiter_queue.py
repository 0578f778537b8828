"""Rate limiter with many callers: in-flight limit, order, shared rate and interrupts."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock, Thread

import pytest

from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import Permit, RateLimiter
from support.clocks import (
    JOIN_SECONDS,
    BlockingClock,
    InstantClock,
    InterruptedClock,
    InterruptError,
    StoppableClock,
    acquire_permit,
    make_full_limiter,
    start_thread,
    try_acquire,
    wait_for_waiters,
)


def test_requests_in_flight_are_limited() -> None:
    """A request above the in-flight limit waits until another request ends."""
    limiter, permits = make_full_limiter(InstantClock())
    granted: list[Permit | None] = []
    waiting_caller = start_thread(lambda: granted.append(try_acquire(limiter)))
    wait_for_waiters(limiter, 1)

    permits[0].release()
    waiting_caller.join(JOIN_SECONDS)

    assert not waiting_caller.is_alive()
    assert limiter.in_flight == INITIAL_IN_FLIGHT


def test_caller_of_a_full_limiter_waits_until_the_deadline() -> None:
    """If no request ends before the deadline, no permit is granted."""
    clock = SystemClock()
    limiter, _ = make_full_limiter(clock)

    assert try_acquire(limiter, deadline=clock.monotonic() + 0.02) is None
    assert limiter.waiting == 0


def test_permits_are_granted_in_order_of_arrival() -> None:
    """Callers receive permits in the order in which they called ``acquire()``."""
    limiter, permits = make_full_limiter(InstantClock())
    order: list[int] = []

    def acquire_as(number: int) -> None:
        acquire_permit(limiter)
        order.append(number)

    threads: list[Thread] = []
    for number in range(5):
        threads.append(start_thread(partial(acquire_as, number)))
        wait_for_waiters(limiter, number + 1)

    for thread, permit in zip(threads, permits, strict=False):
        permit.release()
        thread.join(JOIN_SECONDS)

    assert order == [0, 1, 2, 3, 4]


def test_new_caller_does_not_overtake_the_queue() -> None:
    """A released permit goes to the caller that is waiting, not to a new caller."""
    clock = SystemClock()
    limiter, permits = make_full_limiter(clock)
    granted: list[Permit | None] = []
    waiter = start_thread(lambda: granted.append(try_acquire(limiter)))
    wait_for_waiters(limiter, 1)

    permits[0].release()
    newcomer = try_acquire(limiter, deadline=clock.monotonic() + 0.05)
    waiter.join(JOIN_SECONDS)

    assert newcomer is None
    assert not waiter.is_alive()


def test_queue_length_counts_toward_the_deadline() -> None:
    """If the callers ahead in the queue need the time until the deadline, a new caller gives up immediately."""
    clock = BlockingClock()
    limiter = RateLimiter(clock=clock, max_requests_per_second=1)
    acquire_permit(limiter)
    sleeper = start_thread(partial(try_acquire, limiter))
    assert clock.sleeping.wait(JOIN_SECONDS)

    assert try_acquire(limiter, deadline=1.5) is None
    clock.resume.set()
    sleeper.join(JOIN_SECONDS)


def test_caller_that_gives_up_unblocks_the_next() -> None:
    """If a caller's permit would come after the deadline, the caller leaves the queue and unblocks the next caller."""
    clock = BlockingClock()
    limiter = RateLimiter(clock=clock, max_requests_per_second=1)
    permit = acquire_permit(limiter)
    results: list[Permit | None] = []
    first = start_thread(lambda: results.append(try_acquire(limiter, deadline=1.1)))
    assert clock.sleeping.wait(JOIN_SECONDS)
    second = start_thread(lambda: results.append(try_acquire(limiter)))
    wait_for_waiters(limiter, 2)

    clock.now = 0.5
    permit.release(throttled=True)
    clock.resume.set()
    first.join(JOIN_SECONDS)
    second.join(JOIN_SECONDS)

    assert [result is None for result in results] == [True, False]


def test_interrupted_wait_leaves_the_limiter_unchanged() -> None:
    """Ctrl-C during a sleep removes the caller from the queue and does not change the rate."""
    limiter = RateLimiter(clock=InterruptedClock(), max_requests_per_second=1)
    acquire_permit(limiter)

    with pytest.raises(InterruptError):
        try_acquire(limiter)

    assert limiter.waiting == 0
    assert limiter.rate == 1


def test_caller_whose_clock_raises_leaves_the_queue() -> None:
    """If the clock of a woken caller raises, the caller leaves without a permit. Other callers keep waiting."""
    limiter, permits = make_full_limiter(SystemClock())
    clock, errors, admitted = StoppableClock(), list[BaseException](), list[Permit | None]()

    def acquire_stoppable() -> None:
        try:
            try_acquire(limiter, clock=clock)
        except InterruptError as error:
            errors.append(error)

    interrupted = [start_thread(acquire_stoppable) for _ in range(3)]
    wait_for_waiters(limiter, 3)
    waiting_caller = start_thread(lambda: admitted.append(try_acquire(limiter)))
    wait_for_waiters(limiter, 4)

    clock.stopped.set()
    for thread in interrupted:
        thread.join(JOIN_SECONDS)
    wait_for_waiters(limiter, 1)

    assert (len(errors), limiter.in_flight, admitted) == (3, INITIAL_IN_FLIGHT, [])
    permits[0].release()
    waiting_caller.join(JOIN_SECONDS)
    assert len(admitted) == 1


def test_many_threads_share_one_rate() -> None:
    """Sixteen threads together do not exceed max_requests_per_second, and all of their requests are sent."""
    clock = SystemClock()
    limiter = RateLimiter(clock=clock, max_requests_per_second=500)

    def send(_: int) -> float:
        permit = acquire_permit(limiter)
        permit.release(succeeded=True)
        return permit.sent_at

    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(send, range(101)))

    assert len(set(sent)) == 101
    assert max(sent) - min(sent) > 0.18


def test_all_requests_of_throttled_threads_succeed() -> None:
    """If every third request of 32 threads is throttled, all requests succeed after retries."""
    limiter = RateLimiter(clock=InstantClock())
    lock = Lock()
    request_count = 0

    def send(_: int) -> int:
        nonlocal request_count
        attempts = 0
        while True:
            attempts += 1
            permit = acquire_permit(limiter)
            with lock:
                request_count += 1
                throttled = request_count % 3 == 0
            permit.release(throttled=throttled, succeeded=not throttled)
            if not throttled:
                return attempts

    with ThreadPoolExecutor(32) as pool:
        attempts = list(pool.map(send, range(300)))

    assert len(attempts) == 300
    assert limiter.in_flight == 0
    assert limiter.waiting == 0
