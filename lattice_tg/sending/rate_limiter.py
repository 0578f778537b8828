"""One limiter for all calls of a client: first come, first served, spaced as the rate law says."""

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import TIMEOUT_MAX, Condition, Lock

from attrs import frozen

from lattice_tg.runtime.clocks import Clock
from lattice_tg.sending.rate_control import RateState, Unthrottled, next_send, on_send, on_success, on_throttle, rate_at

_MAX_CATCH_UP_SECONDS = 0.01
"""How late a send may be without costing rate: the next one makes good what a sleep overslept."""

_CLOCK_RESOLUTION_SECONDS = 1e-6
"""A wait too short for a clock's reading to show it, which would be slept for ever."""


@frozen
class Permit:
    """The leave to send one request, to be handed back to `Gate.leave`."""

    sent_at: float


class RateLimiter:
    """Turns to send, for any number of threads.

    Until the first 429 only the number of calls in flight is bounded; from then on sends are spaced at a rate
    that follows the service's answers. `lattice_tg.sending.rate_control` has the algorithm; this class has the lock
    and the queue.
    """

    def __init__(self, *, clock: Clock, max_requests_per_second: float | None = None) -> None:
        if max_requests_per_second is not None and not max_requests_per_second > 0:
            raise ValueError(
                f"max_requests_per_second={max_requests_per_second!r}: is above 0; "
                "leave it out for a rate that only the service bounds"
            )
        self._clock = clock
        self._ceiling_per_second = max_requests_per_second
        self._lock = Lock()
        self._queue: deque[Condition] = deque()
        self._in_flight = 0
        now = clock.monotonic()
        self._pace: RateState = Unthrottled(now)
        self._next_send_at = now

    @property
    def rate(self) -> float | None:
        """Requests per second now, or None while nothing is spaced."""
        with self._lock:
            return self._rate_at(self._clock.monotonic())

    @property
    def in_flight(self) -> int:
        """Permits given and not handed back yet."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """Callers that wait for a turn now."""
        return len(self._queue)

    def acquire(self, *, deadline: float | None = None, clock: Clock | None = None) -> Permit | None:
        """Wait for a turn to send; None, at once, when none can come before ``deadline``.

        The deadline is a reading of the clock's ``monotonic()``. Each permit has to be handed to `leave`. ``clock`` is
        the caller's own view of the limiter's: where it raises, the caller leaves the queue with that error.
        """
        clock = self._clock if clock is None else clock
        with self._lock:
            now = clock.monotonic()
            if not self._queue and self._is_due(now) and not self._is_full():
                return None if deadline is not None and now >= deadline else self._admit(now)
            if deadline is not None and self._estimated_start(now) >= deadline:
                return None
            with self._queue_slot() as turn:
                return self._wait(turn, deadline, clock)

    def release(self, permit: Permit, *, throttled: bool, succeeded: bool) -> None:
        """Tell how that request ended: a 429, a success, or anything else."""
        with self._lock:
            self._in_flight -= 1
            if throttled:
                self._slow_down(permit)
            elif succeeded:
                self._pace = on_success(self._pace, self._clock.monotonic(), permit.sent_at)
            self._wake_first()

    def wake_all(self) -> None:
        """Have everybody in the queue look at their own clock, which may send them away."""
        with self._lock:
            for turn in self._queue:
                turn.notify()

    def _wait(self, turn: Condition, deadline: float | None, clock: Clock) -> Permit | None:
        """First in the queue, sleep out the spacing; behind others, or with too many in flight, be woken."""
        while True:
            now = clock.monotonic()
            is_first = self._queue[0] is turn and not self._is_full()
            earliest = max(now, self._next_send_at) if is_first else now
            if deadline is not None and earliest >= deadline:
                return None
            if not is_first:
                turn.wait(None if deadline is None else min(deadline - now, TIMEOUT_MAX))
            elif self._is_due(now):
                return self._admit(now)
            else:
                self._sleep(clock, self._next_send_at - now)

    def _sleep(self, clock: Clock, seconds: float) -> None:
        """Sleep without the lock: others come, go and change the rate meanwhile."""
        self._lock.release()
        try:
            clock.sleep(seconds)
        finally:
            self._lock.acquire()

    @contextmanager
    def _queue_slot(self) -> Generator[Condition]:
        """A place at the end of the queue, given up however the wait ends, an interrupt included."""
        turn = Condition(self._lock)
        self._queue.append(turn)
        try:
            yield turn
        finally:
            self._queue.remove(turn)
            self._wake_first()

    def _wake_first(self) -> None:
        if self._queue:
            self._queue[0].notify()

    def _admit(self, now: float) -> Permit:
        self._in_flight += 1
        if self._is_limiting():
            self._pace = on_send(self._pace, now)
            due_at = max(self._next_send_at, now - _MAX_CATCH_UP_SECONDS)
            self._next_send_at = self._next_send(now, due_at)
        return Permit(now)

    def _slow_down(self, permit: Permit) -> None:
        now, before = self._clock.monotonic(), self._pace
        self._pace = on_throttle(before, now, permit.sent_at, ceiling_per_second=self._ceiling_per_second)
        if self._pace is not before:
            self._next_send_at = self._next_send(now, now)

    def _is_due(self, now: float) -> bool:
        return self._next_send_at - now <= _CLOCK_RESOLUTION_SECONDS

    def _is_full(self) -> bool:
        pace = self._pace
        return isinstance(pace, Unthrottled) and self._in_flight >= pace.in_flight_limit

    def _is_limiting(self) -> bool:
        return self._ceiling_per_second is not None or not isinstance(self._pace, Unthrottled)

    def _estimated_start(self, now: float) -> float:
        """When a newcomer's turn comes at the present rate; whoever waits for an answer may hope for one now."""
        per_second = self._rate_at(now)
        ahead_seconds = len(self._queue) / per_second if per_second else 0.0
        return max(self._next_send_at, now) + ahead_seconds

    def _rate_at(self, now: float) -> float | None:
        return rate_at(self._pace, now, ceiling_per_second=self._ceiling_per_second)

    def _next_send(self, now: float, last_send: float) -> float:
        return next_send(self._pace, now, last_send, ceiling_per_second=self._ceiling_per_second)
