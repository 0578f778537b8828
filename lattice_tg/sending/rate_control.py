"""What the refusals of a service say about the rate it allows: pure functions over frozen values.

Three phases. `Opening`: no 429 yet, nothing is spaced, only the calls in flight are bounded. `Seeking`: the
first 429s came, and the rate is halved once per round trip until a request gets through. `Cruising`: the rate
grows along a cubic curve, flat near the last rate known to be too much, and falls in proportion at a 429. All
steps are proportions, so the same constants serve one request per second and five hundred.
"""

from typing import TypeAlias

from attrs import evolve, frozen

INITIAL_IN_FLIGHT = 8
"""Calls in flight before the first answer; each success allows one more."""
MIN_INITIAL_RATE = 4.0
"""The least rate that a search begins with: one refused at its first call knows nothing of the rate."""
SUCCESS_WINDOW_SECONDS = 1.0
"""How far back the opening's count of successes reaches: a client that idled must not look slow."""
BACKOFF_FACTOR = 0.5
"""What is left of the rate for each round trip of refusals, while seeking."""
BACKOFF_FLOOR = 0.35
"""Seeking stops at this share of what was delivered since the count began: a closed window is not a low rate."""
NO_SUCCESS_SECONDS = 0.3
"""A search without any success for this long met a closed window, so what it delivered over all is its rate."""
DECREASE_FACTOR = 0.85
"""What is left of the rate that a 429 proved too high, as the plateau of the next curve."""
INITIAL_DROP = 0.2
"""How far below that plateau the curve begins."""
PLATEAU_SECONDS = 1.25
"""From a 429 to the plateau, at the least,"""
PLATEAU_REQUESTS = 3.0
"""and at the least the time of so many requests: at low rates a second is too short to learn from."""
ALL_THROTTLED_SECONDS = 1.0
"""Each such time of nothing but refusals halves the plateau: the service allows far less than it did."""
RELEASE_FACTOR = 8.0
"""Growth over the plateau at which the limit is taken to be gone, or far from use: a fresh opening."""
MIN_PER_SECOND = 1.0
"""The slowest that a limiter sends by itself: a client starved by others has to notice that they are done."""
_MOMENT_SECONDS = 0.01


@frozen
class Unthrottled:
    """No 429 so far: a bound on the calls in flight, and the count of recent successes."""

    since: float
    successes: float = 0.0
    in_flight_limit: int = INITIAL_IN_FLIGHT


@frozen
class BackingOff:
    """Refused before a rate was known: halving, and remembering what has been delivered since when."""

    per_second: float
    since: float
    successes: float
    decreased_at: float
    last_success_at: float


@frozen
class CubicGrowth:
    """Growing from below the plateau since ``origin``; ``refused_since`` is set while nothing got through."""

    plateau_per_second: float
    origin: float
    decreased_at: float
    refused_since: float | None = None


RateState: TypeAlias = Unthrottled | BackingOff | CubicGrowth


def rate_at(pace: RateState, now: float, *, ceiling_per_second: float | None = None) -> float | None:
    """The rate in force in requests per second, or None where nothing is spaced."""
    learned = _state_rate(pace, now)
    if learned is None or ceiling_per_second is None:
        return learned or ceiling_per_second
    return min(learned, ceiling_per_second)


def _state_rate(pace: RateState, now: float) -> float | None:
    match pace:
        case Unthrottled():
            return None
        case BackingOff():
            return pace.per_second
        case _:
            return pace.plateau_per_second * _growth(pace, now)


def _growth(pace: CubicGrowth, now: float) -> float:
    """The share of the plateau: 1 - DIP at first, flat around the plateau, steep after it."""
    return 1 - INITIAL_DROP * (1 - (now - pace.origin) / plateau_seconds(pace.plateau_per_second)) ** 3


def plateau_seconds(per_second: float) -> float:
    """How long the curve takes from a 429 to its plateau."""
    return max(PLATEAU_SECONDS, PLATEAU_REQUESTS / per_second)


def next_send(pace: RateState, now: float, last_send: float, *, ceiling_per_second: float | None = None) -> float:
    """The earliest time for the request after the one sent, or refused, at ``last_send``."""
    per_second = rate_at(pace, now, ceiling_per_second=ceiling_per_second)
    return last_send if per_second is None else last_send + 1 / per_second


def on_send(pace: RateState, now: float) -> RateState:
    """The pace for a request about to be sent: long unrefused, it opens again."""
    if isinstance(pace, CubicGrowth) and _growth(pace, now) > RELEASE_FACTOR:
        return Unthrottled(now)
    return pace


def on_success(pace: RateState, now: float, sent_at: float) -> RateState:
    """The pace after a request that got through."""
    match pace:
        case Unthrottled():
            return _count_success(pace, now)
        case BackingOff():
            return _after_backoff_success(pace, now, sent_at)
        case _:
            answers_decrease = pace.refused_since is not None and sent_at >= pace.decreased_at
            return evolve(pace, refused_since=None) if answers_decrease else pace


def _count_success(pace: Unthrottled, now: float) -> Unthrottled:
    if now - pace.since <= SUCCESS_WINDOW_SECONDS:
        return Unthrottled(pace.since, pace.successes + 1, pace.in_flight_limit + 1)
    return Unthrottled(now - SUCCESS_WINDOW_SECONDS / 2, pace.successes / 2 + 1, pace.in_flight_limit + 1)


def _after_backoff_success(pace: BackingOff, now: float, sent_at: float) -> BackingOff | CubicGrowth:
    successes = pace.successes + 1
    if sent_at < pace.decreased_at:  # it was on its way already and says nothing about the lower rate
        return evolve(pace, successes=successes, last_success_at=now)
    plateau = pace.per_second
    if now - pace.last_success_at > NO_SUCCESS_SECONDS:
        plateau = max(plateau, successes / (now - pace.since))
    return CubicGrowth(plateau, origin=now - plateau_seconds(plateau), decreased_at=pace.decreased_at)


def on_throttle(pace: RateState, now: float, sent_at: float, *, ceiling_per_second: float | None = None) -> RateState:
    """The pace after a 429; one sent before the last decrease says nothing new."""
    match pace:
        case Unthrottled():
            delivered = pace.successes / max(now - pace.since, _MOMENT_SECONDS)
            start = max(delivered * BACKOFF_FACTOR, MIN_INITIAL_RATE)
            return BackingOff(start, pace.since, pace.successes, now, now)
        case _ if sent_at < pace.decreased_at:
            return pace
        case BackingOff():
            floor = BACKOFF_FLOOR * pace.successes / max(now - pace.since, _MOMENT_SECONDS)
            return evolve(pace, per_second=max(_scale_down(pace.per_second, BACKOFF_FACTOR), floor), decreased_at=now)
        case _:
            return _decrease(pace, now, ceiling_per_second)


def _decrease(pace: CubicGrowth, now: float, ceiling_per_second: float | None) -> CubicGrowth:
    """Less after each refusal that follows a success; in a row of refusals, less only with time.

    A service that counts in fixed windows refuses everything until the window ends, at any rate.
    """
    if pace.refused_since is None:
        sending = pace.plateau_per_second * _growth(pace, now)
        refused = sending if ceiling_per_second is None else min(sending, ceiling_per_second)
        return CubicGrowth(_scale_down(refused, DECREASE_FACTOR), now, now, refused_since=now)
    if now - pace.refused_since < ALL_THROTTLED_SECONDS:
        return evolve(pace, origin=now, decreased_at=now)
    return CubicGrowth(_scale_down(pace.plateau_per_second, BACKOFF_FACTOR), now, now, refused_since=now)


def _scale_down(per_second: float, factor: float) -> float:
    return max(per_second * factor, MIN_PER_SECOND)
