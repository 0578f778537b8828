"""What there is: the service's replies about target groups. Words of a newer service are kept as they come."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from attrs import frozen

from lattice_tg.frozen import FrozenMapping
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.representation import Representation
from lattice_tg.vocabulary import (
    IpAddressType,
    LambdaEventStructureVersion,
    Protocol,
    TargetGroupStatus,
    TargetGroupType,
)


@frozen(kw_only=True, repr=False)
class TargetGroup(Representation):
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


@frozen(kw_only=True, repr=False)
class TargetGroupSummary(Representation):
    """A row of ``list``: it lacks the protocol version and the health check, which ``get`` has."""

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

    port: int | None = None
    """Port on which targets listen; none for LAMBDA."""

    protocol: Protocol | str | None = None
    """HTTP, HTTPS or TCP; none for LAMBDA."""

    ip_address_type: IpAddressType | str | None = None
    """IPV4 or IPV6; of IP groups only."""

    vpc_identifier: str | None = None
    """The VPC's id; none for LAMBDA."""

    lambda_event_structure_version: LambdaEventStructureVersion | str | None = None
    """V1 or V2; of LAMBDA groups only."""

    created_at: datetime | None = None
    """When the group was created."""

    last_updated_at: datetime | None = None
    """When the group last changed."""

    service_arns: tuple[str, ...] = ()
    """The services that use the group."""


@frozen(kw_only=True, repr=False)
class TargetGroupDeletion(Representation):
    """The answer to a delete: the group is going, and ``wait_until_deleted`` says when it is gone."""

    id: str
    """Id: ``tg-`` and 17 characters."""

    arn: str
    """Amazon Resource Name."""

    status: TargetGroupStatus | str
    """DELETE_IN_PROGRESS, as a rule; DELETE_FAILED, ACTIVE, CREATE_IN_PROGRESS and CREATE_FAILED are not expected."""
