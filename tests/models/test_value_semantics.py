"""Tests of the value semantics of models: immutability, equality, hashes, pickling, copying and repr."""

import copy
import datetime as dt
import importlib
import pickle
import pkgutil
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import lattice_tg.models
from lattice_tg.conversion.field_names import wire_names
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.model_examples import EXAMPLES

MODELS: tuple[Any, ...] = tuple(model for model, _ in EXAMPLES)
NAMES: dict[str, Any] = {model.__class__.__name__: model.__class__ for model in MODELS} | {"datetime": dt}
"""The namespace for evaluating the repr of a model."""
CLIENT_ONLY = {
    *("Problem", "Change", "DesiredState"),
    *("RouteId", "RouteState", "ShiftPlan"),
    *(
        "CreateStep",
        "DeleteStep",
        "UpdateHealthCheckStep",
        "TagStep",
        "RegisterStep",
        "WaitHealthyStep",
        "DeregisterStep",
    ),
}
"""Models that are neither sent nor received. Tests in other files cover these models."""


def model_classes() -> Iterator[type[Any]]:
    """Yield every attrs class in the models package."""
    for module in pkgutil.iter_modules(lattice_tg.models.__path__):
        members = vars(importlib.import_module(f"lattice_tg.models.{module.name}")).values()
        yield from (each for each in members if isinstance(each, type) and attrs.has(each))


def each_model() -> pytest.MarkDecorator:
    """Return a pytest mark that runs a test with an example of each model."""
    return pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


def test_every_model_has_an_example() -> None:
    """The tests in this file cover every model."""
    missing = {cls.__name__ for cls in model_classes()} - CLIENT_ONLY - NAMES.keys()

    assert not missing, f"add an example of {missing} to tests/support/model_examples.py"


@each_model()
def test_examples_set_every_field(model: Any) -> None:
    """No field that the service knows has its default value in an example, so that the tests cover every field."""
    fields = [field for field in attrs.fields(model.__class__) if field.name in wire_names(model.__class__)]

    assert [field.name for field in fields if getattr(model, field.name) == field.default] == []


@each_model()
def test_models_are_immutable(model: Any) -> None:
    """The fields of a model cannot be set or deleted, and no attribute can be added."""
    for field in attrs.fields(model.__class__):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(model, field.name, None)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(model, field.name)
    with pytest.raises(AttributeError):
        model.other = 1


@each_model()
def test_models_are_slotted(model: Any) -> None:
    """Models have slots and no ``__dict__``, so that long lists of models need less memory."""
    assert not hasattr(model, "__dict__")


@each_model()
def test_models_reject_positional_arguments(model: Any) -> None:
    """All fields are keyword-only."""
    with pytest.raises(TypeError, match="positional"):
        type(model)("tg")


@each_model()
def test_models_compare_and_hash_by_value(model: Any) -> None:
    """Equal models have equal hashes, and models that differ in any field are not equal."""
    twin = attrs.evolve(model)
    others = [attrs.evolve(model, **{field.name: "other"}) for field in attrs.fields(model.__class__)]

    assert twin == model
    assert hash(twin) == hash(model)
    assert all(other != model for other in others)
    assert len({model, twin, *others}) == 1 + len(others)


def test_models_of_two_classes_differ() -> None:
    """Models of different classes are not equal, even if their fields have equal values."""
    models: set[object] = {Target(id="i-1"), TargetFailure(id="i-1")}

    assert len(models) == 2


@each_model()
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_models_survive_pickling(model: Any, protocol: int) -> None:
    """Pickling and unpickling a model returns an equal model of the same class with the same hash."""
    restored = pickle.loads(pickle.dumps(model, protocol))

    assert (type(restored), restored, hash(restored)) == (type(model), model, hash(model))


@each_model()
def test_models_survive_copying(model: Any) -> None:
    """Shallow and deep copies are equal to the model."""
    assert (copy.copy(model), copy.deepcopy(model)) == (model, model)


@each_model()
def test_evaluated_repr_equals_the_model(model: Any) -> None:
    """Evaluating the repr of a model returns an equal model."""
    assert eval(repr(model), NAMES) == model


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (HealthCheck(), "HealthCheck()"),
        (HealthCheck(enabled=False), "HealthCheck(enabled=False)"),
        (Target(id="i-1"), "Target(id='i-1')"),
        (
            HealthCheck(port=0, path="", matcher=Matcher(http_code="")),
            "HealthCheck(port=0, path='', matcher=Matcher(http_code=''))",
        ),
        (
            TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(port=80), tags={"a": "b"}),
            "TargetGroupSpec(name='orders', type='IP', config=TargetGroupConfig(port=80), tags={'a': 'b'})",
        ),
        (TargetGroupSpec(name="orders", type="LAMBDA"), "TargetGroupSpec(name='orders', type='LAMBDA')"),
    ],
)
def test_repr_omits_default_values(model: object, expected: str) -> None:
    """The repr of a model contains only the fields that differ from their default."""
    assert repr(model) == expected


def test_rich_repr_has_the_fields_of_repr() -> None:
    """``__rich_repr__`` yields the fields that ``repr()`` shows."""
    yielded = list(Target(id="i-1", port=80).__rich_repr__()), list(Target(id="i-1").__rich_repr__())

    assert yielded == ([("id", "i-1"), ("port", 80)], [("id", "i-1")])


@pytest.mark.parametrize(
    ("cls", "required"),
    [
        (Matcher, {"http_code"}),
        (UnknownMatcher, {"member_name"}),
        (HealthCheck, set[str]()),
        (TargetGroupConfig, set[str]()),
        (TargetGroupSpec, {"name", "type"}),
        (TargetGroup, {"id", "arn", "name", "type", "status"}),
        (TargetGroupSummary, {"id", "arn", "name", "type", "status"}),
        (TargetGroupDeletion, {"id", "arn", "status"}),
        (Target, {"id"}),
        (TargetSummary, {"id", "status"}),
        (TargetFailure, {"id"}),
    ],
)
def test_identifying_fields_are_required(cls: type[attrs.AttrsInstance], required: set[str]) -> None:
    """Fields that identify an object are required. All other fields have defaults."""
    assert {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING} == required
