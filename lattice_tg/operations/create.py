"""One group per intention: one token above all attempts, and a second look where a reply was lost."""

import logging
from collections.abc import Mapping

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.errors import ConflictError, LatticeError
from lattice_tg.literals import UNUSABLE_STATUSES
from lattice_tg.models.plan_steps import Change
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.operations import read
from lattice_tg.planning.diff import diff_config, diff_health_check, diff_tags
from lattice_tg.sending.request_sender import RequestFailure, RequestSender
from lattice_tg.sending.retry_policy import is_outcome_unknown
from lattice_tg.transport.api import CREATE_TARGET_GROUP

_log = logging.getLogger("lattice_tg")


def create(sender: RequestSender, spec: TargetGroupSpec, client_token: str) -> TargetGroup:
    """The group that the service made for ``spec``, however often it had to be asked."""
    failures: list[RequestFailure] = []
    request = {**to_boto3(spec), "clientToken": client_token}
    try:
        return from_boto3(TargetGroup, sender.send(CREATE_TARGET_GROUP, request, failures=failures))
    except ConflictError as conflict:
        if conflict.kind != "name_exists" or not any(map(is_outcome_unknown, failures)):
            raise
        return _adopt_or_raise(sender, spec, conflict)


def _adopt_or_raise(sender: RequestSender, spec: TargetGroupSpec, conflict: ConflictError) -> TargetGroup:
    """The group of that name if it is what was asked for, as an attempt whose reply was lost may have made it."""
    try:
        group = read.find(sender, spec.name)
        differences = _differences(sender, spec, group) if group else []
    except LatticeError as error:
        conflict.add_note(f"whether it is this create's own group could not be seen: {error}")
        raise conflict from conflict.__cause__
    if group is None or group.status in UNUSABLE_STATUSES:
        raise conflict
    if differences:
        conflict.add_note("the group of that name is another: " + "; ".join(map(str, differences)))
        raise conflict
    _log.warning(
        "CreateTargetGroup: taking %s for the group of an attempt that got no answer: its name and all that was asked "
        "for are the same",
        group.id,
        extra={"operation": conflict.operation, "attempts": conflict.attempts, "target_group_id": group.id},
    )
    return group


def _differences(sender: RequestSender, spec: TargetGroupSpec, group: TargetGroup) -> list[Change]:
    tags: Mapping[str, str] = read.tags(sender, group) if spec.tags else {}
    return [*diff_config(spec, group), *diff_health_check(spec, group), *diff_tags(spec, tags)]
