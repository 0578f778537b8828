"""Targets of target groups."""

from typing import Self

from attrs import frozen

from lattice_tg.models.base import ReprMixin


@frozen(kw_only=True, repr=False)
class Target(ReprMixin):
    """A target of a target group.

    Create targets with ``Target.ip()``, ``.instance()``, ``.alb()`` or ``.lambda_()``.
    """

    id: str
    """IP address, instance id, or ARN of a load balancer or Lambda function (1-200 characters)."""

    port: int | None = None
    """Port on which the target receives traffic (1-65535). Not supported for Lambda. Service default: the port of
    the group."""

    @classmethod
    def ip(cls, address: str, port: int | None = None) -> Self:
        """Return a target with an IP address.

        Args:
            address: IPv4 or IPv6 address. It must match the address family of the group.
            port: Port on which the target receives traffic (1-65535). Service default: the group's port.

        """
        return cls(id=address, port=port)

    @classmethod
    def instance(cls, instance_id: str, port: int | None = None) -> Self:
        """Return a target that is an EC2 instance.

        Args:
            instance_id: Id of the instance (``i-…``, at most 200 characters). The instance must run in the group's VPC.
            port: Port on which the target receives traffic (1-65535). Service default: the group's port.

        """
        return cls(id=instance_id, port=port)

    @classmethod
    def alb(cls, arn: str, port: int | None = None) -> Self:
        """Return a target that is an internal Application Load Balancer.

        A target group can have only one Application Load Balancer as its target.

        Args:
            arn: ARN of the load balancer. The load balancer must be in the account and VPC of the group.
            port: Port on which the target receives traffic (1-65535). Service default: the group's port.

        """
        return cls(id=arn, port=port)

    @classmethod
    def lambda_(cls, arn: str) -> Self:
        """Return a target that is a Lambda function.

        A target group can have only one Lambda function as its target.

        Args:
            arn: ARN of the function, or of one of its versions or aliases.

        """
        return cls(id=arn)
