"""The fluent spelling of a spec: what each step gives, and what is absent where."""

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

UNROUTED: dict[str, Any] = {"IP": IP, "INSTANCE": INSTANCE, "ALB": ALB}
ROUTED: dict[str, Any] = {name: builder.http() for name, builder in UNROUTED.items()}
BUILDERS = [*UNROUTED.values(), *ROUTED.values(), LAMBDA]
BUILDABLE: dict[str, Any] = {**ROUTED, "LAMBDA": LAMBDA}

EVERYWHERE = {"named", "tag", "tags"}
ROUTES = EVERYWHERE | {"http", "https"}
CHECKED = ROUTES | {"tcp", "health_check"}
STEPS: dict[str, set[str]] = {
    "IP": CHECKED | {"ipv4", "ipv6"},
    "INSTANCE": CHECKED,
    "ALB": ROUTES,
    "LAMBDA": EVERYWHERE | {"event_structure_version", "build"},
}
"""The table of the design: what each type of builder has before the protocol is chosen."""

ROUTES_TAKEN: tuple[tuple[Callable[[Any], Any], dict[str, Any]], ...] = (
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
"""Each way to choose HTTP or HTTPS, and what it makes of the config."""

ENTRIES = {"ip", "instance", "alb", "lambda_"}


def steps_of(builder: object) -> set[str]:
    return {name for name in dir(builder) if not name.startswith("_")}


def spec(kind: Any, **config: Any) -> TargetGroupSpec:
    vpc = None if kind == "LAMBDA" else VPC
    return TargetGroupSpec(name="orders", type=kind, config=TargetGroupConfig(vpc_identifier=vpc, **config))


@pytest.mark.parametrize("kind", UNROUTED)
def test_builders_have_the_steps_of_their_type(kind: str) -> None:
    """Before the protocol is chosen, a builder has the steps of its type, no ``build`` and no entry."""
    assert steps_of(UNROUTED[kind]) == STEPS[kind]


@pytest.mark.parametrize("kind", ROUTED)
def test_routed_builders_can_be_built(kind: str) -> None:
    """Once the protocol is chosen, ``build`` is there as well."""
    assert steps_of(ROUTED[kind]) == STEPS[kind] | {"build"}


def test_lambda_builders_can_be_built_at_once() -> None:
    """A Lambda group has no protocol to choose."""
    assert steps_of(LAMBDA) == STEPS["LAMBDA"]


def test_the_entries_are_the_types() -> None:
    """``TargetGroupBuilder`` has one entry for each type, and nothing else."""
    assert steps_of(TargetGroupBuilder) == ENTRIES


@pytest.mark.parametrize("kind", ["IP", "INSTANCE", "ALB"])
@pytest.mark.parametrize(("step", "config"), ROUTES_TAKEN)
def test_http_and_https(kind: str, step: Callable[[Any], Any], config: dict[str, Any]) -> None:
    """IP, INSTANCE and ALB groups speak HTTP and HTTPS of any version."""
    assert step(UNROUTED[kind]).build() == spec(kind, **config)


@pytest.mark.parametrize("kind", ["IP", "INSTANCE"])
def test_tcp(kind: str) -> None:
    """IP and INSTANCE groups pass TCP through, at a port that is always given."""
    assert UNROUTED[kind].tcp(9000).build() == spec(kind, port=9000, protocol="TCP")
    with pytest.raises(TypeError, match="port"):
        UNROUTED[kind].tcp()


@pytest.mark.parametrize("kind", ["IP", "INSTANCE"])
def test_the_last_protocol_counts(kind: str) -> None:
    """A protocol chosen again replaces the port, the protocol and the version."""
    built = UNROUTED[kind].https(8443, version="HTTP2").tcp(9000).build()

    assert built == spec(kind, port=9000, protocol="TCP")
    assert UNROUTED[kind].tcp(9000).http().build() == spec(kind, port=80, protocol="HTTP")


@pytest.mark.parametrize("kind", ["IP", "INSTANCE"])
def test_health_checks(kind: str) -> None:
    """IP and INSTANCE groups take a health check, before or after the protocol; the last counts."""
    check = HealthCheck.http("/ready")
    expected = spec(kind, port=80, protocol="HTTP", health_check=check)

    assert UNROUTED[kind].health_check(check).http().build() == expected
    assert UNROUTED[kind].http().health_check(HealthCheck.disabled()).health_check(check).build() == expected


def test_address_families() -> None:
    """IP groups choose their address family, before or after the protocol; the last counts."""
    built = [IP.ipv4().http().build(), IP.http().ipv6().build(), IP.ipv6().http().ipv4().build()]

    families: list[Any] = ["IPV4", "IPV6", "IPV4"]
    assert built == [spec("IP", port=80, protocol="HTTP", ip_address_type=family) for family in families]


def test_event_structure_versions() -> None:
    """Lambda groups choose the form of the event; without it none is sent."""
    built = [LAMBDA.build(), LAMBDA.event_structure_version("V2").build()]

    assert built == [spec("LAMBDA"), spec("LAMBDA", lambda_event_structure_version="V2")]


@pytest.mark.parametrize("kind", BUILDABLE)
def test_names_and_tags(kind: str) -> None:
    """Every type can be renamed and tagged; tags add up and a key given again replaces its value."""
    built = BUILDABLE[kind].tag("team", "shop").tags({"stage": "live", "team": "pay"}).named("billing").build()

    assert (built.name, built.type, built.tags) == ("billing", kind, {"team": "pay", "stage": "live"})


@pytest.mark.parametrize("builder", UNROUTED.values())
def test_steps_before_the_protocol_are_kept(builder: Any) -> None:
    """Choosing the protocol forgets nothing."""
    built = builder.named("billing").tag("team", "shop").http().build()

    assert (built.name, built.tags, built.config.vpc_identifier) == ("billing", {"team": "shop"}, VPC)


@pytest.mark.parametrize("builder", BUILDERS)
def test_branching_leaves_the_original_unchanged(builder: Any) -> None:
    """Each step returns a new builder of its own."""
    before = repr(builder)

    branches = [builder.named("first"), builder.tag("a", "1"), builder.tag("a", "2")]

    assert repr(builder) == before
    assert len({builder, *branches}) == 4


@pytest.mark.parametrize("builder", BUILDERS)
def test_builders_cannot_be_changed(builder: Any) -> None:
    """A builder is a frozen value without room for more."""
    for name in ("_spec", "other"):
        with pytest.raises(AttributeError):
            setattr(builder, name, None)


@pytest.mark.parametrize("builder", BUILDERS)
def test_steps_keep_the_type_of_builder(builder: Any) -> None:
    """A step that chooses no protocol returns a builder with the same steps."""
    assert type(builder.named("other").tag("a", "b").tags({})) is type(builder)


@pytest.mark.parametrize("builder", BUILDERS)
def test_builders_survive_pickling_and_copying(builder: Any) -> None:
    """A builder is a plain value, compared by its class and what has been said so far."""
    again = [pickle.loads(pickle.dumps(builder)), copy.copy(builder), copy.deepcopy(builder)]

    assert again == [builder] * 3
    assert [type(each) for each in again] == [type(builder)] * 3
    assert hash(again[0]) == hash(builder)


def test_builders_of_two_types_differ() -> None:
    """A routed builder is another value than the one it came from."""
    assert len({*BUILDERS}) == len(BUILDERS)


def test_repr_makes_the_builder_again() -> None:
    """The repr of a builder is the Python that makes it."""
    names = {**vars(builders), "TargetGroupSpec": TargetGroupSpec}

    assert repr(LAMBDA) == "LambdaTargetGroupBuilder(TargetGroupSpec(name='orders', type='LAMBDA'))"
    assert [eval(repr(builder), names) for builder in BUILDERS] == BUILDERS


def test_rich_shows_the_spec() -> None:
    """``rich`` gets the spec so far."""
    shown = list(LAMBDA.__rich_repr__())

    assert shown == [spec("LAMBDA")]


def test_build_runs_the_rules() -> None:
    """What is built is checked, all of it at once."""
    wrong = TargetGroupBuilder.ip("Orders", vpc_identifier="orders").tcp(0).tag("", "x")

    with pytest.raises(InvalidSpecError) as caught:
        wrong.build()

    assert [problem.field for problem in caught.value.problems] == [
        "name",
        "config.port",
        "config.vpc_identifier",
        "tags['']",
    ]


def test_build_never_allows_unknown_words() -> None:
    """A word that this library does not know does not get through a builder."""
    version: Any = "V3"

    with pytest.raises(InvalidSpecError) as caught:
        LAMBDA.event_structure_version(version).build()

    assert [str(problem) for problem in caught.value.problems] == [
        "config.lambda_event_structure_version='V3': must be one of V1, V2"
    ]


def test_required_things_stand_in_the_entry_call() -> None:
    """Without a VPC, or without naming it, there is no builder."""
    entries: list[Any] = [TargetGroupBuilder.ip, TargetGroupBuilder.instance, TargetGroupBuilder.alb]

    for entry in entries:
        with pytest.raises(TypeError, match="vpc_identifier"):
            entry("orders")
        with pytest.raises(TypeError, match="positional"):
            entry("orders", VPC)
