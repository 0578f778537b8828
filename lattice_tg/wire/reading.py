"""Reading what the service sends, which is never refused."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from lattice_tg.models.health_check import Matcher, UnknownMatcher
from lattice_tg.wire.names import UNKNOWN_MEMBER, wire_names

T = TypeVar("T", bound=attrs.AttrsInstance)
Hook = Callable[[Any, Any], Any]

ANY_MATCHER = Matcher | UnknownMatcher | None
_UNIONS = (Union, type(ANY_MATCHER))


def lenient(cls: type[T], data: Mapping[str, Any]) -> T:
    """The model that a reply describes; a missing member that the class requires is empty text."""
    hook = _hook(cls)
    try:
        return cast("T", hook(data, cls))
    except KeyError:
        return cast("T", hook({**_empty_required(cls), **data}, cls))


@cache
def _hook(cls: type[attrs.AttrsInstance]) -> Hook:
    return _converter().get_structure_hook(cls)


def _empty_required(cls: type[attrs.AttrsInstance]) -> dict[str, str]:
    names = wire_names(cls)
    return {names[field.name]: "" for field in attrs.fields(cls) if field.default is attrs.NOTHING}


def renames(cls: type[attrs.AttrsInstance]) -> dict[str, Any]:
    """What cattrs has to be told about the names of a model's fields."""
    return {field: override(rename=name) for field, name in wire_names(cls).items()}


def is_word(kind: Any) -> bool:
    """Whether a field's type is a closed word list, alone or with room for unknown words."""
    if get_origin(kind) in _UNIONS:
        return all(part in (str, type(None)) or is_word(part) for part in get_args(kind))
    return get_origin(kind) is Literal


def is_optional(kind: Any) -> bool:
    """Whether a field's type is one type or None."""
    return get_origin(kind) in _UNIONS and len(get_args(kind)) == 2 and type(None) in get_args(kind)  # noqa: PLR2004


def is_mapping(kind: Any) -> bool:
    """Whether a field's type is a mapping; the only ones here are of text to text."""
    return get_origin(kind) is Mapping


def is_list(kind: Any) -> bool:
    """Whether a field's type is a tuple; the only ones here are of text."""
    return get_origin(kind) is tuple


def optional_hook(kind: Any, converter: Converter) -> Hook:
    """A hook for one type or None that looks the type's own hook up once."""
    inner = next(part for part in get_args(kind) if part is not type(None))
    hook = converter.get_structure_hook(inner)
    return lambda value, _: None if value is None else hook(value, inner)


@cache
def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _as_it_comes)
    converter.register_structure_hook(datetime, _timestamp)
    converter.register_structure_hook_factory(attrs.has, _model_hook)
    converter.register_structure_hook_factory(is_optional, optional_hook)
    converter.register_structure_hook_func(is_word, _as_it_comes)
    converter.register_structure_hook_func(is_mapping, _as_it_comes)
    converter.register_structure_hook_func(is_list, lambda value, _: tuple(value))
    converter.register_structure_hook(ANY_MATCHER, _matcher)
    return converter


def _model_hook(cls: type[attrs.AttrsInstance], converter: Converter) -> Hook:
    read = make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=False, **renames(cls))
    return lambda value, kind: read(value or {}, kind)


def _as_it_comes(value: Any, _: Any) -> Any:
    return value


def _timestamp(value: Any, _: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _matcher(value: Mapping[str, Any] | None, _: Any) -> Matcher | UnknownMatcher | None:
    if not value:
        return None
    if "httpCode" in value:
        return Matcher(http_code=value["httpCode"])
    member = next(iter(value))
    return UnknownMatcher(member_name=value[member]["name"] if member == UNKNOWN_MEMBER else member)
