"""Adaptive rate control, implemented as pure functions over immutable states.

There are three states:

- ``Unthrottled``: The client starts in this state. Requests are not spaced, but the number of requests in flight is
  limited.
- ``BackingOff``: After the first 429 response, the rate is halved once per round trip until a request succeeds.
- ``CubicGrowth``: The rate grows along a cubic curve. The plateau is the rate at which the curve is flat. After a 429
  response, the throttled rate is multiplied by ``DECREASE_FACTOR``, and the result is the new plateau.

All changes to the rate are relative. Therefore, the same constants work for services that allow one request per second
and for services that allow 500.
"""

from typing import TypeAlias

from attrs import evolve, frozen

INITIAL_IN_FLIGHT = 8
"""Maximum number of requests in flight before the first success. Each success increases the maximum by one."""
MIN_INITIAL_RATE = 4.0
"""Minimum rate at which backing off starts, in requests per second. The minimum applies if few requests have succeeded
before the first 429 response."""
SUCCESS_WINDOW_SECONDS = 1.0
"""Seconds after which earlier successes count only half in the state ``Unthrottled``. If earlier successes always
counted in full, idle time would lower the measured rate."""
BACKOFF_FACTOR = 0.5
"""Factor by which the rate is multiplied after each throttled round trip while backing off."""
BACKOFF_FLOOR = 0.35
"""Minimum rate while backing off, as a fraction of the average number of successes per second so far. Without this
minimum, the client would back off too far if the service counts requests in fixed time windows, because such a service
rejects all requests until the window ends, even if the allowed rate is high."""
NO_SUCCESS_SECONDS = 0.3
"""Seconds without a success after which the client assumes that the service counts requests in fixed time windows. The
plateau is then at least the average number of successes per second."""
DECREASE_FACTOR = 0.85
"""The new plateau as a fraction of the rate that was throttled."""
INITIAL_DROP = 0.2
"""Initial distance of the curve below the plateau, as a fraction of the plateau."""
PLATEAU_SECONDS = 1.25
"""Minimum number of seconds from a 429 response until the rate reaches the plateau."""
PLATEAU_REQUESTS = 3.0
"""Minimum number of requests from a 429 response until the rate reaches the plateau. At low rates, sending this number
of requests takes longer than ``PLATEAU_SECONDS``."""
ALL_THROTTLED_SECONDS = 1.0
"""If every response is a 429 for this number of seconds, the plateau is halved, because the service evidently allows a
much lower rate than before."""
RELEASE_FACTOR = 8.0
"""Ratio of the rate to the plateau above which the state becomes ``Unthrottled``. At such a rate, the earlier limit no
longer matters."""
MIN_PER_SECOND = 1.0
"""Minimum rate in requests per second. At this rate, a client still notices when other clients stop using the quota."""
_MIN_PERIOD_SECONDS = 0.01


@frozen
class Unthrottled:
    """The state in which requests are not spaced."""

    since: float
    successes: float = 0.0
    in_flight_limit: int = INITIAL_IN_FLIGHT


@frozen
class BackingOff:
    """The state from the first 429 response until a request succeeds at the lower rate."""

    per_second: float
    since: float
    successes: float
    decreased_at: float
    last_success_at: float


@frozen
class CubicGrowth:
    """Cubic growth of the rate, starting below the plateau at the time ``origin``.

    If no request has succeeded since the plateau was lowered, ``throttled_since`` is the time at which the plateau was
    lowered. Otherwise, ``throttled_since`` is None.
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
    """Return the ratio of the current rate to the plateau."""
    return 1 - INITIAL_DROP * (1 - (now - state.origin) / plateau_seconds(state.plateau_per_second)) ** 3


def plateau_seconds(per_second: float) -> float:
    """Return the number of seconds from a 429 response until the rate reaches the plateau."""
    return max(PLATEAU_SECONDS, PLATEAU_REQUESTS / per_second)


def next_send(state: RateState, now: float, last_send: float, *, ceiling_per_second: float | None = None) -> float:
    """Return the earliest time at which the next request may be sent.

    ``last_send`` is the time at which the last request was sent or throttled.
    """
    per_second = rate_at(state, now, ceiling_per_second=ceiling_per_second)
    return last_send if per_second is None else last_send + 1 / per_second


def on_send(state: RateState, now: float) -> RateState:
    """Return the state after a request is sent.

    If the rate has grown to more than ``RELEASE_FACTOR`` times the plateau, the new state is ``Unthrottled``.
    """
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
    if sent_at < state.decreased_at:  # The request was sent before the rate decreased.
        return evolve(state, successes=successes, last_success_at=now)
    plateau = state.per_second
    if now - state.last_success_at > NO_SUCCESS_SECONDS:
        plateau = max(plateau, successes / (now - state.since))
    return CubicGrowth(plateau, origin=now - plateau_seconds(plateau), decreased_at=state.decreased_at)


def on_throttle(state: RateState, now: float, sent_at: float, *, ceiling_per_second: float | None = None) -> RateState:
    """Return the state after a 429 response.

    If the request was sent before the last decrease of the rate, the state does not change.
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
    """Return the state after a 429 response during growth.

    The first 429 response lowers the plateau. If no request succeeds after the first 429 response, the plateau is
    lowered again only after ``ALL_THROTTLED_SECONDS``. The reason is that a service that counts requests in fixed time
    windows rejects all requests until the window ends, whatever the rate.
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
