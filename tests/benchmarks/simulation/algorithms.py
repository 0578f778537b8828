"""Laws by which a client may pace its requests, on virtual time."""

from typing import ClassVar, Protocol

from attrs import define

from lattice_tg.sending.rate_control import RateState, Unthrottled, next_send, on_send, on_success, on_throttle


class Law(Protocol):
    """How a client paces itself: `ready` is when the first in the queue may send, None while it must wait."""

    backs_off: ClassVar[bool]

    def ready(self, now: float) -> float | None: ...
    def sent(self, now: float) -> None: ...
    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None: ...


@define
class Ours:
    """The law of `lattice_tg.sending`, without its threads."""

    backs_off: ClassVar[bool] = False
    pace: RateState = Unthrottled(0.0)
    next_send_at: float = 0.0
    in_flight: int = 0

    def ready(self, now: float) -> float | None:
        if isinstance(self.pace, Unthrottled):
            return now if self.in_flight < self.pace.in_flight_limit else None
        return max(now, self.next_send_at)

    def sent(self, now: float) -> None:
        self.in_flight += 1
        self.pace = on_send(self.pace, now)
        self.next_send_at = next_send(self.pace, now, max(self.next_send_at, now))

    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None:
        self.in_flight -= 1
        before = self.pace
        self.pace = on_throttle(before, now, sent_at) if throttled else on_success(before, now, sent_at)
        if throttled and self.pace is not before:
            self.next_send_at = next_send(self.pace, now, now)


@define
class Aimd:
    """A shared gate: half the rate at a 429, one per second more each second."""

    backs_off: ClassVar[bool] = False
    per_second: float = 0.0
    next_send_at: float = 0.0
    decreased_at: float = 0.0
    successes: int = 0
    in_flight: int = 0

    def ready(self, now: float) -> float | None:
        if not self.per_second:
            return now if self.in_flight < 4 + self.successes else None
        return max(now, self.next_send_at)

    def sent(self, now: float) -> None:
        self.in_flight += 1
        if self.per_second:
            self.next_send_at = max(now, self.next_send_at) + 1 / self.per_second

    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None:
        self.in_flight -= 1
        if not throttled:
            self.successes += 1
            self.per_second += 1 / self.per_second if self.per_second else 0.0
        elif not self.per_second or sent_at >= self.decreased_at:
            known = self.per_second or self.successes / max(now, 0.01)
            self.per_second, self.decreased_at = max(0.5, known / 2), now
            self.next_send_at = now + 1 / self.per_second


@define
class FullJitter:
    """No gate: each item backs off alone, up to 20 s."""

    backs_off: ClassVar[bool] = True

    def ready(self, now: float) -> float | None:
        return now

    def sent(self, now: float) -> None:
        """Nothing is shared."""

    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None:
        """Nothing is learned."""
