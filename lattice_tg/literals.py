"""Literal aliases for the closed enums of VPC Lattice."""

from typing import Literal

TargetGroupType = Literal["IP", "INSTANCE", "ALB", "LAMBDA"]
"""What the targets of a group are."""

Protocol = Literal["HTTP", "HTTPS", "TCP"]
"""The protocol between VPC Lattice and the targets; TCP is for TLS passthrough."""

ProtocolVersion = Literal["HTTP1", "HTTP2", "GRPC"]
"""The HTTP version between VPC Lattice and the targets."""

HealthCheckProtocol = Literal["HTTP", "HTTPS"]
"""The protocol of a health check. The service model also lists TCP, which the service does not support."""

HealthCheckProtocolVersion = Literal["HTTP1", "HTTP2"]
"""The HTTP version of a health check."""

IpAddressType = Literal["IPV4", "IPV6"]
"""The one address family of a group's IP targets."""

LambdaEventStructureVersion = Literal["V1", "V2"]
"""The form of the event that a Lambda function receives."""

TargetGroupStatus = Literal["CREATE_IN_PROGRESS", "ACTIVE", "DELETE_IN_PROGRESS", "CREATE_FAILED", "DELETE_FAILED"]
"""Where a target group is in its life."""

TargetStatus = Literal["INITIAL", "HEALTHY", "UNHEALTHY", "UNUSED", "UNAVAILABLE", "DRAINING"]
"""Where a target is in its life."""

ResettableHealthCheckField = Literal[
    "port",
    "path",
    "interval_seconds",
    "timeout_seconds",
    "healthy_threshold_count",
    "unhealthy_threshold_count",
    "matcher",
]
"""The health check fields that ``update_health_check(reset=…)`` can put back to the service's default."""
