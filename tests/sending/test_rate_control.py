"""Rate control: the rate after successes and 429 responses."""

import pytest
from attrs import evolve

from lattice_tg.sending.rate_control import (
    ALL_THROTTLED_SECONDS,
    BACKOFF_FACTOR,
    BACKOFF_FLOOR,
    DAMPING_RESPONSES,
    DECREASE_FACTOR,
    INITIAL_DROP,
    INITIAL_IN_FLIGHT,
    MAX_TOLERATED_SHARE,
    MIN_INITIAL_RATE,
    MIN_PER_SECOND,
    NO_SUCCESS_SECONDS,
    PLATEAU_REQUESTS,
    PLATEAU_SECONDS,
    SAMPLE_RESPONSES,
    SAMPLE_WEIGHT,
    SUCCESS_WINDOW_SECONDS,
    BackingOff,
    CubicGrowth,
    RateState,
    ThrottleShare,
    Unthrottled,
    next_send,
    on_send,
    on_success,
    on_throttle,
    plateau_seconds,
    rate_at,
)


def respond(state: RateState, outcomes: str, now: float = 0.5) -> RateState:
    """Return the state after responses: "T" is a 429 response, any other character is a success."""
    for outcome in outcomes:
        state = on_throttle(state, now, now) if outcome == "T" else on_success(state, now, now)
    return state


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


def test_single_throttle_lowers_only_the_in_flight_limit() -> None:
    """A single 429 response is counted, and lowers the in-flight limit by one, but does not space requests."""
    state = on_throttle(Unthrottled(since=0.0, successes=20, in_flight_limit=28), 0.5, 0.4)

    assert state == Unthrottled(since=0.0, successes=20, in_flight_limit=27, responses=1, throttled=1)


def test_in_flight_limit_does_not_fall_below_its_initial_value() -> None:
    """If the in-flight limit has its initial value, a 429 response does not change the limit."""
    assert on_throttle(Unthrottled(since=0.0), 0.5, 0.4) == Unthrottled(since=0.0, responses=1, throttled=1)


def test_negligible_share_restarts_the_count() -> None:
    """If few of the responses were 429 responses, the count of responses starts again."""
    state = Unthrottled(since=0.0, responses=12, throttled=1)

    assert respond(state, ".") == Unthrottled(since=0.0, successes=1, in_flight_limit=INITIAL_IN_FLIGHT + 1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("T", (BackingOff, 5)),
        ("TT.", (BackingOff, 8)),
        ("T.", (BackingOff, 33)),
        ("T...", (CubicGrowth, 65)),
        ("T.........", (CubicGrowth, 411)),
        ("T" + "." * 19, (Unthrottled, 2000)),
    ],
)
def test_spacing_starts_after_enough_throttles(pattern: str, expected: tuple[type[RateState], int]) -> None:
    """The higher the share of 429 responses, the fewer responses start spacing. A share of 5 % never does."""
    state: RateState = Unthrottled(since=0.0)
    count = 0

    while isinstance(state, Unthrottled) and count < 2000:
        state = respond(state, pattern[count % len(pattern)])
        count += 1

    assert (type(state), count) == expected


def test_large_share_of_throttles_sets_a_fraction_of_the_success_rate() -> None:
    """If all responses are 429 responses, the rate becomes a fraction of the rate of successes."""
    share = ThrottleShare(tolerated=0.01, previous=0.3, responses=3, throttled=2)
    state = respond(Unthrottled(since=0.0, successes=20, share=share), "TTTTT")

    assert state == BackingOff(
        40 * BACKOFF_FACTOR,
        since=0.0,
        successes=20,
        decreased_at=0.5,
        last_success_at=0.5,
        share=ThrottleShare(tolerated=0.01),
    )


def test_small_share_of_throttles_decreases_the_rate_a_little() -> None:
    """If the share of 429 responses may not depend on the rate, the rate falls a little, and the share is suspected."""
    state = respond(Unthrottled(since=0.0, successes=20, responses=64, throttled=16), "T")

    assert state == CubicGrowth(
        40 * DECREASE_FACTOR,
        origin=0.5,
        decreased_at=0.5,
        throttled_since=0.5,
        share=ThrottleShare(previous=17 / 65),
        suspected_share=17 / 65,
    )


def test_tolerated_share_does_not_start_spacing() -> None:
    """If 20 % of the responses are tolerated, 20 % of 429 responses do not space requests, but 100 % do."""
    state: RateState = Unthrottled(since=0.0, share=ThrottleShare(tolerated=0.2, previous=0.2))

    assert isinstance(respond(state, "T...." * 400), Unthrottled)
    assert isinstance(respond(state, "T" * 8), BackingOff)


def test_throttle_without_success_starts_at_the_initial_rate() -> None:
    """If no request has succeeded, the rate starts at MIN_INITIAL_RATE and falls to MIN_PER_SECOND."""
    state = respond(Unthrottled(since=0.0), "TTTTT", now=0.0)
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
    share = ThrottleShare(tolerated=0.2)

    state = on_success(evolve(BACKING_OFF, share=share), 0.6, 0.55)

    assert state == CubicGrowth(40.0, origin=0.6 - PLATEAU_SECONDS, decreased_at=0.5, share=share)
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
    growing = evolve(GROWING, responses=24)

    state = on_throttle(growing, now, now - 0.05)

    assert state == CubicGrowth(20.0 * DECREASE_FACTOR, origin=now, decreased_at=now, throttled_since=now)


def test_large_share_lowers_the_plateau_further() -> None:
    """If the share of 429 responses since the last decrease is large, the next plateau is lower."""
    now = 10.0 + PLATEAU_SECONDS

    state = on_throttle(evolve(GROWING, responses=2, throttled=1), now, now)

    assert state == CubicGrowth(20.0 * (1 - 2 / (3 + DAMPING_RESPONSES)), now, now, throttled_since=now)


@pytest.mark.parametrize(("plateau", "expected"), [(20.0, 1), (50.0, 1), (100.0, 2), (500.0, 7)])
def test_number_of_throttles_that_decrease_the_rate_grows_with_the_rate(plateau: float, expected: int) -> None:
    """At low rates, the first 429 response decreases the rate. At higher rates, more 429 responses are necessary."""
    state: RateState = CubicGrowth(plateau, origin=0.0, decreased_at=0.0)
    count = 0

    while isinstance(state, CubicGrowth) and not state.decreased_at:
        state = on_throttle(state, 2.0, 1.9)
        count += 1

    assert count == expected


@pytest.mark.parametrize(("now", "expected"), [(10.5, 10.0), (10.0 + PLATEAU_SECONDS, 10.0 + PLATEAU_SECONDS)])
def test_suspected_share_is_tolerated_below_the_plateau(now: float, expected: float) -> None:
    """A suspected share does not decrease the rate until the rate reaches the plateau."""
    state = on_throttle(evolve(GROWING, responses=9, throttled=1, suspected_share=0.2), now, now)

    assert isinstance(state, CubicGrowth)
    assert state.decreased_at == expected


@pytest.mark.parametrize(("pattern", "is_decreased"), [("T....", False), ("T.", True)])
def test_tolerated_share_does_not_decrease_the_rate(pattern: str, is_decreased: bool) -> None:
    """During growth, a tolerated share of 429 responses does not decrease the rate. A larger share does."""
    state = respond(evolve(GROWING, share=ThrottleShare(tolerated=0.2)), pattern * 40, now=12.0)

    assert isinstance(state, CubicGrowth)
    assert (state.decreased_at > 10.0) == is_decreased


def sample(throttled: int) -> str:
    """Return the outcomes of a sample with ``throttled`` 429 responses."""
    return "." * (SAMPLE_RESPONSES - throttled) + "T" * throttled


@pytest.mark.parametrize(
    ("previous", "throttled", "expected"),
    [(0.25, 0, 0.0), (0.0, 16, 0.0), (0.25, 16, 0.25), (0.25, 8, 0.125), (0.125, 16, 0.125), (0.5, 48, 0.35)],
)
def test_share_that_remains_at_a_lower_rate_is_tolerated(previous: float, throttled: int, expected: float) -> None:
    """The lower share of two consecutive samples counts, up to MAX_TOLERATED_SHARE."""
    growing = evolve(GROWING, plateau_per_second=5000.0, share=ThrottleShare(previous=previous))

    state = respond(growing, sample(throttled), now=10.5)

    assert state == evolve(
        growing,
        responses=SAMPLE_RESPONSES,
        throttled=throttled,
        share=ThrottleShare(tolerated=SAMPLE_WEIGHT * expected, previous=throttled / SAMPLE_RESPONSES),
    )
    assert expected <= MAX_TOLERATED_SHARE


@pytest.mark.parametrize("outcomes", ["." * 52 + "T" * 12, "T" * 12 + "." * 52])
def test_confirmed_suspicion_ends_spacing(outcomes: str) -> None:
    """If the suspected share remains in a sample at the lower rate, the share is tolerated without spacing."""
    growing = evolve(GROWING, suspected_share=0.25, share=ThrottleShare(previous=0.25))

    state = respond(evolve(growing, plateau_per_second=1000.0), outcomes, now=10.5)

    share = 12 / SAMPLE_RESPONSES
    assert state == Unthrottled(since=10.5, share=ThrottleShare(tolerated=share, previous=share))


def test_refuted_suspicion_keeps_spacing() -> None:
    """If the suspected share falls at the lower rate, requests stay spaced."""
    growing = evolve(GROWING, suspected_share=0.25, share=ThrottleShare(previous=0.25))

    state = respond(growing, sample(4), now=10.5)

    share = ThrottleShare(tolerated=SAMPLE_WEIGHT * 4 / SAMPLE_RESPONSES, previous=4 / SAMPLE_RESPONSES)
    assert state == evolve(growing, responses=SAMPLE_RESPONSES, throttled=4, share=share)


def test_responses_above_the_plateau_are_not_sampled() -> None:
    """After the rate has reached the plateau, responses do not change the sample, because a limit may explain them."""
    state = respond(GROWING, ".", now=10.0 + PLATEAU_SECONDS)

    assert state == evolve(GROWING, responses=1)


def test_tolerated_share_follows_a_falling_share() -> None:
    """The tolerated share of unspaced requests is at most twice the actual share of two consecutive samples."""
    state = Unthrottled(since=0.0, share=ThrottleShare(tolerated=0.2, previous=0.2))
    count = 3 * SAMPLE_RESPONSES

    states = [respond(state, (pattern * count)[:count]) for pattern in (".", "T" + "." * 15, "T....")]

    assert [state.share for state in states] == [
        ThrottleShare(),
        ThrottleShare(tolerated=2 * 4 / SAMPLE_RESPONSES, previous=4 / SAMPLE_RESPONSES),
        ThrottleShare(tolerated=0.2, previous=13 / SAMPLE_RESPONSES),
    ]


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

    assert on_success(throttled, 10.2, 10.1) == evolve(GROWING, responses=1)
    assert on_success(throttled, 10.05, 9.99) is throttled


def test_throttle_under_a_ceiling_starts_from_the_ceiling() -> None:
    """If a ceiling limits the rate, a 429 response makes a fraction of the ceiling the next plateau."""
    later = 10.0 + 2 * PLATEAU_SECONDS

    state = on_throttle(evolve(GROWING, responses=24), later, later, ceiling_per_second=10.0)

    assert rate_at(state, later + PLATEAU_SECONDS) == 10.0 * DECREASE_FACTOR


def test_long_growth_resets_the_state() -> None:
    """A client that was idle becomes unthrottled again, with the same tolerated share.

    A client whose rate grows normally does not.
    """
    growing = evolve(GROWING, share=ThrottleShare(tolerated=0.2))

    assert on_send(growing, 30.0) == Unthrottled(since=30.0, share=ThrottleShare(tolerated=0.2))
    assert on_send(growing, 11.0) is growing


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
