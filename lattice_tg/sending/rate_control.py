"""Adaptive rate control, implemented as pure functions over immutable states.

There are three states:

- ``Unthrottled``: The client starts in this state. Requests are not spaced, but the number of requests in flight is
  limited.
- ``BackingOff``: If the service throttles a large share of the responses, the rate is halved once per round trip until
  a request succeeds.
- ``CubicGrowth``: The rate grows along a cubic curve. The plateau is the rate at which the curve is flat. After too
  many 429 responses, the throttled rate is multiplied by ``DECREASE_FACTOR`` or less, and the result is the new
  plateau.

A service can throttle for two reasons. If the client exceeds a limit, the share of throttled responses falls when the
client sends more slowly. If the service rejects requests at random, for example because the service is overloaded by
other clients, the share stays the same at any rate. Sending more slowly is then useless, and a client that slows down
at each 429 response almost stops. Therefore, the client responds to the share of throttled responses, not to single
429 responses:

- In the state ``Unthrottled``, a few 429 responses have no effect. The client waits until the number of 429 responses
  and their share are large enough (``EVIDENCE``). A large share is evidence of a limit. If the share is small, the
  client slows down a little on trial. If the share stays the same, the client tolerates this share from now on and no
  longer spaces requests.
- After each decrease, until the rate reaches the new plateau, the client counts the throttled responses in samples of
  ``SAMPLE_RESPONSES``. An exceeded limit explains few of these 429 responses because the rate is lower than before.
  The lower of the shares in two consecutive samples is the share that does not depend on the rate. The moving average
  of this share is the tolerated share.
- The rate decreases only if the share exceeds the tolerated share. At low rates, the first 429 response in excess
  decreases the rate. The tolerated share is never more than ``MAX_TOLERATED_SHARE``.

All changes to the rate are relative. Therefore, the same constants work for services that allow one request per second
and for services that allow 500.

The curve is that of TCP CUBIC (Ha, Rhee and Xu, "CUBIC: A New TCP-Friendly High-Speed TCP Variant", 2008). The moving
average of the share of responses, and decreases in proportion to the share, are those of DCTCP (Alizadeh et al., "Data
Center TCP (DCTCP)", 2010). The distinction between the two reasons is not part of DCTCP.
"""

from typing import TypeAlias

from attrs import evolve, frozen

from lattice_tg.models.base import ReprMixin

INITIAL_IN_FLIGHT = 8
"""Maximum number of requests in flight before the first success. Each success increases the maximum by one, and each
429 response decreases the maximum by one, but not below this number."""
MIN_INITIAL_RATE = 4.0
"""Minimum rate at which backing off starts, in requests per second. The minimum applies if few requests have succeeded
before the service throttles."""
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
"""Maximum of the new plateau as a fraction of the rate that was throttled. If the share of throttled responses is
large, the fraction is 1 minus this share."""
DAMPING_RESPONSES = 2
"""Number of successes that are added to the responses when the share determines the new plateau. Without this addition,
a single 429 response after a decrease would stop the client."""
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
EVIDENCE = 4.2
"""Product of the number of 429 responses and their share above which the state ``Unthrottled`` ends. Both have to be
large: 5 of 5 responses, 6 of 8, 17 of 65, or 42 of 411."""
LARGE_SHARE = 0.6
"""Share of 429 responses that only an exceeded limit explains."""
AMBIGUOUS_EVIDENCE = 8.4
"""The product that is necessary if the share is between ``MAX_TOLERATED_SHARE`` and ``LARGE_SHARE``. Among few
responses, such a share is often random."""
NEGLIGIBLE_SHARE = 0.08
"""Share of 429 responses that never ends the state ``Unthrottled``. While the share is lower, the client starts to
count again. A limit that is exceeded by so little costs few 429 responses and no time."""
NEGLIGIBLE_WINDOW_SHARE = 0.01
"""Share of 429 responses that never decreases the rate during growth, relative to the number of requests until the rate
reaches the plateau. Up to a rate of 80 requests per second, this share is less than one response, so that the first 429
response decreases the rate."""
SAMPLE_RESPONSES = 64
"""Number of responses in a sample. A larger sample is more precise, but takes longer at low rates."""
SAMPLE_WEIGHT = 0.5
"""Weight of the latest sample in the tolerated share. DCTCP calls this weight g."""
MAX_TOLERATED_SHARE = 0.35
"""Maximum of the tolerated share. If the service throttles more, the client always slows down."""
TOLERANCE_FACTOR = 1.2
"""Ratio of the share that decreases the rate to the tolerated share. A random share varies from sample to sample."""
TOLERANCE_RESPONSES = 20
"""Number of responses that are added to the responses since the last decrease when the client calculates how many 429
responses are tolerated. A random share varies most if there are few responses."""
CONFIRMING_RATIO = 0.5
"""Ratio of the share in the first sample to the suspected share from which the sample confirms the suspicion. A limit
that explains the suspected share would explain no 429 responses at the lower rate."""
_MIN_PERIOD_SECONDS = 0.01


@frozen(repr=False)
class ThrottleShare(ReprMixin):
    """Estimate of the share of 429 responses that does not depend on the rate.

    ``responses`` and ``throttled`` are the numbers in the current sample, and ``previous`` is the share of 429
    responses in the previous sample.
    """

    tolerated: float = 0.0
    previous: float = 0.0
    responses: int = 0
    throttled: int = 0


@frozen(repr=False)
class Unthrottled(ReprMixin):
    """The state in which requests are not spaced.

    ``responses`` and ``throttled`` are the numbers of responses since the share of 429 responses was negligible.
    """

    since: float
    successes: float = 0.0
    in_flight_limit: int = INITIAL_IN_FLIGHT
    share: ThrottleShare = ThrottleShare()
    responses: int = 0
    throttled: int = 0


@frozen(repr=False)
class BackingOff(ReprMixin):
    """The state in which most responses are 429 responses, until a request succeeds at the lower rate."""

    per_second: float
    since: float
    successes: float
    decreased_at: float
    last_success_at: float
    share: ThrottleShare = ThrottleShare()


@frozen(repr=False)
class CubicGrowth(ReprMixin):
    """Cubic growth of the rate, starting below the plateau at the time ``origin``.

    If no request has succeeded since the plateau was lowered, ``throttled_since`` is the time at which the plateau was
    lowered. Otherwise, ``throttled_since`` is None. ``responses`` and ``throttled`` are the numbers of responses to
    requests that were sent after the last decrease. ``suspected_share`` is a share of 429 responses that is tolerated
    until the rate reaches the plateau, because the share may not depend on the rate.
    """

    plateau_per_second: float
    origin: float
    decreased_at: float
    throttled_since: float | None = None
    share: ThrottleShare = ThrottleShare()
    responses: int = 0
    throttled: int = 0
    suspected_share: float = 0.0


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
        return Unthrottled(now, share=state.share)
    return state


def on_success(state: RateState, now: float, sent_at: float) -> RateState:
    """Return the state after a successful request."""
    match state:
        case Unthrottled():
            return _count_unthrottled(state, now, throttled=0)
        case BackingOff():
            return _after_backoff_success(state, now, sent_at)
        case _ if sent_at < state.decreased_at:
            return state
        case _:
            return _end_suspicion(_count_growth(state, now, throttled=0), now)


def _count_unthrottled(state: Unthrottled, now: float, *, throttled: int) -> Unthrottled:
    """Return the state after one more response."""
    share = _lower_tolerance(state.share, throttled) if state.share.tolerated else state.share
    responses, all_throttled = state.responses + 1, state.throttled + throttled
    if all_throttled <= (NEGLIGIBLE_SHARE + TOLERANCE_FACTOR * share.tolerated) * responses:
        responses = all_throttled = 0
    in_flight_limit = max(state.in_flight_limit + 1 - 2 * throttled, INITIAL_IN_FLIGHT)
    since, successes = state.since, state.successes
    if now - since > SUCCESS_WINDOW_SECONDS:
        since, successes = now - SUCCESS_WINDOW_SECONDS / 2, successes / 2
    return Unthrottled(since, successes + 1 - throttled, in_flight_limit, share, responses, all_throttled)


def _count_growth(state: CubicGrowth, now: float, *, throttled: int) -> CubicGrowth:
    """Return the state after the response to a request that was sent after the last decrease."""
    is_sampled = state.throttled_since is None and _is_below_plateau(state, now)
    return CubicGrowth(
        state.plateau_per_second,
        state.origin,
        state.decreased_at,
        None,
        _estimate_tolerance(state.share, throttled) if is_sampled else state.share,
        state.responses + 1,
        state.throttled + throttled,
        state.suspected_share,
    )


def _end_suspicion(state: CubicGrowth, now: float) -> CubicGrowth | Unthrottled:
    """Stop spacing requests if the first sample at the lower rate confirms the suspected share."""
    share = state.share
    is_first_sample = state.suspected_share > 0 and state.responses >= SAMPLE_RESPONSES and not share.responses
    if not is_first_sample or share.previous < CONFIRMING_RATIO * state.suspected_share:
        return state
    tolerated = max(share.tolerated, min(share.previous, state.suspected_share))
    return Unthrottled(now, share=ThrottleShare(tolerated, share.previous))


def _is_below_plateau(state: CubicGrowth, now: float) -> bool:
    return now - state.decreased_at < plateau_seconds(state.plateau_per_second)


def _estimate_tolerance(share: ThrottleShare, throttled: int) -> ThrottleShare:
    """Return the share after a response at a decreased rate.

    A limit does not explain the share of 429 responses that remains in two consecutive samples.
    """
    sample = _add_to_sample(share, throttled)
    if sample.responses:
        return sample
    remaining = min(sample.previous, share.previous, MAX_TOLERATED_SHARE)
    return evolve(sample, tolerated=share.tolerated + SAMPLE_WEIGHT * (remaining - share.tolerated))


def _lower_tolerance(share: ThrottleShare, throttled: int) -> ThrottleShare:
    """Return the share after a response at an unlimited rate.

    If the tolerated share is more than twice the actual share in two consecutive samples, the tolerated share falls.
    """
    sample = _add_to_sample(share, throttled)
    if sample.responses:
        return sample
    return evolve(sample, tolerated=min(share.tolerated, 2 * max(sample.previous, share.previous)))


def _add_to_sample(share: ThrottleShare, throttled: int) -> ThrottleShare:
    """Add a response to the sample. If the sample is complete, start the next sample."""
    responses, all_throttled = share.responses + 1, share.throttled + throttled
    if responses < SAMPLE_RESPONSES:
        return ThrottleShare(share.tolerated, share.previous, responses, all_throttled)
    return ThrottleShare(share.tolerated, previous=all_throttled / responses)


def _after_backoff_success(state: BackingOff, now: float, sent_at: float) -> BackingOff | CubicGrowth:
    successes = state.successes + 1
    if sent_at < state.decreased_at:  # The request was sent before the rate decreased.
        return evolve(state, successes=successes, last_success_at=now)
    plateau = state.per_second
    if now - state.last_success_at > NO_SUCCESS_SECONDS:
        plateau = max(plateau, successes / (now - state.since))
    origin = now - plateau_seconds(plateau)
    return CubicGrowth(plateau, origin, decreased_at=state.decreased_at, share=state.share)


def on_throttle(state: RateState, now: float, sent_at: float, *, ceiling_per_second: float | None = None) -> RateState:
    """Return the state after a 429 response.

    If the request was sent before the last decrease of the rate, the state does not change.
    """
    match state:
        case Unthrottled():
            return _after_unthrottled_throttle(_count_unthrottled(state, now, throttled=1), now)
        case _ if sent_at < state.decreased_at:
            return state
        case BackingOff():
            minimum = BACKOFF_FLOOR * state.successes / max(now - state.since, _MIN_PERIOD_SECONDS)
            return evolve(
                state, per_second=max(_scale_down(state.per_second, BACKOFF_FACTOR), minimum), decreased_at=now
            )
        case _ if state.throttled_since is not None:
            return _continue_series(state, now, state.throttled_since)
        case _:
            counted = _count_growth(state, now, throttled=1)
            next_state = _end_suspicion(counted, now)
            return _decrease_if_excessive(counted, now, ceiling_per_second) if next_state is counted else next_state


def _after_unthrottled_throttle(state: Unthrottled, now: float) -> RateState:
    """Return the state after a 429 response at an unlimited rate.

    If the share is so small that the share may not depend on the rate, the rate decreases only a little. The next
    sample then shows whether the lower rate helps.
    """
    tolerated = TOLERANCE_FACTOR * state.share.tolerated
    excess = state.throttled - tolerated * state.responses
    share = state.throttled / max(state.responses, 1)
    evidence = AMBIGUOUS_EVIDENCE if MAX_TOLERATED_SHARE < share < LARGE_SHARE else EVIDENCE
    if share <= tolerated or excess**2 <= evidence * state.responses:
        return state
    success_rate = state.successes / max(now - state.since, _MIN_PERIOD_SECONDS)
    if share <= MAX_TOLERATED_SHARE:
        plateau = _scale_down(success_rate, DECREASE_FACTOR)
        sampled = ThrottleShare(state.share.tolerated, previous=share)
        return CubicGrowth(plateau, now, now, throttled_since=now, share=sampled, suspected_share=share)
    start = max(success_rate * BACKOFF_FACTOR, MIN_INITIAL_RATE)
    return BackingOff(start, state.since, state.successes, now, now, ThrottleShare(state.share.tolerated))


def _decrease_if_excessive(state: CubicGrowth, now: float, ceiling_per_second: float | None) -> CubicGrowth:
    """Lower the plateau if the responses since the last decrease contain too many 429 responses."""
    plateau = state.plateau_per_second
    suspected_share = state.suspected_share if _is_below_plateau(state, now) else 0.0
    share = max(state.share.tolerated, suspected_share)
    tolerated = share * (TOLERANCE_FACTOR * state.responses + TOLERANCE_RESPONSES)
    if state.throttled <= NEGLIGIBLE_WINDOW_SHARE * plateau * plateau_seconds(plateau) + tolerated:
        return state
    current = plateau * _growth(state, now)
    throttled = current if ceiling_per_second is None else min(current, ceiling_per_second)
    factor = min(DECREASE_FACTOR, 1 - state.throttled / (state.responses + DAMPING_RESPONSES))
    return CubicGrowth(_scale_down(throttled, factor), now, now, throttled_since=now, share=state.share)


def _continue_series(state: CubicGrowth, now: float, throttled_since: float) -> CubicGrowth:
    """Return the state after a 429 response if no request has succeeded since the plateau was lowered.

    The plateau is lowered again only after ``ALL_THROTTLED_SECONDS``. The reason is that a service that counts requests
    in fixed time windows rejects all requests until the window ends, whatever the rate.
    """
    if now - throttled_since < ALL_THROTTLED_SECONDS:
        return evolve(state, origin=now, decreased_at=now)
    plateau = _scale_down(state.plateau_per_second, BACKOFF_FACTOR)
    return CubicGrowth(plateau, now, now, throttled_since=now, share=state.share)


def _scale_down(per_second: float, factor: float) -> float:
    return max(per_second * factor, MIN_PER_SECOND)
