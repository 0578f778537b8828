"""Tests of models and conversions with values that contain themselves, are nested too deeply or are too long."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import attrs
import pytest

from lattice_tg import DesiredState, TargetGroupBuilder, find_problems, read_specs, validate, write_specs
from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.conversion.field_names import MODELS, wire_names
from lattice_tg.errors import LatticeError
from lattice_tg.models.change import Change
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.validation.arguments import to_tuple, validate_seconds, validate_targets
from lattice_tg.validation.health_check import update_problems
from lattice_tg.validation.identifiers import resolve_identifier
from lattice_tg.validation.tags import tag_key_problems, tag_problems
from support.hostile_values import HOSTILE_VALUES

MAX_LENGTH = 10_000


IP_SPEC = TargetGroupSpec(name="orders", type="IP")
MODELS_WITH_FIELDS: tuple[Any, ...] = (IP_SPEC, TargetGroupConfig(), HealthCheck(), Matcher(http_code="200"))


def put_into_spec(model: Any) -> TargetGroupSpec:
    """Return a spec that contains ``model``."""
    match model:
        case TargetGroupConfig():
            return attrs.evolve(IP_SPEC, config=model)
        case HealthCheck():
            return put_into_spec(TargetGroupConfig(health_check=model))
        case Matcher():
            return put_into_spec(HealthCheck(matcher=model))
        case _:
            return cast("TargetGroupSpec", model)


def set_field(model: Any, field: str, value: object) -> list[object]:
    """Set a field, convert the spec, and return the problems of the spec and of an update of its health check."""
    spec = put_into_spec(attrs.evolve(model, **{field: value}))
    to_boto3(spec)
    check: Any = getattr(spec.config, "health_check", value)
    return [*find_problems(spec), *update_problems(check, ("port", "path")), *update_problems(check, ())]


def make_uses() -> dict[str, Callable[[Any], object]]:
    """Return the functions of the library that take a value from the user."""
    uses: dict[str, Callable[[Any], object]] = {
        "validate": validate,
        "tags": lambda value: [*tag_problems(value), *tag_problems({"team": value})],
        "tag keys": lambda value: [*tag_key_problems([value])],
        "targets": validate_targets,
        "target": lambda value: validate_targets([value, Target(id=value, port=value)]),
        "desired state": lambda value: DesiredState(IP_SPEC, targets=value),
        "identifier": resolve_identifier,
        "keys": lambda value: to_tuple("keys", value),
        "seconds": lambda value: validate_seconds(timeout_seconds=value, poll_seconds=value),
        "model to convert": to_boto3,
        "class to convert": lambda value: from_boto3(value, {}),
        "path to read": read_specs,
        "path to write": lambda value: write_specs(value, []),
        "specs to write": lambda value: write_specs("missing-folder/specs.json", value),
        "spec to write": lambda value: write_specs("missing-folder/specs.json", [value]),
        "change": lambda value: str(Change("config.port", value, value)),
        "builder": lambda value: TargetGroupBuilder.ip(value, vpc_identifier=value).http(port=value).build(),
        "tags in builder": lambda value: TargetGroupBuilder.lambda_("orders").tags(value).build(),
    }
    for model in MODELS_WITH_FIELDS:
        for field in attrs.fields(model.__class__):
            uses[f"{type(model).__name__}.{field.name}"] = partial(set_field, model, field.name)
    for cls in MODELS:
        for strict in (True, False):
            uses[f"{cls.__name__}, strict={strict}"] = partial(from_boto3, cls, strict=strict)
            for key in (*wire_names(cls).values(), "unknown"):
                uses[f"{cls.__name__}, {key}, strict={strict}"] = partial(structure_key, cls, key, strict)
    return uses


def structure_key(cls: Any, key: str, strict: bool, value: object) -> object:
    """Create a model from a dict with one key."""
    return from_boto3(cls, {key: value}, strict=strict)


def collect_messages(use: Callable[[Any], object], value: object) -> list[str]:
    """Return the messages of the problems that ``use`` returns or raises."""
    try:
        problems = use(value)
    except (LatticeError, TypeError) as error:
        return [str(error)]
    return [str(problem) for problem in cast("list[object]", problems)] if isinstance(problems, list) else []


@pytest.mark.parametrize("name", HOSTILE_VALUES)
def test_any_value_is_accepted_or_rejected_with_a_short_message(name: str) -> None:
    """Each function returns, or raises an error of this library or a TypeError. All messages are short."""
    lengths = {
        use_name: max(map(len, collect_messages(use, HOSTILE_VALUES[name])), default=0)
        for use_name, use in make_uses().items()
    }

    assert {use_name: length for use_name, length in lengths.items() if length > MAX_LENGTH} == {}


@pytest.mark.parametrize("cls", [int, None, dict, "TargetGroup", Target(id="a"), object, DesiredState, list[int]])
@pytest.mark.parametrize("strict", [True, False])
def test_class_that_is_not_a_model_is_a_type_error(cls: Any, strict: bool) -> None:
    """Conversion to a class that is not a model fails with a TypeError that shows the class."""
    with pytest.raises(TypeError, match=r"\Acls=.*: must be the class of a model, such as TargetGroup\.\Z"):
        from_boto3(cls, {}, strict=strict)


@pytest.mark.parametrize("model", [None, {}, "a", TargetGroupSpec, DesiredState(IP_SPEC)])
def test_value_that_is_not_a_model_is_a_type_error(model: Any) -> None:
    """Conversion of a value that is not a model fails with a TypeError that shows the value."""
    with pytest.raises(TypeError, match=r"\Amodel=.*: must be an instance of a model, such as TargetGroupSpec\.\Z"):
        to_boto3(model)
