"""Batch operations on target groups."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Event

from attrs import define, evolve, field

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError, LatticeError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.operations import read
from lattice_tg.operations.apply import validate_run_id
from lattice_tg.operations.batch_task import EnsureTask, ProcessWorker, ThreadWorker, make_cancellable
from lattice_tg.operations.plan import index_by_name, plan_for_group
from lattice_tg.planning.plan import Plan, validate_desired
from lattice_tg.results import ApplyResult, BatchProgress
from lattice_tg.sending.client_tokens import new_client_token
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation.arguments import raise_if_any, to_tuple
from lattice_tg.validation.validators import integer

BatchItem = TargetGroupSpec | DesiredState
"""An item of a batch: the spec of a target group, or the desired state of the group and its targets."""

OnProgress = Callable[[BatchProgress], object]
"""Function that a batch calls at the start and after each group."""

_THREAD_NAME_PREFIX = "lattice_tg"

_PREFETCH_PER_WORKER = 2
"""Maximum number of plans per worker that are in progress or not yet consumed.

The number is greater than 1 so that a slow plan does not leave the other workers idle.
"""

_POLL_SECONDS = 0.25
"""Timeout in seconds of each blocking wait.

Without a timeout, an interrupt that arrives just before a wait begins would not end the wait.
"""

_log = logging.getLogger("lattice_tg")


def plan_all(
    sender: RequestSender, items: Iterable[BatchItem], *, max_workers: int, allow_unknown: bool
) -> Generator[Plan]:
    """Validate the arguments and return a generator that yields one plan per target group.

    Raises:
        InvalidArgumentError: If ``max_workers`` is out of range.
        InvalidSpecError: If some items break a rule or have the same name.

    """
    _validate_max_workers(max_workers)
    return _iter_plans(sender, _validate_items(items, allow_unknown=allow_unknown), max_workers)


def ensure_all(
    sender: RequestSender,
    items: Iterable[BatchItem],
    *,
    max_workers: int,
    executor: Executor | None,
    make_process_worker: Callable[[], ProcessWorker],
    run_id: str | None,
    on_progress: OnProgress | None,
    allow_unknown: bool,
) -> Generator[ApplyResult]:
    """Validate the arguments and return a generator that yields one result per target group.

    Args:
        sender: The sender of the requests.
        items: The desired states.
        max_workers: Maximum number of groups to process at the same time, 1-1000. Ignored if ``executor`` is set.
        executor: The executor that runs the tasks, or None to use threads.
        make_process_worker: Function that returns a worker for other processes. The function raises TypeError if the
            client cannot be pickled.
        run_id: Identifier of the run, or None to use a random identifier.
        on_progress: Function to call at the start and after each group, or None.
        allow_unknown: Whether specs may contain enum values that this library does not know.

    Raises:
        InvalidArgumentError: If ``max_workers``, ``run_id``, ``executor`` or ``on_progress`` is invalid.
        InvalidSpecError: If some items break a rule or have the same name.
        TypeError: If ``executor`` is not a thread pool and the client cannot be sent to another process.

    """
    _validate_max_workers(max_workers)
    validate_run_id(run_id)
    _validate_callables(executor, on_progress)
    make_worker_once = cache(make_process_worker)
    if not isinstance(executor, ThreadPoolExecutor | None):
        make_worker_once()  # Fail now, not in each worker, if the client cannot be pickled.
    desired_states = _validate_items(items, allow_unknown=allow_unknown)
    return _iter_results(
        sender,
        desired_states,
        max_workers=max_workers,
        executor=executor,
        make_process_worker=make_worker_once,
        run_id=run_id,
        on_progress=on_progress,
    )


def _validate_max_workers(max_workers: int) -> None:
    if rule := integer(1, 1000)(max_workers):
        raise InvalidArgumentError((Problem("max_workers", max_workers, *rule),))


def _validate_callables(executor: Executor | None, on_progress: Callable[..., object] | None) -> None:
    problems: list[Problem] = []
    if not (executor is None or callable(getattr(executor, "submit", None))):
        problems.append(Problem("executor", executor, "must be a concurrent.futures.Executor"))
    if not (on_progress is None or callable(on_progress)):
        problems.append(Problem("on_progress", on_progress, "must be a function that accepts a BatchProgress"))
    raise_if_any(problems, InvalidArgumentError)


def _validate_items(items: Iterable[BatchItem], *, allow_unknown: bool) -> tuple[DesiredState, ...]:
    """Validate the items of a batch and return the desired state for each item.

    Raises:
        InvalidSpecError: If some items break a rule or have the same name. The error lists every problem.

    """
    desired_states = tuple(
        item if isinstance(item, DesiredState) else DesiredState(item) for item in to_tuple("items", items)
    )
    raise_if_any(_find_problems(desired_states, allow_unknown=allow_unknown))
    return desired_states


def _find_problems(desired_states: Sequence[DesiredState], *, allow_unknown: bool) -> Iterator[Problem]:
    names = Counter(str(getattr(desired.spec, "name", None)) for desired in desired_states)
    for index, desired in enumerate(desired_states):
        try:
            validate_desired(desired, allow_unknown=allow_unknown)
        except InvalidSpecError as error:
            for problem in error.problems:
                yield evolve(problem, field=f"[{index}].{problem.field}")
        else:
            name = desired.spec.name
            if names[name] > 1:
                rule = "duplicate name in this batch"
                yield Problem(f"[{index}].name", name, rule, "List each target group once")


def _make_tasks(sender: RequestSender, desired_states: Sequence[DesiredState], run_id: str) -> tuple[EnsureTask, ...]:
    """Return a task for each target group.

    VPC Lattice cannot look up a group by name, so this function reads the list of all groups once.
    """
    if not desired_states:
        return ()
    existing = index_by_name(read.iter_summaries(sender, {}))
    return tuple(EnsureTask(desired, existing.get(desired.spec.name), run_id) for desired in desired_states)


def _iter_plans(sender: RequestSender, desired_states: Sequence[DesiredState], max_workers: int) -> Generator[Plan]:
    """Yield the plan for each target group, in the order of ``desired_states``.

    Raises:
        ExceptionGroup: If some groups cannot be planned. The generator raises the error after the last plan.

    """
    errors: list[Exception] = []
    cancelled = Event()
    pool = ThreadPoolExecutor(max_workers, _THREAD_NAME_PREFIX)

    def plan_task(task: EnsureTask) -> Plan:
        return plan_for_group(make_cancellable(sender, task, cancelled.is_set), task.desired, task.existing)

    try:
        tasks = _make_tasks(sender, desired_states, "")
        for task, future in _prefetch(pool, plan_task, tasks, _PREFETCH_PER_WORKER * max_workers):
            try:
                plan = future.result()
            except LatticeError as error:
                error.add_note(f"This error was raised while planning target group {task.name!r}.")
                errors.append(error)
            else:
                yield plan
    finally:
        _cancel(sender, cancelled)
        pool.shutdown(cancel_futures=True)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(desired_states)} target groups cannot be planned", errors)


def _prefetch(
    pool: Executor, function: Callable[[EnsureTask], Plan], tasks: Iterable[EnsureTask], limit: int
) -> Iterator[tuple[EnsureTask, Future[Plan]]]:
    """Yield each task with its finished future, in the order of ``tasks``.

    At most ``limit`` tasks run ahead of the consumer.
    """
    remaining = iter(tasks)
    in_flight = deque((task, pool.submit(function, task)) for task in islice(remaining, limit))
    while in_flight:
        task, future = in_flight.popleft()
        while not wait([future], _POLL_SECONDS).done:
            pass
        in_flight.extend((task, pool.submit(function, task)) for task in islice(remaining, 1))
        yield task, future


def _cancel(sender: RequestSender, cancelled: Event) -> None:
    """Stop sending requests.

    Requests that wait for the rate limiter are cancelled immediately.
    """
    cancelled.set()
    sender.limiter.wake_all()


@define
class BatchRun:
    """The run of a batch, with the submitted tasks and the results so far."""

    worker: Callable[[EnsureTask], ApplyResult]
    desired_states: Sequence[DesiredState]
    run_id: str
    on_progress: OnProgress | None
    cancel: Callable[[], None]
    results: list[ApplyResult] = field(factory=list[ApplyResult])
    in_flight: dict[Future[ApplyResult], EnsureTask] = field(factory=dict[Future[ApplyResult], EnsureTask])
    completed: SimpleQueue[Future[ApplyResult]] = field(factory=SimpleQueue[Future[ApplyResult]])
    """Futures in the order in which they finish.

    ``as_completed`` cannot replace this queue because ``as_completed`` never ends if an executor cancels futures.
    """

    def run(
        self, executor: Executor, make_tasks: Callable[[], Iterable[EnsureTask]], limit: int | None
    ) -> Generator[ApplyResult]:
        """Yield the result of each task, in the order in which the tasks finish.

        If the run is interrupted, no further task starts, and a note on the exception lists the completed groups.

        Args:
            executor: The executor that runs the tasks.
            make_tasks: Function that returns the tasks.
            limit: Number of tasks to submit at the start, or None to submit all tasks. The run submits one more task
                for each result that the consumer requests, so at most ``limit`` tasks run ahead of the consumer.

        """
        try:
            self._report_progress()
            remaining = iter(make_tasks())
            self._submit_all(executor, islice(remaining, limit))
            for _ in self.desired_states:
                result = self._result_of(self._next_completed())
                self._submit_all(executor, islice(remaining, 1))
                yield self._record(result)
        except BaseException as error:
            self._stop()
            # A LatticeError here means that the list of groups could not be read, so no task has started.
            if not isinstance(error, LatticeError):
                error.add_note(self._interruption_note())
            raise

    def _submit_all(self, executor: Executor, tasks: Iterable[EnsureTask]) -> None:
        for task in tasks:
            future = self._submit(executor, task)
            self.in_flight[future] = task
            future.add_done_callback(self.completed.put)

    def _next_completed(self) -> Future[ApplyResult]:
        while True:
            with suppress(Empty):
                return self.completed.get(timeout=_POLL_SECONDS)

    def _submit(self, executor: Executor, task: EnsureTask) -> Future[ApplyResult]:
        """Submit a task to the executor.

        If the executor is broken, return a failed future so that the earlier results are not lost.
        """
        try:
            return executor.submit(self.worker, task)
        except Exception as error:  # noqa: BLE001 - an error in the executor fails only this task
            failed: Future[ApplyResult] = Future()
            failed.set_exception(error)
            return failed

    def _result_of(self, future: Future[ApplyResult]) -> ApplyResult:
        """Return the result of a task.

        If the worker was lost or a callback raised an error, the result contains the error.
        """
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001 - an error in one task does not stop the other tasks
            return self.in_flight[future].lost_result(error)

    def _record(self, result: ApplyResult) -> ApplyResult:
        self.results.append(result)
        self._report_progress()
        return result

    def _report_progress(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.progress())

    def progress(self) -> BatchProgress:
        """Return the counts of done, failed and pending groups, and the throttle count."""
        failed = sum(result.error is not None for result in self.results)
        return BatchProgress(
            total=len(self.desired_states),
            done=len(self.results) - failed,
            failed=failed,
            pending=len(self.desired_states) - len(self.results),
            throttle_count=sum(result.throttle_count for result in self.results),
        )

    def _stop(self) -> None:
        """Cancel the tasks that have not started, and wait for the requests in flight."""
        self.cancel()
        wait([future for future in self.in_flight if not future.cancel()])

    def _interruption_note(self) -> str:
        succeeded = [future for future in self.in_flight if not future.cancelled() and future.exception() is None]
        names = [future.result().desired.spec.name for future in succeeded if future.result().error is None]
        listed = f": {', '.join(names)}" if names else ""
        return (
            f"The batch was interrupted. {len(names)} of {len(self.desired_states)} target groups are done{listed}. "
            f"To resume this run, pass run_id={self.run_id!r}."
        )


def _iter_results(
    sender: RequestSender,
    desired_states: Sequence[DesiredState],
    *,
    max_workers: int,
    executor: Executor | None,
    make_process_worker: Callable[[], ProcessWorker],
    run_id: str | None,
    on_progress: OnProgress | None,
) -> Generator[ApplyResult]:
    """Yield the result for each target group, in the order in which the groups finish."""
    run_id = new_client_token() if run_id is None else run_id
    _log.info(
        "Ensuring the state of %d target groups. To resume this run, pass run_id=%r.",
        len(desired_states),
        run_id,
        extra={"run_id": run_id},
    )
    cancelled = Event()
    worker = ThreadWorker(sender, cancelled.is_set, make_process_worker)
    run = BatchRun(worker, desired_states, run_id, on_progress, partial(_cancel, sender, cancelled))
    make_tasks = partial(_make_tasks, sender, desired_states, run_id)
    if executor is not None:
        yield from run.run(executor, make_tasks, None)
        return
    pool = ThreadPoolExecutor(max_workers, _THREAD_NAME_PREFIX)
    try:
        yield from run.run(pool, make_tasks, max_workers)
    finally:
        pool.shutdown(cancel_futures=True)
