"""Rate-control algorithms for the simulation of clients in virtual time."""

from typing import ClassVar, Protocol

from attrs import define

from lattice_tg.sending.rate_control import RateState, Unthrottled, next_send, on_send, on_success, on_throttle, rate_at


class Algorithm(Protocol):
    """A rate-control algorithm.

    `ready_at` returns the time at which the first queued request can be sent. If the queued request has to wait until a
    request in flight ends, `ready_at` returns None.
    """

    backs_off: ClassVar[bool]

    def ready_at(self, now: float) -> float | None: ...
    def record_send(self, now: float) -> None: ...
    def record_end(self, now: float, sent_at: float, *, throttled: bool) -> None: ...


@define
class LatticeTg:
    """The algorithm of `lattice_tg.sending`, used without threads."""

    backs_off: ClassVar[bool] = False
    state: RateState = Unthrottled(0.0)
    next_send_at: float = 0.0
    in_flight: int = 0

    def ready_at(self, now: float) -> float | None:
        if isinstance(self.state, Unthrottled):
            return now if self.in_flight < self.state.in_flight_limit else None
        return max(now, self.next_send_at)

    def record_send(self, now: float) -> None:
        self.in_flight += 1
        self.state = on_send(self.state, now)
        self.next_send_at = next_send(self.state, now, max(self.next_send_at, now))

    def record_end(self, now: float, sent_at: float, *, throttled: bool) -> None:
        self.in_flight -= 1
        previous = self.state
        self.state = on_throttle(previous, now, sent_at) if throttled else on_success(previous, now, sent_at)
        if rate_at(self.state, now) != rate_at(previous, now):
            self.next_send_at = next_send(self.state, now, now)


@define
class Aimd:
    """A shared rate limiter that halves the rate on a 429 response and adds 1 request/s every second."""

    backs_off: ClassVar[bool] = False
    per_second: float = 0.0
    next_send_at: float = 0.0
    decreased_at: float = 0.0
    successes: int = 0
    in_flight: int = 0

    def ready_at(self, now: float) -> float | None:
        if not self.per_second:
            return now if self.in_flight < 4 + self.successes else None
        return max(now, self.next_send_at)

    def record_send(self, now: float) -> None:
        self.in_flight += 1
        if self.per_second:
            self.next_send_at = max(now, self.next_send_at) + 1 / self.per_second

    def record_end(self, now: float, sent_at: float, *, throttled: bool) -> None:
        self.in_flight -= 1
        if not throttled:
            self.successes += 1
            self.per_second += 1 / self.per_second if self.per_second else 0.0
        elif not self.per_second or sent_at >= self.decreased_at:
            current = self.per_second or self.successes / max(now, 0.01)
            self.per_second, self.decreased_at = max(0.5, current / 2), now
            self.next_send_at = now + 1 / self.per_second


@define
class FullJitter:
    """An algorithm without a rate limiter: each request backs off independently for up to 20 s."""

    backs_off: ClassVar[bool] = True

    def ready_at(self, now: float) -> float | None:
        return now

    def record_send(self, now: float) -> None:
        """Do nothing, because requests share no state."""

    def record_end(self, now: float, sent_at: float, *, throttled: bool) -> None:
        """Do nothing, because the algorithm does not adapt."""


@define
class ImmediateRetry(FullJitter):
    """An algorithm without a rate limiter that retries each request at once."""

    backs_off: ClassVar[bool] = False
