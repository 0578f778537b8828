"""Rate limiter for the requests of a client."""

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import TIMEOUT_MAX, Condition, Lock

from attrs import frozen

from lattice_tg.runtime.clocks import CLOCK_RESOLUTION_SECONDS, Clock
from lattice_tg.sending.rate_control import RateState, Unthrottled, next_send, on_send, on_success, on_throttle, rate_at

_MAX_CATCH_UP_SECONDS = 0.01
"""Maximum time by which a late request shortens the wait for the next request. Requests are often late because sleeps
overrun."""


@frozen
class Permit:
    """Permission to send one request. After the request, pass the permit to ``release()``."""

    sent_at: float


class RateLimiter:
    """Thread-safe rate limiter that admits callers in order of arrival.

    Until the first 429 response, only the number of requests in flight is limited. After the first 429 response,
    requests are spaced at a rate that adapts to the responses. If ``max_requests_per_second`` is set, requests are
    always spaced. The module ``lattice_tg.sending.rate_control`` contains the algorithm. This class contains the lock
    and the queue.
    """

    def __init__(self, *, clock: Clock, max_requests_per_second: float | None = None) -> None:
        if max_requests_per_second is not None and not max_requests_per_second > 0:
            raise ValueError(
                f"max_requests_per_second={max_requests_per_second!r}: must be greater than 0. "
                "Omit max_requests_per_second to let the rate limiter find the rate."
            )
        self._clock = clock
        self._ceiling_per_second = max_requests_per_second
        self._lock = Lock()
        self._queue: deque[Condition] = deque()
        self._in_flight = 0
        now = clock.monotonic()
        self._state: RateState = Unthrottled(now)
        self._next_send_at = now

    @property
    def rate(self) -> float | None:
        """Current rate in requests per second, or None if requests are not spaced."""
        with self._lock:
            return self._rate_at(self._clock.monotonic())

    @property
    def in_flight(self) -> int:
        """Number of permits that have not been released."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """Number of callers that are waiting for a permit."""
        return len(self._queue)

    def acquire(self, *, deadline: float | None = None, clock: Clock | None = None) -> Permit | None:
        """Wait for a permit to send a request.

        Args:
            deadline: Clock time before which the permit is needed. Default: no deadline.
            clock: Clock of the caller. If the clock raises an exception, the caller leaves the queue and the exception
                propagates. Default: the limiter's clock.

        Returns:
            The permit, which must be released. None if no permit can become available before ``deadline``. The method
            returns None as soon as ``deadline`` can no longer be met.

        """
        clock = self._clock if clock is None else clock
        with self._lock:
            now = clock.monotonic()
            if not self._queue and self._is_due(now) and not self._is_full():
                return None if deadline is not None and now >= deadline else self._admit(now)
            if deadline is not None and self._estimated_start(now) >= deadline:
                return None
            with self._queue_slot() as slot:
                return self._wait(slot, deadline, clock)

    def release(self, permit: Permit, *, throttled: bool, succeeded: bool) -> None:
        """Release a permit, and adapt the rate to the outcome of the request."""
        with self._lock:
            self._in_flight -= 1
            if throttled:
                self._slow_down(permit)
            elif succeeded:
                self._state = on_success(self._state, self._clock.monotonic(), permit.sent_at)
            self._wake_first()

    def wake_all(self) -> None:
        """Wake all waiting callers so that each caller checks its clock again."""
        with self._lock:
            for slot in self._queue:
                slot.notify()

    def _wait(self, slot: Condition, deadline: float | None, clock: Clock) -> Permit | None:
        """Wait until the caller is admitted or cannot be admitted before the deadline.

        The first caller in the queue sleeps until the next request is due. All other callers wait for a notification.
        If too many requests are in flight, the first caller also waits for a notification.
        """
        while True:
            now = clock.monotonic()
            is_first = self._queue[0] is slot and not self._is_full()
            earliest = max(now, self._next_send_at) if is_first else now
            if deadline is not None and earliest >= deadline:
                return None
            if not is_first:
                slot.wait(None if deadline is None else min(deadline - now, TIMEOUT_MAX))
            elif self._is_due(now):
                return self._admit(now)
            else:
                self._sleep(clock, self._next_send_at - now)

    def _sleep(self, clock: Clock, seconds: float) -> None:
        """Sleep without holding the lock so that other callers can use the rate limiter."""
        self._lock.release()
        try:
            clock.sleep(seconds)
        finally:
            self._lock.acquire()

    @contextmanager
    def _queue_slot(self) -> Generator[Condition]:
        """Join the end of the queue. Leave the queue even if the wait is interrupted."""
        slot = Condition(self._lock)
        self._queue.append(slot)
        try:
            yield slot
        finally:
            self._queue.remove(slot)
            self._wake_first()

    def _wake_first(self) -> None:
        if self._queue:
            self._queue[0].notify()

    def _admit(self, now: float) -> Permit:
        self._in_flight += 1
        if self._is_limiting():
            self._state = on_send(self._state, now)
            due_at = max(self._next_send_at, now - _MAX_CATCH_UP_SECONDS)
            self._next_send_at = self._next_send(now, due_at)
        return Permit(now)

    def _slow_down(self, permit: Permit) -> None:
        now = self._clock.monotonic()
        previous_rate = self._rate_at(now)
        self._state = on_throttle(self._state, now, permit.sent_at, ceiling_per_second=self._ceiling_per_second)
        if self._rate_at(now) != previous_rate:
            self._next_send_at = self._next_send(now, now)

    def _is_due(self, now: float) -> bool:
        return self._next_send_at - now <= CLOCK_RESOLUTION_SECONDS

    def _is_full(self) -> bool:
        state = self._state
        return isinstance(state, Unthrottled) and self._in_flight >= state.in_flight_limit

    def _is_limiting(self) -> bool:
        return self._ceiling_per_second is not None or not isinstance(self._state, Unthrottled)

    def _estimated_start(self, now: float) -> float:
        """Return the time at which a new caller can send a request at the current rate.

        If requests are not spaced, the caller waits until a request in flight ends. The result does not include this
        wait because a request can end at any moment.
        """
        per_second = self._rate_at(now)
        ahead_seconds = len(self._queue) / per_second if per_second else 0.0
        return max(self._next_send_at, now) + ahead_seconds

    def _rate_at(self, now: float) -> float | None:
        return rate_at(self._state, now, ceiling_per_second=self._ceiling_per_second)

    def _next_send(self, now: float, last_send: float) -> float:
        return next_send(self._state, now, last_send, ceiling_per_second=self._ceiling_per_second)
