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


def has_members(value: Any) -> bool:
    """Whether there are members to read in a value."""
    return isinstance(value, Mapping)


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
    converter.register_structure_hook_func(is_list, _texts)
    converter.register_structure_hook(ANY_MATCHER, _matcher)
    converter.register_structure_hook(UnknownMatcher, _unknown_matcher)
    return converter


def _model_hook(cls: type[attrs.AttrsInstance], converter: Converter) -> Hook:
    read = make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=False, **renames(cls))

    def hook(value: Any, kind: Any) -> Any:
        if value is None:
            return read({}, kind)
        return read(value, kind) if has_members(value) else value  # what has none is for the rules to refuse

    return hook


def _as_it_comes(value: Any, _: Any) -> Any:
    return value


def _timestamp(value: Any, _: Any) -> datetime:
    """A time: botocore hands one over, JSON of an earlier reply has text; anything else is kept as it comes."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return cast("datetime", value)


def _texts(value: Any, _: Any) -> Any:
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value or ()


def _matcher(value: Any, _: Any) -> Any:
    if not has_members(value):
        return value
    members = {name: said for name, said in value.items() if said is not None}
    if "httpCode" in members:
        return Matcher(http_code=members["httpCode"])
    return _unknown_matcher(members, UnknownMatcher) if members else None


def _unknown_matcher(value: Any, _: Any) -> UnknownMatcher:
    """The kind by the name that botocore passes on; or, in data that did not go through botocore, by its member."""
    told: Any = value.get(UNKNOWN_MEMBER)
    return UnknownMatcher(member_name=told.get("name", "") if has_members(told) else next(iter(value), ""))
