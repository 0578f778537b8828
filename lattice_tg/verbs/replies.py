"""What a reply says about each target of its request."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lattice_tg.models.answers import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.reports import TargetsReport, UnansweredTargets
from lattice_tg.service_errors import TransportError
from lattice_tg.target_keys import Key, key_of
from lattice_tg.wire import from_boto3

Row = Target | TargetFailure
"""What a reply says of one target: it was taken, or it was refused."""


def report_of(
    operation: str,
    targets: Sequence[Target],
    reply: Mapping[str, Any],
    default_port: int | None,
    *,
    forgiven: Collection[str] = (),
) -> TargetsReport:
    """The report on ``targets``: the service took them, refused them, or says nothing of them.

    ``forgiven`` are the failure codes that mean, here, that it had been done before.
    """
    if _is_plain_yes(targets, reply):
        return TargetsReport(successful=tuple(targets))
    keys = {key_of(target, default_port) for target in targets}
    rows = {_asked_key(row, default_port, keys): row for row in _rows(reply, forgiven)}
    answers = [(target, _answer(key_of(target, default_port), rows)) for target in targets]
    unmentioned = tuple(target for target, row in answers if row is None)
    return TargetsReport(
        successful=tuple(target for target, row in answers if isinstance(row, Target)),
        unsuccessful=tuple(row for _, row in answers if isinstance(row, TargetFailure)),
        unanswered=(_unmentioned(operation, unmentioned),) if unmentioned else (),
    )


def _is_plain_yes(targets: Sequence[Target], reply: Mapping[str, Any]) -> bool:
    """Whether the reply takes each target just as it was sent and refuses none, which is how nearly all replies are."""
    if reply.get("unsuccessful"):
        return False
    try:
        taken = {(row.get("id"), row.get("port")) for row in reply.get("successful") or ()}
    except (AttributeError, TypeError):  # a row that names no target
        return False
    return taken.issuperset([(target.id, target.port) for target in targets])


def _rows(reply: Mapping[str, Any], forgiven: Collection[str]) -> Iterator[Row]:
    """The refusals come last, so that of two rows about one target the refusal counts."""
    failures = [from_boto3(TargetFailure, row) for row in _naming(reply.get("unsuccessful"))]
    yield from (from_boto3(Target, row) for row in _naming(reply.get("successful")))
    yield from (Target(id=row.id, port=row.port) for row in failures if row.failure_code in forgiven)
    yield from (row for row in failures if row.failure_code not in forgiven)


def _naming(rows: Sequence[Mapping[str, Any] | None] | None) -> Iterator[Mapping[str, Any]]:
    """Those rows that name a target; the others say nothing about those that were sent."""
    for row in rows or ():
        if row and isinstance(row.get("id"), str) and isinstance(row.get("port"), int | None):
            yield row


def _asked_key(row: Row, default_port: int | None, asked_for: Collection[Key]) -> Key:
    """The key that was asked for: the service writes the group's port where a target was sent without one."""
    key = key_of(row, default_port)
    return key if key in asked_for else (key[0], None)


def _answer(key: Key, rows: Mapping[Key, Row]) -> Row | None:
    """What the reply says of the target with this key.

    A target without a port, in a group whose port is not known, may be the same as one that is named with the group's
    port beside it; one row then answers for both, where all rows of that id say the same.
    """
    if key in rows or key[1] is not None:
        return rows.get(key)
    namesakes = [row for (target_id, _), row in rows.items() if target_id == key[0]]
    return namesakes[0] if len({type(row) for row in namesakes}) == 1 else None


def _unmentioned(operation: str, targets: tuple[Target, ...]) -> UnansweredTargets:
    error = TransportError(operation=operation, message="the reply does not mention these targets")
    return UnansweredTargets(targets, error, sent=True)


def joined(reports: Sequence[TargetsReport]) -> TargetsReport:
    """One report of many, in their order."""
    return TargetsReport(
        successful=tuple(target for report in reports for target in report.successful),
        unsuccessful=tuple(failure for report in reports for failure in report.unsuccessful),
        unanswered=tuple(chunk for report in reports for chunk in report.unanswered),
    )
