"""A cattrs converter that is configured only for field names and for unions of enum values and strings."""

from datetime import datetime
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from lattice_tg import HealthCheck, Matcher, UnknownMatcher

NAME_OVERRIDES: dict[tuple[type, str], str] = {
    (HealthCheck, "interval_seconds"): "healthCheckIntervalSeconds",
    (HealthCheck, "timeout_seconds"): "healthCheckTimeoutSeconds",
}


def wire_name(model: type, field: str) -> str:
    first, *rest = field.split("_")
    return NAME_OVERRIDES.get((model, field), first + "".join(map(str.capitalize, rest)))


def make_overrides(model: type[attrs.AttrsInstance]) -> dict[str, Any]:
    return {field.name: override(rename=wire_name(model, field.name)) for field in attrs.fields(model)}


def is_literal_type(type_: Any) -> bool:
    if isinstance(type_, UnionType) or "Union" in str(get_origin(type_)):
        return all(part in (str, type(None)) or is_literal_type(part) for part in get_args(type_))
    return get_origin(type_) is Literal


def make_converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook_factory(attrs.has, _make_structure_hook)
    converter.register_unstructure_hook_factory(attrs.has, _make_unstructure_hook)
    converter.register_structure_hook(datetime, _keep)
    converter.register_structure_hook_func(is_literal_type, _keep)
    converter.register_structure_hook(
        Matcher | UnknownMatcher | None, lambda value, _: None if value is None else converter.structure(value, Matcher)
    )
    return converter


def _make_structure_hook(model: type[attrs.AttrsInstance], converter: Converter) -> Any:
    return make_dict_structure_fn(model, converter, **make_overrides(model))


def _make_unstructure_hook(model: type[attrs.AttrsInstance], converter: Converter) -> Any:
    return make_dict_unstructure_fn(model, converter, _cattrs_omit_if_default=True, **make_overrides(model))


def _keep(value: Any, _: Any) -> Any:
    return value
