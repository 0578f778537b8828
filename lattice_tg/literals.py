"""Literal types for the enums of VPC Lattice, and groups of statuses."""

from typing import Literal

TargetGroupType = Literal["IP", "INSTANCE", "ALB", "LAMBDA"]
"""The type of the targets of a group."""

Protocol = Literal["HTTP", "HTTPS", "TCP"]
"""The protocol between VPC Lattice and the targets. TCP is used for TLS passthrough."""

ProtocolVersion = Literal["HTTP1", "HTTP2", "GRPC"]
"""The HTTP version between VPC Lattice and the targets."""

HealthCheckProtocol = Literal["HTTP", "HTTPS"]
"""The protocol of a health check. The service model also lists TCP, which VPC Lattice does not support."""

HealthCheckProtocolVersion = Literal["HTTP1", "HTTP2"]
"""The HTTP version of a health check."""

IpAddressType = Literal["IPV4", "IPV6"]
"""The address family of a group's IP targets."""

LambdaEventStructureVersion = Literal["V1", "V2"]
"""The version of the event structure that a Lambda function receives."""

TargetGroupStatus = Literal["CREATE_IN_PROGRESS", "ACTIVE", "DELETE_IN_PROGRESS", "CREATE_FAILED", "DELETE_FAILED"]
"""The status of a target group."""

TargetStatus = Literal["INITIAL", "HEALTHY", "UNHEALTHY", "UNUSED", "UNAVAILABLE", "DRAINING"]
"""The status of a target."""

ResettableHealthCheckField = Literal[
    "port",
    "path",
    "interval_seconds",
    "timeout_seconds",
    "healthy_threshold_count",
    "unhealthy_threshold_count",
    "matcher",
]
"""A health check field that ``update_health_check(reset=...)`` can reset to the service's default."""

IN_PROGRESS_STATUSES = ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
"""Statuses of a group that VPC Lattice is creating or deleting. VPC Lattice rejects changes to such a group."""

FAILED_STATUSES = ("CREATE_FAILED", "DELETE_FAILED")
"""Statuses of a group that VPC Lattice failed to create or delete. Such a group never becomes ACTIVE."""

DELETING_STATUSES = ("DELETE_IN_PROGRESS", "DELETE_FAILED")
"""Statuses of a group whose deletion was requested, whether or not the deletion has failed."""

UNUSABLE_STATUSES = ("DELETE_FAILED", "DELETE_IN_PROGRESS", "CREATE_FAILED")
"""Statuses of a group that is not ACTIVE and cannot become ACTIVE.

If several groups share a name and none is usable, the library chooses the group whose status comes first in this tuple.
"""

SERVING_TARGET_STATUSES = ("HEALTHY", "UNAVAILABLE")
"""Statuses of a target that receives traffic.

Targets of groups without health checks are UNAVAILABLE but receive traffic. ALB groups, LAMBDA groups, and groups with
disabled health checks have no health checks.
"""
