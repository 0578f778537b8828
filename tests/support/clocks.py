"""Clocks and helper functions for the tests of the rate limiter."""

from collections.abc import Callable
from threading import Event, Thread

from attrs import define, field

from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import Permit, RateLimiter

JOIN_SECONDS = 5.0


@define
class InstantClock:
    """A clock whose sleeps advance the time and return immediately."""

    now: float = 100.0
    oversleeps_seconds: float = 0.0
    sleeps: list[float] = field(factory=list[float])

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.sleeps.append(seconds)
        self.now += seconds + self.oversleeps_seconds


@define
class BlockingClock:
    """A clock whose sleeps block until the test sets ``resume``."""

    sleeping: Event = field(factory=Event)
    resume: Event = field(factory=Event)
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.sleeping.set()
        assert self.resume.wait(JOIN_SECONDS)
        self.now += seconds


class InterruptError(BaseException):
    """An exception that stands for an interrupt such as Ctrl-C."""


@define
class InterruptedClock:
    """A clock whose sleeps are interrupted."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float, /) -> None:
        raise InterruptError(seconds)


@define
class StoppableClock:
    """A clock that raises InterruptError after the test has set ``stopped``."""

    stopped: Event = field(factory=Event)

    def monotonic(self) -> float:
        if self.stopped.is_set():
            raise InterruptError
        return SystemClock().monotonic()

    def sleep(self, seconds: float, /) -> None:
        SystemClock().sleep(seconds)


def acquire_permit(limiter: RateLimiter, deadline: float | None = None) -> Permit:
    """Acquire and return a permit. Fail the test if no permit is granted before ``deadline``."""
    permit = limiter.acquire(deadline=deadline)
    assert permit is not None
    return permit


def throttle(limiter: RateLimiter) -> None:
    """Send requests that are throttled until the limiter spaces requests."""
    while limiter.rate is None:
        limiter.release(acquire_permit(limiter), throttled=True, succeeded=False)


def start_thread(work: Callable[[], object]) -> Thread:
    """Start and return a thread that calls ``work``."""
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def wait_for_waiters(limiter: RateLimiter, count: int) -> None:
    """Wait until exactly ``count`` callers wait for a permit."""
    deadline = SystemClock().monotonic() + JOIN_SECONDS
    while limiter.waiting != count:
        assert SystemClock().monotonic() < deadline
        SystemClock().sleep(0.0005)


def make_full_limiter(clock: InstantClock | SystemClock | BlockingClock) -> tuple[RateLimiter, list[Permit]]:
    """Return a limiter with the maximum number of requests in flight, and the permits of these requests."""
    limiter = RateLimiter(clock=clock)
    return limiter, [acquire_permit(limiter) for _ in range(INITIAL_IN_FLIGHT)]
