"""Updates of health checks."""

from collections.abc import Iterable, Mapping
from typing import Any

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.literals import ResettableHealthCheckField
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.operations.interruption import note_unknown_outcome
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import UPDATE_TARGET_GROUP
from lattice_tg.validation import update_problems
from lattice_tg.validation.arguments import raise_if_any, to_tuple
from lattice_tg.validation.identifiers import TargetGroupLike, resolve_identifier

# AWS user guide, "Health checks": if an update sets a field to the value below, VPC Lattice resets the field to its
# default.
_RESET_VALUES: Mapping[ResettableHealthCheckField, tuple[str, Any]] = {
    "port": ("port", 0),
    "path": ("path", ""),
    "interval_seconds": ("healthCheckIntervalSeconds", 0),
    "timeout_seconds": ("healthCheckTimeoutSeconds", 0),
    "healthy_threshold_count": ("healthyThresholdCount", 0),
    "unhealthy_threshold_count": ("unhealthyThresholdCount", 0),
    "matcher": ("matcher", {"httpCode": ""}),
}


async def update_health_check(
    sender: RequestSender,
    target_group: TargetGroupLike,
    health_check: HealthCheck,
    reset: Iterable[ResettableHealthCheckField],
    *,
    allow_unknown: bool,
) -> TargetGroup:
    """Set the fields of ``health_check`` and reset the fields in ``reset``.

    Raises:
        InvalidSpecError: If the update breaks a rule or contains no fields, or if the group's type does not support
            health checks.

    """
    identifier = resolve_identifier(target_group)
    fields = to_tuple("reset", reset)
    group_type = None if isinstance(target_group, str) else target_group.type
    raise_if_any(update_problems(health_check, fields, group_type=group_type, allow_unknown=allow_unknown))
    return await send_update(
        sender, identifier, {**to_boto3(health_check), **dict(_RESET_VALUES[field] for field in fields)}
    )


async def send_update(
    sender: RequestSender, target_group: TargetGroupLike, health_check: Mapping[str, Any]
) -> TargetGroup:
    """Send an UpdateTargetGroup request with a health check that has been validated."""
    request = {"targetGroupIdentifier": resolve_identifier(target_group), "healthCheck": dict(health_check)}
    with note_unknown_outcome(UPDATE_TARGET_GROUP):
        return from_boto3(TargetGroup, await sender.send(UPDATE_TARGET_GROUP, request))
