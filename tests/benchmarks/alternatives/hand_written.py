"""Hand-written conversion with a constructor call per model and an ``if`` statement per optional member."""

from collections.abc import Mapping
from typing import Any

from alternatives import raw_boto3
from alternatives.five_calls import FiveCalls
from alternatives.lattice import TARGET_MODELS, make_spec
from lattice_tg import (
    HealthCheck,
    Matcher,
    Target,
    TargetGroup,
    TargetGroupConfig,
    TargetGroupSpec,
    TargetGroupSummary,
    TargetSummary,
)
from service.responses import GROUP_ID

Data = Mapping[str, Any]


def parse_target_group(data: Data) -> TargetGroup:
    return TargetGroup(
        id=data["id"],
        arn=data["arn"],
        name=data["name"],
        type=data["type"],
        status=data["status"],
        config=parse_config(data.get("config", {})),
        created_at=data.get("createdAt"),
        last_updated_at=data.get("lastUpdatedAt"),
        service_arns=tuple(data.get("serviceArns", ())),
        failure_code=data.get("failureCode"),
        failure_message=data.get("failureMessage"),
    )


def parse_config(data: Data) -> TargetGroupConfig:
    check = data.get("healthCheck")
    return TargetGroupConfig(
        port=data.get("port"),
        protocol=data.get("protocol"),
        protocol_version=data.get("protocolVersion"),
        vpc_identifier=data.get("vpcIdentifier"),
        ip_address_type=data.get("ipAddressType"),
        lambda_event_structure_version=data.get("lambdaEventStructureVersion"),
        health_check=None if check is None else parse_health_check(check),
    )


def parse_health_check(data: Data) -> HealthCheck:
    matcher = data.get("matcher")
    return HealthCheck(
        enabled=data.get("enabled"),
        protocol=data.get("protocol"),
        protocol_version=data.get("protocolVersion"),
        port=data.get("port"),
        path=data.get("path"),
        interval_seconds=data.get("healthCheckIntervalSeconds"),
        timeout_seconds=data.get("healthCheckTimeoutSeconds"),
        healthy_threshold_count=data.get("healthyThresholdCount"),
        unhealthy_threshold_count=data.get("unhealthyThresholdCount"),
        matcher=None if matcher is None else Matcher(http_code=matcher["httpCode"]),
    )


def parse_group_summary(data: Data) -> TargetGroupSummary:
    return TargetGroupSummary(
        id=data["id"],
        arn=data["arn"],
        name=data["name"],
        type=data["type"],
        status=data["status"],
        port=data.get("port"),
        protocol=data.get("protocol"),
        ip_address_type=data.get("ipAddressType"),
        vpc_identifier=data.get("vpcIdentifier"),
        lambda_event_structure_version=data.get("lambdaEventStructureVersion"),
        created_at=data.get("createdAt"),
        last_updated_at=data.get("lastUpdatedAt"),
        service_arns=tuple(data.get("serviceArns", ())),
    )


def parse_target_summary(data: Data) -> TargetSummary:
    return TargetSummary(
        id=data["id"], port=data.get("port"), status=data["status"], reason_code=data.get("reasonCode")
    )


def parse_target(data: Data) -> Target:
    return Target(id=data["id"], port=data.get("port"))


def format_target(target: Target) -> dict[str, Any]:
    return {"id": target.id} if target.port is None else {"id": target.id, "port": target.port}


def format_spec(spec: TargetGroupSpec) -> dict[str, Any]:
    data: dict[str, Any] = {"name": spec.name, "type": spec.type}
    if members := format_config(spec.config):
        data["config"] = members
    if spec.tags:
        data["tags"] = dict(spec.tags)
    return data


def format_config(config: TargetGroupConfig) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if config.port is not None:
        data["port"] = config.port
    if config.protocol is not None:
        data["protocol"] = config.protocol
    if config.protocol_version is not None:
        data["protocolVersion"] = config.protocol_version
    if config.vpc_identifier is not None:
        data["vpcIdentifier"] = config.vpc_identifier
    if config.ip_address_type is not None:
        data["ipAddressType"] = config.ip_address_type
    if config.lambda_event_structure_version is not None:
        data["lambdaEventStructureVersion"] = config.lambda_event_structure_version
    if config.health_check is not None and (check := format_health_check(config.health_check)):
        data["healthCheck"] = check
    return data


def format_health_check(check: HealthCheck) -> dict[str, Any]:
    members = {
        "enabled": check.enabled,
        "protocol": check.protocol,
        "protocolVersion": check.protocol_version,
        "port": check.port,
        "path": check.path,
        "healthCheckIntervalSeconds": check.interval_seconds,
        "healthCheckTimeoutSeconds": check.timeout_seconds,
        "healthyThresholdCount": check.healthy_threshold_count,
        "unhealthyThresholdCount": check.unhealthy_threshold_count,
        "matcher": {"httpCode": check.matcher.http_code} if isinstance(check.matcher, Matcher) else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def calls(url: str) -> FiveCalls:
    """Return the five benchmark calls, made with a boto3 client and the hand-written conversion."""
    raw, desired, identifier = raw_boto3.client(url), make_spec(), {"targetGroupIdentifier": GROUP_ID}
    return FiveCalls(
        create=lambda: parse_target_group(raw.create_target_group(**format_spec(desired))),
        get=lambda: parse_target_group(raw.get_target_group(**identifier)),
        list_groups=lambda: [parse_group_summary(item) for item in raw.list_target_groups(maxResults=100)["items"]],
        list_targets=lambda: [
            parse_target_summary(item) for item in raw.list_targets(**identifier, maxResults=100)["items"]
        ],
        register=lambda: [
            parse_target(item)
            for item in raw.register_targets(**identifier, targets=list(map(format_target, TARGET_MODELS)))[
                "successful"
            ]
        ],
    )
