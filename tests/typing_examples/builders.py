# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Typing examples of the builders. mypy and pyright check this file, but no test runs the code.

Both type checkers must find an error in each line with `# type: ignore[…]`. If a line has no error, the type checkers
report the comment as unused.
"""

from typing import assert_type

from lattice_tg.builders import (
    AlbTargetGroupBuilder,
    BuildableAlbTargetGroupBuilder,
    BuildableInstanceTargetGroupBuilder,
    BuildableIpTargetGroupBuilder,
    InstanceTargetGroupBuilder,
    IpTargetGroupBuilder,
    LambdaTargetGroupBuilder,
    TargetGroupBuilder,
)
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupSpec

VPC = "vpc-0123456789abcdefg"
CHECK = HealthCheck.http("/ready")


def infer_builder_types() -> None:
    """Each method returns a builder for the same type of target group, and ``build()`` returns a spec."""
    ip = TargetGroupBuilder.ip("orders", vpc_identifier=VPC)
    assert_type(ip, IpTargetGroupBuilder)
    assert_type(ip.ipv4().ipv6().health_check(CHECK).named("a").tag("b", "c").tags({}), IpTargetGroupBuilder)
    assert_type(ip.http(), BuildableIpTargetGroupBuilder)
    assert_type(ip.https(8443, version="GRPC"), BuildableIpTargetGroupBuilder)
    assert_type(ip.tcp(9000), BuildableIpTargetGroupBuilder)
    assert_type(ip.http().ipv6().health_check(CHECK).named("a").tag("b", "c").tags({}), BuildableIpTargetGroupBuilder)
    assert_type(ip.http().tcp(9000), BuildableIpTargetGroupBuilder)
    assert_type(ip.http().build(), TargetGroupSpec)

    instance = TargetGroupBuilder.instance("orders", vpc_identifier=VPC)
    assert_type(instance, InstanceTargetGroupBuilder)
    assert_type(instance.health_check(CHECK).named("a").tag("b", "c").tags({}), InstanceTargetGroupBuilder)
    assert_type(instance.http(), BuildableInstanceTargetGroupBuilder)
    assert_type(instance.https(), BuildableInstanceTargetGroupBuilder)
    assert_type(instance.tcp(9000).health_check(CHECK), BuildableInstanceTargetGroupBuilder)
    assert_type(instance.http().build(), TargetGroupSpec)

    alb = TargetGroupBuilder.alb("orders", vpc_identifier=VPC)
    assert_type(alb, AlbTargetGroupBuilder)
    assert_type(alb.named("a").tag("b", "c").tags({}), AlbTargetGroupBuilder)
    assert_type(alb.http(version="HTTP2"), BuildableAlbTargetGroupBuilder)
    assert_type(alb.https().tag("b", "c"), BuildableAlbTargetGroupBuilder)
    assert_type(alb.http().build(), TargetGroupSpec)

    lambda_ = TargetGroupBuilder.lambda_("orders")
    assert_type(lambda_, LambdaTargetGroupBuilder)
    assert_type(lambda_.event_structure_version("V2").named("a").tag("b", "c").tags({}), LambdaTargetGroupBuilder)
    assert_type(lambda_.build(), TargetGroupSpec)


def call_methods_of_other_types() -> None:
    """Builders have no methods for fields that the type of target group does not support."""
    ip = TargetGroupBuilder.ip("orders", vpc_identifier=VPC)
    ip.event_structure_version("V1")  # type: ignore[attr-defined]

    instance = TargetGroupBuilder.instance("orders", vpc_identifier=VPC)
    instance.ipv4()  # type: ignore[attr-defined]
    instance.http().ipv6()  # type: ignore[attr-defined]
    instance.event_structure_version("V1")  # type: ignore[attr-defined]

    alb = TargetGroupBuilder.alb("orders", vpc_identifier=VPC)
    alb.tcp(80)  # type: ignore[attr-defined]
    alb.http().tcp(80)  # type: ignore[attr-defined]
    alb.ipv4()  # type: ignore[attr-defined]
    alb.ipv6()  # type: ignore[attr-defined]
    alb.health_check(CHECK)  # type: ignore[attr-defined]
    alb.http().health_check(CHECK)  # type: ignore[attr-defined]
    alb.event_structure_version("V1")  # type: ignore[attr-defined]

    lambda_ = TargetGroupBuilder.lambda_("orders")
    lambda_.http()  # type: ignore[attr-defined]
    lambda_.https()  # type: ignore[attr-defined]
    lambda_.tcp(80)  # type: ignore[attr-defined]
    lambda_.ipv4()  # type: ignore[attr-defined]
    lambda_.ipv6()  # type: ignore[attr-defined]
    lambda_.health_check(CHECK)  # type: ignore[attr-defined]


def build_without_a_protocol() -> None:
    """Builders have ``build()`` only after the protocol is chosen."""
    TargetGroupBuilder.ip("orders", vpc_identifier=VPC).build()  # type: ignore[attr-defined]
    TargetGroupBuilder.instance("orders", vpc_identifier=VPC).build()  # type: ignore[attr-defined]
    TargetGroupBuilder.alb("orders", vpc_identifier=VPC).build()  # type: ignore[attr-defined]
    TargetGroupBuilder.ip("orders", vpc_identifier=VPC).ipv6().build()  # type: ignore[attr-defined]


def omit_required_arguments() -> None:
    """The VPC is a required keyword argument. ``tcp()`` requires a port and has no protocol version."""
    TargetGroupBuilder.ip("orders")  # type: ignore[call-arg]
    TargetGroupBuilder.instance("orders")  # type: ignore[call-arg]
    TargetGroupBuilder.alb("orders")  # type: ignore[call-arg]
    TargetGroupBuilder.ip("orders", VPC)  # type: ignore[call-arg]
    TargetGroupBuilder.ip(vpc_identifier=VPC)  # type: ignore[call-arg]
    TargetGroupBuilder.lambda_()  # type: ignore[call-arg]
    TargetGroupBuilder.lambda_("orders", vpc_identifier=VPC)  # type: ignore[call-arg]

    ip = TargetGroupBuilder.ip("orders", vpc_identifier=VPC)
    ip.tcp()  # type: ignore[call-arg]
    ip.tcp(80, version="HTTP1")  # type: ignore[call-arg]
    ip.http(80, "HTTP2")  # type: ignore[call-arg]


def pass_invalid_values() -> None:
    """Values that are not in a ``Literal`` and values of other types are errors."""
    ip = TargetGroupBuilder.ip("orders", vpc_identifier=VPC)
    ip.http(version="HPPT1")  # type: ignore[arg-type]
    ip.https(version="http2")  # type: ignore[arg-type]
    ip.http("80")  # type: ignore[arg-type]
    ip.health_check(None)  # type: ignore[arg-type]
    TargetGroupBuilder.lambda_("orders").event_structure_version("V3")  # type: ignore[arg-type]


def mix_factory_and_builder_methods() -> None:
    """Builders have no factory methods, and ``TargetGroupBuilder`` has no builder methods."""
    TargetGroupBuilder.lambda_("orders").ip("other", vpc_identifier=VPC)  # type: ignore[attr-defined]
    TargetGroupBuilder.http()  # type: ignore[attr-defined]
