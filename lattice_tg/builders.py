"""Fluent builders for target group specs.

The factory method of each target group type takes the required fields as parameters. Builder methods set the optional
fields, and there are no methods for unsupported fields. A builder has ``build()`` as soon as all required fields are
set. Builders are immutable. Each method returns a new builder, so one builder can be the starting point of several
specs.
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
    """The methods that all builders share."""

    _spec: TargetGroupSpec

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._spec!r})"

    def __rich_repr__(self) -> Iterator[object]:
        yield self._spec

    def named(self, name: str) -> Self:
        """Replace the name.

        Args:
            name: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between them. The name must not
                start with ``tg-``.

        """
        return evolve(self, spec=evolve(self._spec, name=name))

    def tag(self, key: str, value: str) -> Self:
        """Add a tag, replacing the value of an existing key.

        Args:
            key: Key of 1-128 characters. The key must not start with ``aws:``.
            value: Value of 0-256 characters. The value must not start with ``aws:``.

        """
        return self.tags({key: value})

    def tags(self, tags: Mapping[str, str]) -> Self:
        """Add tags, replacing the values of existing keys.

        Args:
            tags: Tags to add. Keys have 1-128 characters, and values have 0-256 characters. Neither may start with
                ``aws:``. A group can have at most 50 tags.

        """
        return evolve(self, spec=evolve(self._spec, tags={**self._spec.tags, **tags}))

    def _evolve_config(self, **changes: Any) -> TargetGroupSpec:
        return evolve(self._spec, config=evolve(self._spec.config, **changes))

    def _with_config(self, **changes: Any) -> Self:
        return evolve(self, spec=self._evolve_config(**changes))


class _Buildable(_NamedBuilder):
    """The ``build()`` method of builders whose required fields are set."""

    __slots__ = ()

    def build(self) -> TargetGroupSpec:
        """Validate and return the spec.

        Raises:
            InvalidSpecError: If the spec violates a rule. The error lists all problems.

        """
        validate(self._spec)
        return self._spec


class _HttpBuilder(_NamedBuilder, Generic[BuildableT]):
    """The protocol methods of IP, INSTANCE and ALB builders."""

    __slots__ = ()

    def http(self, port: int = 80, *, version: ProtocolVersion | None = None) -> BuildableT:
        """Set the protocol to HTTP for requests from VPC Lattice to targets.

        Args:
            port: Port on which targets listen (1-65535). Default: 80.
            version: HTTP1, HTTP2 or GRPC. Service default: HTTP1.

        """
        return self._with_protocol(port=port, protocol="HTTP", protocol_version=version)

    def https(self, port: int = 443, *, version: ProtocolVersion | None = None) -> BuildableT:
        """Set the protocol to HTTPS for requests from VPC Lattice to targets.

        VPC Lattice does not validate the certificates of targets.

        Args:
            port: Port on which targets listen (1-65535). Default: 443.
            version: HTTP1, HTTP2 or GRPC. Service default: HTTP1.

        """
        return self._with_protocol(port=port, protocol="HTTPS", protocol_version=version)

    def _with_protocol(self, **changes: Any) -> BuildableT:
        """Return a builder that has ``build()``, with ``changes`` applied to the config."""
        # A table is used instead of a method in each class because editors would list that method before http().
        builder_class: Any = _BUILDABLE_BUILDERS[self._spec.type]
        return cast("BuildableT", builder_class(self._evolve_config(**changes)))


class _TcpBuilder(_HttpBuilder[BuildableT], Generic[BuildableT]):
    """The methods of IP and INSTANCE builders that ALB builders do not have."""

    __slots__ = ()

    def tcp(self, port: int) -> BuildableT:
        """Set the protocol to TCP, for TLS passthrough listeners.

        Args:
            port: Port on which targets listen (1-65535). There is no default.

        """
        return self._with_protocol(port=port, protocol="TCP", protocol_version=None)

    def health_check(self, health_check: HealthCheck) -> Self:
        """Set the health check that replaces the service default for the protocol.

        Args:
            health_check: ``HealthCheck.http()``, ``.https()`` or ``.disabled()``. A health check that was set before is
                replaced.

        """
        return self._with_config(health_check=health_check)


class IpTargetGroupBuilder(_TcpBuilder["BuildableIpTargetGroupBuilder"]):
    """A builder of an IP target group. Call ``http()``, ``https()`` or ``tcp()`` next."""

    __slots__ = ()

    def ipv4(self) -> Self:
        """Use IPv4 addresses as targets. This is the service default."""
        return self._with_config(ip_address_type="IPV4")

    def ipv6(self) -> Self:
        """Use IPv6 addresses as targets."""
        return self._with_config(ip_address_type="IPV6")


class BuildableIpTargetGroupBuilder(IpTargetGroupBuilder, _Buildable):
    """A builder of an IP target group whose protocol has been chosen."""

    __slots__ = ()


class InstanceTargetGroupBuilder(_TcpBuilder["BuildableInstanceTargetGroupBuilder"]):
    """A builder of an INSTANCE target group. Call ``http()``, ``https()`` or ``tcp()`` next."""

    __slots__ = ()


class BuildableInstanceTargetGroupBuilder(InstanceTargetGroupBuilder, _Buildable):
    """A builder of an INSTANCE target group whose protocol has been chosen."""

    __slots__ = ()


class AlbTargetGroupBuilder(_HttpBuilder["BuildableAlbTargetGroupBuilder"]):
    """A builder of an ALB target group. Call ``http()`` or ``https()`` next."""

    __slots__ = ()


class BuildableAlbTargetGroupBuilder(AlbTargetGroupBuilder, _Buildable):
    """A builder of an ALB target group whose protocol has been chosen."""

    __slots__ = ()


class LambdaTargetGroupBuilder(_Buildable):
    """A builder of a LAMBDA target group. All methods except ``build()`` are optional."""

    __slots__ = ()

    def event_structure_version(self, version: LambdaEventStructureVersion) -> Self:
        """Set the version of the event structure that the function receives.

        Args:
            version: V1 or V2. Service default: V1.

        """
        return self._with_config(lambda_event_structure_version=version)


_BUILDABLE_BUILDERS = {
    "IP": BuildableIpTargetGroupBuilder,
    "INSTANCE": BuildableInstanceTargetGroupBuilder,
    "ALB": BuildableAlbTargetGroupBuilder,
}
"""The builder class that each target group type uses after the protocol has been chosen."""


class TargetGroupBuilder:
    """Factory methods that create a builder for each target group type."""

    @staticmethod
    def ip(name: str, *, vpc_identifier: str) -> IpTargetGroupBuilder:
        """Create a builder of an IP target group.

        The targets are IP addresses.

        Args:
            name: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between them. The name must not
                start with ``tg-``.
            vpc_identifier: Id of the VPC: ``vpc-`` followed by 8 or 17 characters.

        """
        config = TargetGroupConfig(vpc_identifier=vpc_identifier)
        return IpTargetGroupBuilder(TargetGroupSpec(name=name, type="IP", config=config))

    @staticmethod
    def instance(name: str, *, vpc_identifier: str) -> InstanceTargetGroupBuilder:
        """Create a builder of an INSTANCE target group.

        The targets are EC2 instances.

        Args:
            name: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between them. The name must not
                start with ``tg-``.
            vpc_identifier: Id of the VPC: ``vpc-`` followed by 8 or 17 characters.

        """
        config = TargetGroupConfig(vpc_identifier=vpc_identifier)
        return InstanceTargetGroupBuilder(TargetGroupSpec(name=name, type="INSTANCE", config=config))

    @staticmethod
    def alb(name: str, *, vpc_identifier: str) -> AlbTargetGroupBuilder:
        """Create a builder of an ALB target group.

        The only target is an internal Application Load Balancer.

        Args:
            name: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between them. The name must not
                start with ``tg-``.
            vpc_identifier: Id of the VPC: ``vpc-`` followed by 8 or 17 characters.

        """
        config = TargetGroupConfig(vpc_identifier=vpc_identifier)
        return AlbTargetGroupBuilder(TargetGroupSpec(name=name, type="ALB", config=config))

    @staticmethod
    def lambda_(name: str) -> LambdaTargetGroupBuilder:
        """Create a builder of a LAMBDA target group.

        The only target is a Lambda function.

        Args:
            name: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between them. The name must not
                start with ``tg-``.

        """
        return LambdaTargetGroupBuilder(TargetGroupSpec(name=name, type="LAMBDA"))
