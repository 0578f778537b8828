"""One group per intention: one token above all attempts, and a second look where a reply was lost."""

import logging
from collections.abc import Mapping

from lattice_tg.calls import Calls, Failure
from lattice_tg.comparison import config_changes, health_check_changes, tag_changes
from lattice_tg.errors import LatticeError
from lattice_tg.models.changes import Change
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.retry import leaves_outcome_unknown
from lattice_tg.service_errors import ConflictError
from lattice_tg.verbs import reads
from lattice_tg.wire import from_boto3, to_boto3

_log = logging.getLogger("lattice_tg")

_GOING = ("DELETE_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED")


def create(calls: Calls, spec: TargetGroupSpec, client_token: str) -> TargetGroup:
    """The group that the service made for ``spec``, however often it had to be asked."""
    failures: list[Failure] = []
    request = {**to_boto3(spec), "clientToken": client_token}
    try:
        return from_boto3(TargetGroup, calls.answer(calls.gateway.create_target_group, request, failures=failures))
    except ConflictError as conflict:
        if conflict.kind != "name_exists" or not any(map(leaves_outcome_unknown, failures)):
            raise
        return _own_or_raise(calls, spec, conflict)


def _own_or_raise(calls: Calls, spec: TargetGroupSpec, conflict: ConflictError) -> TargetGroup:
    """The group of that name if it is what was asked for, as an attempt whose reply was lost may have made it."""
    try:
        group = reads.find(calls, spec.name)
        differences = _differences(calls, spec, group) if group else []
    except LatticeError as error:
        conflict.add_note(f"whether it is this create's own group could not be seen: {error}")
        raise conflict from conflict.__cause__
    if group is None or group.status in _GOING:
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


def _differences(calls: Calls, spec: TargetGroupSpec, group: TargetGroup) -> list[Change]:
    tags: Mapping[str, str] = reads.tags(calls, group) if spec.tags else {}
    return [*config_changes(spec, group), *health_check_changes(spec, group), *tag_changes(spec, tags)]
