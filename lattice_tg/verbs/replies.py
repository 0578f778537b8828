"""What a reply says about each target of its request."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lattice_tg.models.targets import Target, TargetFailure
from lattice_tg.reports import TargetsReport, UnansweredTargets
from lattice_tg.service_errors import TransportError
from lattice_tg.target_keys import Key, key_of
from lattice_tg.wire import from_boto3


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
    refused: list[TargetFailure] = []
    taken = [from_boto3(Target, row) for row in reply.get("successful") or ()]
    for failure in (from_boto3(TargetFailure, row) for row in reply.get("unsuccessful") or ()):
        if failure.failure_code in forgiven:
            taken.append(Target(id=failure.id, port=failure.port))
        else:
            refused.append(failure)
    keys = [(target, key_of(target, default_port)) for target in targets]
    asked_for = {key for _, key in keys}
    refusals = {_asked_key(failure, default_port, asked_for): failure for failure in refused}
    known = {_asked_key(target, default_port, asked_for) for target in taken}
    unmentioned = tuple(target for target, key in keys if key not in known and key not in refusals)
    return TargetsReport(
        successful=tuple(target for target, key in keys if key in known and key not in refusals),
        unsuccessful=tuple(refusals[key] for _, key in keys if key in refusals),
        unanswered=(_unmentioned(operation, unmentioned),) if unmentioned else (),
    )


def _asked_key(row: Target | TargetFailure, default_port: int | None, asked_for: Collection[Key]) -> Key:
    """The key that was asked for: the service writes the group's port where a target was sent without one."""
    key = key_of(row, default_port)
    return key if key in asked_for else (key[0], None)


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
