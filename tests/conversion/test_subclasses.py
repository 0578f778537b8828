"""Models of a user's own class, and what is no model at all, where one belongs."""

from typing import Any

import attrs
import pytest

from lattice_tg import TargetGroupClient, client_token_for
from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.models.base import ReprMixin
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.testing import VpcLatticeEmulator
from support.model_examples import CONFIG_WIRE, EXAMPLES, SPEC, VPC


def plain(cls: Any) -> Any:
    """A class that adds nothing to a model."""
    return type(f"Plain{cls.__name__}", (cls,), {})


def noting(cls: Any) -> Any:
    """A class that adds a field to a model, which says something."""
    note: dict[str, Any] = {"note": attrs.field(default="none", kw_only=True)}
    return attrs.make_class(f"Noting{cls.__name__}", note, bases=(cls, ReprMixin), frozen=True)


def own(model: Any) -> Any:
    """The same, of a class that adds a field."""
    values = {field.name: getattr(model, field.name) for field in attrs.fields(model.__class__)}
    return noting(model.__class__)(**values, note="mine")


SENT_OR_TOLD = [(model, data) for model, data in EXAMPLES if not isinstance(model, UnknownMatcher)]
"""What is a member of the service's; an unknown matcher only stands for one."""

each_example = pytest.mark.parametrize(
    ("model", "data"), SENT_OR_TOLD, ids=[type(model).__name__ for model, _ in SENT_OR_TOLD]
)


@each_example
def test_a_class_of_ones_own_is_written_as_the_model_it_adds_to(model: Any, data: dict[str, Any]) -> None:
    """What a class adds is no member of the service's, which would refuse it; the others keep their names."""
    cls = plain(model.__class__)
    values = {field.name: getattr(model, field.name) for field in attrs.fields(model.__class__)}

    assert to_boto3(own(model)) == to_boto3(cls(**values)) == data


@each_example
def test_a_class_of_ones_own_is_read_as_the_model_it_adds_to(model: Any, data: dict[str, Any]) -> None:
    """Its members have the service's names; what a class adds is read under the name that the model's would have."""
    cls = plain(model.__class__)
    values = {field.name: getattr(model, field.name) for field in attrs.fields(model.__class__)}

    assert from_boto3(cls, data) == cls(**values)
    assert from_boto3(noting(model.__class__), {**data, "note": "mine"}).note == "mine"


def test_models_within_models() -> None:
    """The same holds of a model that is a field of another."""
    check = own(HealthCheck.http("/up", interval_seconds=7))
    config = own(TargetGroupConfig(health_check=attrs.evolve(check, matcher=own(Matcher(http_code="200")))))

    told = {"protocol": "HTTP", "protocolVersion": "HTTP1", "path": "/up", "healthCheckIntervalSeconds": 7}
    assert to_boto3(own(attrs.evolve(SPEC, config=config, tags={}))) == {
        "name": SPEC.name,
        "type": SPEC.type,
        "config": {"healthCheck": {"enabled": True, **told, "matcher": {"httpCode": "200"}}},
    }


def test_a_client_takes_classes_of_ones_own(vpc_lattice: VpcLatticeEmulator) -> None:
    """Every verb that sends a model sends what the service knows, and no request fails for what a class adds."""
    client = TargetGroupClient(region_name="eu-west-1")
    config = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC, health_check=own(HealthCheck.http("/up")))
    target = own(Target.ip("10.0.0.1", 80))

    group = client.create(own(TargetGroupSpec(name="orders", type="IP", config=own(config))))
    client.register_targets(group, [target])
    listed = list(client.list_targets(group, [target]))
    updated = client.update_health_check(group, own(HealthCheck(interval_seconds=7)))
    client.deregister_targets(group, [target])

    assert (group.name, [row.id for row in listed]) == ("orders", ["10.0.0.1"])
    assert updated.config.health_check is not None
    assert updated.config.health_check.interval_seconds == 7
    assert {call.status for call in vpc_lattice.calls} == {200, 201}


CARRIED: list[tuple[Any, dict[str, Any]]] = [
    (TargetGroupSpec, {"name": "a", "type": "IP", "config": 5}),
    (TargetGroupSpec, {"name": "a", "type": "IP", "config": {"port": 80}}),
    (TargetGroupSpec, {"name": "a", "type": "IP", "tags": 5}),
    (TargetGroupSpec, {"name": "a", "type": "IP", "tags": ["a"]}),
    (TargetGroupConfig, {"port": "80", "health_check": "HTTP"}),
    (HealthCheck, {"matcher": "200"}),
    (HealthCheck, {"matcher": ["200"], "enabled": "yes"}),
    (TargetGroup, {"id": "a", "arn": "b", "name": "c", "type": "d", "status": "e", "service_arns": "f"}),
]


@pytest.mark.parametrize(("cls", "fields"), CARRIED)
def test_what_is_no_model_is_carried(cls: Any, fields: dict[str, Any]) -> None:
    """Values of the wrong kind are written as they are, for whoever reads them to name; so a token can be derived."""
    named = {
        {"health_check": "healthCheck", "service_arns": "serviceArns"}.get(name, name): fields[name] for name in fields
    }

    assert to_boto3(cls(**fields)) == named


@pytest.mark.parametrize("value", [None, {}, [], ()])
def test_nothing_at_all_is_left_out(value: Any) -> None:
    """Whatever says nothing where a model belongs is not sent."""
    assert to_boto3(TargetGroupSpec(name="a", type="IP", config=value, tags=value)) == {"name": "a", "type": "IP"}
    assert to_boto3(TargetGroupConfig(port=1, health_check=value)) == {"port": 1}


def test_a_token_can_be_derived_from_any_spec() -> None:
    """Two runs that make the same mistake derive the same token, and hear of the mistake from the rules."""
    wrong: Any = TargetGroupSpec(name="a", type="IP", config=CONFIG_WIRE)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    assert client_token_for(wrong, "salt") == client_token_for(wrong, "salt")
