"""One group of a fleet, seen to: counted, stopped where it waits, and with an outcome whatever happens."""

from collections.abc import Callable

from attrs import define, evolve, field, frozen

from lattice_tg.calls import Calls
from lattice_tg.clock import Clock
from lattice_tg.errors import LatticeError, UnfinishedError
from lattice_tg.models.answers import TargetGroupSummary
from lattice_tg.models.desired import Desired
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.outcome import Outcome
from lattice_tg.plan import Plan
from lattice_tg.retry import RetryEvent, is_throttling
from lattice_tg.tokens import client_token_for
from lattice_tg.verbs import applying, planning

Stopping = Callable[[], bool]
"""Whether the fleet is being stopped."""

_NAP_SECONDS = 0.25  # how late a worker that sleeps hears that the fleet is being stopped, at most


@frozen
class Task:
    """One group to be seen to; a plain value, so that it can be sent to another process."""

    desired: Desired
    found: TargetGroupSummary | None
    salt: str

    @property
    def name(self) -> str:
        """The group's name."""
        return self.desired.spec.name

    def unfinished(self, reason: str) -> UnfinishedError:
        """The error for a group that was left."""
        return UnfinishedError(name=self.name, reason=reason, salt=self.salt)

    def lost(self, error: BaseException) -> Outcome:
        """The outcome where whatever ran this task ended without one."""
        what = f"{type(error).__name__}: {error}".removesuffix(": ")
        failure = self.unfinished(f"it ended without an outcome ({what})")
        failure.__cause__ = error
        return Outcome(
            spec=self.desired.spec,
            plan=None,
            target_group=None,
            error=failure,
            attempts=1,
            seconds=0.0,
            throttled=0,
            salt=self.salt,
        )


@frozen
class _StoppedClock:
    """The client's clock, until the fleet is being stopped: then whoever reads it or sleeps on it is told.

    Each request and each wait begins with a look at the clock, so nothing more is begun, and no answer is lost.
    """

    clock: Clock
    task: Task
    stopping: Stopping

    def monotonic(self) -> float:
        """The reading of the clock behind."""
        self._check()
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep in naps, up to the same moment."""
        while seconds > _NAP_SECONDS:
            self.clock.sleep(_NAP_SECONDS)
            self._check()
            seconds -= _NAP_SECONDS
        self.clock.sleep(seconds)

    def _check(self) -> None:
        if self.stopping():
            raise self.task.unfinished("it was stopped")


@define
class _Tally:
    """What happens to the requests of one group, several of which may be under way at a time."""

    on_retry: Callable[[RetryEvent], object] | None
    throttled: list[bool] = field(factory=list[bool])
    """For each request that is sent again, whether it was throttled."""

    def count(self, event: RetryEvent) -> None:
        """Take note of a request that will be sent again, and tell the user."""
        self.throttled.append(is_throttling(event.error))
        if self.on_retry is not None:
            self.on_retry(event)


def _never() -> bool:
    return False


def told_to_stop(calls: Calls, task: Task, stopping: Stopping) -> Calls:
    """The calls as this task may make them: until the fleet is being stopped."""
    return evolve(calls, clock=_StoppedClock(calls.clock, task, stopping))


@frozen
class Worker:
    """Sees to groups with the calls of this process; where it is pickled, it arrives as what does so elsewhere.

    So no executor has to be asked whether it shares this memory: what it sends through a pickle cannot stay here.
    """

    calls: Calls = field(repr=False)
    stopping: Stopping = field(repr=False)
    elsewhere: Callable[[], Callable[[Task], Outcome]] = field(repr=False)

    def __call__(self, task: Task) -> Outcome:
        """What became of this task's group."""
        return ensured(self.calls, task, self.stopping)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return _as_it_is, (self.elsewhere(),)


def _as_it_is(worker: object) -> object:
    return worker


def ensured(calls: Calls, task: Task, stopping: Stopping = _never) -> Outcome:
    """What became of one group; no error of ours gets out."""
    tally, started = _Tally(calls.on_retry), calls.clock.monotonic()
    watched = evolve(told_to_stop(calls, task, stopping), on_retry=tally.count)
    plan: Plan | None = None
    group: TargetGroup | None = None
    failure: LatticeError | None = None
    try:
        plan = planning.plan_against(watched, task.desired, task.found, closely=True)
        group = applying.carry_out(watched, plan, client_token=client_token_for(task.desired.spec, task.salt))
    except LatticeError as error:
        failure = error
    return Outcome(
        spec=task.desired.spec,
        plan=plan,
        target_group=group,
        error=failure,
        attempts=1 + len(tally.throttled),
        seconds=calls.clock.monotonic() - started,
        throttled=sum(tally.throttled),
        salt=task.salt,
    )
