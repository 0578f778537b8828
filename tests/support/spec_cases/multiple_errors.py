"""Target groups with several errors."""

from support.spec_cases.requests import FIFTY_TAGS, VPC, InvalidCase, checked, group, http, tagged

MULTIPLE_ERRORS: dict[str, InvalidCase] = {
    "a LAMBDA group with all unsupported members": (
        http("LAMBDA", port=80, protocolVersion="HTTP1", ipAddressType="IPV4", healthCheck={"enabled": True}),
        (
            "config.health_check",
            "config.ip_address_type",
            "config.port",
            "config.protocol",
            "config.protocol_version",
            "config.vpc_identifier",
        ),
    ),
    "an ALB group of TCP with a health check and an address type, without a VPC": (
        group("ALB", protocol="TCP", port=80, ipAddressType="IPV4", healthCheck={"enabled": True, "path": "/"}),
        ("config.health_check", "config.ip_address_type", "config.protocol", "config.vpc_identifier"),
    ),
    "an INSTANCE group with an address type, an event structure and an invalid VPC id": (
        http("INSTANCE", ipAddressType="IPV6", lambdaEventStructureVersion="V2", vpcIdentifier="vpc-1"),
        ("config.ip_address_type", "config.lambda_event_structure_version", "config.vpc_identifier"),
    ),
    "a TCP group with a version and an incomplete health check, without a port": (
        group("IP", protocol="TCP", vpcIdentifier=VPC, protocolVersion="HTTP1", healthCheck={"enabled": True}),
        (
            "config.health_check.protocol",
            "config.health_check.protocol_version",
            "config.port",
            "config.protocol_version",
        ),
    ),
    "a GRPC group without a VPC, with a health check without a version and with port 0": (
        group("IP", protocol="HTTP", protocolVersion="GRPC", healthCheck={"enabled": True, "port": 0}),
        ("config.health_check.port", "config.health_check.protocol_version", "config.vpc_identifier"),
    ),
    "a health check with every reset value": (
        checked(
            port=0,
            path="",
            healthCheckIntervalSeconds=0,
            healthCheckTimeoutSeconds=0,
            healthyThresholdCount=0,
            unhealthyThresholdCount=0,
            matcher={"httpCode": ""},
        ),
        (
            "config.health_check.healthy_threshold_count",
            "config.health_check.interval_seconds",
            "config.health_check.matcher.http_code",
            "config.health_check.path",
            "config.health_check.port",
            "config.health_check.timeout_seconds",
            "config.health_check.unhealthy_threshold_count",
        ),
    ),
    "unknown enum values in every member": (
        http(
            "IP",
            protocol="UDP",
            protocolVersion="HTTP3",
            ipAddressType="DUALSTACK",
            healthCheck={"protocol": "ICMP", "protocolVersion": "HTTP3"},
        ),
        (
            "config.health_check.protocol",
            "config.health_check.protocol_version",
            "config.ip_address_type",
            "config.protocol",
            "config.protocol_version",
        ),
    ),
    "a capital in the name, port 0 and a tag with the prefix aws:": (
        http("IP", port=0) | {"name": "Orders", "tags": {"aws:x": "value", "team": "checkout"}},
        ("config.port", "name", "tags['aws:x']"),
    ),
    "an unknown type, a short name and a comma in a tag": (
        http("EC2") | {"name": "ab", "tags": {"team": "a,b"}},
        ("name", "tags['team']", "type"),
    ),
    "two invalid tags": (tagged({"a!": "value", "b": " value", "c": "value"}), ("tags['a!']", "tags['b']")),
    "52 tags, one of them invalid": (
        tagged(FIFTY_TAGS | {"one-more": "value", "two!": "more"}),
        ("tags", "tags['two!']"),
    ),
    "a LAMBDA group with a port, an invalid name and an unknown event structure": (
        group("LAMBDA", port=80, lambdaEventStructureVersion="V3") | {"name": "resize-"},
        ("config.lambda_event_structure_version", "config.port", "name"),
    ),
}
