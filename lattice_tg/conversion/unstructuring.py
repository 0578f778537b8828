"""Writing the dicts that boto3 takes: only what is set.

As in reading, most fields are taken as they are, without a call for each; cattrs says what writes the others.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import attrs
from cattrs import Converter
from cattrs.fns import identity

from lattice_tg.conversion.field_names import UNKNOWN_MEMBER, base_model, wire_names
from lattice_tg.conversion.structuring import is_list, is_mapping, is_mapping_value, nested_models
from lattice_tg.models.health_check import HealthCheck, UnknownMatcher

Writer = Callable[[Any], Any]


@cache
def unstructure_fn(cls: type[attrs.AttrsInstance]) -> Writer:
    """What writes the models of a class; it is compiled on first use."""
    hook: Writer = _converter().get_unstructure_hook(cls)
    return hook


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook_factory(attrs.has, _model_writer)
    return converter


def _model_writer(of: type[attrs.AttrsInstance], converter: Converter) -> Writer:
    cls = base_model(of)  # what a user's own class adds is no member of the service's
    known: dict[str, Any] = {}
    always, sometimes = list[str](), list[tuple[str, str]]()
    for field in attrs.fields(cls):
        name, value = wire_names(cls)[field.name], _field_expression(field, known, converter)
        if field.default is attrs.NOTHING:
            always.append(f"{name!r}: {value}")
        else:
            condition = f"(value := {value})" if _omit_if_empty(field) else f"(value := {value}) is not None"
            sometimes.append((condition, name))
    exec("\n ".join(["def write(model):", *_function_body(", ".join(always), sometimes)]), known)  # noqa: S102 - names of ours
    write: Writer = known["write"]
    return (lambda model: {UNKNOWN_MEMBER: write(model)}) if cls is UnknownMatcher else write


def _function_body(always: str, sometimes: list[tuple[str, str]]) -> list[str]:
    """What puts the dict together; of a target, say, whose one optional member is worth no second step."""
    match sometimes:
        case [(condition, name)] if always:
            return [f"return {{{always}, {name!r}: value}} if {condition} else {{{always}}}"]
        case _:
            steps = [f"if {condition}: data[{name!r}] = value" for condition, name in sometimes]
            return [f"data = {{{always}}}", *steps, "return data"]


def _field_expression(field: "attrs.Attribute[Any]", known: dict[str, Any], converter: Converter) -> str:
    """The expression for what is written of a field; what it needs goes into ``known``."""
    hook = _field_writer(field.type, converter)
    if hook is identity:
        return f"model.{field.name}"
    known[f"{field.name}_hook"] = hook
    if len(models := nested_models(field.type)) != 1:
        return f"{field.name}_hook(model.{field.name})"
    known |= {f"{field.name}_model": models[0], f"{field.name}_writer": converter.get_unstructure_hook(models[0])}
    own = f"{field.name}_writer(value) if type(value := model.{field.name}) is {field.name}_model"
    return f"({own} else {field.name}_hook(value))"


def _omit_if_empty(field: "attrs.Attribute[Any]") -> bool:
    """Whether what is written for a field may say nothing, as an empty config, health check or list does."""
    return field.default is not None or HealthCheck in get_args(field.type)


def _field_writer(kind: Any, converter: Converter) -> Writer:
    """What writes the values of a field; one of another kind is carried as it is, for whoever reads it to refuse."""
    if is_list(kind):
        return _to_list
    if is_mapping(kind):
        return lambda value: dict(value.items()) if value and is_mapping_value(value) else value
    models = nested_models(kind)
    if not models:
        return identity  # which is not called
    return lambda value: converter.unstructure(value) if isinstance(value, models) else value


def _to_list(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value
