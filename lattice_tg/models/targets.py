"""Targets."""

from typing import Self

from attrs import frozen

from lattice_tg.models.base import ReprMixin


@frozen(kw_only=True, repr=False)
class Target(ReprMixin):
    """One target: ``Target.ip()``, ``.instance()``, ``.alb()`` or ``.lambda_()``."""

    id: str
    """IP address, instance id, or ARN of a load balancer or Lambda function; 1-200 characters."""

    port: int | None = None
    """Port that takes the traffic, 1-65535; not for Lambda. Service default: the group's port."""

    @classmethod
    def ip(cls, address: str, port: int | None = None) -> Self:
        """A target by its address.

        Args:
            address: IPv4 or IPv6 address, of the group's address family.
            port: Port that takes the traffic, 1-65535; the service's default is the group's port.

        """
        return cls(id=address, port=port)

    @classmethod
    def instance(cls, instance_id: str, port: int | None = None) -> Self:
        """An EC2 instance.

        Args:
            instance_id: Its id (``i-…``), at most 200 characters; it has to run in the group's VPC.
            port: Port that takes the traffic, 1-65535; the service's default is the group's port.

        """
        return cls(id=instance_id, port=port)

    @classmethod
    def alb(cls, arn: str, port: int | None = None) -> Self:
        """An internal Application Load Balancer; a group takes one.

        Args:
            arn: Its ARN; it has to be in the group's account and VPC.
            port: Port that takes the traffic, 1-65535; the service's default is the group's port.

        """
        return cls(id=arn, port=port)

    @classmethod
    def lambda_(cls, arn: str) -> Self:
        """A Lambda function; a group takes one.

        Args:
            arn: ARN of the function, or of a version or alias of it.

        """
        return cls(id=arn)
