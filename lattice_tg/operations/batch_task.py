"""Tasks for the target groups of a batch, and the workers that run the tasks."""

import pickle
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, Self, cast

from attrs import define, evolve, field, frozen

from lattice_tg.errors import LatticeError
from lattice_tg.errors.workflows import IncompleteError
from lattice_tg.events import RetryEvent
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.operations.apply import execute_plan, verify_plan
from lattice_tg.operations.plan import plan_for_group
from lattice_tg.planning.plan import ApplyOrder, Plan
from lattice_tg.results import ApplyResult
from lattice_tg.runtime.base import Tasks
from lattice_tg.runtime.blocking import BlockingRuntime, ExecutorTasks, is_thread_pool, run
from lattice_tg.runtime.threads import bind_context, cache_once
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import is_throttling


@frozen
class EnsureTask:
    """The task of bringing one target group into its desired state.

    A task can be pickled and sent to another process.
    """

    desired: DesiredState
    existing: TargetGroupSummary | None
    """The existing group named ``name``, or None if no group has this name."""
    run_id: str
    order: ApplyOrder = "healthy_first"
    """The order of registering and deregistering targets."""
    health_timeout_seconds: float = 300.0
    """Seconds to wait until the targets of the group are healthy."""
    is_resumed: bool = False
    """Whether the user passed ``run_id``, so that an earlier run may have created the group."""
    plan: Plan | None = None
    """The plan to apply, or None to make a plan."""

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


@define
class _RetryCounter:
    """A counter for the retries of all requests that concern one target group."""

    on_retry: Callable[[RetryEvent], object] | None
    throttled: list[bool] = field(factory=list[bool])
    """For each retry, whether the preceding attempt was throttled."""

    def count(self, event: RetryEvent) -> object:
        """Count a retry, and return the result of ``on_retry``, which the asyncio client awaits."""
        self.throttled.append(is_throttling(event.error))
        return None if self.on_retry is None else self.on_retry(event)


async def _plan_task(sender: RequestSender, task: EnsureTask) -> Plan:
    if task.plan is not None:
        return await verify_plan(sender, task.plan)
    return await plan_for_group(sender, task.desired, task.existing, task.order, read_details=True)


async def ensure_group(sender: RequestSender, task: EnsureTask) -> ApplyResult:
    """Run a task and return its result.

    If the task raises a ``LatticeError``, the result contains the error.
    """
    retries, started_at = _RetryCounter(sender.on_retry), sender.clock.monotonic()
    task_sender = evolve(sender, on_retry=retries.count)
    plan: Plan | None = None
    group: TargetGroup | None = None
    failure: LatticeError | None = None
    try:
        plan = await _plan_task(task_sender, task)
        group = await execute_plan(
            task_sender,
            plan,
            task.health_timeout_seconds,
            client_token=client_token_for(task.desired.spec, task.run_id),
            verifies_create=task.is_resumed,
        )
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
class ExecutorBatch:
    """The user's executor, in which the tasks of a batch run."""

    executor: Any
    """Executor of threads, processes or machines."""
    make_process_worker: Callable[[], "ProcessWorker"]
    """Function that returns a worker for other processes. The function raises TypeError if the client cannot be
    pickled."""

    @classmethod
    def from_client(cls, executor: Any, client: Any) -> Self:
        """Return a batch whose tasks use ``client``, or copies of ``client`` in other processes."""
        return cls(executor, cache(partial(ProcessWorker.from_client, client)))

    def find_problems(self) -> Iterator[Problem]:
        """Yield a problem if the executor is not an executor."""
        if not callable(getattr(self.executor, "submit", None)):
            yield Problem("executor", self.executor, "must be a concurrent.futures.Executor")

    def raise_unless_picklable(self) -> None:
        """Raise an error now, not in each worker, if the client cannot be sent to another process.

        Raises:
            TypeError: If the executor is not a thread pool and the client cannot be pickled.

        """
        if not is_thread_pool(self.executor):
            self.make_process_worker()

    def open_tasks(self, sender: RequestSender) -> Tasks:
        """Return tasks that run in the executor.

        Args:
            sender: Sender of the requests of tasks that run in this process.

        """
        runtime = cast("BlockingRuntime", sender.runtime)

        def run_task(task: EnsureTask) -> ApplyResult:
            return run(ensure_group, sender, task)

        worker = ThreadWorker(bind_context(run_task), self.make_process_worker)
        return ExecutorTasks(runtime, worker, self.executor)


@frozen
class ThreadWorker:
    """A worker that runs tasks in this process, in copies of the caller's context.

    If an executor sends a ``ThreadWorker`` to another process, pickle replaces the worker with a ``ProcessWorker``.
    Therefore, the batch does not need to know whether an executor runs tasks in this process.
    """

    run_task: Callable[[EnsureTask], ApplyResult] = field(repr=False)
    make_process_worker: Callable[[], "ProcessWorker"] = field(repr=False)

    def __call__(self, task: EnsureTask) -> ApplyResult:
        """Run a task and return its result."""
        return self.run_task(task)

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
        client = _load_client(self.pickled_client)
        return run(ensure_group, client._sender.for_method("ensure_all"), task)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


@cache_once  # The threads of one process share one client and thus one rate limiter.
def _load_client(pickled: bytes) -> Any:
    client: Any = pickle.loads(pickled)  # noqa: S301 - this library created the pickle
    return client
