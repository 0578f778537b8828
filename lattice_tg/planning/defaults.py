"""Defaults that VPC Lattice applies to settings that a create request omits.

Responses usually contain these defaults. If a response omits a setting, the library assumes the default, so a spec that
sets the default requires no change. Sources: AWS API reference, TargetGroupConfig; AWS user guide,
"Health checks".
"""

from typing import Any, TypeVar, cast

import attrs

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec

T = TypeVar("T", TargetGroupConfig, HealthCheck)

_PORTS = {"HTTP": 80, "HTTPS": 443}


def with_service_defaults(target_group: TargetGroup | TargetGroupSummary) -> TargetGroup:
    """Return ``target_group`` with the service default for every unset setting.

    A summary contains neither the protocol version nor the health check. To compare these settings with a spec, pass a
    ``TargetGroup``.
    """
    group = _group_from_summary(target_group) if isinstance(target_group, TargetGroupSummary) else target_group
    if group.type == "LAMBDA":
        defaults = TargetGroupConfig(lambda_event_structure_version="V1")
    else:
        defaults = _config_defaults(group.type, group.config)
    config = attrs.evolve(_fill_unset(group.config, defaults), health_check=defaults.health_check)
    return attrs.evolve(group, config=config)


def predict_created_group(spec: TargetGroupSpec) -> TargetGroup:
    """Return the target group that VPC Lattice would create for ``spec``.

    The id, ARN and status of the returned target group are empty.
    """
    return with_service_defaults(
        TargetGroup(id="", arn="", name=spec.name, type=spec.type, status="", config=spec.config)
    )


def _group_from_summary(summary: TargetGroupSummary) -> TargetGroup:
    settings: dict[str, Any] = {
        name: getattr(summary, name)
        for name in ("port", "protocol", "ip_address_type", "vpc_identifier", "lambda_event_structure_version")
    }
    return TargetGroup(
        id=summary.id,
        arn=summary.arn,
        name=summary.name,
        type=summary.type,
        status=summary.status,
        config=TargetGroupConfig(**settings),
    )


def _config_defaults(group_type: str, config: TargetGroupConfig) -> TargetGroupConfig:
    protocol_version = None if config.protocol == "TCP" else config.protocol_version or "HTTP1"
    health_check = config.health_check or HealthCheck()
    return TargetGroupConfig(
        port=_PORTS.get(cast("str", config.protocol)),
        protocol_version=protocol_version,
        ip_address_type="IPV4" if group_type == "IP" else None,
        health_check=_fill_unset(health_check, _health_check_defaults(config.protocol, protocol_version)),
    )


def _health_check_defaults(protocol: str | None, protocol_version: str | None) -> HealthCheck:
    return HealthCheck(
        enabled=protocol_version == "HTTP1",
        # The default for HTTPS groups is unclear: the AWS user guide says HTTP, but an AWS CLI example shows HTTPS.
        protocol="HTTP" if protocol == "HTTP" else None,
        protocol_version="HTTP1" if protocol_version in ("HTTP1", "HTTP2") else None,
        path="/",
        interval_seconds=30,
        timeout_seconds=5,
        healthy_threshold_count=5,
        unhealthy_threshold_count=2,
        matcher=Matcher(http_code="200"),
    )


def _fill_unset(model: T, defaults: T) -> T:
    """Return a copy of ``model`` in which ``defaults`` provides the values of unset fields."""
    names = [field.name for field in attrs.fields(type(model))]
    return attrs.evolve(model, **{name: getattr(defaults, name) for name in names if getattr(model, name) is None})
