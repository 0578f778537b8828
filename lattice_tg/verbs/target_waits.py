"""Waiting for targets to take traffic, or to be gone."""

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from lattice_tg.calls import Calls
from lattice_tg.errors import WaitFailedError
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.models.targets import Target, TargetSummary
from lattice_tg.target_keys import group_port, key_of
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

    def describe(self, waited_out: Sequence[str]) -> str:
        """The first few that are not yet in one of the statuses ``waited_out``, with their reasons."""
        late = [_row(row) for row in self.rows if row.status not in waited_out]
        late += [f"{target.id} is not registered" for target in self.missing]
        more = f" and {len(late) - _SHOWN} more" if len(late) > _SHOWN else ""
        return ", ".join(late[:_SHOWN]) + more if late else "no targets"


def _row(row: TargetSummary) -> str:
    return f"{row.id} is {row.status}" + (f" ({row.reason_code})" if row.reason_code else "")


def look(calls: Calls, target_group: TargetGroupLike, targets: Sequence[Target] | None, deadline: float) -> Seen:
    """The registered ones of ``targets``, or all of the group where none are named."""
    asked_for = targets if targets and len(targets) <= reads.MOST_LISTED_BY_NAME else ()
    rows = tuple(reads.target_rows(calls, target_group, asked_for, deadline))
    if targets is None:
        return Seen(rows)
    port = group_port(target_group)
    there = {key_of(row, port) for row in rows} | {(row.id, None) for row in rows}
    wanted = {key_of(target, port) for target in targets}
    return Seen(
        tuple(row for row in rows if key_of(row, port) in wanted or (row.id, None) in wanted),
        tuple(target for target in targets if key_of(target, port) not in there),
    )


def until_healthy(
    calls: Calls, target_group: TargetGroupLike, targets: Sequence[Target] | None, wait: Wait
) -> tuple[TargetSummary, ...]:
    """The targets, once all take traffic; of a whole group, those that are leaving are left out."""
    deadline = calls.clock.monotonic() + wait.timeout_seconds

    def read() -> Seen:
        seen = look(calls, target_group, targets, deadline)
        return seen if targets is not None else Seen(tuple(row for row in seen.rows if row.status != "DRAINING"))

    return wait.until(
        read,
        done=lambda seen: bool(seen.rows) and not seen.missing and all(row.status in _READY for row in seen.rows),
        failed=lambda seen: _never_healthy(wait, seen),
        counts=Seen.counts,
        last_seen=lambda seen: seen.describe(_READY),
    ).rows


def until_drained(calls: Calls, target_group: TargetGroupLike, targets: Sequence[Target] | None, wait: Wait) -> None:
    """Returns once the targets are gone; of a whole group, once none of its targets is leaving any more.

    A target is drained when it is no longer listed: every status that it may be listed with is pending.
    """
    deadline = calls.clock.monotonic() + wait.timeout_seconds

    def read() -> Seen:
        seen = look(calls, target_group, targets, deadline)
        return seen if targets is not None else Seen(tuple(row for row in seen.rows if row.status == "DRAINING"))

    wait.until(
        read,
        done=lambda seen: not seen.rows,
        failed=lambda _: None,
        counts=Seen.counts,
        last_seen=lambda seen: Seen(seen.rows).describe(()),
    )


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
