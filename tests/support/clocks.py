"""Clocks and helper functions for the tests of the rate limiter."""

from collections.abc import Callable
from threading import Event, Thread

from attrs import define, field

from lattice_tg.runtime.blocking import BlockingRuntime, run
from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.sending.rate_control import INITIAL_IN_FLIGHT
from lattice_tg.sending.rate_limiter import Permit, RateLimiter
from lattice_tg.testing import VirtualClock

JOIN_SECONDS = 5.0


class BlockingOnlyClock:
    """A clock for the blocking client."""

    async def sleep_async(self, seconds: float, /) -> None:
        raise NotImplementedError


@define
class InstantClock(BlockingOnlyClock):
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
class BlockingClock(BlockingOnlyClock):
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
class InterruptedClock(BlockingOnlyClock):
    """A clock whose sleeps are interrupted."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float, /) -> None:
        raise InterruptError(seconds)


@define
class MonitoredClock:
    """A virtual clock that calls ``watch`` before each sleep and raises InterruptError at one reading."""

    clock: VirtualClock
    watch: Callable[[float], None]
    """Function that is called with the duration of each sleep in seconds."""
    interrupt_in: int | None = None
    """Number of readings until the interrupt. None for no interrupt."""

    def monotonic(self) -> float:
        if self.interrupt_in is not None:
            self.interrupt_in -= 1
            if self.interrupt_in == 0:
                raise InterruptError
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        self.watch(seconds)
        self.clock.sleep(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        self.watch(seconds)
        await self.clock.sleep_async(seconds)


@define
class StoppableClock(BlockingOnlyClock):
    """A clock that raises InterruptError after the test has set ``stopped``."""

    stopped: Event = field(factory=Event)

    def monotonic(self) -> float:
        if self.stopped.is_set():
            raise InterruptError
        return SystemClock().monotonic()

    def sleep(self, seconds: float, /) -> None:
        SystemClock().sleep(seconds)


def try_acquire(limiter: RateLimiter, deadline: float | None = None, clock: Clock | None = None) -> Permit | None:
    """Acquire a permit, waiting in this thread. Return None if no permit is granted before ``deadline``."""
    permit = limiter.make_permit()
    try:
        is_granted = run(permit.acquire, BlockingRuntime(clock or limiter.clock), deadline=deadline)
    except BaseException:
        permit.release()
        raise
    if is_granted:
        return permit
    permit.release()
    return None


def acquire_permit(limiter: RateLimiter, deadline: float | None = None) -> Permit:
    """Acquire and return a permit. Fail the test if no permit is granted before ``deadline``."""
    permit = try_acquire(limiter, deadline)
    assert permit is not None
    return permit


def throttle(limiter: RateLimiter) -> None:
    """Send requests that are throttled until the limiter spaces requests."""
    while limiter.rate is None:
        acquire_permit(limiter).release(throttled=True)


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
