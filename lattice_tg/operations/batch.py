"""Batch operations on target groups."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol, cast

from attrs import evolve

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError, LatticeError
from lattice_tg.logs import log
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.operations import read
from lattice_tg.operations.apply import validate_run_id
from lattice_tg.operations.batch_task import EnsureTask, ExecutorBatch, ensure_group
from lattice_tg.operations.interruption import note_on_interrupt
from lattice_tg.operations.plan import index_by_name, plan_for_group, validate_order
from lattice_tg.planning.plan import ApplyOrder, Plan, validate_desired, validate_plan
from lattice_tg.results import ApplyResult, BatchProgress, PlanResult
from lattice_tg.runtime.base import Tasks
from lattice_tg.runtime.work import WorkStream
from lattice_tg.sending.client_tokens import new_client_token
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.error_mapping import TEST_FAILURES
from lattice_tg.validation.arguments import raise_if_any, to_tuple, validate_seconds
from lattice_tg.validation.validators import integer

BatchItem = TargetGroupSpec | DesiredState
"""An item of a batch: the spec of a target group, or the desired state of the group and its targets."""

OnProgress = Callable[[BatchProgress], object]
"""Function that a batch calls at the start and after each group."""

_PREFETCH_PER_WORKER = 2
"""Maximum number of plans per worker that are in progress or not yet consumed.

The number is greater than 1 so that a slow plan does not leave the other workers idle.
"""


def plan_all(
    sender: RequestSender, items: Iterable[BatchItem], *, order: ApplyOrder, max_workers: int, allow_unknown: bool
) -> "PlanStream":
    """Validate the arguments and return a stream with one result per target group.

    Raises:
        InvalidArgumentError: If ``order`` is invalid or ``max_workers`` is out of range.
        InvalidSpecError: If some items break a rule or have the same name.

    """
    validate_order(order)
    raise_if_any(_max_workers_problems(max_workers), InvalidArgumentError)
    return PlanStream(sender, _validate_items(items, allow_unknown=allow_unknown), order, max_workers)


def apply_all(
    sender: RequestSender,
    plans: Iterable[Plan],
    *,
    health_timeout_seconds: float,
    max_workers: int,
    run_id: str | None,
    on_progress: OnProgress | None,
    allow_unknown: bool,
) -> "ApplyStream":
    """Validate the arguments and return a stream that applies plans, with one result per target group.

    Raises:
        InvalidArgumentError: If an argument is invalid.
        InvalidSpecError: If the desired states of some plans break a rule or have the same name.

    """
    _validate_batch_arguments(
        sender,
        max_workers=max_workers,
        health_timeout_seconds=health_timeout_seconds,
        run_id=run_id,
        on_progress=on_progress,
    )
    items = to_tuple("plans", plans)
    for plan in items:
        validate_plan(plan, allow_unknown=allow_unknown)
    desired_states = _validate_items((plan.desired for plan in items), allow_unknown=allow_unknown)

    async def make_tasks(run_id: str, *, is_resumed: bool) -> Sequence[EnsureTask]:
        return [
            EnsureTask(
                plan.desired,
                None,
                run_id,
                health_timeout_seconds=health_timeout_seconds,
                is_resumed=is_resumed,
                plan=plan,
            )
            for plan in items
        ]

    open_tasks = _open_worker_tasks(sender, max_workers)
    return ApplyStream(
        sender,
        desired_states,
        make_tasks,
        open_tasks,
        activity="Applying the plans",
        max_ahead=max_workers,
        run_id=run_id,
        on_progress=on_progress,
    )


def ensure_all(
    sender: RequestSender,
    items: Iterable[BatchItem],
    *,
    order: ApplyOrder,
    health_timeout_seconds: float,
    max_workers: int,
    executor: ExecutorBatch | None = None,
    run_id: str | None,
    on_progress: OnProgress | None,
    allow_unknown: bool,
) -> "ApplyStream":
    """Validate the arguments and return a stream with one result per target group.

    Args:
        sender: The sender of the requests.
        items: The desired states.
        order: Order of registering and deregistering targets.
        health_timeout_seconds: Seconds to wait until the targets of a group are healthy.
        max_workers: Maximum number of groups to process at the same time, 1-1000. Ignored if ``executor`` is set.
        executor: The user's executor that runs the tasks. Default: None, which uses the workers of ``sender``.
        run_id: Identifier of the run, or None to use a random identifier.
        on_progress: Function to call at the start and after each group, or None.
        allow_unknown: Whether specs may contain enum values that this library does not know.

    Raises:
        InvalidArgumentError: If an argument is invalid.
        InvalidSpecError: If some items break a rule or have the same name.
        TypeError: If ``executor`` is not a thread pool and the client cannot be sent to another process.

    """
    validate_order(order)
    _validate_batch_arguments(
        sender,
        max_workers=max_workers,
        health_timeout_seconds=health_timeout_seconds,
        run_id=run_id,
        on_progress=on_progress,
        executor=executor,
    )
    desired_states = _validate_items(items, allow_unknown=allow_unknown)

    async def make_tasks(run_id: str, *, is_resumed: bool) -> Sequence[EnsureTask]:
        if not desired_states:
            return ()
        # VPC Lattice cannot look up a group by name, so the batch reads the list of all groups once.
        existing = index_by_name(await collect(read.summary_pages(sender, {})))
        return [
            EnsureTask(
                desired, existing.get(desired.spec.name), run_id, order, health_timeout_seconds, is_resumed=is_resumed
            )
            for desired in desired_states
        ]

    max_ahead: int | None = max_workers
    open_tasks = _open_worker_tasks(sender, max_workers)
    if executor is not None:
        scoped = evolve(sender, runtime=sender.runtime.scope())
        open_tasks, max_ahead = partial(executor.open_tasks, scoped), None
    return ApplyStream(
        sender,
        desired_states,
        make_tasks,
        open_tasks,
        activity="Ensuring the state",
        max_ahead=max_ahead,
        run_id=run_id,
        on_progress=on_progress,
    )


def _validate_batch_arguments(
    sender: RequestSender,
    *,
    max_workers: int,
    health_timeout_seconds: float,
    run_id: str | None,
    on_progress: OnProgress | None,
    executor: ExecutorBatch | None = None,
) -> None:
    raise_if_any(_max_workers_problems(max_workers), InvalidArgumentError)
    validate_seconds(health_timeout_seconds=health_timeout_seconds)
    validate_run_id(run_id)
    problems = [] if executor is None else [*executor.find_problems()]
    problems += sender.runtime.find_hook_problems("on_progress", on_progress, "a BatchProgress")
    raise_if_any(problems, InvalidArgumentError)
    if executor is not None:
        executor.raise_unless_picklable()


def _open_worker_tasks(sender: RequestSender, max_workers: int) -> Callable[[], Tasks]:
    """Return a function that opens tasks in the workers of ``sender``."""
    scoped = evolve(sender, runtime=sender.runtime.scope())
    return partial(scoped.runtime.open_tasks, partial(ensure_group, scoped), max_workers)


def _max_workers_problems(max_workers: int) -> Iterator[Problem]:
    if rule := integer(1, 1000)(max_workers):
        yield Problem("max_workers", max_workers, *rule)


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


class PlanStream:
    """The plan or the error for each target group, in the order of the desired states."""

    def __init__(
        self, sender: RequestSender, desired_states: Sequence[DesiredState], order: ApplyOrder, max_workers: int
    ) -> None:
        runtime = sender.runtime.scope()
        self._sender = sender
        self._task_sender = evolve(sender, runtime=runtime)
        self._desired_states = desired_states
        self._order: ApplyOrder = order
        self._existing: Mapping[str, TargetGroupSummary] = {}
        self._is_started = False
        self._work = WorkStream[DesiredState](
            partial(runtime.open_tasks, self._plan, max_workers),
            desired_states,
            max_ahead=_PREFETCH_PER_WORKER * max_workers,
            in_order=True,
            returned_errors=(LatticeError,),
        )

    async def _plan(self, desired: DesiredState) -> Plan:
        existing = self._existing.get(desired.spec.name)
        return await plan_for_group(self._task_sender, desired, existing, self._order)

    async def next_page(self) -> Sequence[PlanResult] | None:
        """Return the next result, or None at the end."""
        note = f"The planning of {len(self._desired_states)} target groups was interrupted. Nothing was changed."
        with note_on_interrupt(lambda: note):
            return await self._next_page()

    async def _next_page(self) -> Sequence[PlanResult] | None:
        if not self._is_started and self._desired_states:
            self._is_started = True
            # VPC Lattice cannot look up a group by name, so the batch reads the list of all groups once.
            self._existing = index_by_name(await collect(read.summary_pages(self._sender, {})))
        if (completed := await self._work.next_result()) is None:
            return None
        desired, done = completed
        return (PlanResult(desired, done.result, cast("LatticeError | None", done.error)),)

    def stop(self) -> None:
        """Send no further requests."""
        self._work.stop()

    async def aclose(self) -> None:
        """Stop the requests, and wait at most one second for those in flight."""
        await self._work.aclose()


class _MakeTasks(Protocol):
    """A coroutine function that returns the tasks of a run."""

    async def __call__(self, run_id: str, *, is_resumed: bool) -> Sequence[EnsureTask]:
        """Return the tasks of the run ``run_id``. ``is_resumed`` says whether the user passed ``run_id``."""
        ...


class ApplyStream:
    """The result for each target group of a batch, in the order in which the groups finish.

    If the batch is interrupted, no further task starts, and a note on the exception lists the completed groups.
    """

    def __init__(
        self,
        sender: RequestSender,
        desired_states: Sequence[DesiredState],
        make_tasks: _MakeTasks,
        open_tasks: Callable[[], Tasks],
        *,
        activity: str,
        max_ahead: int | None,
        run_id: str | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._sender = sender
        self._activity = activity
        self._desired_states = desired_states
        self._make_tasks = make_tasks
        self._run_id = run_id
        self._on_progress = on_progress
        self._is_started = False
        self._results: list[ApplyResult] = []
        self._work = WorkStream[EnsureTask](
            open_tasks, (), max_ahead=max_ahead, in_order=False, returned_errors=(Exception,)
        )

    async def next_page(self) -> Sequence[ApplyResult] | None:
        """Return the next result, or None at the end."""
        try:
            if not self._is_started:
                self._is_started = True
                await self._start()
            if (completed := await self._work.next_result()) is None:
                return None
            task, done = completed
            if isinstance(done.error, TEST_FAILURES):  # A test must not pass because a result contains its failure.
                raise done.error  # noqa: TRY301
            result = done.result if done.error is None else task.lost_result(done.error)
            self._results.append(result)
            await self._report_progress()
        except BaseException as error:
            await self._work.close_after(error)
            # A LatticeError here means that the list of groups could not be read, so no task has started.
            if not isinstance(error, LatticeError):
                error.add_note(self._interruption_note())
            raise
        return (result,)

    async def _start(self) -> None:
        is_resumed = self._run_id is not None
        self._run_id = run_id = new_client_token() if self._run_id is None else self._run_id
        log(
            logging.INFO,
            "%s of %d target groups. To resume this run, pass run_id=%r.",
            self._activity,
            len(self._desired_states),
            run_id,
            run_id=run_id,
        )
        await self._report_progress()
        self._work.prepend(await self._make_tasks(run_id, is_resumed=is_resumed))

    async def _report_progress(self) -> None:
        if self._on_progress is not None:
            await self._sender.runtime.call_hook("on_progress", self._on_progress, self.progress())

    def progress(self) -> BatchProgress:
        """Return the counts of done, failed and pending groups, and the throttle count."""
        failed = sum(result.error is not None for result in self._results)
        return BatchProgress(
            total=len(self._desired_states),
            done=len(self._results) - failed,
            failed=failed,
            pending=len(self._desired_states) - len(self._results),
            throttle_count=sum(result.throttle_count for result in self._results),
        )

    def _interruption_note(self) -> str:
        unreturned = [done.result for _, done in self._work.unconsumed() if done is not None and done.error is None]
        results: list[ApplyResult] = [*self._results, *unreturned]
        names = [result.desired.spec.name for result in results if result.error is None]
        listed = f": {', '.join(names)}" if names else ""
        return (
            f"The batch was interrupted. {len(names)} of {len(self._desired_states)} target groups are done{listed}. "
            f"To resume this run, pass run_id={self._run_id!r}."
        )

    def stop(self) -> None:
        """Send no further requests."""
        self._work.stop()

    async def aclose(self) -> None:
        """Stop the requests, and wait at most one second for those in flight."""
        await self._work.aclose()
