"""Waiters for target groups and targets."""

import random
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, TypeVar

from attrs import frozen

from lattice_tg.errors import DrainTimeoutError, LatticeError, TargetGroupFailedError, WaitFailedError, WaitTimeoutError
from lattice_tg.literals import SERVING_TARGET_STATUSES
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import TargetLike, is_ipv6, target_key, unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.operations import read
from lattice_tg.results import OnProgress, TargetsResult, WaitProgress
from lattice_tg.runtime.clocks import Clock
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation import target_problems
from lattice_tg.validation.arguments import validate_seconds
from lattice_tg.validation.identifiers import TargetGroupLike, group_port, resolve_identifier

T = TypeVar("T")

WaitGoal = Literal["active", "deleted", "drained", "empty", "healthy"]
"""A state of a target group or of its targets that a waiter can wait for."""

STATUS_POLL_SECONDS = 2.0
"""Seconds between the first two polls of a group's status."""

DRAIN_POLL_SECONDS = 5.0
"""Seconds between the first two polls of targets that are draining."""

_DESCRIPTIONS: Mapping[WaitGoal, str] = {
    "active": "{} to become ACTIVE",
    "deleted": "{} to be deleted",
    "drained": "targets of {} to be drained",
    "empty": "{} to have no targets",
    "healthy": "targets of {} to become healthy",
}

_BACKOFF_FACTOR = 1.25
_MAX_DELAY_FACTOR = 5.0
_CLOCK_RESOLUTION_SECONDS = 1e-6  # what is left of a wait may be too little for a clock's reading to show it


@frozen(kw_only=True)
class Waiter:
    """One wait: what for, how often to look, for how long, on which clock."""

    waiting_for: str
    clock: Clock
    poll_seconds: float
    timeout_seconds: float
    on_progress: OnProgress | None = None
    jitter: Callable[[float, float], float] = random.uniform

    def wait(
        self,
        read: Callable[[], T],
        *,
        is_done: Callable[[T], bool],
        find_failure: Callable[[T], LatticeError | None],
        count_statuses: Callable[[T], Mapping[str, int]],
        describe_status: Callable[[T], str],
    ) -> T:
        """What ``read`` returns once it is ``done``.

        Raises:
            WaitTimeoutError: It was not in time; the last look is at the deadline itself.
            LatticeError: What ``failed`` returns, as soon as it returns any.

        """
        started, pauses, last = self.clock.monotonic(), self._delays(), "nothing yet"
        while True:
            seen = self._poll(read, started, last)
            waited = self.clock.monotonic() - started
            self._report_progress(count_statuses(seen), waited)
            if is_done(seen):
                return seen
            if error := find_failure(seen):
                raise error
            last, left = describe_status(seen), self.timeout_seconds - waited
            if left <= _CLOCK_RESOLUTION_SECONDS:
                raise WaitTimeoutError(waiting_for=self.waiting_for, last_status=last, elapsed_seconds=waited)
            self.clock.sleep(min(next(pauses), left))

    def _poll(self, read: Callable[[], T], started: float, last: str) -> T:
        try:
            return read()
        except WaitTimeoutError as no_turn:  # the client's pacing has none before the deadline
            waited = self.clock.monotonic() - started
            last_status = f"{last}; then {no_turn.describe()}"
            raise WaitTimeoutError(
                waiting_for=self.waiting_for, last_status=last_status, elapsed_seconds=waited
            ) from no_turn

    def _delays(self) -> Iterator[float]:
        """Endless: each a quarter longer than the last, up to five polls, and never in step with other waits."""
        polls = 1.0
        while True:
            yield self.poll_seconds * polls * self.jitter(0.9, 1.1)
            polls = min(polls * _BACKOFF_FACTOR, _MAX_DELAY_FACTOR)

    def _report_progress(self, counts: Mapping[str, int], elapsed_seconds: float) -> None:
        if self.on_progress is not None:
            self.on_progress(WaitProgress(waiting_for=self.waiting_for, counts=counts, elapsed_seconds=elapsed_seconds))


def make_waiter(
    sender: RequestSender,
    target_group: TargetGroupLike,
    goal: WaitGoal,
    *,
    timeout_seconds: float,
    poll_seconds: float = STATUS_POLL_SECONDS,
    on_progress: OnProgress | None = None,
) -> Waiter:
    """Return a waiter on the clock of ``sender``.

    Args:
        sender: The sender of the requests.
        target_group: The target group that the waiter names in errors and progress reports.
        goal: The state to wait for.
        timeout_seconds: Seconds to wait, at least 0.
        poll_seconds: Seconds between the first two polls, greater than 0. Default: 2.
        on_progress: Function that the waiter calls after each poll. Default: none.

    Raises:
        InvalidArgumentError: If a number of seconds is out of range.
        InvalidIdentifierError: If ``target_group`` is neither an id, an ARN nor a model of a target group.

    """
    validate_seconds(timeout_seconds=timeout_seconds, poll_seconds=poll_seconds)
    return Waiter(
        waiting_for=_DESCRIPTIONS[goal].format(resolve_identifier(target_group)),
        clock=sender.clock,
        poll_seconds=poll_seconds,
        timeout_seconds=timeout_seconds,
        on_progress=on_progress,
    )


_HINTS: Mapping[str, str] = {"CREATE_FAILED": "delete it and create it again", "DELETE_FAILED": "delete it again"}
_DELETING_HINT = "it is being deleted; once it is gone (wait_until_deleted), create it again"


def wait_until_active(sender: RequestSender, target_group: TargetGroupLike, wait: Waiter) -> TargetGroup:
    """The group, once it is ACTIVE."""
    deadline = sender.clock.monotonic() + wait.timeout_seconds
    return wait.wait(
        lambda: read.get(sender, target_group, deadline),
        is_done=lambda group: group.status == "ACTIVE",
        find_failure=lambda group: _failure(wait, group) or _deleting_error(wait, group),
        count_statuses=_counts,
        describe_status=_status,
    )


def wait_until_deleted(sender: RequestSender, target_group: TargetGroupLike, wait: Waiter) -> None:
    """Returns once the group is gone; until the service says so, every status but a failure is pending."""
    deadline = sender.clock.monotonic() + wait.timeout_seconds
    wait.wait(
        lambda: read.get_or_none(sender, target_group, deadline),
        is_done=lambda group: group is None,
        find_failure=lambda group: _failure(wait, group) if group and group.status == "DELETE_FAILED" else None,
        count_statuses=_counts,
        describe_status=_status,
    )


def _counts(group: TargetGroup | None) -> Mapping[str, int]:
    return {group.status if group else "GONE": 1}


def _status(group: TargetGroup | None) -> str:
    return group.status if group else "GONE"


def _failure(wait: Waiter, group: TargetGroup) -> WaitFailedError | None:
    if group.status not in _HINTS:
        return None
    why = [part for part in (group.failure_code, group.failure_message) if part] or ["the service gives no reason"]
    reason = f"it is {group.status}: {': '.join(why)}; {_HINTS[group.status]}"
    return TargetGroupFailedError(waiting_for=wait.waiting_for, reason=reason, target_group=group)


def _deleting_error(wait: Waiter, group: TargetGroup) -> WaitFailedError | None:
    if group.status != "DELETE_IN_PROGRESS":
        return None
    return WaitFailedError(waiting_for=wait.waiting_for, reason=_DELETING_HINT, target_group=group)


_MAX_SHOWN = 3


@frozen
class TargetSnapshot:
    """One look at the targets that are watched."""

    rows: tuple[TargetSummary, ...]
    """Those that are registered."""

    missing: tuple[Target, ...] = ()
    """Those that are not."""

    def counts(self) -> Mapping[str, int]:
        """How many are in each status."""
        counts = Counter(row.status for row in self.rows)
        return {**counts, "GONE": len(self.missing)} if self.missing else counts

    def all_in(self, statuses: Sequence[str]) -> bool:
        """Whether every target is there, in one of these statuses."""
        return not self.missing and all(row.status in statuses for row in self.rows)

    def describe(self, waited_out: Sequence[str]) -> str:
        """The first few that are not yet in one of the statuses ``waited_out``, with their reasons."""
        late = [_format_row(row) for row in self.rows if row.status not in waited_out]
        late += [f"{_format_target(target)} is not registered" for target in self.missing]
        more = f" and {len(late) - _MAX_SHOWN} more" if len(late) > _MAX_SHOWN else ""
        return ", ".join(late[:_MAX_SHOWN]) + more if late else "no targets"


def _format_row(row: TargetSummary) -> str:
    return f"{_format_target(row)} is {row.status}" + (f" ({row.reason_code})" if row.reason_code else "")


def _format_target(target: TargetLike) -> str:
    return target.id if target.port is None else f"{target.id} port {target.port}"


@frozen
class _TargetPoller:
    """Which targets of a group are watched, and until when."""

    sender: RequestSender
    target_group: TargetGroupLike
    targets: tuple[Target, ...] | None
    """None: all that the group has."""
    port: int | None
    deadline: float

    def poll(self) -> TargetSnapshot:
        """The watched targets as they are now."""
        if self.targets is None:
            return TargetSnapshot(tuple(read.iter_targets(self.sender, self.target_group, deadline=self.deadline)))
        watched = {target_key(target, self.port): target for target in self.targets}
        found = {
            target_key(row, self.port): row for row in self._rows(self.targets) if target_key(row, self.port) in watched
        }
        return TargetSnapshot(
            tuple(found.values()), tuple(target for key, target in watched.items() if key not in found)
        )

    def poll_filtered(self, is_watched: Callable[[TargetSummary], bool]) -> TargetSnapshot:
        """The same; of a whole group only the targets that ``is_watched`` picks."""
        seen = self.poll()
        return seen if self.targets is not None else TargetSnapshot(tuple(filter(is_watched, seen.rows)))

    def _rows(self, targets: tuple[Target, ...]) -> Iterator[TargetSummary]:
        """The rows of the watched targets, and maybe others."""
        if not targets:
            return iter(())
        return read.iter_targets(self.sender, self.target_group, self._filter_targets(targets), self.deadline)

    def _filter_targets(self, targets: tuple[Target, ...]) -> Sequence[Target]:
        """Those to ask for by name: a few, whose ids can be written in one way only; else all of the group."""
        if len(targets) > read.MAX_TARGET_FILTERS or any(map(is_ipv6, targets)):
            return ()
        named = [Target(id=target.id, port=self.port if target.port is None else target.port) for target in targets]
        return () if target_problems(named) else named  # a group may be told to have a port that none can have


def _make_poller(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Waiter
) -> _TargetPoller:
    """Targets without a port have the group's, which costs one Get where only the group's id is known."""
    deadline = sender.clock.monotonic() + wait.timeout_seconds
    port, given = group_port(target_group), None if targets is None else tuple(targets)
    if isinstance(target_group, str) and any(target.port is None for target in given or ()):
        port = read.get(sender, target_group, deadline).config.port
    return _TargetPoller(sender, target_group, given if given is None else unique_targets(given, port), port, deadline)


def wait_until_healthy(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Waiter
) -> tuple[TargetSummary, ...]:
    """The targets, once all take traffic; of a whole group, those that are leaving are left out."""
    watch = _make_poller(sender, target_group, targets, wait)
    return wait.wait(
        lambda: watch.poll_filtered(lambda row: row.status != "DRAINING"),
        is_done=lambda seen: seen.all_in(SERVING_TARGET_STATUSES) and (bool(seen.rows) or watch.targets is not None),
        find_failure=lambda seen: _permanent_failure(wait, seen),
        count_statuses=TargetSnapshot.counts,
        describe_status=lambda seen: seen.describe(SERVING_TARGET_STATUSES),
    ).rows


def wait_until_drained(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Waiter
) -> None:
    """Returns once the targets are gone; of a whole group, once none of its targets is leaving any more.

    A target is drained when it is no longer listed: every status that it may be listed with is pending.
    """
    watch = _make_poller(sender, target_group, targets, wait)
    wait.wait(
        lambda: watch.poll_filtered(lambda row: row.status == "DRAINING"),
        is_done=lambda seen: not seen.rows,
        find_failure=lambda _: None,
        count_statuses=TargetSnapshot.counts,
        describe_status=lambda seen: TargetSnapshot(seen.rows).describe(()),
    )


@contextmanager
def attach_report(report: TargetsResult) -> Generator[None]:
    """Have what ends a wait carry the report on what was done before it."""
    try:
        yield
    except WaitTimeoutError as late:
        raise DrainTimeoutError(
            waiting_for=late.waiting_for,
            last_status=late.last_status,
            elapsed_seconds=late.elapsed_seconds,
            result=report,
        ) from late
    except BaseException as error:
        error.add_note(f"deregistered before the wait: {report}")
        raise


def _permanent_failure(wait: Waiter, seen: TargetSnapshot) -> WaitFailedError | None:
    reasons = {
        "UNUSED": "no listener uses the group, so its targets are not checked; add it to a listener or rule",
        "DRAINING": "they are being deregistered; register them again",
    }
    for status, reason in reasons.items():
        if stuck := tuple(row for row in seen.rows if row.status == status):
            described = TargetSnapshot(stuck).describe(())
            return WaitFailedError(waiting_for=wait.waiting_for, reason=f"{described}: {reason}", targets=stuck)
    return None
