"""What the rate law makes of the service's answers."""

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


def test_opening_is_unpaced() -> None:
    """Before the first 429 there is no rate and no spacing."""
    pace = Unthrottled(since=0.0)

    assert rate_at(pace, 1.0) is None
    assert next_send(pace, 1.0, 1.0) == 1.0
    assert on_send(pace, 1.0) is pace


def test_success_widens_the_opening() -> None:
    """Each success allows one more call in flight."""
    pace = on_success(Unthrottled(since=0.0), 0.1, 0.0)

    assert pace == Unthrottled(since=0.0, successes=1, in_flight_limit=INITIAL_IN_FLIGHT + 1)


def test_tally_forgets() -> None:
    """The count of successes reaches back no further than about its time."""
    busy = Unthrottled(since=0.0, successes=40, in_flight_limit=48)

    pace = on_success(busy, 3600.0, 3599.9)

    assert pace == Unthrottled(since=3600.0 - SUCCESS_WINDOW_SECONDS / 2, successes=21, in_flight_limit=49)


def test_first_throttle_seeks_below_what_was_delivered() -> None:
    """The first 429 sets the rate to a share of the delivered one."""
    pace = on_throttle(Unthrottled(since=0.0, successes=20), 0.5, 0.4)

    assert pace == BackingOff(40 * BACKOFF_FACTOR, since=0.0, successes=20, decreased_at=0.5, last_success_at=0.5)


def test_throttle_without_any_success_still_sends() -> None:
    """Where nothing has been delivered the search starts at a rate of its own, and ends at the least one."""
    pace = on_throttle(Unthrottled(since=0.0), 0.0, 0.0)
    rates = [rate_at(pace, 0.0)]

    for second in range(1, 5):
        pace = on_throttle(pace, second, second)
        rates.append(rate_at(pace, second))

    assert rates == [MIN_INITIAL_RATE, 2.0, MIN_PER_SECOND, MIN_PER_SECOND, MIN_PER_SECOND]


SEEKING = BackingOff(40.0, since=0.0, successes=20, decreased_at=0.5, last_success_at=0.5)


def test_seeking_halves_once_a_round_trip() -> None:
    """A 429 of a request sent after the last decrease halves the rate, an older one does nothing."""
    halved = on_throttle(SEEKING, 0.6, 0.55)

    assert halved == evolve(SEEKING, per_second=20.0, decreased_at=0.6)
    assert on_throttle(halved, 0.61, 0.56) is halved


def test_seeking_stops_at_what_was_delivered() -> None:
    """A window that stays closed does not drive the rate down for ever."""
    pace: RateState = SEEKING

    for tick in range(6, 20):
        pace = on_throttle(pace, tick / 10, tick / 10)

    assert rate_at(pace, 2.0) == pytest.approx(BACKOFF_FLOOR * 20 / 1.9)  # pyright: ignore[reportUnknownMemberType]


def test_late_success_does_not_end_the_search() -> None:
    """A success of a request sent before the decrease only counts."""
    pace = on_success(SEEKING, 0.55, 0.45)

    assert pace == evolve(SEEKING, successes=21, last_success_at=0.55)


def test_success_ends_the_search() -> None:
    """A success at the lower rate makes it the plateau, to be grown from at once."""
    pace = on_success(SEEKING, 0.6, 0.55)

    assert pace == CubicGrowth(40.0, origin=0.6 - PLATEAU_SECONDS, decreased_at=0.5)
    assert rate_at(pace, 0.6) == 40.0


def test_closed_window_resumes_at_its_rate() -> None:
    """After a silence the rate is what was delivered over all, silence included."""
    searching = evolve(SEEKING, per_second=1.0, decreased_at=0.9)

    pace = on_success(searching, 0.5 + 2 * NO_SUCCESS_SECONDS, 1.0)

    assert pace == CubicGrowth(21 / 1.1, origin=1.1 - PLATEAU_SECONDS, decreased_at=0.9)


CRUISING = CubicGrowth(20.0, origin=10.0, decreased_at=10.0)


@pytest.mark.parametrize("plateau", [1.0, 20.0, 500.0])
def test_growth_is_proportional(plateau: float) -> None:
    """One curve serves every rate: from below the plateau, to it, and beyond."""
    pace = CubicGrowth(plateau, origin=0.0, decreased_at=0.0)

    rates = [rate_at(pace, plateau_seconds(plateau) * share) for share in (0, 1, 2)]

    assert rates == [plateau * (1 - INITIAL_DROP), plateau, plateau * (1 + INITIAL_DROP)]


def test_growth_is_slower_at_low_rates() -> None:
    """The plateau is reached after a time, or after some requests where those take longer."""
    assert [plateau_seconds(rate) for rate in (1.0, 500.0)] == [PLATEAU_REQUESTS, PLATEAU_SECONDS]


def test_throttle_lowers_the_plateau() -> None:
    """A 429 while cruising makes a share of the rate then the next plateau."""
    now = 10.0 + PLATEAU_SECONDS

    pace = on_throttle(CRUISING, now, now - 0.05)

    assert pace == CubicGrowth(20.0 * DECREASE_FACTOR, origin=now, decreased_at=now, throttled_since=now)


def test_old_throttle_says_nothing_new() -> None:
    """A 429 of a request sent before the decrease changes nothing."""
    assert on_throttle(CRUISING, 10.1, 9.9) is CRUISING


def test_row_of_refusals_lowers_once() -> None:
    """A closed window refuses at any rate, so a row of 429s counts as one."""
    refused = evolve(CRUISING, throttled_since=10.0)

    pace = on_throttle(refused, 10.5, 10.4)

    assert pace == CubicGrowth(20.0, origin=10.5, decreased_at=10.5, throttled_since=10.0)


def test_long_row_of_refusals_lowers_again() -> None:
    """When nothing gets through for long, the service allows far less, and the rate is halved."""
    refused = evolve(CRUISING, throttled_since=10.0)
    now = 10.0 + ALL_THROTTLED_SECONDS

    pace = on_throttle(refused, now, now - 0.1)

    assert pace == CubicGrowth(20.0 * BACKOFF_FACTOR, origin=now, decreased_at=now, throttled_since=now)


def test_success_ends_the_row() -> None:
    """A success sent after the decrease ends a row of refusals, an older one does not."""
    refused = evolve(CRUISING, throttled_since=10.0)

    assert on_success(refused, 10.2, 10.1) == CRUISING
    assert on_success(refused, 10.05, 9.99) is refused
    assert on_success(CRUISING, 10.2, 10.1) is CRUISING


def test_throttle_under_a_ceiling_starts_from_the_ceiling() -> None:
    """Growth that the ceiling never let through is not what was refused."""
    later = 10.0 + 2 * PLATEAU_SECONDS

    pace = on_throttle(CRUISING, later, later, ceiling_per_second=10.0)

    assert rate_at(pace, later + PLATEAU_SECONDS) == 10.0 * DECREASE_FACTOR


def test_long_unrefused_opens_again() -> None:
    """A client that idled starts afresh, and one that cruises does not."""
    assert on_send(CRUISING, 30.0) == Unthrottled(since=30.0)
    assert on_send(CRUISING, 11.0) is CRUISING


def test_the_lower_of_rate_and_ceiling_holds() -> None:
    """The ceiling binds where it is below the learned rate, or nothing is learned."""
    now = CRUISING.origin + PLATEAU_SECONDS

    rates = [rate_at(pace, now, ceiling_per_second=c) for pace in (Unthrottled(0.0), CRUISING) for c in (5.0, 50.0)]

    assert rates == [5.0, 50.0, 5.0, 20.0]
    assert next_send(CRUISING, now, now, ceiling_per_second=4.0) == now + 0.25
