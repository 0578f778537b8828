"""Many groups: one scan of the list, many at a time, and an outcome for each, whatever becomes of the others."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from queue import SimpleQueue
from threading import Event

from attrs import define, evolve, field

from lattice_tg.calls import Calls
from lattice_tg.errors import InvalidSpecError, LatticeError
from lattice_tg.models.desired import Desired
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.outcome import FleetProgress, Outcome
from lattice_tg.plan import Plan, check_desired
from lattice_tg.tokens import new_client_token
from lattice_tg.verbs import planning, reads
from lattice_tg.verbs.fleet_task import Task, ensured

Item = TargetGroupSpec | Desired
"""A group of a fleet: its spec, or that and its targets."""

OnProgress = Callable[[FleetProgress], object]
"""What a fleet calls after each group."""

_THREADS = "lattice_tg"

_log = logging.getLogger("lattice_tg")


def checked_items(items: Iterable[Item], *, allow_unknown: bool) -> tuple[Desired, ...]:
    """What is wanted of each group, if all of it is in order and no name stands twice.

    Raises:
        InvalidSpecError: With every problem of every item; nothing was sent.

    """
    fleet = tuple(item if isinstance(item, Desired) else Desired(item) for item in items)
    if problems := [*_problems(fleet, allow_unknown=allow_unknown)]:
        raise InvalidSpecError(tuple(problems))
    return fleet


def _problems(fleet: Sequence[Desired], *, allow_unknown: bool) -> Iterator[Problem]:
    names = Counter(str(getattr(desired.spec, "name", None)) for desired in fleet)
    for index, desired in enumerate(fleet):
        try:
            check_desired(desired, allow_unknown=allow_unknown)
        except InvalidSpecError as error:
            for one in error.problems:
                yield evolve(one, field=f"[{index}].{one.field}", message=f"[{index}].{one.message}")
        else:
            if names[desired.spec.name] > 1:
                yield problem(f"[{index}].name", desired.spec.name, "stands twice in this fleet; name a group once")


def tasks(calls: Calls, fleet: Sequence[Desired], salt: str) -> tuple[Task, ...]:
    """A task for each group, from one scan of the list: the service cannot look a group up by name."""
    if not fleet:
        return ()
    known = planning.by_name(reads.summaries(calls, {}))
    return tuple(Task(desired, known.get(desired.spec.name), salt) for desired in fleet)


def plans(calls: Calls, fleet: Sequence[Desired], max_workers: int) -> Iterator[Plan]:
    """The plan for each group, in order; those that cannot be made are raised together, after the others."""
    errors: list[Exception] = []
    wanted = tasks(calls, fleet, "")
    pool = ThreadPoolExecutor(max_workers, _THREADS)
    try:
        for future in [pool.submit(planning.plan_against, calls, task.desired, task.found) for task in wanted]:
            try:
                yield future.result()
            except LatticeError as error:
                errors.append(error)
    finally:
        pool.shutdown(cancel_futures=True)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(fleet)} groups cannot be planned", errors)


@define
class Fleet:
    """A fleet being seen to: the outcomes as they finish, and how it stands."""

    ensure: Callable[[Task], Outcome]
    tasks: Sequence[Task]
    on_progress: OnProgress | None
    stopping: Event
    outcomes: list[Outcome] = field(factory=list[Outcome])
    under_way: dict[Future[Outcome], Task] = field(factory=dict[Future[Outcome], Task])

    def on(self, executor: Executor) -> Iterator[Outcome]:
        """The outcome of each task, as it finishes; on an interrupt what is not begun is left, and all is told."""
        ended: SimpleQueue[Future[Outcome]] = SimpleQueue()  # as_completed() never ends where an executor cancels
        try:
            for task in self.tasks:
                self.under_way[self._submitted(executor, task)] = task
            for future in self.under_way:
                future.add_done_callback(ended.put)
            for _ in self.under_way:
                yield self._noted(self._outcome(ended.get()))
        except BaseException as error:
            self._stop()
            error.add_note(self._account())
            raise

    def _submitted(self, executor: Executor, task: Task) -> Future[Outcome]:
        """The task under way; an executor that broke meanwhile takes no more, and keeps what it has done."""
        try:
            return executor.submit(self.ensure, task)
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs this outcome and no other
            refused: Future[Outcome] = Future()
            refused.set_exception(error)
            return refused

    def _outcome(self, future: Future[Outcome]) -> Outcome:
        """The outcome; where a worker was lost, the executor broke or a hook raised, that is the outcome."""
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001 - one that fails stops no other
            return self.under_way[future].lost(error)

    def _noted(self, outcome: Outcome) -> Outcome:
        self.outcomes.append(outcome)
        if self.on_progress is not None:
            self.on_progress(self.progress())
        return outcome

    def progress(self) -> FleetProgress:
        """How many are done, failed and waiting."""
        failed = sum(outcome.error is not None for outcome in self.outcomes)
        return FleetProgress(
            total=len(self.tasks),
            done=len(self.outcomes) - failed,
            failed=failed,
            waiting=len(self.tasks) - len(self.outcomes),
            throttled=sum(outcome.throttled for outcome in self.outcomes),
        )

    def _stop(self) -> None:
        """Begin nothing more; a request that is under way ends with its answer."""
        self.stopping.set()
        wait([future for future in self.under_way if not future.cancel()])

    def _account(self) -> str:
        ended = [future for future in self.under_way if not future.cancelled() and future.exception() is None]
        done = [future.result().spec.name for future in ended if future.result().error is None]
        told = f"interrupted: {len(done)} of {len(self.tasks)} groups are as they should be"
        names = f": {', '.join(done)}" if done else ""
        return f"{told}{names}; a run with salt={self.tasks[0].salt!r} goes on from there"


def outcomes(
    calls: Calls,
    wanted: Sequence[Desired],
    *,
    max_workers: int,
    executor: Executor | None,
    elsewhere: Callable[[Task], Outcome] | None,
    salt: str | None,
    on_progress: OnProgress | None,
) -> Iterator[Outcome]:
    """The outcome of each group, as it finishes, on threads of our own or an executor that was handed in.

    ``elsewhere`` sees to a group where ``calls`` cannot go: in another process.
    """
    salt = new_client_token() if salt is None else salt
    _log.info("ensuring %d groups; salt=%r would resume this run", len(wanted), salt, extra={"salt": salt})
    stopping = Event()
    here = partial(ensured, calls, stopping=stopping.is_set)
    fleet = Fleet(elsewhere or here, tasks(calls, wanted, salt), on_progress, stopping)
    if executor is not None:
        yield from fleet.on(executor)
        return
    own = ThreadPoolExecutor(max_workers, _THREADS)
    try:
        yield from fleet.on(own)
    finally:
        own.shutdown(cancel_futures=True)
