"""Types of the dicts that ``to_boto3`` returns.

Each type has the keys, required keys and Literals of a shape in botocore's service model. Therefore, type checkers
accept the dicts for a client that is typed with ``mypy-boto3-vpc-lattice``, whose types have the same names.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from lattice_tg.literals import (
    HealthCheckProtocolVersion,
    IpAddressType,
    LambdaEventStructureVersion,
    Protocol,
    ProtocolVersion,
    TargetGroupStatus,
    TargetGroupType,
    TargetStatus,
)


class MatcherTypeDef(TypedDict):
    """A matcher of a health check."""

    httpCode: NotRequired[str]


class HealthCheckConfigTypeDef(TypedDict):
    """A health check."""

    enabled: NotRequired[bool]
    protocol: NotRequired[Protocol]
    protocolVersion: NotRequired[HealthCheckProtocolVersion]
    port: NotRequired[int]
    path: NotRequired[str]
    healthCheckIntervalSeconds: NotRequired[int]
    healthCheckTimeoutSeconds: NotRequired[int]
    healthyThresholdCount: NotRequired[int]
    unhealthyThresholdCount: NotRequired[int]
    matcher: NotRequired[MatcherTypeDef]


class TargetGroupConfigTypeDef(TypedDict):
    """The configuration of a target group."""

    port: NotRequired[int]
    protocol: NotRequired[Protocol]
    protocolVersion: NotRequired[ProtocolVersion]
    vpcIdentifier: NotRequired[str]
    ipAddressType: NotRequired[IpAddressType]
    lambdaEventStructureVersion: NotRequired[LambdaEventStructureVersion]
    healthCheck: NotRequired[HealthCheckConfigTypeDef]


class CreateTargetGroupRequestTypeDef(TypedDict):
    """The request that creates a target group. ``to_boto3`` does not set ``clientToken``."""

    name: str
    type: TargetGroupType
    config: NotRequired[TargetGroupConfigTypeDef]
    clientToken: NotRequired[str]
    tags: NotRequired[Mapping[str, str]]


class GetTargetGroupResponseTypeDef(TypedDict):
    """A target group, without ``ResponseMetadata``."""

    id: NotRequired[str]
    arn: NotRequired[str]
    name: NotRequired[str]
    type: NotRequired[TargetGroupType]
    status: NotRequired[TargetGroupStatus]
    config: NotRequired[TargetGroupConfigTypeDef]
    createdAt: NotRequired[datetime]
    lastUpdatedAt: NotRequired[datetime]
    serviceArns: NotRequired[list[str]]
    failureCode: NotRequired[str]
    failureMessage: NotRequired[str]


class TargetGroupSummaryTypeDef(TypedDict):
    """An item of a list of target groups."""

    id: NotRequired[str]
    arn: NotRequired[str]
    name: NotRequired[str]
    type: NotRequired[TargetGroupType]
    status: NotRequired[TargetGroupStatus]
    port: NotRequired[int]
    protocol: NotRequired[Protocol]
    ipAddressType: NotRequired[IpAddressType]
    vpcIdentifier: NotRequired[str]
    lambdaEventStructureVersion: NotRequired[LambdaEventStructureVersion]
    createdAt: NotRequired[datetime]
    lastUpdatedAt: NotRequired[datetime]
    serviceArns: NotRequired[list[str]]


class DeleteTargetGroupResponseTypeDef(TypedDict):
    """The response to a delete request, without ``ResponseMetadata``."""

    id: NotRequired[str]
    arn: NotRequired[str]
    status: NotRequired[TargetGroupStatus]


class TargetTypeDef(TypedDict):
    """A target."""

    id: str
    port: NotRequired[int]


class TargetSummaryTypeDef(TypedDict):
    """A registered target and its status."""

    id: NotRequired[str]
    port: NotRequired[int]
    status: NotRequired[TargetStatus]
    reasonCode: NotRequired[str]


class TargetFailureTypeDef(TypedDict):
    """A target that VPC Lattice rejected, and the reason."""

    id: NotRequired[str]
    port: NotRequired[int]
    failureCode: NotRequired[str]
    failureMessage: NotRequired[str]
