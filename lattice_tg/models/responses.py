"""Models for responses from VPC Lattice, except complete target groups."""

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
    """A target group from ``client.list()``, without its protocol version and health check."""

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

    port: int | None = None
    """Port on which targets listen. None for LAMBDA."""

    protocol: Protocol | str | None = None
    """HTTP, HTTPS or TCP. None for LAMBDA."""

    ip_address_type: IpAddressType | str | None = None
    """IPV4 or IPV6. None unless the type is IP."""

    vpc_identifier: str | None = None
    """Id of the VPC. None for LAMBDA."""

    lambda_event_structure_version: LambdaEventStructureVersion | str | None = None
    """V1 or V2. None unless the type is LAMBDA."""

    created_at: datetime | None = None
    """Time of creation."""

    last_updated_at: datetime | None = None
    """Time of the last update."""

    service_arns: tuple[str, ...] = ()
    """ARNs of the services that use the group. Default: none."""


@frozen(kw_only=True, repr=False)
class TargetGroupDeletion(ReprMixin):
    """The response to a delete request.

    VPC Lattice deletes the group asynchronously. ``wait_until_deleted()`` waits until the group is gone.
    """

    id: str
    """Id: ``tg-`` followed by 17 characters."""

    arn: str
    """Amazon Resource Name."""

    status: TargetGroupStatus | str
    """Usually DELETE_IN_PROGRESS, but CREATE_IN_PROGRESS, ACTIVE, CREATE_FAILED and DELETE_FAILED are possible."""


@frozen(kw_only=True, repr=False)
class TargetSummary(ReprMixin):
    """A registered target and its status, as returned by ``client.list_targets()``."""

    id: str
    """IP address, instance id or ARN."""

    port: int | None = None
    """Port on which the target receives traffic. The group's port if the target was registered without a port."""

    status: TargetStatus | str
    """INITIAL, HEALTHY, UNHEALTHY, UNUSED, UNAVAILABLE or DRAINING. New values that VPC Lattice adds later are kept."""

    reason_code: str | None = None
    """Reason for the status, such as ``HealthCheckFailed`` or ``TargetGroupNotInUse``."""


RETRYABLE_FAILURE_CODES = ("InternalFailure",)
"""Codes of failures that may be transient."""


@frozen(kw_only=True, repr=False)
class TargetFailure(ReprMixin):
    """A target that VPC Lattice rejected, and the reason."""

    id: str
    """IP address, instance id or ARN, as in the request."""

    port: int | None = None
    """Port, as in the request. None if the port was not set."""

    failure_code: str | None = None
    """Error code from VPC Lattice, such as ``UnsupportedTarget`` or ``TargetNotFound``."""

    failure_message: str | None = None
    """Error message from VPC Lattice."""

    registered_ports: tuple[int | None, ...] = ()
    """Ports on which the target is registered, if a deregistration with another port failed with ``TargetNotFound``.
    None stands for a target without a port. Default: none."""

    @property
    def retryable(self) -> bool:
        """Whether sending the target again may succeed. The client already retries as often as the policy allows."""
        return self.failure_code in RETRYABLE_FAILURE_CODES
