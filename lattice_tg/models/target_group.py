"""Configuration, spec and response models for target groups."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from attrs import field, frozen

from lattice_tg.literals import (
    IpAddressType,
    LambdaEventStructureVersion,
    Protocol,
    ProtocolVersion,
    TargetGroupStatus,
    TargetGroupType,
)
from lattice_tg.models.base import FrozenMapping, ReprMixin
from lattice_tg.models.health_check import HealthCheck


@frozen(kw_only=True, repr=False)
class TargetGroupConfig(ReprMixin):
    """The ``config`` of a target group.

    The description of each field says which target group types support the field. Fields that are None are not
    sent. Only the health check can be updated after creation.
    Source: AWS API reference, TargetGroupConfig.
    """

    port: int | None = None
    """Port on which targets listen (1-65535). Not supported for LAMBDA. Required for TCP. Service default: 80 for
    HTTP, 443 for HTTPS."""

    protocol: Protocol | None = None
    """HTTP, HTTPS or TCP (TCP only for IP and INSTANCE). Required for IP, INSTANCE and ALB, without a
    service default. Not supported for LAMBDA."""

    protocol_version: ProtocolVersion | None = None
    """HTTP1, HTTP2 or GRPC. Not supported for LAMBDA or TCP. Service default: HTTP1."""

    vpc_identifier: str | None = None
    """Id of the VPC: ``vpc-`` followed by 8 or 17 characters. Required for IP, INSTANCE and ALB, without a
    service default. Not supported for LAMBDA."""

    ip_address_type: IpAddressType | None = None
    """IPV4 or IPV6. Supported only for IP. Service default: IPV4."""

    lambda_event_structure_version: LambdaEventStructureVersion | None = None
    """V1 or V2. Supported only for LAMBDA. Service default: V1 (the AWS console chooses V2)."""

    health_check: HealthCheck | None = None
    """The health check. Supported only for IP and INSTANCE. Service default: enabled for HTTP1, disabled for HTTP2,
    GRPC and TCP."""


def _freeze_tags(tags: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return an immutable copy of ``tags``.

    Values that are not mappings are returned unchanged so that validation can report them.
    """
    if tags is None:
        return FrozenMapping()
    if isinstance(tags, FrozenMapping) or not isinstance(tags, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        return tags
    return FrozenMapping(tags)


@frozen(kw_only=True, repr=False)
class TargetGroupSpec(ReprMixin):
    """The definition of a target group.

    ``TargetGroupBuilder`` creates a spec and offers only the fields that the type of the target group supports.
    """

    name: str
    """Name, unique in the account and Region: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between
    them. The name must not start with ``tg-``."""

    type: TargetGroupType
    """IP, INSTANCE, ALB or LAMBDA. The type cannot be updated after creation."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check. Default: empty, which is valid only for LAMBDA."""

    tags: Mapping[str, str] = field(default=FrozenMapping[str, str](), converter=_freeze_tags)
    """At most 50 tags. Keys have 1-128 characters, and values have 0-256 characters. Neither may start with ``aws:``.
    Default: none."""


@frozen(kw_only=True, repr=False)
class TargetGroup(ReprMixin):
    """A target group as returned by create, get and update requests."""

    id: str
    """Id: ``tg-`` followed by 17 characters."""

    arn: str
    """Amazon Resource Name."""

    name: str
    """Name, unique in the account and Region."""

    type: TargetGroupType | str
    """IP, INSTANCE, ALB or LAMBDA."""

    status: TargetGroupStatus | str
    """CREATE_IN_PROGRESS, ACTIVE, DELETE_IN_PROGRESS, CREATE_FAILED or DELETE_FAILED."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check. Empty if the response contains no config."""

    created_at: datetime | None = None
    """Time of creation. None in responses to create and update requests."""

    last_updated_at: datetime | None = None
    """Time of the last update. None in responses to create and update requests."""

    service_arns: tuple[str, ...] = ()
    """ARNs of the services that use the group. Empty in responses to create and update requests."""

    failure_code: str | None = None
    """Error code from VPC Lattice if creating or deleting the group failed."""

    failure_message: str | None = None
    """Error message from VPC Lattice if creating or deleting the group failed."""

    def to_spec(self, *, tags: Mapping[str, str] = FrozenMapping()) -> TargetGroupSpec:
        """Return the spec that recreates this group.

        Args:
            tags: The tags of the group. You can read them with ``client.tags(group)``. Default: none.

        """
        return TargetGroupSpec(name=self.name, type=cast("TargetGroupType", self.type), config=self.config, tags=tags)
