"""Adaptive rate control, as pure functions over immutable states.

There are three states:

- ``Unthrottled``: There has been no 429 response. Requests are not spaced, but the number of requests in flight is
  limited.
- ``BackingOff``: After the first 429 response, the rate is halved one time per round trip until a request succeeds.
- ``CubicGrowth``: The rate grows along a cubic curve, which is flat near the last rate known to be too high. After a
  429 response, the rate decreases by a factor.

All changes are relative, so that the same constants work for one request per second and for five hundred.
"""

from typing import TypeAlias

from attrs import evolve, frozen

INITIAL_IN_FLIGHT = 8
"""Limit of requests in flight before the first response. Each success increases the limit by one."""
MIN_INITIAL_RATE = 4.0
"""Minimum rate at which backing off starts. If the first request is throttled, no rate is known."""
SUCCESS_WINDOW_SECONDS = 1.0
"""Period in which successes are counted while unthrottled, so that an idle client does not seem slow."""
BACKOFF_FACTOR = 0.5
"""Factor by which the rate decreases for each throttled round trip while backing off."""
BACKOFF_FLOOR = 0.35
"""Minimum rate while backing off, as a fraction of the rate of successes so far. A service that limits requests per
fixed window throttles everything until the window ends, which does not mean that its rate is low."""
NO_SUCCESS_SECONDS = 0.3
"""Period without success after which a fixed window is assumed, so that the rate of all successes is the limit."""
DECREASE_FACTOR = 0.85
"""Factor from a throttled rate to the plateau of the next curve."""
INITIAL_DROP = 0.2
"""Fraction of the plateau by which the curve starts below it."""
PLATEAU_SECONDS = 1.25
"""Minimum time from a 429 response to the plateau."""
PLATEAU_REQUESTS = 3.0
"""Minimum number of requests from a 429 response to the plateau. At low rates, few requests fit into a second."""
ALL_THROTTLED_SECONDS = 1.0
"""Period of only 429 responses after which the plateau is halved, because the service allows far less than before."""
RELEASE_FACTOR = 8.0
"""Growth relative to the plateau at which the limit no longer matters, so that the state becomes Unthrottled."""
MIN_PER_SECOND = 1.0
"""Minimum rate, so that a client notices when other clients stop using the quota."""
_MIN_PERIOD_SECONDS = 0.01


@frozen
class Unthrottled:
    """The state before the first 429 response."""

    since: float
    successes: float = 0.0
    in_flight_limit: int = INITIAL_IN_FLIGHT


@frozen
class BackingOff:
    """The state after the first 429 response, until a request succeeds at the lower rate."""

    per_second: float
    since: float
    successes: float
    decreased_at: float
    last_success_at: float


@frozen
class CubicGrowth:
    """Growth from below the plateau since ``origin``.

    ``throttled_since`` is set while no request succeeds.
    """

    plateau_per_second: float
    origin: float
    decreased_at: float
    throttled_since: float | None = None


RateState: TypeAlias = Unthrottled | BackingOff | CubicGrowth


def rate_at(state: RateState, now: float, *, ceiling_per_second: float | None = None) -> float | None:
    """Return the rate in requests per second, or None if requests are not spaced."""
    adaptive_rate = _state_rate(state, now)
    if adaptive_rate is None or ceiling_per_second is None:
        return adaptive_rate or ceiling_per_second
    return min(adaptive_rate, ceiling_per_second)


def _state_rate(state: RateState, now: float) -> float | None:
    match state:
        case Unthrottled():
            return None
        case BackingOff():
            return state.per_second
        case _:
            return state.plateau_per_second * _growth(state, now)


def _growth(state: CubicGrowth, now: float) -> float:
    """Return the rate relative to the plateau, around which the curve is flat."""
    return 1 - INITIAL_DROP * (1 - (now - state.origin) / plateau_seconds(state.plateau_per_second)) ** 3


def plateau_seconds(per_second: float) -> float:
    """Return the seconds from a 429 response to the plateau."""
    return max(PLATEAU_SECONDS, PLATEAU_REQUESTS / per_second)


def next_send(state: RateState, now: float, last_send: float, *, ceiling_per_second: float | None = None) -> float:
    """Return the earliest time for the request after one sent or throttled at ``last_send``."""
    per_second = rate_at(state, now, ceiling_per_second=ceiling_per_second)
    return last_send if per_second is None else last_send + 1 / per_second


def on_send(state: RateState, now: float) -> RateState:
    """Return the state before a request is sent, which is reset after long growth."""
    if isinstance(state, CubicGrowth) and _growth(state, now) > RELEASE_FACTOR:
        return Unthrottled(now)
    return state


def on_success(state: RateState, now: float, sent_at: float) -> RateState:
    """Return the state after a successful request."""
    match state:
        case Unthrottled():
            return _count_success(state, now)
        case BackingOff():
            return _after_backoff_success(state, now, sent_at)
        case _:
            follows_decrease = state.throttled_since is not None and sent_at >= state.decreased_at
            return evolve(state, throttled_since=None) if follows_decrease else state


def _count_success(state: Unthrottled, now: float) -> Unthrottled:
    if now - state.since <= SUCCESS_WINDOW_SECONDS:
        return Unthrottled(state.since, state.successes + 1, state.in_flight_limit + 1)
    return Unthrottled(now - SUCCESS_WINDOW_SECONDS / 2, state.successes / 2 + 1, state.in_flight_limit + 1)


def _after_backoff_success(state: BackingOff, now: float, sent_at: float) -> BackingOff | CubicGrowth:
    successes = state.successes + 1
    if sent_at < state.decreased_at:  # The request was sent at the higher rate.
        return evolve(state, successes=successes, last_success_at=now)
    plateau = state.per_second
    if now - state.last_success_at > NO_SUCCESS_SECONDS:
        plateau = max(plateau, successes / (now - state.since))
    return CubicGrowth(plateau, origin=now - plateau_seconds(plateau), decreased_at=state.decreased_at)


def on_throttle(state: RateState, now: float, sent_at: float, *, ceiling_per_second: float | None = None) -> RateState:
    """Return the state after a 429 response.

    A response to a request that was sent before the last decrease changes nothing.
    """
    match state:
        case Unthrottled():
            success_rate = state.successes / max(now - state.since, _MIN_PERIOD_SECONDS)
            start = max(success_rate * BACKOFF_FACTOR, MIN_INITIAL_RATE)
            return BackingOff(start, state.since, state.successes, now, now)
        case _ if sent_at < state.decreased_at:
            return state
        case BackingOff():
            minimum = BACKOFF_FLOOR * state.successes / max(now - state.since, _MIN_PERIOD_SECONDS)
            return evolve(
                state, per_second=max(_scale_down(state.per_second, BACKOFF_FACTOR), minimum), decreased_at=now
            )
        case _:
            return _decrease(state, now, ceiling_per_second)


def _decrease(state: CubicGrowth, now: float, ceiling_per_second: float | None) -> CubicGrowth:
    """Return the state with a lower plateau after a 429 response.

    In a series of 429 responses without a success, the plateau decreases only after ALL_THROTTLED_SECONDS: a service
    that limits requests per fixed window throttles everything until the window ends, whatever the rate.
    """
    if state.throttled_since is None:
        current = state.plateau_per_second * _growth(state, now)
        throttled = current if ceiling_per_second is None else min(current, ceiling_per_second)
        return CubicGrowth(_scale_down(throttled, DECREASE_FACTOR), now, now, throttled_since=now)
    if now - state.throttled_since < ALL_THROTTLED_SECONDS:
        return evolve(state, origin=now, decreased_at=now)
    return CubicGrowth(_scale_down(state.plateau_per_second, BACKOFF_FACTOR), now, now, throttled_since=now)


def _scale_down(per_second: float, factor: float) -> float:
    return max(per_second * factor, MIN_PER_SECOND)
