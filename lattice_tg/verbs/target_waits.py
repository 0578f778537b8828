"""Waiting for targets to take traffic, or to be gone."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from attrs import frozen

from lattice_tg.calls import RequestSender
from lattice_tg.errors import WaitFailedError, WaitTimeoutError
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.models.answers import TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.reports import DrainTimeoutError, TargetsResult
from lattice_tg.rules import target_problems
from lattice_tg.target_keys import TargetLike, group_port, is_ipv6, target_key, unique_targets
from lattice_tg.verbs import reads
from lattice_tg.waiting import Waiter

_READY = ("HEALTHY", "UNAVAILABLE")  # UNAVAILABLE: there are no health checks (ALB, LAMBDA, checks off)
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
            return TargetSnapshot(tuple(reads.iter_targets(self.sender, self.target_group, deadline=self.deadline)))
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
        return reads.iter_targets(self.sender, self.target_group, self._filter_targets(targets), self.deadline)

    def _filter_targets(self, targets: tuple[Target, ...]) -> Sequence[Target]:
        """Those to ask for by name: a few, whose ids can be written in one way only; else all of the group."""
        if len(targets) > reads.MAX_TARGET_FILTERS or any(map(is_ipv6, targets)):
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
        port = reads.get(sender, target_group, deadline).config.port
    return _TargetPoller(sender, target_group, given if given is None else unique_targets(given, port), port, deadline)


def wait_until_healthy(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Waiter
) -> tuple[TargetSummary, ...]:
    """The targets, once all take traffic; of a whole group, those that are leaving are left out."""
    watch = _make_poller(sender, target_group, targets, wait)
    return wait.wait(
        lambda: watch.poll_filtered(lambda row: row.status != "DRAINING"),
        is_done=lambda seen: seen.all_in(_READY) and (bool(seen.rows) or watch.targets is not None),
        find_failure=lambda seen: _permanent_failure(wait, seen),
        count_statuses=TargetSnapshot.counts,
        describe_status=lambda seen: seen.describe(_READY),
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
