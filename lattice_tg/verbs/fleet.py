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

from lattice_tg.calls import Calls
from lattice_tg.errors import InvalidSpecError, LatticeError
from lattice_tg.models.desired import Desired
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.outcome import FleetProgress, Outcome
from lattice_tg.plan import Plan, check_desired
from lattice_tg.tokens import new_client_token
from lattice_tg.verbs import arguments, planning, reads
from lattice_tg.verbs.fleet_task import Task, Worker, told_to_stop

Item = TargetGroupSpec | Desired
"""A group of a fleet: its spec, or that and its targets."""

OnProgress = Callable[[FleetProgress], object]
"""What a fleet calls at its start and after each group."""

_THREADS = "lattice_tg"

_AHEAD = 2
"""Plans being made or waiting to be taken, for each worker: one that takes long does not leave the others idle."""

_LOOK_SECONDS = 0.25
"""How long is waited at a time: an interrupt that comes just before a wait begins does not end that wait."""

_log = logging.getLogger("lattice_tg")


def checked_items(items: Iterable[Item], *, allow_unknown: bool) -> tuple[Desired, ...]:
    """What is wanted of each group, if all of it is in order and no name stands twice.

    Raises:
        InvalidSpecError: With every problem of every item; nothing was sent.

    """
    given = arguments.several("items", items)
    fleet = tuple(item if isinstance(item, Desired) else Desired(item) for item in given)
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


def plans(calls: Calls, fleet: Sequence[Desired], max_workers: int) -> Generator[Plan]:
    """The plan for each group, in order; those that cannot be made are raised together, after the others."""
    errors: list[Exception] = []
    stopping = Event()
    pool = ThreadPoolExecutor(max_workers, _THREADS)

    def planned(task: Task) -> Plan:
        return planning.plan_against(told_to_stop(calls, task, stopping.is_set), task.desired, task.found)

    try:
        for task, future in _ahead(pool, planned, tasks(calls, fleet, ""), _AHEAD * max_workers):
            try:
                plan = future.result()
            except LatticeError as error:
                error.add_note(f"this came of planning {task.name}")
                errors.append(error)
            else:
                yield plan
    finally:
        _stop(calls, stopping)
        pool.shutdown(cancel_futures=True)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(fleet)} groups cannot be planned", errors)


def _ahead(
    pool: Executor, work: Callable[[Task], Plan], todo: Iterable[Task], most: int
) -> Iterator[tuple[Task, Future[Plan]]]:
    """Each task with its work done, in order, where no more than ``most`` are begun and not taken."""
    left = iter(todo)
    under_way = deque((task, pool.submit(work, task)) for task in islice(left, most))
    while under_way:
        task, future = under_way.popleft()
        while not wait([future], _LOOK_SECONDS).done:
            pass
        under_way.extend((task, pool.submit(work, task)) for task in islice(left, 1))
        yield task, future


def _stop(calls: Calls, stopping: Event) -> None:
    """Let nothing more be sent; whoever queues for a turn to send leaves now."""
    stopping.set()
    calls.gate.rouse()


@define
class Fleet:
    """A fleet being seen to: the outcomes as they finish, and how it stands."""

    ensure: Callable[[Task], Outcome]
    wanted: Sequence[Desired]
    salt: str
    on_progress: OnProgress | None
    stop: Callable[[], None]
    outcomes: list[Outcome] = field(factory=list[Outcome])
    under_way: dict[Future[Outcome], Task] = field(factory=dict[Future[Outcome], Task])
    ended: SimpleQueue[Future[Outcome]] = field(factory=SimpleQueue[Future[Outcome]])
    """Tasks as they end; ``as_completed`` never ends where an executor cancels."""

    def on(self, executor: Executor, read: Callable[[], Iterable[Task]], at_once: int | None) -> Generator[Outcome]:
        """The outcome of each task, as it finishes; on an interrupt what is not begun is left, and all is told.

        ``at_once`` tasks are handed out, and one more for each that ends and whose outcome was asked for: so whoever
        asks no further has no more than that begun behind his back.
        """
        try:
            self._tell()
            left = iter(read())
            self._begin(executor, islice(left, at_once))
            for _ in self.wanted:
                outcome = self._outcome(self._next_ended())
                self._begin(executor, islice(left, 1))
                yield self._noted(outcome)
        except BaseException as error:
            self._stop()
            if not isinstance(error, LatticeError):  # the list could not be read, and nothing was begun
                error.add_note(self._account())
            raise

    def _begin(self, executor: Executor, some: Iterable[Task]) -> None:
        for task in some:
            future = self._submitted(executor, task)
            self.under_way[future] = task
            future.add_done_callback(self.ended.put)

    def _next_ended(self) -> Future[Outcome]:
        while True:
            with suppress(Empty):
                return self.ended.get(timeout=_LOOK_SECONDS)

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
        self._tell()
        return outcome

    def _tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.progress())

    def progress(self) -> FleetProgress:
        """How many are done, failed and waiting."""
        failed = sum(outcome.error is not None for outcome in self.outcomes)
        return FleetProgress(
            total=len(self.wanted),
            done=len(self.outcomes) - failed,
            failed=failed,
            waiting=len(self.wanted) - len(self.outcomes),
            throttled=sum(outcome.throttled for outcome in self.outcomes),
        )

    def _stop(self) -> None:
        """Begin nothing more; a request that is under way ends with its answer."""
        self.stop()
        wait([future for future in self.under_way if not future.cancel()])

    def _account(self) -> str:
        ended = [future for future in self.under_way if not future.cancelled() and future.exception() is None]
        done = [future.result().spec.name for future in ended if future.result().error is None]
        told = f"interrupted: {len(done)} of {len(self.wanted)} groups are as they should be"
        names = f": {', '.join(done)}" if done else ""
        return f"{told}{names}; a run with salt={self.salt!r} goes on from there"


def outcomes(
    calls: Calls,
    wanted: Sequence[Desired],
    *,
    max_workers: int,
    executor: Executor | None,
    elsewhere: Callable[[], Callable[[Task], Outcome]],
    salt: str | None,
    on_progress: OnProgress | None,
) -> Generator[Outcome]:
    """The outcome of each group, as it finishes, on threads of our own or an executor that was handed in.

    ``elsewhere`` makes what sees to a group where ``calls`` cannot go: in another process.
    """
    salt = new_client_token() if salt is None else salt
    _log.info("ensuring %d groups; salt=%r would resume this run", len(wanted), salt, extra={"salt": salt})
    stopping = Event()
    worker = Worker(calls, stopping.is_set, elsewhere)
    fleet = Fleet(worker, wanted, salt, on_progress, partial(_stop, calls, stopping))
    read = partial(tasks, calls, wanted, salt)
    if executor is not None:
        yield from fleet.on(executor, read, None)
        return
    own = ThreadPoolExecutor(max_workers, _THREADS)
    try:
        yield from fleet.on(own, read, max_workers)
    finally:
        own.shutdown(cancel_futures=True)
