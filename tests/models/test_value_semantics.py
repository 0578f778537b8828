"""Models are plain values: frozen, compared by value, pickled, copied and printed as they are made."""

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
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.model_examples import EXAMPLES

MODELS: tuple[Any, ...] = tuple(model for model, _ in EXAMPLES)
NAMES: dict[str, Any] = {model.__class__.__name__: model.__class__ for model in MODELS} | {"datetime": dt}
"""What the repr of a model is evaluated with."""
OUR_OWN = {
    *("Problem", "Change", "DesiredState"),
    *("CreateStep", "DeleteStep", "UpdateHealthCheckStep", "TagStep", "RegisterStep", "DeregisterStep"),
}
"""Models that never go over the wire; they have tests of their own."""


def classes_of_models() -> Iterator[type[Any]]:
    for module in pkgutil.iter_modules(lattice_tg.models.__path__):
        members = vars(importlib.import_module(f"lattice_tg.models.{module.name}")).values()
        yield from (each for each in members if isinstance(each, type) and attrs.has(each))


def each_model() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


def test_every_model_has_an_example() -> None:
    """No model escapes the tests of this file."""
    without = {cls.__name__ for cls in classes_of_models()} - OUR_OWN - NAMES.keys()

    assert not without, f"add an example of {without} to tests/examples.py"


@each_model()
def test_examples_set_every_field(model: Any) -> None:
    """Each example differs from the default in every field, so that none is forgotten where it is used."""
    unset = [field.name for field in attrs.fields(model.__class__) if getattr(model, field.name) == field.default]

    assert unset == []


@each_model()
def test_models_cannot_be_changed(model: Any) -> None:
    """No field can be set or deleted, and there is no room for others."""
    for field in attrs.fields(model.__class__):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(model, field.name, None)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(model, field.name)
    with pytest.raises(AttributeError):
        model.other = 1


@each_model()
def test_models_are_slotted(model: Any) -> None:
    """A model has slots and no dict, which keeps long lists of them small."""
    assert not hasattr(model, "__dict__")


@each_model()
def test_models_take_no_positional_arguments(model: Any) -> None:
    """Every field is named by whoever makes a model."""
    with pytest.raises(TypeError, match="positional"):
        type(model)("tg")


@each_model()
def test_models_are_compared_and_hashed_by_value(model: Any) -> None:
    """Equal values are one in a set, and a change of any field makes another value."""
    twin = attrs.evolve(model)
    others = [attrs.evolve(model, **{field.name: "other"}) for field in attrs.fields(model.__class__)]

    assert twin == model
    assert hash(twin) == hash(model)
    assert all(other != model for other in others)
    assert len({model, twin, *others}) == 1 + len(others)


def test_models_of_two_classes_differ() -> None:
    """The same fields in another class are another value."""
    models: set[object] = {Target(id="i-1"), TargetFailure(id="i-1")}

    assert len(models) == 2


@each_model()
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_models_survive_pickling(model: Any, protocol: int) -> None:
    """A model comes out of a pickle as it went in."""
    restored = pickle.loads(pickle.dumps(model, protocol))

    assert (type(restored), restored, hash(restored)) == (type(model), model, hash(model))


@each_model()
def test_models_survive_copying(model: Any) -> None:
    """Copies, deep and shallow, are equal."""
    assert (copy.copy(model), copy.deepcopy(model)) == (model, model)


@each_model()
def test_repr_makes_the_model_again(model: Any) -> None:
    """The repr of a model is the Python that makes it."""
    assert eval(repr(model), NAMES) == model


@pytest.mark.parametrize(
    ("model", "text"),
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
def test_repr_has_only_what_is_set(model: object, text: str) -> None:
    """The repr of a model leaves out what is as by default."""
    assert repr(model) == text


def test_rich_shows_what_repr_shows() -> None:
    """``rich`` gets the same fields as ``repr``: those that are set."""
    shown = list(Target(id="i-1", port=80).__rich_repr__()), list(Target(id="i-1").__rich_repr__())

    assert shown == ([("id", "i-1"), ("port", 80)], [("id", "i-1")])


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
def test_required_fields(cls: type[attrs.AttrsInstance], required: set[str]) -> None:
    """What identifies a thing is required, all else may be left out."""
    assert {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING} == required
