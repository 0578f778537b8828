"""What the service fills in where a group was created without it.

The replies have these values as a rule; where one lacks them, they hold all the same, and a spec that names them
asks for no change. Sources: API reference, TargetGroupConfig; user guide, health checks.
"""

from typing import Any, TypeVar, cast

import attrs

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec

T = TypeVar("T", TargetGroupConfig, HealthCheck)

_PORTS = {"HTTP": 80, "HTTPS": 443}


def with_service_defaults(target_group: TargetGroup | TargetGroupSummary) -> TargetGroup:
    """The group with the service's defaults where its description has nothing.

    A summary says nothing of the protocol version and the health check: whoever needs these reads the group.
    """
    group = _group_from_summary(target_group) if isinstance(target_group, TargetGroupSummary) else target_group
    if group.type == "LAMBDA":
        defaults = TargetGroupConfig(lambda_event_structure_version="V1")
    else:
        defaults = _config_defaults(group.type, group.config)
    config = attrs.evolve(_fill_unset(group.config, defaults), health_check=defaults.health_check)
    return attrs.evolve(group, config=config)


def predict_created_group(spec: TargetGroupSpec) -> TargetGroup:
    """The group that the service would make for ``spec``, but for what it alone decides."""
    return with_service_defaults(
        TargetGroup(id="", arn="", name=spec.name, type=spec.type, status="", config=spec.config)
    )


def _group_from_summary(summary: TargetGroupSummary) -> TargetGroup:
    told: dict[str, Any] = {
        name: getattr(summary, name)
        for name in ("port", "protocol", "ip_address_type", "vpc_identifier", "lambda_event_structure_version")
    }
    return TargetGroup(
        id=summary.id,
        arn=summary.arn,
        name=summary.name,
        type=summary.type,
        status=summary.status,
        config=TargetGroupConfig(**told),
    )


def _config_defaults(kind: str, config: TargetGroupConfig) -> TargetGroupConfig:
    version = None if config.protocol == "TCP" else config.protocol_version or "HTTP1"
    check = config.health_check or HealthCheck()
    return TargetGroupConfig(
        port=_PORTS.get(cast("str", config.protocol)),
        protocol_version=version,
        ip_address_type="IPV4" if kind == "IP" else None,
        health_check=_fill_unset(check, _health_check_defaults(config.protocol, version)),
    )


def _health_check_defaults(protocol: str | None, version: str | None) -> HealthCheck:
    """Over what an HTTPS group is checked is not settled: the guide says HTTP, an example shows HTTPS."""
    return HealthCheck(
        enabled=version == "HTTP1",
        protocol="HTTP" if protocol == "HTTP" else None,
        protocol_version="HTTP1" if version in ("HTTP1", "HTTP2") else None,
        path="/",
        interval_seconds=30,
        timeout_seconds=5,
        healthy_threshold_count=5,
        unhealthy_threshold_count=2,
        matcher=Matcher(http_code="200"),
    )


def _fill_unset(given: T, defaults: T) -> T:
    """``given`` with the default of each field that it leaves out."""
    names = [field.name for field in attrs.fields(type(given))]
    return attrs.evolve(given, **{name: getattr(defaults, name) for name in names if getattr(given, name) is None})
