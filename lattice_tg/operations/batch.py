"""Many groups: one scan of the list, many at a time, and an outcome for each, whatever becomes of the others."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Event

from attrs import define, evolve, field

from lattice_tg.errors import InvalidSpecError, LatticeError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.problem import Problem, make_problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.operations import read
from lattice_tg.operations.batch_task import EnsureTask, ThreadWorker, make_cancellable
from lattice_tg.operations.plan import index_by_name, plan_for_group
from lattice_tg.planning.plan import Plan, validate_desired
from lattice_tg.results import ApplyResult, BatchProgress
from lattice_tg.sending.client_tokens import new_client_token
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation.arguments import to_tuple

BatchItem = TargetGroupSpec | DesiredState
"""A group of a fleet: its spec, or that and its targets."""

OnProgress = Callable[[BatchProgress], object]
"""What a fleet calls at its start and after each group."""

_THREAD_NAME_PREFIX = "lattice_tg"

_PREFETCH_PER_WORKER = 2
"""Plans being made or waiting to be taken, for each worker: one that takes long does not leave the others idle."""

_POLL_SECONDS = 0.25
"""How long is waited at a time: an interrupt that comes just before a wait begins does not end that wait."""

_log = logging.getLogger("lattice_tg")


def validate_items(items: Iterable[BatchItem], *, allow_unknown: bool) -> tuple[DesiredState, ...]:
    """What is wanted of each group, if all of it is in order and no name stands twice.

    Raises:
        InvalidSpecError: With every problem of every item; nothing was sent.

    """
    given = to_tuple("items", items)
    fleet = tuple(item if isinstance(item, DesiredState) else DesiredState(item) for item in given)
    if problems := [*_problems(fleet, allow_unknown=allow_unknown)]:
        raise InvalidSpecError(tuple(problems))
    return fleet


def _problems(fleet: Sequence[DesiredState], *, allow_unknown: bool) -> Iterator[Problem]:
    names = Counter(str(getattr(desired.spec, "name", None)) for desired in fleet)
    for index, desired in enumerate(fleet):
        try:
            validate_desired(desired, allow_unknown=allow_unknown)
        except InvalidSpecError as error:
            for one in error.problems:
                yield evolve(one, field=f"[{index}].{one.field}")
        else:
            if names[desired.spec.name] > 1:
                yield make_problem(
                    f"[{index}].name", desired.spec.name, "duplicate name in this batch. List each target group once."
                )


def make_tasks(sender: RequestSender, fleet: Sequence[DesiredState], run_id: str) -> tuple[EnsureTask, ...]:
    """A task for each group, from one scan of the list: the service cannot look a group up by name."""
    if not fleet:
        return ()
    known = index_by_name(read.iter_summaries(sender, {}))
    return tuple(EnsureTask(desired, known.get(desired.spec.name), run_id) for desired in fleet)


def iter_plans(sender: RequestSender, fleet: Sequence[DesiredState], max_workers: int) -> Generator[Plan]:
    """The plan for each group, in order; those that cannot be made are raised together, after the others."""
    errors: list[Exception] = []
    stopping = Event()
    pool = ThreadPoolExecutor(max_workers, _THREAD_NAME_PREFIX)

    def planned(task: EnsureTask) -> Plan:
        return plan_for_group(make_cancellable(sender, task, stopping.is_set), task.desired, task.found)

    try:
        for task, future in _prefetch(pool, planned, make_tasks(sender, fleet, ""), _PREFETCH_PER_WORKER * max_workers):
            try:
                plan = future.result()
            except LatticeError as error:
                error.add_note(f"this came of planning {task.name}")
                errors.append(error)
            else:
                yield plan
    finally:
        _cancel(sender, stopping)
        pool.shutdown(cancel_futures=True)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(fleet)} groups cannot be planned", errors)


def _prefetch(
    pool: Executor, work: Callable[[EnsureTask], Plan], todo: Iterable[EnsureTask], most: int
) -> Iterator[tuple[EnsureTask, Future[Plan]]]:
    """Each task with its work done, in order, where no more than ``most`` are begun and not taken."""
    left = iter(todo)
    under_way = deque((task, pool.submit(work, task)) for task in islice(left, most))
    while under_way:
        task, future = under_way.popleft()
        while not wait([future], _POLL_SECONDS).done:
            pass
        under_way.extend((task, pool.submit(work, task)) for task in islice(left, 1))
        yield task, future


def _cancel(sender: RequestSender, stopping: Event) -> None:
    """Let nothing more be sent; whoever queues for a turn to send leaves now."""
    stopping.set()
    sender.limiter.wake_all()


@define
class BatchRun:
    """A fleet being seen to: the outcomes as they finish, and how it stands."""

    ensure: Callable[[EnsureTask], ApplyResult]
    wanted: Sequence[DesiredState]
    run_id: str
    on_progress: OnProgress | None
    stop: Callable[[], None]
    outcomes: list[ApplyResult] = field(factory=list[ApplyResult])
    in_flight: dict[Future[ApplyResult], EnsureTask] = field(factory=dict[Future[ApplyResult], EnsureTask])
    completed: SimpleQueue[Future[ApplyResult]] = field(factory=SimpleQueue[Future[ApplyResult]])
    """Tasks as they end; ``as_completed`` never ends where an executor cancels."""

    def run(
        self, executor: Executor, read: Callable[[], Iterable[EnsureTask]], at_once: int | None
    ) -> Generator[ApplyResult]:
        """The outcome of each task, as it finishes; on an interrupt what is not begun is left, and all is told.

        ``at_once`` tasks are handed out, and one more for each that ends and whose outcome was asked for: so whoever
        asks no further has no more than that begun behind his back.
        """
        try:
            self._report_progress()
            left = iter(read())
            self._submit_all(executor, islice(left, at_once))
            for _ in self.wanted:
                outcome = self._result_of(self._next_completed())
                self._submit_all(executor, islice(left, 1))
                yield self._record(outcome)
        except BaseException as error:
            self._stop()
            if not isinstance(error, LatticeError):  # the list could not be read, and nothing was begun
                error.add_note(self._interruption_note())
            raise

    def _submit_all(self, executor: Executor, some: Iterable[EnsureTask]) -> None:
        for task in some:
            future = self._submit(executor, task)
            self.in_flight[future] = task
            future.add_done_callback(self.completed.put)

    def _next_completed(self) -> Future[ApplyResult]:
        while True:
            with suppress(Empty):
                return self.completed.get(timeout=_POLL_SECONDS)

    def _submit(self, executor: Executor, task: EnsureTask) -> Future[ApplyResult]:
        """The task under way; an executor that broke meanwhile takes no more, and keeps what it has done."""
        try:
            return executor.submit(self.ensure, task)
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs this outcome and no other
            refused: Future[ApplyResult] = Future()
            refused.set_exception(error)
            return refused

    def _result_of(self, future: Future[ApplyResult]) -> ApplyResult:
        """The outcome; where a worker was lost, the executor broke or a hook raised, that is the outcome."""
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001 - one that fails stops no other
            return self.in_flight[future].lost_result(error)

    def _record(self, outcome: ApplyResult) -> ApplyResult:
        self.outcomes.append(outcome)
        self._report_progress()
        return outcome

    def _report_progress(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.progress())

    def progress(self) -> BatchProgress:
        """How many are done, failed and waiting."""
        failed = sum(outcome.error is not None for outcome in self.outcomes)
        return BatchProgress(
            total=len(self.wanted),
            done=len(self.outcomes) - failed,
            failed=failed,
            pending=len(self.wanted) - len(self.outcomes),
            throttle_count=sum(outcome.throttle_count for outcome in self.outcomes),
        )

    def _stop(self) -> None:
        """Begin nothing more; a request that is under way ends with its answer."""
        self.stop()
        wait([future for future in self.in_flight if not future.cancel()])

    def _interruption_note(self) -> str:
        ended = [future for future in self.in_flight if not future.cancelled() and future.exception() is None]
        done = [future.result().spec.name for future in ended if future.result().error is None]
        told = f"interrupted: {len(done)} of {len(self.wanted)} groups are as they should be"
        names = f": {', '.join(done)}" if done else ""
        return f"{told}{names}; a run with run_id={self.run_id!r} goes on from there"


def iter_results(
    sender: RequestSender,
    wanted: Sequence[DesiredState],
    *,
    max_workers: int,
    executor: Executor | None,
    elsewhere: Callable[[], Callable[[EnsureTask], ApplyResult]],
    run_id: str | None,
    on_progress: OnProgress | None,
) -> Generator[ApplyResult]:
    """The outcome of each group, as it finishes, on threads of our own or an executor that was handed in.

    ``elsewhere`` makes what sees to a group where ``sender`` cannot go: in another process.
    """
    run_id = new_client_token() if run_id is None else run_id
    _log.info("ensuring %d groups; run_id=%r would resume this run", len(wanted), run_id, extra={"run_id": run_id})
    stopping = Event()
    worker = ThreadWorker(sender, stopping.is_set, elsewhere)
    fleet = BatchRun(worker, wanted, run_id, on_progress, partial(_cancel, sender, stopping))
    read = partial(make_tasks, sender, wanted, run_id)
    if executor is not None:
        yield from fleet.run(executor, read, None)
        return
    own = ThreadPoolExecutor(max_workers, _THREAD_NAME_PREFIX)
    try:
        yield from fleet.run(own, read, max_workers)
    finally:
        own.shutdown(cancel_futures=True)
