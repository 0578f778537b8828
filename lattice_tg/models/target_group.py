"""Target groups: the configuration, the create request and the response."""

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
    """The ``config`` of a target group; which fields a type may have is said by each field and by the builders.

    ``None`` means not set, and what is not set is not sent. Only the health check can change after creation.
    Source: the API reference, TargetGroupConfig.
    """

    port: int | None = None
    """Port on which targets listen, 1-65535; not for LAMBDA. Service default: 80 for HTTP, 443 for HTTPS, none
    for TCP."""

    protocol: Protocol | None = None
    """HTTP, HTTPS or (IP and INSTANCE only) TCP; there is no default, and only LAMBDA takes none."""

    protocol_version: ProtocolVersion | None = None
    """HTTP1, HTTP2 or GRPC; not for LAMBDA or TCP. Service default: HTTP1."""

    vpc_identifier: str | None = None
    """The VPC's id, ``vpc-`` and 8 or 17 characters; there is no default, and only LAMBDA takes none."""

    ip_address_type: IpAddressType | None = None
    """IPV4 or IPV6, for IP groups only. Service default: IPV4."""

    lambda_event_structure_version: LambdaEventStructureVersion | None = None
    """V1 or V2, for LAMBDA groups only. Service default: V1 (the AWS console chooses V2)."""

    health_check: HealthCheck | None = None
    """The health check, for IP and INSTANCE groups only. Service default: on for HTTP1 groups, off for HTTP2, GRPC
    and TCP."""


def _freeze_tags(tags: Mapping[str, str] | None) -> Mapping[str, str]:
    """Tags that cannot change; what is no mapping is kept for the rules to name with all other mistakes."""
    if tags is None:
        return FrozenMapping()
    if isinstance(tags, FrozenMapping) or not isinstance(tags, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        return tags
    return FrozenMapping(tags)


@frozen(kw_only=True, repr=False)
class TargetGroupSpec(ReprMixin):
    """A target group as it should be; ``TargetGroupBuilder`` writes one that its type allows."""

    name: str
    """Name, unique in the account and Region: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting
    with ``tg-``."""

    type: TargetGroupType
    """IP, INSTANCE, ALB or LAMBDA; cannot change after creation."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check; default: empty, which only LAMBDA groups can be made with."""

    tags: Mapping[str, str] = field(default=FrozenMapping[str, str](), converter=_freeze_tags)
    """At most 50 tags: keys of 1-128 characters, not starting with ``aws:``, and values of 0-256. Default: none."""


@frozen(kw_only=True, repr=False)
class TargetGroup(ReprMixin):
    """A target group as the service describes it after create, get and update."""

    id: str
    """Id: ``tg-`` and 17 characters."""

    arn: str
    """Amazon Resource Name."""

    name: str
    """Name, unique in the account and Region."""

    type: TargetGroupType | str
    """IP, INSTANCE, ALB or LAMBDA."""

    status: TargetGroupStatus | str
    """CREATE_IN_PROGRESS, ACTIVE, DELETE_IN_PROGRESS, CREATE_FAILED or DELETE_FAILED."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check; empty where the service sends none."""

    created_at: datetime | None = None
    """When the group was created; replies to create and update lack it."""

    last_updated_at: datetime | None = None
    """When the group last changed; replies to create and update lack it."""

    service_arns: tuple[str, ...] = ()
    """The services that use the group; replies to create and update lack them."""

    failure_code: str | None = None
    """Why creating or deleting failed: the service's code."""

    failure_message: str | None = None
    """Why creating or deleting failed: the service's own words."""

    def to_spec(self, *, tags: Mapping[str, str] = FrozenMapping()) -> TargetGroupSpec:
        """The spec that would create this group again.

        Args:
            tags: The group's tags, which its description lacks: what ``client.tags(group)`` returns. Default: none.

        """
        return TargetGroupSpec(name=self.name, type=cast("TargetGroupType", self.type), config=self.config, tags=tags)
