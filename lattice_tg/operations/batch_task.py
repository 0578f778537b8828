"""One group of a fleet, seen to: counted, stopped where it waits, and with an outcome whatever happens."""

import pickle
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any, Self

from attrs import define, evolve, field, frozen

from lattice_tg.errors import IncompleteError, LatticeError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.operations import apply
from lattice_tg.operations.plan import plan_for_group
from lattice_tg.planning.plan import Plan
from lattice_tg.results import ApplyResult, RetryEvent
from lattice_tg.runtime.clocks import Clock
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import is_throttling

IsCancelled = Callable[[], bool]
"""Whether the fleet is being stopped."""

_CANCEL_POLL_SECONDS = 0.25  # how late a worker that sleeps hears that the fleet is being stopped, at most


@frozen
class EnsureTask:
    """One group to be seen to; a plain value, so that it can be sent to another process."""

    desired: DesiredState
    found: TargetGroupSummary | None
    run_id: str

    @property
    def name(self) -> str:
        """The group's name."""
        return self.desired.spec.name

    def incomplete_error(self, reason: str) -> IncompleteError:
        """The error for a group that was left."""
        return IncompleteError(name=self.name, reason=reason, run_id=self.run_id)

    def lost_result(self, error: BaseException) -> ApplyResult:
        """The outcome where whatever ran this task ended without one."""
        what = f"{type(error).__name__}: {error}".removesuffix(": ")
        failure = self.incomplete_error(f"it ended without an outcome ({what})")
        failure.__cause__ = error
        return ApplyResult(
            spec=self.desired.spec,
            plan=None,
            target_group=None,
            error=failure,
            attempts=1,
            elapsed_seconds=0.0,
            throttle_count=0,
            run_id=self.run_id,
        )


@frozen
class _CancellableClock:
    """The client's clock, until the fleet is being stopped: then whoever reads it or sleeps on it is told.

    Each request and each wait begins with a look at the clock, so nothing more is begun, and no answer is lost.
    """

    clock: Clock
    task: EnsureTask
    stopping: IsCancelled

    def monotonic(self) -> float:
        """The reading of the clock behind."""
        self._check()
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep in naps, up to the same moment."""
        while seconds > _CANCEL_POLL_SECONDS:
            self.clock.sleep(_CANCEL_POLL_SECONDS)
            self._check()
            seconds -= _CANCEL_POLL_SECONDS
        self.clock.sleep(seconds)

    def _check(self) -> None:
        if self.stopping():
            raise self.task.incomplete_error("it was stopped")


@define
class _RetryCounter:
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


def make_cancellable(sender: RequestSender, task: EnsureTask, stopping: IsCancelled) -> RequestSender:
    """The sender as this task may make them: until the fleet is being stopped."""
    return evolve(sender, clock=_CancellableClock(sender.clock, task, stopping))


@frozen
class ThreadWorker:
    """Sees to groups with the sender of this process; where it is pickled, it arrives as what does so elsewhere.

    So no executor has to be asked whether it shares this memory: what it sends through a pickle cannot stay here.
    """

    sender: RequestSender = field(repr=False)
    stopping: IsCancelled = field(repr=False)
    elsewhere: Callable[[], Callable[[EnsureTask], ApplyResult]] = field(repr=False)

    def __call__(self, task: EnsureTask) -> ApplyResult:
        """What became of this task's group."""
        return ensure_group(self.sender, task, self.stopping)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return _identity, (self.elsewhere(),)


def _identity(worker: object) -> object:
    return worker


def ensure_group(sender: RequestSender, task: EnsureTask, stopping: IsCancelled = _never) -> ApplyResult:
    """What became of one group; no error of ours gets out."""
    tally, started = _RetryCounter(sender.on_retry), sender.clock.monotonic()
    watched = evolve(make_cancellable(sender, task, stopping), on_retry=tally.count)
    plan: Plan | None = None
    group: TargetGroup | None = None
    failure: LatticeError | None = None
    try:
        plan = plan_for_group(watched, task.desired, task.found, closely=True)
        group = apply.execute_plan(watched, plan, client_token=client_token_for(task.desired.spec, task.run_id))
    except LatticeError as error:
        failure = error
    return ApplyResult(
        spec=task.desired.spec,
        plan=plan,
        target_group=group,
        error=failure,
        attempts=1 + len(tally.throttled),
        elapsed_seconds=sender.clock.monotonic() - started,
        throttle_count=sum(tally.throttled),
        run_id=task.run_id,
    )


@frozen
class ProcessWorker:
    """Sees to a group in another process, with a client that is made there once."""

    pickled_client: bytes

    @classmethod
    def from_client(cls, client: Any) -> Self:
        """The work of ``client``, to be sent.

        Raises:
            TypeError: The client cannot be pickled, or something that was handed to it cannot.

        """
        try:
            return cls(pickle.dumps(client))
        except Exception as error:
            raise TypeError(
                f"this client cannot be sent to another process: {error}; hand it such retry, on_retry, clock and "
                "config as can be pickled: functions of a module, not lambdas"
            ) from error

    def __call__(self, task: EnsureTask) -> ApplyResult:
        """The outcome of the group, which is seen to here."""
        with _client_lock:  # threads of one worker share one client, and so one pacing
            client = _load_client(self.pickled_client)
        return ensure_group(client._sender, task)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


_client_lock = Lock()


@cache
def _load_client(pickled: bytes) -> Any:
    client: Any = pickle.loads(pickled)  # noqa: S301 - what this library pickled itself
    return client
