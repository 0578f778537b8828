"""Responses of the service other than a whole target group."""

from datetime import datetime

from attrs import frozen

from lattice_tg.literals import (
    IpAddressType,
    LambdaEventStructureVersion,
    Protocol,
    TargetGroupStatus,
    TargetGroupType,
    TargetStatus,
)
from lattice_tg.models.base import ReprMixin


@frozen(kw_only=True, repr=False)
class TargetGroupSummary(ReprMixin):
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
class TargetGroupDeletion(ReprMixin):
    """The answer to a delete: the group is going, and ``wait_until_deleted`` says when it is gone."""

    id: str
    """Id: ``tg-`` and 17 characters."""

    arn: str
    """Amazon Resource Name."""

    status: TargetGroupStatus | str
    """DELETE_IN_PROGRESS, as a rule; DELETE_FAILED, ACTIVE, CREATE_IN_PROGRESS and CREATE_FAILED are not expected."""


@frozen(kw_only=True, repr=False)
class TargetSummary(ReprMixin):
    """A registered target and its state: a row of ``list_targets``."""

    id: str
    """IP address, instance id or ARN."""

    port: int | None = None
    """Port that takes the traffic; the group's where none was given at registration."""

    status: TargetStatus | str
    """INITIAL, HEALTHY, UNHEALTHY, UNUSED, UNAVAILABLE or DRAINING; a word of a newer service is kept."""

    reason_code: str | None = None
    """Why the target is in that state, such as ``HealthCheckFailed`` or ``TargetGroupNotInUse``."""


@frozen(kw_only=True, repr=False)
class TargetFailure(ReprMixin):
    """A target that the service did not take, and why."""

    id: str
    """IP address, instance id or ARN, as it was sent."""

    port: int | None = None
    """Port, as it was sent."""

    failure_code: str | None = None
    """The service's code, such as ``UnsupportedTarget`` or ``TargetNotFound``."""

    failure_message: str | None = None
    """The service's own words."""
