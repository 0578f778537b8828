"""The fluent spelling of a spec, in which the illegal cannot be written.

What a type must have stands in the entry call; what it may have is a method; what it may not have does not exist.
``build`` appears once the protocol is chosen. Each step returns a new builder, so one can be shared and branched.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Generic, Self, TypeVar, cast

from attrs import evolve, frozen

from lattice_tg.literals import LambdaEventStructureVersion, ProtocolVersion
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.validation import validate

BuildableT = TypeVar("BuildableT")


@frozen(repr=False)
class _NamedBuilder:
    """The steps that every type has."""

    _spec: TargetGroupSpec

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._spec!r})"

    def __rich_repr__(self) -> Iterator[object]:
        yield self._spec

    def named(self, name: str) -> Self:
        """The same group under another name.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.

        """
        return evolve(self, spec=evolve(self._spec, name=name))

    def tag(self, key: str, value: str) -> Self:
        """One more tag; the same key again replaces the value.

        Args:
            key: 1-128 characters, not starting with ``aws:``.
            value: 0-256 characters.

        """
        return self.tags({key: value})

    def tags(self, tags: Mapping[str, str]) -> Self:
        """More tags; a key that is there already gets the new value.

        Args:
            tags: Keys of 1-128 characters, not starting with ``aws:``, and values of 0-256; at most 50 in all.

        """
        return evolve(self, spec=evolve(self._spec, tags={**self._spec.tags, **tags}))

    def _evolve_config(self, **changes: Any) -> TargetGroupSpec:
        return evolve(self._spec, config=evolve(self._spec.config, **changes))

    def _with_config(self, **changes: Any) -> Self:
        return evolve(self, spec=self._evolve_config(**changes))


@frozen(repr=False)
class _Buildable(_NamedBuilder):
    """The last step."""

    def build(self) -> TargetGroupSpec:
        """The spec.

        Raises:
            InvalidSpecError: It breaks rules; every problem is named.

        """
        validate(self._spec)
        return self._spec


@frozen(repr=False)
class _HttpBuilder(_NamedBuilder, Generic[BuildableT]):
    """The protocols that IP, INSTANCE and ALB groups share."""

    def http(self, port: int = 80, *, version: ProtocolVersion | None = None) -> BuildableT:
        """Speak HTTP to the targets.

        Args:
            port: Port on which targets listen, 1-65535; default: 80.
            version: HTTP1, HTTP2 or GRPC; the service's default is HTTP1.

        """
        return self._with_protocol(port=port, protocol="HTTP", protocol_version=version)

    def https(self, port: int = 443, *, version: ProtocolVersion | None = None) -> BuildableT:
        """Speak HTTPS to the targets, whose certificates are not validated.

        Args:
            port: Port on which targets listen, 1-65535; default: 443.
            version: HTTP1, HTTP2 or GRPC; the service's default is HTTP1.

        """
        return self._with_protocol(port=port, protocol="HTTPS", protocol_version=version)

    def _with_protocol(self, **changes: Any) -> BuildableT:
        """The builder of this type that can be built, with these changes of the config."""
        routed: Any = _BUILDABLE_BUILDERS[
            self._spec.type
        ]  # not a method of each type: editors would list it before ``http``
        return cast("BuildableT", routed(self._evolve_config(**changes)))


@frozen(repr=False)
class _TcpBuilder(_HttpBuilder[BuildableT], Generic[BuildableT]):
    """What IP and INSTANCE groups have beyond ALB groups."""

    def tcp(self, port: int) -> BuildableT:
        """Pass TCP through, for TLS passthrough listeners; there is no default port and no version.

        Args:
            port: Port on which targets listen, 1-65535.

        """
        return self._with_protocol(port=port, protocol="TCP", protocol_version=None)

    def health_check(self, health_check: HealthCheck) -> Self:
        """Check targets like this, instead of the service's default for the protocol.

        Args:
            health_check: ``HealthCheck.http()``, ``.https()`` or ``.disabled()``; the last one given counts.

        """
        return self._with_config(health_check=health_check)


@frozen(repr=False)
class IpTargetGroupBuilder(_TcpBuilder["BuildableIpTargetGroupBuilder"]):
    """A group of IP addresses; choose ``http``, ``https`` or ``tcp`` next."""

    def ipv4(self) -> Self:
        """Targets are IPv4 addresses; the service's default."""
        return self._with_config(ip_address_type="IPV4")

    def ipv6(self) -> Self:
        """Targets are IPv6 addresses."""
        return self._with_config(ip_address_type="IPV6")


@frozen(repr=False)
class BuildableIpTargetGroupBuilder(IpTargetGroupBuilder, _Buildable):
    """A group of IP addresses that can be built."""


@frozen(repr=False)
class InstanceTargetGroupBuilder(_TcpBuilder["BuildableInstanceTargetGroupBuilder"]):
    """A group of EC2 instances; choose ``http``, ``https`` or ``tcp`` next."""


@frozen(repr=False)
class BuildableInstanceTargetGroupBuilder(InstanceTargetGroupBuilder, _Buildable):
    """A group of EC2 instances that can be built."""


@frozen(repr=False)
class AlbTargetGroupBuilder(_HttpBuilder["BuildableAlbTargetGroupBuilder"]):
    """A group of one Application Load Balancer; choose ``http`` or ``https`` next."""


@frozen(repr=False)
class BuildableAlbTargetGroupBuilder(AlbTargetGroupBuilder, _Buildable):
    """A group of one Application Load Balancer that can be built."""


@frozen(repr=False)
class LambdaTargetGroupBuilder(_Buildable):
    """A group of one Lambda function; it can be built as it is."""

    def event_structure_version(self, version: LambdaEventStructureVersion) -> Self:
        """The form of the event that the function receives.

        Args:
            version: V1 or V2; the service's default is V1.

        """
        return self._with_config(lambda_event_structure_version=version)


_BUILDABLE_BUILDERS = {
    "IP": BuildableIpTargetGroupBuilder,
    "INSTANCE": BuildableInstanceTargetGroupBuilder,
    "ALB": BuildableAlbTargetGroupBuilder,
}
"""What each type becomes once its protocol is chosen."""


class TargetGroupBuilder:
    """Where a spec begins: one entry for each type, with what that type must have."""

    @staticmethod
    def ip(name: str, *, vpc_identifier: str) -> IpTargetGroupBuilder:
        """A group of IP addresses.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.
            vpc_identifier: The VPC's id: ``vpc-`` and 8 or 17 characters.

        """
        config = TargetGroupConfig(vpc_identifier=vpc_identifier)
        return IpTargetGroupBuilder(TargetGroupSpec(name=name, type="IP", config=config))

    @staticmethod
    def instance(name: str, *, vpc_identifier: str) -> InstanceTargetGroupBuilder:
        """A group of EC2 instances.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.
            vpc_identifier: The VPC's id: ``vpc-`` and 8 or 17 characters.

        """
        config = TargetGroupConfig(vpc_identifier=vpc_identifier)
        return InstanceTargetGroupBuilder(TargetGroupSpec(name=name, type="INSTANCE", config=config))

    @staticmethod
    def alb(name: str, *, vpc_identifier: str) -> AlbTargetGroupBuilder:
        """A group of one internal Application Load Balancer.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.
            vpc_identifier: The VPC's id: ``vpc-`` and 8 or 17 characters.

        """
        config = TargetGroupConfig(vpc_identifier=vpc_identifier)
        return AlbTargetGroupBuilder(TargetGroupSpec(name=name, type="ALB", config=config))

    @staticmethod
    def lambda_(name: str) -> LambdaTargetGroupBuilder:
        """A group of one Lambda function.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.

        """
        return LambdaTargetGroupBuilder(TargetGroupSpec(name=name, type="LAMBDA"))
