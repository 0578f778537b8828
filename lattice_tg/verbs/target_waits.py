"""Waiting for targets to take traffic, or to be gone."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from attrs import frozen

from lattice_tg.calls import Calls
from lattice_tg.errors import WaitFailedError, WaitTimeoutError
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.models.answers import TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.reports import DrainTimeoutError, TargetsReport
from lattice_tg.rules import target_problems
from lattice_tg.target_keys import HasKey, distinct, group_port, has_spellings, key_of
from lattice_tg.verbs import reads
from lattice_tg.waiting import Wait

_READY = ("HEALTHY", "UNAVAILABLE")  # UNAVAILABLE: there are no health checks (ALB, LAMBDA, checks off)
_SHOWN = 3


@frozen
class Seen:
    """One look at the targets that are watched."""

    rows: tuple[TargetSummary, ...]
    """Those that are registered."""

    missing: tuple[Target, ...] = ()
    """Those that are not."""

    def counts(self) -> Mapping[str, int]:
        """How many are in each status."""
        counts = Counter(row.status for row in self.rows)
        return {**counts, "GONE": len(self.missing)} if self.missing else counts

    def are_all_in(self, statuses: Sequence[str]) -> bool:
        """Whether every target is there, in one of these statuses."""
        return not self.missing and all(row.status in statuses for row in self.rows)

    def describe(self, waited_out: Sequence[str]) -> str:
        """The first few that are not yet in one of the statuses ``waited_out``, with their reasons."""
        late = [_row(row) for row in self.rows if row.status not in waited_out]
        late += [f"{_place(target)} is not registered" for target in self.missing]
        more = f" and {len(late) - _SHOWN} more" if len(late) > _SHOWN else ""
        return ", ".join(late[:_SHOWN]) + more if late else "no targets"


def _row(row: TargetSummary) -> str:
    return f"{_place(row)} is {row.status}" + (f" ({row.reason_code})" if row.reason_code else "")


def _place(target: HasKey) -> str:
    return target.id if target.port is None else f"{target.id} port {target.port}"


@frozen
class _Watch:
    """Which targets of a group are watched, and until when."""

    calls: Calls
    target_group: TargetGroupLike
    targets: tuple[Target, ...] | None
    """None: all that the group has."""
    port: int | None
    deadline: float

    def look(self) -> Seen:
        """The watched targets as they are now."""
        if self.targets is None:
            return Seen(tuple(reads.target_rows(self.calls, self.target_group, deadline=self.deadline)))
        watched = {key_of(target, self.port): target for target in self.targets}
        found = {key_of(row, self.port): row for row in self._rows(self.targets) if key_of(row, self.port) in watched}
        return Seen(tuple(found.values()), tuple(target for key, target in watched.items() if key not in found))

    def look_past(self, is_watched: Callable[[TargetSummary], bool]) -> Seen:
        """The same; of a whole group only the targets that ``is_watched`` picks."""
        seen = self.look()
        return seen if self.targets is not None else Seen(tuple(filter(is_watched, seen.rows)))

    def _rows(self, targets: tuple[Target, ...]) -> Iterator[TargetSummary]:
        """The rows of the watched targets, and maybe others."""
        if not targets:
            return iter(())
        return reads.target_rows(self.calls, self.target_group, self._asked_for(targets), self.deadline)

    def _asked_for(self, targets: tuple[Target, ...]) -> Sequence[Target]:
        """Those to ask for by name: a few, whose ids can be written in one way only; else all of the group."""
        if len(targets) > reads.MOST_LISTED_BY_NAME or any(map(has_spellings, targets)):
            return ()
        named = [Target(id=target.id, port=self.port if target.port is None else target.port) for target in targets]
        return () if target_problems(named) else named  # a group may be told to have a port that none can have


def _watch(calls: Calls, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Wait) -> _Watch:
    """Targets without a port have the group's, which costs one Get where only the group's id is known."""
    deadline = calls.clock.monotonic() + wait.timeout_seconds
    port, given = group_port(target_group), None if targets is None else tuple(targets)
    if isinstance(target_group, str) and any(target.port is None for target in given or ()):
        port = reads.get(calls, target_group, deadline).config.port
    return _Watch(calls, target_group, given if given is None else distinct(given, port), port, deadline)


def until_healthy(
    calls: Calls, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Wait
) -> tuple[TargetSummary, ...]:
    """The targets, once all take traffic; of a whole group, those that are leaving are left out."""
    watch = _watch(calls, target_group, targets, wait)
    return wait.until(
        lambda: watch.look_past(lambda row: row.status != "DRAINING"),
        done=lambda seen: seen.are_all_in(_READY) and (bool(seen.rows) or watch.targets is not None),
        failed=lambda seen: _never_healthy(wait, seen),
        counts=Seen.counts,
        last_seen=lambda seen: seen.describe(_READY),
    ).rows


def until_drained(calls: Calls, target_group: TargetGroupLike, targets: Iterable[Target] | None, wait: Wait) -> None:
    """Returns once the targets are gone; of a whole group, once none of its targets is leaving any more.

    A target is drained when it is no longer listed: every status that it may be listed with is pending.
    """
    watch = _watch(calls, target_group, targets, wait)
    wait.until(
        lambda: watch.look_past(lambda row: row.status == "DRAINING"),
        done=lambda seen: not seen.rows,
        failed=lambda _: None,
        counts=Seen.counts,
        last_seen=lambda seen: Seen(seen.rows).describe(()),
    )


@contextmanager
def keeping(report: TargetsReport) -> Generator[None]:
    """Have what ends a wait carry the report on what was done before it."""
    try:
        yield
    except WaitTimeoutError as late:
        raise DrainTimeoutError(
            waited_for=late.waited_for, last_seen=late.last_seen, waited_seconds=late.waited_seconds, report=report
        ) from late
    except BaseException as error:
        error.add_note(f"deregistered before the wait: {report}")
        raise


def _never_healthy(wait: Wait, seen: Seen) -> WaitFailedError | None:
    reasons = {
        "UNUSED": "no listener uses the group, so its targets are not checked; add it to a listener or rule",
        "DRAINING": "they are being deregistered; register them again",
    }
    for status, reason in reasons.items():
        if stuck := tuple(row for row in seen.rows if row.status == status):
            described = Seen(stuck).describe(())
            return WaitFailedError(waited_for=wait.waited_for, reason=f"{described}: {reason}", targets=stuck)
    return None
