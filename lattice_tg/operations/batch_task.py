"""Tasks for the target groups of a batch, and the workers that run the tasks."""

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
from lattice_tg.operations.apply import execute_plan
from lattice_tg.operations.plan import plan_for_group
from lattice_tg.planning.plan import Plan
from lattice_tg.results import ApplyResult, RetryEvent
from lattice_tg.runtime.clocks import Clock
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import is_throttling

IsCancelled = Callable[[], bool]
"""Function that returns whether the batch is being cancelled."""

_CANCEL_POLL_SECONDS = 0.25
"""Maximum number of seconds until a sleeping worker notices that the batch is being cancelled."""


@frozen
class EnsureTask:
    """The task of bringing one target group into its desired state.

    A task can be pickled and sent to another process.
    """

    desired: DesiredState
    existing: TargetGroupSummary | None
    """The existing group named ``name``, or None if no group has this name."""
    run_id: str

    @property
    def name(self) -> str:
        """The name of the target group."""
        return self.desired.spec.name

    def incomplete_error(self, reason: str) -> IncompleteError:
        """Return the error for a group that was left unfinished."""
        return IncompleteError(name=self.name, reason=reason, run_id=self.run_id)

    def lost_result(self, error: BaseException) -> ApplyResult:
        """Return the result of a task whose worker raised ``error`` instead of returning a result."""
        message = f"{type(error).__name__}: {error}".removesuffix(": ")
        failure = self.incomplete_error(f"the worker ended without a result ({message})")
        failure.__cause__ = error
        return ApplyResult(
            desired=self.desired,
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
    """A clock that raises an error if it is used after the batch has been cancelled.

    Each request and each wait begins by reading the clock. Therefore, no work starts after a cancellation, but the
    response to a request in flight is not lost.
    """

    clock: Clock
    task: EnsureTask
    is_cancelled: IsCancelled

    def monotonic(self) -> float:
        """Return the time of the underlying clock."""
        self._raise_if_cancelled()
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep in short intervals that add up to ``seconds``."""
        while seconds > _CANCEL_POLL_SECONDS:
            self.clock.sleep(_CANCEL_POLL_SECONDS)
            self._raise_if_cancelled()
            seconds -= _CANCEL_POLL_SECONDS
        self.clock.sleep(seconds)

    def _raise_if_cancelled(self) -> None:
        if self.is_cancelled():
            raise self.task.incomplete_error("the batch was cancelled")


@define
class _RetryCounter:
    """A counter for the retries of all requests that concern one target group."""

    on_retry: Callable[[RetryEvent], object] | None
    throttled: list[bool] = field(factory=list[bool])
    """For each retry, whether the preceding attempt was throttled."""

    def count(self, event: RetryEvent) -> None:
        """Count a retry and call ``on_retry``."""
        self.throttled.append(is_throttling(event.error))
        if self.on_retry is not None:
            self.on_retry(event)


def _never() -> bool:
    return False


def make_cancellable(sender: RequestSender, task: EnsureTask, is_cancelled: IsCancelled) -> RequestSender:
    """Return a sender that sends no further requests after the batch has been cancelled."""
    return evolve(sender, clock=_CancellableClock(sender.clock, task, is_cancelled))


def ensure_group(sender: RequestSender, task: EnsureTask, is_cancelled: IsCancelled = _never) -> ApplyResult:
    """Run a task and return its result.

    If the task raises a ``LatticeError``, the result contains the error.
    """
    retries, started_at = _RetryCounter(sender.on_retry), sender.clock.monotonic()
    task_sender = evolve(make_cancellable(sender, task, is_cancelled), on_retry=retries.count)
    plan: Plan | None = None
    group: TargetGroup | None = None
    failure: LatticeError | None = None
    try:
        plan = plan_for_group(task_sender, task.desired, task.existing, read_details=True)
        group = execute_plan(task_sender, plan, client_token=client_token_for(task.desired.spec, task.run_id))
    except LatticeError as error:
        failure = error
    return ApplyResult(
        desired=task.desired,
        plan=plan,
        target_group=group,
        error=failure,
        attempts=1 + len(retries.throttled),
        elapsed_seconds=sender.clock.monotonic() - started_at,
        throttle_count=sum(retries.throttled),
        run_id=task.run_id,
    )


@frozen
class ThreadWorker:
    """A worker that runs tasks in this process.

    If an executor sends a ``ThreadWorker`` to another process, pickle replaces the worker with a ``ProcessWorker``.
    Therefore, the batch does not need to know whether an executor runs tasks in this process.
    """

    sender: RequestSender = field(repr=False)
    is_cancelled: IsCancelled = field(repr=False)
    make_process_worker: Callable[[], "ProcessWorker"] = field(repr=False)

    def __call__(self, task: EnsureTask) -> ApplyResult:
        """Run a task and return its result."""
        return ensure_group(self.sender, task, self.is_cancelled)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return _identity, (self.make_process_worker(),)


def _identity(worker: object) -> object:
    return worker


@frozen
class ProcessWorker:
    """A worker that runs tasks in another process, using one client per process."""

    pickled_client: bytes

    @classmethod
    def from_client(cls, client: Any) -> Self:
        """Return a worker that uses a copy of ``client``.

        Raises:
            TypeError: If the client cannot be pickled.

        """
        try:
            return cls(pickle.dumps(client))
        except Exception as error:
            message = str(error).removesuffix(".")
            raise TypeError(
                f"This client cannot be sent to another process: {message}. Pass retry, on_retry, clock and config "
                "objects that can be pickled, such as functions of a module instead of lambdas."
            ) from error

    def __call__(self, task: EnsureTask) -> ApplyResult:
        """Run a task and return its result."""
        with _client_lock:  # The threads of one process share one client and thus one rate limiter.
            client = _load_client(self.pickled_client)
        return ensure_group(client._sender, task)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


_client_lock = Lock()


@cache
def _load_client(pickled: bytes) -> Any:
    client: Any = pickle.loads(pickled)  # noqa: S301 - this library created the pickle
    return client
