"""Adoption of a target group that an earlier attempt to create it may have created."""

import logging
from collections.abc import Mapping

from lattice_tg.errors import ConflictError, LatticeError
from lattice_tg.literals import UNUSABLE_STATUSES
from lattice_tg.logs import log
from lattice_tg.models.change import Change
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.operations import read
from lattice_tg.operations.tags import get_tags
from lattice_tg.planning.diff import diff_config, diff_health_check, diff_tags
from lattice_tg.sending.request_sender import RequestSender


async def adopt_or_raise(sender: RequestSender, spec: TargetGroupSpec, conflict: ConflictError) -> TargetGroup:
    """Return the existing group if the group matches ``spec``, and otherwise raise ``conflict``."""
    try:
        group = await read.find_by_name(sender, spec.name)
        differences = await _differences(sender, spec, group) if group else []
    except LatticeError as error:
        conflict.add_note(f"The client could not check whether an earlier attempt created the group: {error}")
        raise conflict from conflict.__cause__
    if group is None or group.status in UNUSABLE_STATUSES:
        raise conflict
    if differences:
        changes = "; ".join(map(str, differences))
        conflict.add_note(f"The existing group with this name differs from the spec: {changes}")
        raise conflict
    log(
        logging.WARNING,
        "An earlier attempt to send CreateTargetGroup got no response, and a group with this name exists. The client "
        "returns %s because the group matches the spec.",
        group.id,
        operation=conflict.operation,
        attempts=conflict.attempts,
        target_group=group.id,
    )
    return group


async def _differences(sender: RequestSender, spec: TargetGroupSpec, group: TargetGroup) -> list[Change]:
    tags: Mapping[str, str] = await get_tags(sender, group) if spec.tags else {}
    return [*diff_config(spec, group), *diff_health_check(spec, group), *diff_tags(spec, tags)]
