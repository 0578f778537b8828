"""What a target group is made of, beside its name and type."""

from attrs import frozen

from lattice_tg.models.health_check import HealthCheck
from lattice_tg.representation import ReprMixin
from lattice_tg.vocabulary import IpAddressType, LambdaEventStructureVersion, Protocol, ProtocolVersion


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
