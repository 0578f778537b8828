"""A cattrs ``Converter`` as it comes, told no more than it needs: the names, and what a union of words and text is."""

from datetime import datetime
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from lattice_tg import HealthCheck, Matcher, UnknownMatcher

OWN_NAMES: dict[tuple[type, str], str] = {
    (HealthCheck, "interval_seconds"): "healthCheckIntervalSeconds",
    (HealthCheck, "timeout_seconds"): "healthCheckTimeoutSeconds",
}


def wire_name(model: type, field: str) -> str:
    first, *rest = field.split("_")
    return OWN_NAMES.get((model, field), first + "".join(map(str.capitalize, rest)))


def renamed(model: type[attrs.AttrsInstance]) -> dict[str, Any]:
    return {field.name: override(rename=wire_name(model, field.name)) for field in attrs.fields(model)}


def is_word(kind: Any) -> bool:
    if isinstance(kind, UnionType) or "Union" in str(get_origin(kind)):
        return all(part in (str, type(None)) or is_word(part) for part in get_args(kind))
    return get_origin(kind) is Literal


def converter() -> Converter:
    plain = Converter()
    plain.register_structure_hook_factory(attrs.has, _reader)
    plain.register_unstructure_hook_factory(attrs.has, _writer)
    plain.register_structure_hook(datetime, _as_it_is)
    plain.register_structure_hook_func(is_word, _as_it_is)
    plain.register_structure_hook(
        Matcher | UnknownMatcher | None, lambda value, _: None if value is None else plain.structure(value, Matcher)
    )
    return plain


def _reader(model: type[attrs.AttrsInstance], plain: Converter) -> Any:
    return make_dict_structure_fn(model, plain, **renamed(model))


def _writer(model: type[attrs.AttrsInstance], plain: Converter) -> Any:
    return make_dict_unstructure_fn(model, plain, _cattrs_omit_if_default=True, **renamed(model))


def _as_it_is(value: Any, _: Any) -> Any:
    return value
