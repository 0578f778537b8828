"""Batch operations on target groups."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import cast

from attrs import evolve

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError, LatticeError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.operations import read
from lattice_tg.operations.apply import validate_run_id
from lattice_tg.operations.batch_task import EnsureTask, ExecutorBatch, ensure_group
from lattice_tg.operations.plan import index_by_name, plan_for_group
from lattice_tg.planning.plan import Plan, validate_desired
from lattice_tg.results import ApplyResult, BatchProgress
from lattice_tg.runtime.base import Done, Tasks
from lattice_tg.runtime.work import WorkStream
from lattice_tg.sending.client_tokens import new_client_token
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation.arguments import raise_if_any, to_tuple
from lattice_tg.validation.validators import integer

BatchItem = TargetGroupSpec | DesiredState
"""An item of a batch: the spec of a target group, or the desired state of the group and its targets."""

OnProgress = Callable[[BatchProgress], object]
"""Function that a batch calls at the start and after each group."""

_PREFETCH_PER_WORKER = 2
"""Maximum number of plans per worker that are in progress or not yet consumed.

The number is greater than 1 so that a slow plan does not leave the other workers idle.
"""

_log = logging.getLogger("lattice_tg")


def plan_all(
    sender: RequestSender, items: Iterable[BatchItem], *, max_workers: int, allow_unknown: bool
) -> "PlanStream":
    """Validate the arguments and return a stream with one plan per target group.

    Raises:
        InvalidArgumentError: If ``max_workers`` is out of range.
        InvalidSpecError: If some items break a rule or have the same name.

    """
    raise_if_any(_max_workers_problems(max_workers), InvalidArgumentError)
    return PlanStream(sender, _validate_items(items, allow_unknown=allow_unknown), max_workers)


def ensure_all(
    sender: RequestSender,
    items: Iterable[BatchItem],
    *,
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
        max_workers: Maximum number of groups to process at the same time, 1-1000. Ignored if ``executor`` is set.
        executor: The user's executor that runs the tasks. Default: None, which uses the workers of ``sender``.
        run_id: Identifier of the run, or None to use a random identifier.
        on_progress: Function to call at the start and after each group, or None.
        allow_unknown: Whether specs may contain enum values that this library does not know.

    Raises:
        InvalidArgumentError: If ``max_workers``, ``run_id``, ``executor`` or ``on_progress`` is invalid.
        InvalidSpecError: If some items break a rule or have the same name.
        TypeError: If ``executor`` is not a thread pool and the client cannot be sent to another process.

    """
    raise_if_any(_max_workers_problems(max_workers), InvalidArgumentError)
    validate_run_id(run_id)
    problems = [] if executor is None else [*executor.find_problems()]
    problems += sender.runtime.find_hook_problems("on_progress", on_progress, "a BatchProgress")
    raise_if_any(problems, InvalidArgumentError)
    if executor is not None:
        executor.raise_unless_picklable()
    desired_states = _validate_items(items, allow_unknown=allow_unknown)
    scoped = evolve(sender, runtime=sender.runtime.scope())
    if executor is None:
        max_ahead: int | None = max_workers
        open_tasks: Callable[[], Tasks] = partial(scoped.runtime.open_tasks, partial(ensure_group, scoped), max_workers)
    else:
        open_tasks, max_ahead = partial(executor.open_tasks, scoped), None
    return ApplyStream(sender, desired_states, open_tasks, max_ahead=max_ahead, run_id=run_id, on_progress=on_progress)


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


async def _make_tasks(
    sender: RequestSender, desired_states: Sequence[DesiredState], run_id: str
) -> tuple[EnsureTask, ...]:
    """Return a task for each target group.

    VPC Lattice cannot look up a group by name, so this function reads the list of all groups once.
    """
    if not desired_states:
        return ()
    existing = index_by_name(await collect(read.summary_pages(sender, {})))
    return tuple(EnsureTask(desired, existing.get(desired.spec.name), run_id) for desired in desired_states)


class PlanStream:
    """The plan for each target group, in the order of the desired states.

    If some groups cannot be planned, the stream raises an ``ExceptionGroup`` after the last plan.
    """

    def __init__(self, sender: RequestSender, desired_states: Sequence[DesiredState], max_workers: int) -> None:
        runtime = sender.runtime.scope()
        self._sender = sender
        self._task_sender = evolve(sender, runtime=runtime)
        self._desired_states = desired_states
        self._is_started = False
        self._errors: list[Exception] = []
        self._work = WorkStream[EnsureTask](
            partial(runtime.open_tasks, self._plan, max_workers),
            (),
            max_ahead=_PREFETCH_PER_WORKER * max_workers,
            in_order=True,
            returned_errors=(LatticeError,),
        )

    async def _plan(self, task: EnsureTask) -> Plan:
        return await plan_for_group(self._task_sender, task.desired, task.existing)

    async def next_page(self) -> Sequence[Plan] | None:
        """Return the next plan, no plan for a group that cannot be planned, or None at the end."""
        if not self._is_started:
            self._is_started = True
            self._work.prepend(await _make_tasks(self._sender, self._desired_states, ""))
        if (completed := await self._work.next_result()) is not None:
            return self._plans_of(*completed)
        if self._errors:
            count = f"{len(self._errors)} of {len(self._desired_states)}"
            raise ExceptionGroup(f"{count} target groups cannot be planned", self._errors)
        return None

    def _plans_of(self, task: EnsureTask, done: Done) -> Sequence[Plan]:
        if done.error is None:
            return (done.result,)
        done.error.add_note(f"This error was raised while planning target group {task.name!r}.")
        self._errors.append(cast("LatticeError", done.error))
        return ()

    def stop(self) -> None:
        """Send no further requests."""
        self._work.stop()

    async def aclose(self) -> None:
        """Stop the requests, and wait at most one second for those in flight."""
        await self._work.aclose()


class ApplyStream:
    """The result for each target group of a batch, in the order in which the groups finish.

    If the batch is interrupted, no further task starts, and a note on the exception lists the completed groups.
    """

    def __init__(
        self,
        sender: RequestSender,
        desired_states: Sequence[DesiredState],
        open_tasks: Callable[[], Tasks],
        *,
        max_ahead: int | None,
        run_id: str | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._sender = sender
        self._desired_states = desired_states
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
            result = done.result if done.error is None else task.lost_result(done.error)
            self._results.append(result)
            await self._report_progress()
        except BaseException as error:
            await self._work.aclose()
            # A LatticeError here means that the list of groups could not be read, so no task has started.
            if not isinstance(error, LatticeError):
                error.add_note(self._interruption_note())
            raise
        return (result,)

    async def _start(self) -> None:
        self._run_id = run_id = new_client_token() if self._run_id is None else self._run_id
        _log.info(
            "Ensuring the state of %d target groups. To resume this run, pass run_id=%r.",
            len(self._desired_states),
            run_id,
            extra={"run_id": run_id},
        )
        await self._report_progress()
        self._work.prepend(await _make_tasks(self._sender, self._desired_states, run_id))

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
