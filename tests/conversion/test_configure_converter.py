"""Tests of `configure_converter`, which adds hooks for the models to a user's cattrs converter."""

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from cattrs import ClassValidationError, Converter
from cattrs.preconf.json import make_converter as make_json_converter
from cattrs.preconf.pyyaml import make_converter as make_yaml_converter

from lattice_tg import configure_converter
from lattice_tg.models.change import Change
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.conversion import each_example
from support.model_examples import CREATED, SPEC, TARGET_GROUP


@attrs.frozen
class Deployment:
    spec: TargetGroupSpec
    targets: list[Target]
    matcher: Matcher | UnknownMatcher | None = None
    max_workers: int = 1


DEPLOYMENT = Deployment(
    spec=TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(port=80, health_check=HealthCheck())),
    targets=[Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2")],
    matcher=UnknownMatcher(member_name="grpcCode"),
)
DEPLOYMENT_DATA: dict[str, Any] = {
    "spec": {"name": "orders", "type": "IP", "config": {"port": 80}},
    "targets": [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2"}],
    "matcher": {"SDK_UNKNOWN_MEMBER": {"name": "grpcCode"}},
    "max_workers": 1,
}

either_validation = pytest.mark.parametrize("detailed_validation", [True, False])


def make_configured_converter(**options: Any) -> Converter:
    """Return a cattrs converter with the hooks for the models."""
    converter = Converter(**options)
    configure_converter(converter)
    return converter


@either_validation
@each_example("model", "data")
def test_plain_converter_converts_every_model(model: Any, data: dict[str, Any], detailed_validation: bool) -> None:
    """A configured converter reads and writes each model with the member names of the API."""
    converter = make_configured_converter(detailed_validation=detailed_validation)

    assert converter.structure(data, model.__class__) == model
    assert converter.unstructure(model) == data


@either_validation
def test_models_in_a_users_class_are_converted(detailed_validation: bool) -> None:
    """Models inside a user's attrs class are converted, and the field names of the user's class are kept."""
    converter = make_configured_converter(detailed_validation=detailed_validation)
    without_health_check = attrs.evolve(DEPLOYMENT.spec, config=TargetGroupConfig(port=80))

    assert converter.unstructure(DEPLOYMENT) == DEPLOYMENT_DATA
    assert converter.structure(DEPLOYMENT_DATA, Deployment) == attrs.evolve(DEPLOYMENT, spec=without_health_check)


@either_validation
def test_configured_converter_parses_responses_leniently(detailed_validation: bool) -> None:
    """Like from_boto3, the converter accepts unknown enum values and keys, missing keys, and values of wrong types."""
    converter = make_configured_converter(detailed_validation=detailed_validation, forbid_extra_keys=True)

    group = converter.structure(
        {"type": "POD", "zone": "a", "config": {"port": "80", "healthCheck": 5}, "createdAt": "yesterday"}, TargetGroup
    )

    config: Any = {"port": "80", "health_check": 5}
    created_at: Any = "yesterday"
    assert group == TargetGroup(
        id="", arn="", name="", type="POD", status="", config=TargetGroupConfig(**config), created_at=created_at
    )


def test_non_mapping_raises_type_error() -> None:
    """A value that is not a mapping raises TypeError. The message contains the model class and the value."""
    converter = make_configured_converter()

    with pytest.raises(TypeError, match=r"^Target requires a mapping, got \['10\.0\.0\.1'\]$"):
        converter.structure(["10.0.0.1"], Target)


def test_error_for_a_non_mapping_names_the_field_of_the_users_class() -> None:
    """With detailed validation, cattrs reports the field of the user's class whose value is not a mapping."""
    converter = make_configured_converter()

    with pytest.raises(ClassValidationError) as caught:
        converter.structure({**DEPLOYMENT_DATA, "spec": 5}, Deployment)

    [(error, note)] = caught.value.group_exceptions()[0]
    assert (str(error), note.name) == ("TargetGroupSpec requires a mapping, got 5", "spec")


def test_json_converter_writes_times_as_strings() -> None:
    """A group with times is equal to the original after a cattrs JSON converter writes and reads the group."""
    converter = make_json_converter()
    configure_converter(converter)

    written = converter.dumps(TARGET_GROUP)

    assert json.loads(written)["createdAt"] == "2026-01-31T12:00:00+00:00"
    assert converter.loads(written, TargetGroup) == TARGET_GROUP


def test_times_that_are_not_strings_are_read_by_the_converters_hook() -> None:
    """A time that is not a string is read by the hook for datetime that the converter already has."""
    converter = make_configured_converter()
    converter.register_unstructure_hook(datetime, lambda time: time.timestamp())
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromtimestamp(value, UTC))

    data = converter.unstructure(TARGET_GROUP)

    assert data["createdAt"] == CREATED.timestamp()
    assert converter.structure(data, TargetGroup) == TARGET_GROUP


@either_validation
def test_hooks_for_other_types_are_kept(detailed_validation: bool) -> None:
    """Hooks that a user registers apply to the user's classes, but not to the fields of models."""
    converter = Converter(detailed_validation=detailed_validation)
    converter.register_structure_hook(str, lambda value, _: value.upper())
    converter.register_unstructure_hook(str, str.lower)
    configure_converter(converter)

    @attrs.frozen
    class Owner:
        team_name: str
        spec: TargetGroupSpec

    owner = converter.structure({"team_name": "shop", "spec": {"name": "orders", "type": "IP"}}, Owner)

    assert owner == Owner("SHOP", TargetGroupSpec(name="orders", type="IP"))
    assert converter.unstructure(owner) == {"team_name": "shop", "spec": {"name": "orders", "type": "IP"}}


def register_model_hooks(converter: Converter) -> None:
    """Register a user's hooks that write a target and a health check as a string."""
    converter.register_structure_hook(Target, lambda value, _: Target.ip(*value.split()))
    converter.register_unstructure_hook(Target, lambda target: target.id)
    converter.register_structure_hook(HealthCheck, lambda value, _: HealthCheck(path=value))
    converter.register_unstructure_hook(HealthCheck, lambda check: check.path)


ORDERS = {
    "first": (register_model_hooks, configure_converter),
    "last": (configure_converter, register_model_hooks),
}


@pytest.mark.parametrize("make_converter", [Converter, make_json_converter, make_yaml_converter])
@pytest.mark.parametrize("order", ORDERS)
def test_hooks_for_models_take_precedence(order: str, make_converter: Any) -> None:
    """A user's hook for a model applies wherever the model is, even if the hook was registered first."""
    converter = make_converter()
    for register in ORDERS[order]:
        register(converter)
    config = TargetGroupConfig(port=80, health_check=HealthCheck(path="/ready"))
    deployment = Deployment(TargetGroupSpec(name="orders", type="IP", config=config), [Target.ip("10.0.0.1")])
    data = {
        "spec": {"name": "orders", "type": "IP", "config": {"port": 80, "healthCheck": "/ready"}},
        "targets": ["10.0.0.1"],
        "matcher": None,
        "max_workers": 1,
    }

    assert converter.unstructure(deployment) == data
    assert converter.structure(data, Deployment) == deployment
    assert converter.structure({"config": {"healthCheck": None}}, TargetGroupSpec).config == TargetGroupConfig()


def test_classes_without_a_counterpart_in_the_api_are_left_to_cattrs() -> None:
    """The converter treats attrs classes of the library that have no counterpart in the API like any attrs class."""
    change = Change("config.health_check.path", "/", "/ready")

    assert make_configured_converter().unstructure(change) == Converter().unstructure(change)


def test_subclasses_of_models_are_converted() -> None:
    """Fields that a subclass adds are read by the existing hooks of the converter, and are not written."""

    @attrs.frozen(kw_only=True)
    class OwnedSpec(TargetGroupSpec):
        owner_team: str | None = None
        review_dates: list[datetime] = attrs.field(factory=list[datetime])

    converter = make_configured_converter()
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    written = converter.unstructure(SPEC)

    spec = converter.structure({**written, "ownerTeam": "shop", "reviewDates": [CREATED.isoformat()]}, OwnedSpec)

    assert (spec.name, spec.owner_team, spec.review_dates) == (SPEC.name, "shop", [CREATED])
    assert converter.unstructure(spec) == written
