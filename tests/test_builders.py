"""Tests of the builders of target group specs."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from lattice_tg import builders
from lattice_tg.builders import TargetGroupBuilder
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from support.model_examples import VPC

IP = TargetGroupBuilder.ip("orders", vpc_identifier=VPC)
INSTANCE = TargetGroupBuilder.instance("orders", vpc_identifier=VPC)
ALB = TargetGroupBuilder.alb("orders", vpc_identifier=VPC)
LAMBDA = TargetGroupBuilder.lambda_("orders")

WITHOUT_PROTOCOL: dict[str, Any] = {"IP": IP, "INSTANCE": INSTANCE, "ALB": ALB}
WITH_PROTOCOL: dict[str, Any] = {name: builder.http() for name, builder in WITHOUT_PROTOCOL.items()}
BUILDERS = [*WITHOUT_PROTOCOL.values(), *WITH_PROTOCOL.values(), LAMBDA]
BUILDABLE: dict[str, Any] = {**WITH_PROTOCOL, "LAMBDA": LAMBDA}

COMMON_METHODS = {"named", "tag", "tags"}
HTTP_METHODS = COMMON_METHODS | {"http", "https"}
TCP_METHODS = HTTP_METHODS | {"tcp", "health_check"}
METHODS: dict[str, set[str]] = {
    "IP": TCP_METHODS | {"ipv4", "ipv6"},
    "INSTANCE": TCP_METHODS,
    "ALB": HTTP_METHODS,
    "LAMBDA": COMMON_METHODS | {"event_structure_version", "build"},
}
"""The methods that a builder of each type has before the protocol is chosen."""

HTTP_CALLS: tuple[tuple[Callable[[Any], Any], dict[str, Any]], ...] = (
    (lambda builder: builder.http(), {"port": 80, "protocol": "HTTP"}),
    (lambda builder: builder.http(8080), {"port": 8080, "protocol": "HTTP"}),
    (lambda builder: builder.http(port=8080), {"port": 8080, "protocol": "HTTP"}),
    (
        lambda builder: builder.http(version="HTTP2"),
        {"port": 80, "protocol": "HTTP", "protocol_version": "HTTP2"},
    ),
    (lambda builder: builder.https(), {"port": 443, "protocol": "HTTPS"}),
    (
        lambda builder: builder.https(8443, version="GRPC"),
        {"port": 8443, "protocol": "HTTPS", "protocol_version": "GRPC"},
    ),
)
"""Calls that choose HTTP or HTTPS, and the config that each call returns."""

FACTORIES = {"ip", "instance", "alb", "lambda_"}


def get_public_names(builder: object) -> set[str]:
    """Return the names of the public attributes of ``builder``."""
    return {name for name in dir(builder) if not name.startswith("_")}


def spec(group_type: Any, **config: Any) -> TargetGroupSpec:
    """Return a spec with the type ``group_type`` and the config ``config``."""
    vpc_identifier = None if group_type == "LAMBDA" else VPC
    return TargetGroupSpec(
        name="orders", type=group_type, config=TargetGroupConfig(vpc_identifier=vpc_identifier, **config)
    )


@pytest.mark.parametrize("group_type", WITHOUT_PROTOCOL)
def test_builder_has_the_methods_of_its_type(group_type: str) -> None:
    """Before the protocol is chosen, a builder has only methods that its type supports, and no ``build()``."""
    assert get_public_names(WITHOUT_PROTOCOL[group_type]) == METHODS[group_type]


@pytest.mark.parametrize("group_type", WITH_PROTOCOL)
def test_builder_with_a_protocol_has_build(group_type: str) -> None:
    """After the protocol is chosen, a builder has a ``build()`` method."""
    assert get_public_names(WITH_PROTOCOL[group_type]) == METHODS[group_type] | {"build"}


def test_lambda_builder_has_build_from_the_start() -> None:
    """A Lambda builder has ``build()`` from the start, because Lambda groups have no protocol."""
    assert get_public_names(LAMBDA) == METHODS["LAMBDA"]


def test_target_group_builder_has_one_factory_method_per_type() -> None:
    """``TargetGroupBuilder`` has no public attributes other than its factory methods."""
    assert get_public_names(TargetGroupBuilder) == FACTORIES


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE", "ALB"])
@pytest.mark.parametrize(("choose_protocol", "config"), HTTP_CALLS)
def test_http_and_https_set_port_protocol_and_version(
    group_type: str, choose_protocol: Callable[[Any], Any], config: dict[str, Any]
) -> None:
    """Builders for IP, INSTANCE and ALB groups support HTTP and HTTPS with any protocol version."""
    assert choose_protocol(WITHOUT_PROTOCOL[group_type]).build() == spec(group_type, **config)


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE"])
def test_tcp_requires_a_port(group_type: str) -> None:
    """Builders for IP and INSTANCE groups support TCP, but require a port because TCP has no default port."""
    assert WITHOUT_PROTOCOL[group_type].tcp(9000).build() == spec(group_type, port=9000, protocol="TCP")
    with pytest.raises(TypeError, match="port"):
        WITHOUT_PROTOCOL[group_type].tcp()


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE"])
def test_choosing_another_protocol_replaces_the_first(group_type: str) -> None:
    """Choosing another protocol replaces the port, the protocol and the protocol version."""
    built = WITHOUT_PROTOCOL[group_type].https(8443, version="HTTP2").tcp(9000).build()

    assert built == spec(group_type, port=9000, protocol="TCP")
    assert WITHOUT_PROTOCOL[group_type].tcp(9000).http().build() == spec(group_type, port=80, protocol="HTTP")


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE"])
def test_health_check_can_be_set_before_or_after_the_protocol(group_type: str) -> None:
    """Builders for IP and INSTANCE groups accept health checks and use the last health check."""
    check = HealthCheck.http("/ready")
    expected = spec(group_type, port=80, protocol="HTTP", health_check=check)

    assert WITHOUT_PROTOCOL[group_type].health_check(check).http().build() == expected
    assert (
        WITHOUT_PROTOCOL[group_type].http().health_check(HealthCheck.disabled()).health_check(check).build() == expected
    )


def test_address_family_can_be_set_before_or_after_the_protocol() -> None:
    """Builders for IP groups accept address families and use the last address family."""
    specs = [IP.ipv4().http().build(), IP.http().ipv6().build(), IP.ipv6().http().ipv4().build()]

    families: list[Any] = ["IPV4", "IPV6", "IPV4"]
    assert specs == [spec("IP", port=80, protocol="HTTP", ip_address_type=family) for family in families]


def test_event_structure_version_is_optional() -> None:
    """A Lambda builder can set the event structure version. By default, the version is not set."""
    specs = [LAMBDA.build(), LAMBDA.event_structure_version("V2").build()]

    assert specs == [spec("LAMBDA"), spec("LAMBDA", lambda_event_structure_version="V2")]


@pytest.mark.parametrize("group_type", BUILDABLE)
def test_every_builder_supports_names_and_tags(group_type: str) -> None:
    """Every builder can change the name and add tags. A tag replaces the value of an existing key."""
    built = BUILDABLE[group_type].tag("team", "shop").tags({"stage": "live", "team": "pay"}).named("billing").build()

    assert (built.name, built.type, built.tags) == ("billing", group_type, {"team": "pay", "stage": "live"})


@pytest.mark.parametrize("builder", WITHOUT_PROTOCOL.values())
def test_choosing_the_protocol_keeps_other_fields(builder: Any) -> None:
    """Choosing the protocol does not change the name, the tags or the VPC."""
    built = builder.named("billing").tag("team", "shop").http().build()

    assert (built.name, built.tags, built.config.vpc_identifier) == ("billing", {"team": "shop"}, VPC)


@pytest.mark.parametrize("builder", BUILDERS)
def test_methods_return_a_new_builder(builder: Any) -> None:
    """Each method returns a new builder and does not change the original builder."""
    before = repr(builder)

    branches = [builder.named("first"), builder.tag("a", "1"), builder.tag("a", "2")]

    assert repr(builder) == before
    assert len({builder, *branches}) == 4


@pytest.mark.parametrize("builder", BUILDERS)
def test_builder_is_immutable(builder: Any) -> None:
    """Attributes of a builder cannot be set, and no attribute can be added."""
    for name in ("_spec", "other"):
        with pytest.raises(AttributeError):
            setattr(builder, name, None)


@pytest.mark.parametrize("builder", BUILDERS)
def test_methods_that_do_not_choose_a_protocol_keep_the_builder_class(builder: Any) -> None:
    """Methods that do not choose a protocol return a builder of the same class."""
    assert type(builder.named("other").tag("a", "b").tags({})) is type(builder)


@pytest.mark.parametrize("builder", BUILDERS)
def test_builder_survives_pickling_and_copying(builder: Any) -> None:
    """Pickled and copied builders are equal, and equal builders have equal hashes."""
    copies = [pickle.loads(pickle.dumps(builder)), copy.copy(builder), copy.deepcopy(builder)]

    assert copies == [builder] * 3
    assert [type(each) for each in copies] == [type(builder)] * 3
    assert hash(copies[0]) == hash(builder)


def test_builders_of_different_classes_are_not_equal() -> None:
    """A builder with a protocol is not equal to a builder without a protocol."""
    assert len({*BUILDERS}) == len(BUILDERS)


def test_evaluated_repr_equals_the_builder() -> None:
    """Evaluating the repr of a builder returns an equal builder."""
    namespace = {**vars(builders), "TargetGroupSpec": TargetGroupSpec}

    assert repr(LAMBDA) == "LambdaTargetGroupBuilder(TargetGroupSpec(name='orders', type='LAMBDA'))"
    assert [eval(repr(builder), namespace) for builder in BUILDERS] == BUILDERS


def test_rich_repr_yields_the_spec() -> None:
    """``__rich_repr__`` yields the current spec of a builder."""
    yielded = list(LAMBDA.__rich_repr__())

    assert yielded == [spec("LAMBDA")]


def test_build_validates_the_spec() -> None:
    """``build()`` raises one error with all problems of the spec."""
    invalid = TargetGroupBuilder.ip("Orders", vpc_identifier="orders").tcp(0).tag("", "x")

    with pytest.raises(InvalidSpecError) as caught:
        invalid.build()

    assert [problem.field for problem in caught.value.problems] == [
        "name",
        "config.port",
        "config.vpc_identifier",
        "tags['']",
    ]


def test_build_rejects_unknown_enum_values() -> None:
    """``build()`` always rejects enum values that the library does not know."""
    version: Any = "V3"

    with pytest.raises(InvalidSpecError) as caught:
        LAMBDA.event_structure_version(version).build()

    assert [str(problem) for problem in caught.value.problems] == [
        "config.lambda_event_structure_version='V3': must be one of V1, V2"
    ]


def test_vpc_is_a_required_keyword_argument() -> None:
    """The factory methods for types that have a VPC require the VPC as a keyword argument."""
    factories: list[Any] = [TargetGroupBuilder.ip, TargetGroupBuilder.instance, TargetGroupBuilder.alb]

    for factory in factories:
        with pytest.raises(TypeError, match="vpc_identifier"):
            factory("orders")
        with pytest.raises(TypeError, match="positional"):
            factory("orders", VPC)
