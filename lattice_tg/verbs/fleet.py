"""Many groups: one scan of the list, many at a time, and an outcome for each, whatever becomes of the others."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed, wait
from functools import partial
from threading import Event

from attrs import define, evolve, field, frozen

from lattice_tg.calls import Calls
from lattice_tg.errors import InvalidSpecError, LatticeError
from lattice_tg.models.desired import Desired
from lattice_tg.models.observed import TargetGroup, TargetGroupSummary
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.outcome import FleetProgress, Outcome
from lattice_tg.plan import Plan, check_desired
from lattice_tg.retry import RetryEvent, is_throttling
from lattice_tg.tokens import client_token_for, new_client_token
from lattice_tg.verbs import applying, planning, reads

Item = TargetGroupSpec | Desired
"""A group of a fleet: its spec, or that and its targets."""

OnProgress = Callable[[FleetProgress], object]
"""What a fleet calls after each group."""


_log = logging.getLogger("lattice_tg")


@frozen
class Task:
    """One group to be seen to; a plain value, so that it can be sent to another process."""

    desired: Desired
    found: TargetGroupSummary | None
    salt: str


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
    known = planning.by_name(reads.summaries(calls, {}))
    return tuple(Task(desired, known.get(desired.spec.name), salt) for desired in fleet)


def plans(calls: Calls, fleet: Sequence[Desired], max_workers: int) -> Iterator[Plan]:
    """The plan for each group, in order; those that cannot be made are raised together, after the others."""
    errors: list[Exception] = []
    with ThreadPoolExecutor(max_workers, "lattice_tg") as pool:
        under_way = [
            pool.submit(planning.plan_against, calls, task.desired, task.found) for task in tasks(calls, fleet, "")
        ]
        for future in under_way:
            try:
                yield future.result()
            except LatticeError as error:
                errors.append(error)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(fleet)} groups cannot be planned", errors)


@define
class _Tally:
    """What happens to the requests of one group."""

    calls: Calls
    stopping: Event
    repeated: int = 0
    throttled: int = 0

    def counted(self) -> Calls:
        """The way to the service, counting."""
        return evolve(self.calls, on_retry=self._count)

    def _count(self, event: RetryEvent) -> None:
        if self.stopping.is_set():
            raise event.error
        self.repeated += 1
        self.throttled += is_throttling(event.error)
        if self.calls.on_retry is not None:
            self.calls.on_retry(event)


def ensured(calls: Calls, task: Task, stopping: Event | None = None) -> Outcome:
    """What became of one group; no error of ours gets out."""
    tally, started = _Tally(calls, stopping or Event()), calls.clock.monotonic()
    plan: Plan | None = None
    group: TargetGroup | None = None
    failure: LatticeError | None = None
    try:
        plan = planning.plan_against(tally.counted(), task.desired, task.found)
        group = applying.carry_out(tally.counted(), plan, client_token=client_token_for(task.desired.spec, task.salt))
    except LatticeError as error:
        failure = error
    return Outcome(
        spec=task.desired.spec,
        plan=plan,
        target_group=group,
        error=failure,
        attempts=1 + tally.repeated,
        seconds=calls.clock.monotonic() - started,
        throttled=tally.throttled,
        salt=task.salt,
    )


@define
class Fleet:
    """A fleet being seen to: the outcomes as they finish, and how it stands."""

    ensure: Callable[[Task], Outcome]
    tasks: Sequence[Task]
    on_progress: OnProgress | None
    stopping: Event
    outcomes: list[Outcome] = field(factory=list[Outcome])

    def on(self, executor: Executor) -> Iterator[Outcome]:
        """The outcome of each task, as it finishes; on an interrupt what is not begun is left, and all is told."""
        futures = [executor.submit(self.ensure, task) for task in self.tasks]
        try:
            for future in as_completed(futures):
                yield self._noted(future.result())
        except BaseException as error:
            self._stop(futures)
            error.add_note(self._account(futures))
            raise

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

    def _stop(self, futures: Sequence[Future[Outcome]]) -> None:
        """Begin nothing more; what is under way ends with the answer it waits for."""
        self.stopping.set()
        for future in futures:
            future.cancel()
        wait(futures)

    def _account(self, futures: Sequence[Future[Outcome]]) -> str:
        finished = [future.result() for future in futures if not future.cancelled() and future.exception() is None]
        done = [outcome.spec.name for outcome in finished if outcome.error is None]
        return f"interrupted: {len(done)} of {len(self.tasks)} groups are as they should be: {', '.join(done)}"


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
    fleet = Fleet(
        elsewhere or partial(ensured, calls, stopping=stopping), tasks(calls, wanted, salt), on_progress, stopping
    )
    if executor is not None:
        yield from fleet.on(executor)
        return
    with ThreadPoolExecutor(max_workers, "lattice_tg") as own:
        yield from fleet.on(own)
