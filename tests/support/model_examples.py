"""A complete example of each model, with the corresponding boto3 dict."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import AttrsInstance

from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target

ID = "tg-0123456789abcdefg"
ARN = f"arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/{ID}"
SERVICE_ARN = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"
VPC = "vpc-0123456789abcdefg"
ALB_ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/orders/50dc6c495c0c9188"
LAMBDA_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:resize:live"
CREATED = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
UPDATED = datetime(2026, 2, 1, 8, 30, 15, tzinfo=UTC)

HEALTH_CHECK = HealthCheck(
    enabled=True,
    protocol="HTTPS",
    protocol_version="HTTP2",
    port=8443,
    path="/ready",
    interval_seconds=10,
    timeout_seconds=4,
    healthy_threshold_count=3,
    unhealthy_threshold_count=4,
    matcher=Matcher(http_code="200-299"),
)
HEALTH_CHECK_WIRE = {
    "enabled": True,
    "protocol": "HTTPS",
    "protocolVersion": "HTTP2",
    "port": 8443,
    "path": "/ready",
    "healthCheckIntervalSeconds": 10,
    "healthCheckTimeoutSeconds": 4,
    "healthyThresholdCount": 3,
    "unhealthyThresholdCount": 4,
    "matcher": {"httpCode": "200-299"},
}

CONFIG = TargetGroupConfig(
    port=443,
    protocol="HTTPS",
    protocol_version="HTTP1",
    vpc_identifier=VPC,
    ip_address_type="IPV6",
    lambda_event_structure_version="V2",
    health_check=HEALTH_CHECK,
)
CONFIG_WIRE = {
    "port": 443,
    "protocol": "HTTPS",
    "protocolVersion": "HTTP1",
    "vpcIdentifier": VPC,
    "ipAddressType": "IPV6",
    "lambdaEventStructureVersion": "V2",
    "healthCheck": HEALTH_CHECK_WIRE,
}

SPEC = TargetGroupSpec(name="orders", type="IP", config=CONFIG, tags={"team": "shop", "empty": ""})

TARGET_GROUP = TargetGroup(
    id=ID,
    arn=ARN,
    name="orders",
    type="IP",
    status="CREATE_FAILED",
    config=CONFIG,
    created_at=CREATED,
    last_updated_at=UPDATED,
    service_arns=(SERVICE_ARN,),
    failure_code="VpcNotFound",
    failure_message="There is no such VPC",
)

SUMMARY = TargetGroupSummary(
    id=ID,
    arn=ARN,
    name="orders",
    type="IP",
    status="ACTIVE",
    port=443,
    protocol="HTTPS",
    ip_address_type="IPV6",
    vpc_identifier=VPC,
    lambda_event_structure_version="V1",
    created_at=CREATED,
    last_updated_at=UPDATED,
    service_arns=(SERVICE_ARN,),
)

EXAMPLES: tuple[tuple[AttrsInstance, Mapping[str, Any]], ...] = (
    (Matcher(http_code="200,204"), {"httpCode": "200,204"}),
    (UnknownMatcher(member_name="grpcCode"), {"SDK_UNKNOWN_MEMBER": {"name": "grpcCode"}}),
    (HEALTH_CHECK, HEALTH_CHECK_WIRE),
    (CONFIG, CONFIG_WIRE),
    (SPEC, {"name": "orders", "type": "IP", "config": CONFIG_WIRE, "tags": {"team": "shop", "empty": ""}}),
    (
        TARGET_GROUP,
        {
            "id": ID,
            "arn": ARN,
            "name": "orders",
            "type": "IP",
            "status": "CREATE_FAILED",
            "config": CONFIG_WIRE,
            "createdAt": CREATED,
            "lastUpdatedAt": UPDATED,
            "serviceArns": [SERVICE_ARN],
            "failureCode": "VpcNotFound",
            "failureMessage": "There is no such VPC",
        },
    ),
    (
        SUMMARY,
        {
            "id": ID,
            "arn": ARN,
            "name": "orders",
            "type": "IP",
            "status": "ACTIVE",
            "port": 443,
            "protocol": "HTTPS",
            "ipAddressType": "IPV6",
            "vpcIdentifier": VPC,
            "lambdaEventStructureVersion": "V1",
            "createdAt": CREATED,
            "lastUpdatedAt": UPDATED,
            "serviceArns": [SERVICE_ARN],
        },
    ),
    (
        TargetGroupDeletion(id=ID, arn=ARN, status="DELETE_IN_PROGRESS"),
        {"id": ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"},
    ),
    (Target(id="10.0.0.1", port=8080), {"id": "10.0.0.1", "port": 8080}),
    (
        TargetSummary(id="10.0.0.1", port=8080, status="UNHEALTHY", reason_code="HealthCheckFailed"),
        {"id": "10.0.0.1", "port": 8080, "status": "UNHEALTHY", "reasonCode": "HealthCheckFailed"},
    ),
    (
        TargetFailure(id="i-0a", port=80, failure_code="UnsupportedTarget", failure_message="not in this VPC"),
        {"id": "i-0a", "port": 80, "failureCode": "UnsupportedTarget", "failureMessage": "not in this VPC"},
    ),
)
"""An example of each model with all fields set, and the corresponding boto3 dict."""
