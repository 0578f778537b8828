"""Rate limiter for the requests of a client."""

from collections import deque
from contextlib import suppress
from typing import Any, cast
from weakref import ref

from attrs import define

from lattice_tg.runtime.base import Runtime, Signal
from lattice_tg.runtime.clocks import CLOCK_RESOLUTION_SECONDS, Clock
from lattice_tg.runtime.threads import make_lock
from lattice_tg.sending.rate_control import RateState, Unthrottled, next_send, on_send, on_success, on_throttle, rate_at

_MAX_CATCH_UP_SECONDS = 0.01
"""Maximum time by which a late request shortens the wait for the next request. Requests are often late because sleeps
overrun."""


@define(eq=False, repr=False)
class _Ticket:
    """The place of a permit in the rate limiter."""

    sent_at: float = 0.0
    signal: "ref[Signal] | None" = None
    """Signal that wakes the caller. None if the caller does not wait. A strong reference would keep a suspended task
    alive after its event loop was closed."""


class Permit:
    """Permission to send one request.

    Create the permit before a ``try`` statement, acquire the permit inside, and release it in ``finally``. If an
    interrupt prevents the release, the garbage collector releases the permit.
    """

    def __init__(self, limiter: "RateLimiter") -> None:
        self._limiter = limiter
        self._ticket = _Ticket()
        self._is_released = False

    @property
    def sent_at(self) -> float:
        """Clock time at which the permit was granted."""
        return self._ticket.sent_at

    async def acquire(self, runtime: Runtime, *, deadline: float | None = None) -> bool:
        """Wait for the permission to send a request.

        Args:
            runtime: Runtime of the caller.
            deadline: Clock time before which the permit is needed. Default: no deadline.

        Returns:
            Whether the permit was granted. The method returns False as soon as ``deadline`` can no longer be met.

        """
        return await self._limiter._acquire(self._ticket, runtime, deadline)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    def release(self, *, throttled: bool = False, succeeded: bool = False) -> None:
        """Release the permit, and adapt the rate to the outcome of the request.

        Releasing a permit that was not granted, or that is already released, has no effect. Without an outcome, the
        method takes no lock.
        """
        if not self._is_released:
            self._limiter._release(self._ticket, throttled=throttled, succeeded=succeeded)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            self._is_released = True  # If an interrupt prevents this, the garbage collector repeats the release.

    def __del__(self) -> None:
        with suppress(AttributeError):  # An interrupt prevented the end of __init__().
            self.release()


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
        self.clock = clock
        self._ceiling_per_second = max_requests_per_second
        self._lock = make_lock()
        # Tickets join and leave the queue and the set with single operations, which need no lock.
        self._queue: deque[_Ticket] = deque()
        self._in_flight: set[_Ticket] = set()
        now = clock.monotonic()
        self._state: RateState = Unthrottled(now)
        self._next_send_at = now

    @property
    def rate(self) -> float | None:
        """Current rate in requests per second, or None if requests are not spaced."""
        with self._lock:
            return self._rate_at(self.clock.monotonic())

    @property
    def in_flight(self) -> int:
        """Number of permits that have been granted and not released."""
        return len(self._in_flight)

    @property
    def waiting(self) -> int:
        """Number of callers that are waiting for a permit."""
        return len(self._queue)

    def make_permit(self) -> Permit:
        """Return a permit, which the caller must acquire and release."""
        return Permit(self)

    async def _acquire(self, ticket: _Ticket, runtime: Runtime, deadline: float | None) -> bool:
        with self._lock:
            now = runtime.clock.monotonic()
            if not self._queue and self._is_due(now) and not self._is_full():
                if deadline is not None and now >= deadline:
                    return False
                self._admit(ticket, now)
                return True
            if deadline is not None and self._estimated_start(now) >= deadline:
                return False
            signal = runtime.make_signal()
            ticket.signal = ref(signal)
            self._queue.append(ticket)
        return await self._wait(ticket, signal, runtime, deadline)

    async def _wait(self, ticket: _Ticket, signal: Signal, runtime: Runtime, deadline: float | None) -> bool:
        """Wait until the caller is admitted or cannot be admitted before the deadline.

        The first caller in the queue sleeps until the next request is due. All other callers wait for their signal.
        If too many requests are in flight, the first caller also waits for its signal.
        """
        while True:
            with self._lock:
                now = runtime.clock.monotonic()
                is_first = self._queue[0] is ticket and not self._is_full()
                earliest = max(now, self._next_send_at) if is_first else now
                if deadline is not None and earliest >= deadline:
                    return False
                if is_first and self._is_due(now):
                    self._admit(ticket, now)
                    self._leave_queue(ticket)
                    return True
            if is_first:
                await runtime.sleep(earliest - now)
            else:
                await signal.wait(None if deadline is None else deadline - now)

    def _release(self, ticket: _Ticket, *, throttled: bool, succeeded: bool) -> None:
        if throttled or succeeded:
            with self._lock:
                if throttled:
                    self._slow_down(ticket.sent_at)
                else:
                    self._state = on_success(self._state, self.clock.monotonic(), ticket.sent_at)
        self._in_flight.discard(ticket)
        self._leave_queue(ticket)

    def _leave_queue(self, ticket: _Ticket) -> None:
        """Remove a ticket from the queue if it is there, and wake the first caller in the queue."""
        if ticket.signal is not None:
            with suppress(ValueError):
                self._queue.remove(ticket)
        if self._queue:
            with suppress(IndexError, AttributeError):  # The first caller has left the queue, or no longer exists.
                cast("Any", self._queue[0].signal)().set()

    def _admit(self, ticket: _Ticket, now: float) -> None:
        ticket.sent_at = now
        self._in_flight.add(ticket)
        if self._is_limiting():
            self._state = on_send(self._state, now)
            due_at = max(self._next_send_at, now - _MAX_CATCH_UP_SECONDS)
            self._next_send_at = self._next_send(now, due_at)

    def _slow_down(self, sent_at: float) -> None:
        now = self.clock.monotonic()
        previous_rate = self._rate_at(now)
        self._state = on_throttle(self._state, now, sent_at, ceiling_per_second=self._ceiling_per_second)
        if self._rate_at(now) != previous_rate:
            self._next_send_at = self._next_send(now, now)

    def _is_due(self, now: float) -> bool:
        return self._next_send_at - now <= CLOCK_RESOLUTION_SECONDS

    def _is_full(self) -> bool:
        state = self._state
        return isinstance(state, Unthrottled) and len(self._in_flight) >= state.in_flight_limit

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
