"""Clocks and callers for the tests of the gate."""

from collections.abc import Callable
from threading import Event, Thread

from attrs import define, field

from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import Permit, RateLimiter

JOIN_SECONDS = 5.0


@define
class Hourglass:
    """A clock that a sleep turns at once."""

    now: float = 100.0
    oversleeps_seconds: float = 0.0
    sleeps: list[float] = field(factory=list[float])

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.sleeps.append(seconds)
        self.now += seconds + self.oversleeps_seconds


@define
class HeldClock:
    """A clock whose sleepers wait until the test lets them go."""

    asleep: Event = field(factory=Event)
    go: Event = field(factory=Event)
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.asleep.set()
        assert self.go.wait(JOIN_SECONDS)
        self.now += seconds


class CtrlC(BaseException):
    """Ctrl-C, as a sleep may raise it."""


@define
class InterruptedClock:
    """A clock whose sleepers are interrupted."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float, /) -> None:
        raise CtrlC(seconds)


def entered(gate: RateLimiter, deadline: float | None = None) -> Permit:
    permit = gate.acquire(deadline=deadline)
    assert permit is not None
    return permit


def in_thread(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def waits(gate: RateLimiter, count: int) -> None:
    """Return once so many callers stand in the queue."""
    until = SystemClock().monotonic() + JOIN_SECONDS
    while gate.waiting != count:
        assert SystemClock().monotonic() < until
        SystemClock().sleep(0.0005)


def full(clock: Hourglass | SystemClock | HeldClock) -> tuple[RateLimiter, list[Permit]]:
    """A gate with as many calls in flight as an opening allows."""
    gate = RateLimiter(clock=clock)
    return gate, [entered(gate) for _ in range(INITIAL_IN_FLIGHT)]


@define
class ClosingClock:
    """A caller's view of a clock, that sends it away once it is closed."""

    closed: Event = field(factory=Event)

    def monotonic(self) -> float:
        if self.closed.is_set():
            raise CtrlC
        return SystemClock().monotonic()

    def sleep(self, seconds: float, /) -> None:
        SystemClock().sleep(seconds)
