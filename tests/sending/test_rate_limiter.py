"""What the gate promises one caller: spacing, deadlines, no burst."""

import pytest

from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import RateLimiter
from support.clocks import Hourglass, entered, full


def test_unthrottled_calls_do_not_wait() -> None:
    """Before any 429, one call after the other passes without a sleep and without a rate."""
    clock = Hourglass()
    gate = RateLimiter(clock=clock)

    for _ in range(100):
        gate.release(entered(gate), throttled=False, succeeded=True)

    assert clock.sleeps == []
    assert gate.rate is None


def test_ceiling_spaces_from_the_first_call() -> None:
    """Under a maximum of 10 requests per second, eleven take a second."""
    clock = Hourglass()
    gate = RateLimiter(clock=clock, max_requests_per_second=10)

    for _ in range(11):
        gate.release(entered(gate), throttled=False, succeeded=True)

    assert clock.now == pytest.approx(101.0)  # pyright: ignore[reportUnknownMemberType]
    assert gate.rate == 10


@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_ceiling_is_positive(value: float) -> None:
    """A maximum that would let nothing pass is refused."""
    with pytest.raises(ValueError, match="max_requests_per_second"):
        RateLimiter(clock=Hourglass(), max_requests_per_second=value)


def test_throttle_spaces_the_next_send() -> None:
    """After a 429 sends wait 1/rate."""
    clock = Hourglass()
    gate = RateLimiter(clock=clock)
    gate.release(entered(gate), throttled=False, succeeded=True)

    gate.release(entered(gate), throttled=True, succeeded=False)
    rate = gate.rate
    entered(gate)

    assert rate is not None
    assert clock.sleeps == [pytest.approx(1 / rate)]  # pyright: ignore[reportUnknownMemberType]


def test_other_failures_change_no_rate() -> None:
    """What is neither a success nor a 429 only frees its place."""
    gate, permits = full(Hourglass())

    for permit in permits:
        gate.release(permit, throttled=False, succeeded=False)

    assert gate.rate is None
    assert all(entered(gate) for _ in range(INITIAL_IN_FLIGHT))


def test_old_throttles_do_not_push_the_next_send() -> None:
    """A burst of 429s that were on their way together costs one decrease."""
    clock = Hourglass()
    gate, permits = full(clock)
    clock.now += 0.01
    gate.release(permits.pop(), throttled=True, succeeded=False)
    clock.now += 0.01
    rate = gate.rate

    for permit in permits:
        gate.release(permit, throttled=True, succeeded=False)
    permit = entered(gate)

    assert rate is not None
    assert gate.rate == rate
    assert permit.sent_at == pytest.approx(100.01 + 1 / rate)  # pyright: ignore[reportUnknownMemberType]


def test_a_turn_after_the_deadline_is_told_at_once() -> None:
    """A send that is due past the deadline is not waited for."""
    clock = Hourglass()
    gate = RateLimiter(clock=clock, max_requests_per_second=1)
    entered(gate)

    assert gate.acquire(deadline=clock.now + 0.9) is None
    assert clock.sleeps == []
    assert gate.acquire(deadline=clock.now + 1.1) is not None


def test_no_turn_after_the_deadline() -> None:
    """An open gate gives no turn to who comes too late."""
    clock = Hourglass()

    assert RateLimiter(clock=clock).acquire(deadline=clock.now) is None


def test_a_late_wake_up_costs_no_rate() -> None:
    """What a sleep overslept is made good by the next send."""
    clock = Hourglass(oversleeps_seconds=0.004)
    gate = RateLimiter(clock=clock, max_requests_per_second=100)

    for _ in range(101):
        gate.release(entered(gate), throttled=False, succeeded=True)

    assert clock.now == pytest.approx(101.004)  # pyright: ignore[reportUnknownMemberType]


def test_idling_earns_no_burst() -> None:
    """After a pause a ceiling spaces as before."""
    clock = Hourglass()
    gate = RateLimiter(clock=clock, max_requests_per_second=10)
    entered(gate)
    clock.now += 60

    for _ in range(11):
        gate.release(entered(gate), throttled=False, succeeded=True)

    assert clock.now == pytest.approx(161.0, abs=0.011)  # pyright: ignore[reportUnknownMemberType]


def test_idling_opens_the_gate() -> None:
    """A client that was throttled an hour ago is unpaced again."""
    clock = Hourglass()
    gate = RateLimiter(clock=clock)
    gate.release(entered(gate), throttled=True, succeeded=False)
    gate.release(entered(gate), throttled=False, succeeded=True)
    clock.now += 3600

    gate.release(entered(gate), throttled=False, succeeded=True)

    assert gate.rate is None
