"""What a reply says about each target of its request."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lattice_tg.models.answers import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.reports import FailedRequest, TargetsResult
from lattice_tg.service_errors import TransportError
from lattice_tg.target_keys import Key, target_key
from lattice_tg.wire import from_boto3

Row = Target | TargetFailure
"""What a reply says of one target: it was taken, or it was refused."""


def build_result(
    operation: str,
    targets: Sequence[Target],
    reply: Mapping[str, Any],
    default_port: int | None,
    *,
    ignored_codes: Collection[str] = (),
) -> TargetsResult:
    """The report on ``targets``: the service took them, refused them, or says nothing of them.

    ``ignored_codes`` are the failure codes that mean, here, that it had been done before.
    """
    if _all_succeeded(targets, reply):
        return TargetsResult(successful=tuple(targets))
    keys = {target_key(target, default_port) for target in targets}
    rows = {_requested_key(row, default_port, keys): row for row in _rows(reply, ignored_codes)}
    answers = [(target, _match_row(target_key(target, default_port), rows)) for target in targets]
    unmentioned = tuple(target for target, row in answers if row is None)
    return TargetsResult(
        successful=tuple(target for target, row in answers if isinstance(row, Target)),
        unsuccessful=tuple(row for _, row in answers if isinstance(row, TargetFailure)),
        failed_requests=(_missing_targets(operation, unmentioned),) if unmentioned else (),
    )


def _all_succeeded(targets: Sequence[Target], reply: Mapping[str, Any]) -> bool:
    """Whether the reply takes each target just as it was sent and refuses none, which is how nearly all replies are."""
    if reply.get("unsuccessful"):
        return False
    try:
        taken = {(row.get("id"), row.get("port")) for row in reply.get("successful") or ()}
    except (AttributeError, TypeError):  # a row that names no target
        return False
    return taken.issuperset([(target.id, target.port) for target in targets])


def _rows(reply: Mapping[str, Any], ignored_codes: Collection[str]) -> Iterator[Row]:
    """The refusals come last, so that of two rows about one target the refusal counts."""
    failures = [from_boto3(TargetFailure, row) for row in _valid_rows(reply.get("unsuccessful"))]
    yield from (from_boto3(Target, row) for row in _valid_rows(reply.get("successful")))
    yield from (Target(id=row.id, port=row.port) for row in failures if row.failure_code in ignored_codes)
    yield from (row for row in failures if row.failure_code not in ignored_codes)


def _valid_rows(rows: Sequence[Mapping[str, Any] | None] | None) -> Iterator[Mapping[str, Any]]:
    """Those rows that name a target; the others say nothing about those that were sent."""
    for row in rows or ():
        if row and isinstance(row.get("id"), str) and isinstance(row.get("port"), int | None):
            yield row


def _requested_key(row: Row, default_port: int | None, asked_for: Collection[Key]) -> Key:
    """The key that was asked for: the service writes the group's port where a target was sent without one."""
    key = target_key(row, default_port)
    return key if key in asked_for else (key[0], None)


def _match_row(key: Key, rows: Mapping[Key, Row]) -> Row | None:
    """What the reply says of the target with this key.

    A target without a port, in a group whose port is not known, may be the same as one that is named with the group's
    port beside it; one row then answers for both, where all rows of that id say the same.
    """
    if key in rows or key[1] is not None:
        return rows.get(key)
    namesakes = [row for (target_id, _), row in rows.items() if target_id == key[0]]
    return namesakes[0] if len({type(row) for row in namesakes}) == 1 else None


def _missing_targets(operation: str, targets: tuple[Target, ...]) -> FailedRequest:
    error = TransportError(operation=operation, message="the reply does not mention these targets")
    return FailedRequest(targets, error, sent=True)


def merge_results(reports: Sequence[TargetsResult]) -> TargetsResult:
    """One report of many, in their order."""
    return TargetsResult(
        successful=tuple(target for report in reports for target in report.successful),
        unsuccessful=tuple(failure for report in reports for failure in report.unsuccessful),
        failed_requests=tuple(chunk for report in reports for chunk in report.failed_requests),
    )
