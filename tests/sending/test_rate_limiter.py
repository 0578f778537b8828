"""Rate limiter with one caller: spacing, deadlines, bursts and random 429 responses."""

from random import Random

import pytest

from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import RateLimiter
from support.clocks import InstantClock, acquire_permit, make_full_limiter, throttle, try_acquire


def test_unthrottled_requests_do_not_wait() -> None:
    """Before the first 429 response, the limiter has no rate, and consecutive requests do not sleep."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock)

    for _ in range(100):
        acquire_permit(limiter).release(succeeded=True)

    assert clock.sleeps == []
    assert limiter.rate is None


def test_ceiling_spaces_from_the_first_request() -> None:
    """With at most 10 requests per second, eleven requests take one second."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock, max_requests_per_second=10)

    for _ in range(11):
        acquire_permit(limiter).release(succeeded=True)

    assert clock.now == pytest.approx(101.0)  # pyright: ignore[reportUnknownMemberType]
    assert limiter.rate == 10


@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_max_requests_per_second_must_be_positive(value: float) -> None:
    """A max_requests_per_second that is not greater than 0 is rejected."""
    with pytest.raises(ValueError, match="max_requests_per_second"):
        RateLimiter(clock=InstantClock(), max_requests_per_second=value)


def test_throttles_space_the_next_request() -> None:
    """After several 429 responses, the next request waits for 1/rate seconds."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock)
    acquire_permit(limiter).release(succeeded=True)

    throttle(limiter)
    rate = limiter.rate
    acquire_permit(limiter)

    assert rate is not None
    assert clock.sleeps == [pytest.approx(1 / rate)]  # pyright: ignore[reportUnknownMemberType]


def test_other_failures_do_not_change_the_rate() -> None:
    """Releasing the permit of a request that failed without throttling does not change the rate."""
    limiter, permits = make_full_limiter(InstantClock())

    for permit in permits:
        permit.release()

    assert limiter.rate is None
    assert all(acquire_permit(limiter) for _ in range(INITIAL_IN_FLIGHT))


def test_concurrent_throttles_decrease_the_rate_once() -> None:
    """A burst of 429 responses to requests that were in flight at the same time decreases the rate once."""
    clock = InstantClock()
    limiter, permits = make_full_limiter(clock)
    clock.now += 0.01
    while limiter.rate is None:
        permits.pop().release(throttled=True)
    clock.now += 0.01
    rate = limiter.rate

    for permit in permits:
        permit.release(throttled=True)
    permit = acquire_permit(limiter)

    assert permits

    assert rate is not None
    assert limiter.rate == rate
    assert permit.sent_at == pytest.approx(100.01 + 1 / rate)  # pyright: ignore[reportUnknownMemberType]


def test_no_permit_is_granted_after_the_deadline_and_the_caller_does_not_sleep() -> None:
    """If the next request is due after the deadline, the limiter immediately returns no permit."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock, max_requests_per_second=1)
    acquire_permit(limiter)

    assert try_acquire(limiter, deadline=clock.now + 0.9) is None
    assert clock.sleeps == []
    assert try_acquire(limiter, deadline=clock.now + 1.1) is not None


def test_no_permit_is_granted_if_the_deadline_has_passed() -> None:
    """If the deadline has passed, even an idle limiter grants no permit."""
    clock = InstantClock()

    assert try_acquire(RateLimiter(clock=clock), deadline=clock.now) is None


def test_overslept_time_does_not_reduce_the_rate() -> None:
    """If a sleep takes too long, the next request waits less."""
    clock = InstantClock(oversleeps_seconds=0.004)
    limiter = RateLimiter(clock=clock, max_requests_per_second=100)

    for _ in range(101):
        acquire_permit(limiter).release(succeeded=True)

    assert clock.now == pytest.approx(101.004)  # pyright: ignore[reportUnknownMemberType]


def test_idle_time_does_not_allow_a_burst() -> None:
    """After idle time, a limiter with max_requests_per_second spaces requests as before."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock, max_requests_per_second=10)
    acquire_permit(limiter)
    clock.now += 60

    for _ in range(11):
        acquire_permit(limiter).release(succeeded=True)

    assert clock.now == pytest.approx(161.0, abs=0.011)  # pyright: ignore[reportUnknownMemberType]


def test_idle_time_resets_the_limiter() -> None:
    """A limiter that was throttled an hour ago has no rate."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock)
    throttle(limiter)
    acquire_permit(limiter).release(succeeded=True)
    clock.now += 3600

    acquire_permit(limiter).release(succeeded=True)

    assert limiter.rate is None


@pytest.mark.parametrize(("share", "slowdown"), [(0.01, 1.05), (0.05, 1.3), (0.2, 2.5)])
def test_random_throttles_do_not_stop_the_client(share: float, slowdown: float) -> None:
    """If the service rejects a random share of the requests, the client does not become much slower."""
    clock, random = InstantClock(), Random(1)
    limiter = RateLimiter(clock=clock)
    requests = 10_000

    for _ in range(requests):
        permit = acquire_permit(limiter)
        clock.now += 0.001
        throttled = random.random() < share
        permit.release(throttled=throttled, succeeded=not throttled)

    assert clock.now - 100.0 < slowdown * requests * 0.001


def test_limit_is_found() -> None:
    """If the service admits 20 requests per second, 400 requests succeed in little more than 20 s and 40 retries."""
    clock = InstantClock()
    limiter = RateLimiter(clock=clock)
    tokens, throttles = 20.0, 0
    successes = 0

    while successes < 420:
        before = clock.now
        permit = acquire_permit(limiter)
        clock.now += 0.005
        tokens = min(20.0, tokens + 20 * (clock.now - before))
        throttled = tokens < 1
        tokens -= not throttled
        successes += not throttled
        throttles += throttled
        permit.release(throttled=throttled, succeeded=not throttled)

    assert clock.now - 100.0 < 1.05 * 20
    assert throttles <= 40
