"""Target groups: configuration, spec and response."""

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
    """The ``config`` of a target group. Each field lists the types that support it.

    A field that is None is not sent. Only the health check can be updated after creation.
    Source: AWS API reference, TargetGroupConfig.
    """

    port: int | None = None
    """Port on which targets listen (1-65535). Not supported for LAMBDA. Required for TCP. Service default: 80 for
    HTTP, 443 for HTTPS."""

    protocol: Protocol | None = None
    """HTTP, HTTPS or TCP (TCP only for IP and INSTANCE). Required, without a service default. Not supported for
    LAMBDA."""

    protocol_version: ProtocolVersion | None = None
    """HTTP1, HTTP2 or GRPC. Not supported for LAMBDA or TCP. Service default: HTTP1."""

    vpc_identifier: str | None = None
    """Id of the VPC: ``vpc-`` followed by 8 or 17 characters. Required, without a service default. Not supported for
    LAMBDA."""

    ip_address_type: IpAddressType | None = None
    """IPV4 or IPV6. Supported only for IP. Service default: IPV4."""

    lambda_event_structure_version: LambdaEventStructureVersion | None = None
    """V1 or V2. Supported only for LAMBDA. Service default: V1 (the AWS console chooses V2)."""

    health_check: HealthCheck | None = None
    """The health check. Supported only for IP and INSTANCE. Service default: enabled for HTTP1, disabled for HTTP2,
    GRPC and TCP."""


def _freeze_tags(tags: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return an immutable copy of ``tags``.

    Values that are not mappings are passed through so that validation can report them.
    """
    if tags is None:
        return FrozenMapping()
    if isinstance(tags, FrozenMapping) or not isinstance(tags, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        return tags
    return FrozenMapping(tags)


@frozen(kw_only=True, repr=False)
class TargetGroupSpec(ReprMixin):
    """The definition of a target group.

    ``TargetGroupBuilder`` creates a spec and offers only the fields that the type supports.
    """

    name: str
    """Name, unique in the account and Region: 3-128 characters from ``a-z``, ``0-9`` and single hyphens between them.
    It must not start with ``tg-``."""

    type: TargetGroupType
    """IP, INSTANCE, ALB or LAMBDA. It cannot be updated after creation."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check. Default: empty, which is valid only for LAMBDA."""

    tags: Mapping[str, str] = field(default=FrozenMapping[str, str](), converter=_freeze_tags)
    """At most 50 tags: keys of 1-128 and values of 0-256 characters, not starting with ``aws:``. Default: none."""


@frozen(kw_only=True, repr=False)
class TargetGroup(ReprMixin):
    """A target group, as VPC Lattice returns it after create, get and update."""

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
    """Protocol, port, VPC and health check. Empty if the response has none."""

    created_at: datetime | None = None
    """Time of creation. None in responses to create and update."""

    last_updated_at: datetime | None = None
    """Time of the last update. None in responses to create and update."""

    service_arns: tuple[str, ...] = ()
    """ARNs of the services that use the group. Empty in responses to create and update."""

    failure_code: str | None = None
    """Error code of VPC Lattice if creating or deleting the group failed."""

    failure_message: str | None = None
    """Error message of VPC Lattice if creating or deleting the group failed."""

    def to_spec(self, *, tags: Mapping[str, str] = FrozenMapping()) -> TargetGroupSpec:
        """Return the spec that recreates this group.

        Args:
            tags: The tags of the group, which only ``client.tags(group)`` returns. Default: none.

        """
        return TargetGroupSpec(name=self.name, type=cast("TargetGroupType", self.type), config=self.config, tags=tags)
