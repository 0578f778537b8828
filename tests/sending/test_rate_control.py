"""Rate control: the rate after successes and 429 responses."""

import pytest
from attrs import evolve

from lattice_tg.sending.rate_control import (
    ALL_THROTTLED_SECONDS,
    BACKOFF_FACTOR,
    BACKOFF_FLOOR,
    DECREASE_FACTOR,
    INITIAL_DROP,
    INITIAL_IN_FLIGHT,
    MIN_INITIAL_RATE,
    MIN_PER_SECOND,
    NO_SUCCESS_SECONDS,
    PLATEAU_REQUESTS,
    PLATEAU_SECONDS,
    SUCCESS_WINDOW_SECONDS,
    BackingOff,
    CubicGrowth,
    RateState,
    Unthrottled,
    next_send,
    on_send,
    on_success,
    on_throttle,
    plateau_seconds,
    rate_at,
)


def test_unthrottled_requests_are_not_spaced() -> None:
    """Before the first 429 response, the client has no rate and does not space requests."""
    state = Unthrottled(since=0.0)

    assert rate_at(state, 1.0) is None
    assert next_send(state, 1.0, 1.0) == 1.0
    assert on_send(state, 1.0) is state


def test_success_increases_the_in_flight_limit() -> None:
    """Each success allows one more request in flight."""
    state = on_success(Unthrottled(since=0.0), 0.1, 0.0)

    assert state == Unthrottled(since=0.0, successes=1, in_flight_limit=INITIAL_IN_FLIGHT + 1)


def test_old_successes_are_forgotten() -> None:
    """Only successes of about the last SUCCESS_WINDOW_SECONDS count."""
    busy = Unthrottled(since=0.0, successes=40, in_flight_limit=48)

    state = on_success(busy, 3600.0, 3599.9)

    assert state == Unthrottled(since=3600.0 - SUCCESS_WINDOW_SECONDS / 2, successes=21, in_flight_limit=49)


def test_first_throttle_sets_a_fraction_of_the_success_rate() -> None:
    """The first 429 response sets the rate to a fraction of the rate of successes."""
    state = on_throttle(Unthrottled(since=0.0, successes=20), 0.5, 0.4)

    assert state == BackingOff(40 * BACKOFF_FACTOR, since=0.0, successes=20, decreased_at=0.5, last_success_at=0.5)


def test_throttle_without_success_starts_at_the_initial_rate() -> None:
    """If no request has succeeded, the rate starts at MIN_INITIAL_RATE and falls to MIN_PER_SECOND."""
    state = on_throttle(Unthrottled(since=0.0), 0.0, 0.0)
    rates = [rate_at(state, 0.0)]

    for second in range(1, 5):
        state = on_throttle(state, second, second)
        rates.append(rate_at(state, second))

    assert rates == [MIN_INITIAL_RATE, 2.0, MIN_PER_SECOND, MIN_PER_SECOND, MIN_PER_SECOND]


BACKING_OFF = BackingOff(40.0, since=0.0, successes=20, decreased_at=0.5, last_success_at=0.5)


def test_rate_is_halved_at_most_once_per_round_trip() -> None:
    """A 429 response halves the rate only if its request was sent after the last decrease."""
    halved = on_throttle(BACKING_OFF, 0.6, 0.55)

    assert halved == evolve(BACKING_OFF, per_second=20.0, decreased_at=0.6)
    assert on_throttle(halved, 0.61, 0.56) is halved


def test_backing_off_stops_at_a_fraction_of_the_success_rate() -> None:
    """If the service keeps throttling, the rate does not fall below a fraction of the success rate."""
    state: RateState = BACKING_OFF

    for tick in range(6, 20):
        state = on_throttle(state, tick / 10, tick / 10)

    assert rate_at(state, 2.0) == pytest.approx(BACKOFF_FLOOR * 20 / 1.9)  # pyright: ignore[reportUnknownMemberType]


def test_success_of_an_older_request_does_not_end_backing_off() -> None:
    """If a request was sent before the decrease, a success is counted but does not end backing off."""
    state = on_success(BACKING_OFF, 0.55, 0.45)

    assert state == evolve(BACKING_OFF, successes=21, last_success_at=0.55)


def test_success_ends_backing_off() -> None:
    """A success at the decreased rate makes this rate the plateau, and the rate grows immediately."""
    state = on_success(BACKING_OFF, 0.6, 0.55)

    assert state == CubicGrowth(40.0, origin=0.6 - PLATEAU_SECONDS, decreased_at=0.5)
    assert rate_at(state, 0.6) == 40.0


def test_growth_after_a_long_throttling_starts_at_the_overall_success_rate() -> None:
    """After a period without success, the plateau is the overall success rate, including the period."""
    backing_off = evolve(BACKING_OFF, per_second=1.0, decreased_at=0.9)

    state = on_success(backing_off, 0.5 + 2 * NO_SUCCESS_SECONDS, 1.0)

    assert state == CubicGrowth(21 / 1.1, origin=1.1 - PLATEAU_SECONDS, decreased_at=0.9)


GROWING = CubicGrowth(20.0, origin=10.0, decreased_at=10.0)


@pytest.mark.parametrize("plateau", [1.0, 20.0, 500.0])
def test_growth_is_proportional(plateau: float) -> None:
    """At every plateau, the rate follows the same curve from below the plateau to above the plateau."""
    state = CubicGrowth(plateau, origin=0.0, decreased_at=0.0)

    rates = [rate_at(state, plateau_seconds(plateau) * share) for share in (0, 1, 2)]

    assert rates == [plateau * (1 - INITIAL_DROP), plateau, plateau * (1 + INITIAL_DROP)]


def test_growth_is_slower_at_low_rates() -> None:
    """The rate reaches the plateau after PLATEAU_SECONDS, or later if PLATEAU_REQUESTS take longer."""
    assert [plateau_seconds(rate) for rate in (1.0, 500.0)] == [PLATEAU_REQUESTS, PLATEAU_SECONDS]


def test_throttle_lowers_the_plateau() -> None:
    """After a 429 response during growth, the next plateau is a fraction of the current rate."""
    now = 10.0 + PLATEAU_SECONDS

    state = on_throttle(GROWING, now, now - 0.05)

    assert state == CubicGrowth(20.0 * DECREASE_FACTOR, origin=now, decreased_at=now, throttled_since=now)


def test_throttle_of_an_older_request_changes_nothing() -> None:
    """A 429 response to a request that was sent before the last decrease changes nothing."""
    assert on_throttle(GROWING, 10.1, 9.9) is GROWING


def test_series_of_throttles_lowers_the_plateau_once() -> None:
    """A series of 429 responses counts as one, because an exhausted limit rejects requests at any rate."""
    throttled = evolve(GROWING, throttled_since=10.0)

    state = on_throttle(throttled, 10.5, 10.4)

    assert state == CubicGrowth(20.0, origin=10.5, decreased_at=10.5, throttled_since=10.0)


def test_long_series_of_throttles_halves_the_plateau() -> None:
    """If no request succeeds for ALL_THROTTLED_SECONDS, the plateau is halved."""
    throttled = evolve(GROWING, throttled_since=10.0)
    now = 10.0 + ALL_THROTTLED_SECONDS

    state = on_throttle(throttled, now, now - 0.1)

    assert state == CubicGrowth(20.0 * BACKOFF_FACTOR, origin=now, decreased_at=now, throttled_since=now)


def test_success_ends_a_series_of_throttles() -> None:
    """A success ends a series of 429 responses only if the request was sent after the last decrease."""
    throttled = evolve(GROWING, throttled_since=10.0)

    assert on_success(throttled, 10.2, 10.1) == GROWING
    assert on_success(throttled, 10.05, 9.99) is throttled
    assert on_success(GROWING, 10.2, 10.1) is GROWING


def test_throttle_under_a_ceiling_starts_from_the_ceiling() -> None:
    """If a ceiling limits the rate, a 429 response makes a fraction of the ceiling the next plateau."""
    later = 10.0 + 2 * PLATEAU_SECONDS

    state = on_throttle(GROWING, later, later, ceiling_per_second=10.0)

    assert rate_at(state, later + PLATEAU_SECONDS) == 10.0 * DECREASE_FACTOR


def test_long_growth_resets_the_state() -> None:
    """A client that was idle becomes unthrottled again. A client whose rate grows normally does not."""
    assert on_send(GROWING, 30.0) == Unthrottled(since=30.0)
    assert on_send(GROWING, 11.0) is GROWING


def test_lower_of_rate_and_ceiling_applies() -> None:
    """The ceiling applies if it is below the adaptive rate, or if there is no adaptive rate."""
    now = GROWING.origin + PLATEAU_SECONDS

    rates = [
        rate_at(state, now, ceiling_per_second=ceiling)
        for state in (Unthrottled(0.0), GROWING)
        for ceiling in (5.0, 50.0)
    ]

    assert rates == [5.0, 50.0, 5.0, 20.0]
    assert next_send(GROWING, now, now, ceiling_per_second=4.0) == now + 0.25
