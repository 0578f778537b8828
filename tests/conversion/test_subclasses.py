"""Tests for subclasses of models, and for values of the wrong type in place of models."""

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


def make_plain_subclass(cls: Any) -> Any:
    """Return a subclass of ``cls`` without additional fields."""
    return type(f"Plain{cls.__name__}", (cls,), {})


def make_extended_subclass(cls: Any) -> Any:
    """Return a subclass of ``cls`` with the additional field ``note``."""
    note: dict[str, Any] = {"note": attrs.field(default="none", kw_only=True)}
    return attrs.make_class(f"Extended{cls.__name__}", note, bases=(cls, ReprMixin), frozen=True)


def extend(model: Any) -> Any:
    """Copy ``model`` to an instance of a subclass with an additional field."""
    values = {field.name: getattr(model, field.name) for field in attrs.fields(model.__class__)}
    return make_extended_subclass(model.__class__)(**values, note="mine")


WIRE_EXAMPLES = [(model, data) for model, data in EXAMPLES if not isinstance(model, UnknownMatcher)]
"""Models that exist in the API. UnknownMatcher only represents the SDK_UNKNOWN_MEMBER of botocore."""

each_example = pytest.mark.parametrize(
    ("model", "data"), WIRE_EXAMPLES, ids=[type(model).__name__ for model, _ in WIRE_EXAMPLES]
)


@each_example
def test_subclass_is_written_as_its_model(model: Any, data: dict[str, Any]) -> None:
    """Additional fields are omitted because VPC Lattice would reject them. The other fields keep their names."""
    cls = make_plain_subclass(model.__class__)
    values = {field.name: getattr(model, field.name) for field in attrs.fields(model.__class__)}

    assert to_boto3(extend(model)) == to_boto3(cls(**values)) == data


@each_example
def test_subclass_is_parsed_like_its_model(model: Any, data: dict[str, Any]) -> None:
    """Inherited fields have the keys of the API. An additional field has its name in camel case as the key."""
    cls = make_plain_subclass(model.__class__)
    values = {field.name: getattr(model, field.name) for field in attrs.fields(model.__class__)}

    assert from_boto3(cls, data) == cls(**values)
    assert from_boto3(make_extended_subclass(model.__class__), {**data, "note": "mine"}).note == "mine"


def test_nested_subclasses_are_written_as_their_models() -> None:
    """An instance of a subclass in a field of a model is written like the model that the subclass extends."""
    check = extend(HealthCheck.http("/up", interval_seconds=7))
    config = extend(TargetGroupConfig(health_check=attrs.evolve(check, matcher=extend(Matcher(http_code="200")))))

    http_members = {"protocol": "HTTP", "protocolVersion": "HTTP1", "path": "/up", "healthCheckIntervalSeconds": 7}
    assert to_boto3(extend(attrs.evolve(SPEC, config=config, tags={}))) == {
        "name": SPEC.name,
        "type": SPEC.type,
        "config": {"healthCheck": {"enabled": True, **http_members, "matcher": {"httpCode": "200"}}},
    }


def test_client_accepts_subclasses(vpc_lattice: VpcLatticeEmulator) -> None:
    """Client methods that send models omit the additional fields of subclasses, so that no request fails."""
    client = TargetGroupClient(region_name="eu-west-1")
    config = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC, health_check=extend(HealthCheck.http("/up")))
    target = extend(Target.ip("10.0.0.1", 80))

    group = client.create(extend(TargetGroupSpec(name="orders", type="IP", config=extend(config))))
    client.register_targets(group, [target])
    registered = list(client.list_targets(group, [target]))
    updated = client.update_health_check(group, extend(HealthCheck(interval_seconds=7)))
    client.deregister_targets(group, [target])

    assert (group.name, [target.id for target in registered]) == ("orders", ["10.0.0.1"])
    assert updated.config.health_check is not None
    assert updated.config.health_check.interval_seconds == 7
    assert {call.status for call in vpc_lattice.calls} == {200, 201}


WRONG_TYPES: list[tuple[Any, dict[str, Any]]] = [
    (TargetGroupSpec, {"name": "a", "type": "IP", "config": 5}),
    (TargetGroupSpec, {"name": "a", "type": "IP", "config": {"port": 80}}),
    (TargetGroupSpec, {"name": "a", "type": "IP", "tags": 5}),
    (TargetGroupSpec, {"name": "a", "type": "IP", "tags": ["a"]}),
    (TargetGroupConfig, {"port": "80", "health_check": "HTTP"}),
    (HealthCheck, {"matcher": "200"}),
    (HealthCheck, {"matcher": ["200"], "enabled": "yes"}),
    (TargetGroup, {"id": "a", "arn": "b", "name": "c", "type": "d", "status": "e", "service_arns": "f"}),
]


@pytest.mark.parametrize(("cls", "fields"), WRONG_TYPES)
def test_values_of_the_wrong_type_are_written_unchanged(cls: Any, fields: dict[str, Any]) -> None:
    """Values of the wrong type are written unchanged, so that a client token can be derived from any spec."""
    data = {
        {"health_check": "healthCheck", "service_arns": "serviceArns"}.get(name, name): fields[name] for name in fields
    }

    assert to_boto3(cls(**fields)) == data


@pytest.mark.parametrize("value", [None, {}, [], ()])
def test_empty_values_are_omitted(value: Any) -> None:
    """If the value of a model field or of tags is None or an empty collection, the field is omitted."""
    assert to_boto3(TargetGroupSpec(name="a", type="IP", config=value, tags=value)) == {"name": "a", "type": "IP"}
    assert to_boto3(TargetGroupConfig(port=1, health_check=value)) == {"port": 1}


def test_client_token_can_be_derived_from_any_spec() -> None:
    """An invalid spec always has the same client token for the same run ID."""
    invalid: Any = TargetGroupSpec(name="a", type="IP", config=CONFIG_WIRE)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    assert client_token_for(invalid, "run") == client_token_for(invalid, "run")
