"""Requests and responses for the benchmarks, with the member names of the API."""

from typing import Any

GROUP_ID = "tg-0123456789abcdefg"
VPC_ID = "vpc-12345678"
ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/{GROUP_ID}"
TIMES = {"createdAt": "2026-01-31T12:00:00.123456Z", "lastUpdatedAt": "2026-01-31T12:00:00.123456Z"}
CHECK = {
    "enabled": True,
    "protocol": "HTTP",
    "protocolVersion": "HTTP1",
    "path": "/health",
    "healthCheckIntervalSeconds": 30,
    "healthCheckTimeoutSeconds": 5,
    "healthyThresholdCount": 5,
    "unhealthyThresholdCount": 2,
    "matcher": {"httpCode": "200"},
}
CONFIG = {"port": 80, "protocol": "HTTP", "protocolVersion": "HTTP1", "vpcIdentifier": VPC_ID, "ipAddressType": "IPV4"}
HEAD = {"id": GROUP_ID, "arn": ARN, "name": "orders", "type": "IP", "status": "ACTIVE"}
GROUP: dict[str, Any] = {**HEAD, "config": {**CONFIG, "healthCheck": CHECK}, **TIMES, "serviceArns": []}
GROUP_ITEM: dict[str, Any] = {
    **HEAD,
    **TIMES,
    "port": 80,
    "protocol": "HTTP",
    "vpcIdentifier": VPC_ID,
    "serviceArns": [],
}
TARGETS: list[dict[str, Any]] = [{"id": f"10.0.0.{number}", "port": 80} for number in range(100)]
TARGET_ITEMS: list[dict[str, Any]] = [{**target, "status": "HEALTHY"} for target in TARGETS]

CREATED: dict[str, Any] = {**HEAD, "config": GROUP["config"]}
GROUP_PAGE: dict[str, Any] = {"items": [GROUP_ITEM] * 100}
TARGET_PAGE: dict[str, Any] = {"items": TARGET_ITEMS}

THROTTLED = {"message": "Rate exceeded"}
"""The body of a response with the status 429."""

CREATE_REQUEST: dict[str, Any] = {
    "name": "orders",
    "type": "IP",
    "config": {"port": 80, "protocol": "HTTP", "vpcIdentifier": VPC_ID},
}
"""The parameters of the request that creates a target group."""

RESPONSES: dict[str, dict[str, Any]] = {
    "POST /targetgroups ": CREATED,
    f"GET /targetgroups/{GROUP_ID} ": GROUP,
    "GET /targetgroups?": GROUP_PAGE,
    f"POST /targetgroups/{GROUP_ID}/listtargets": TARGET_PAGE,
}
"""The responses of the server, by the beginning of the request line."""

REGISTER_REQUEST = f"POST /targetgroups/{GROUP_ID}/registertargets"
"""The beginning of a request line. The response to such a request contains the targets in the request body."""
