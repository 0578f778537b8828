"""Reading what the service sends, which is never refused.

Most fields are taken as they come, and calling a hook for each would be half of the time of a page; so the readers of
models are put together here, as cattrs does it, with those calls left out. cattrs says which hook a type has.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter

from lattice_tg.conversion.field_names import UNKNOWN_MEMBER, wire_names
from lattice_tg.models.health_check import Matcher, UnknownMatcher

T = TypeVar("T", bound=attrs.AttrsInstance)
Hook = Callable[[Any, Any], Any]

ANY_MATCHER = Matcher | UnknownMatcher | None
_UNIONS = (Union, type(ANY_MATCHER))


Reader = Callable[[Mapping[str, Any]], T]


def structure_fn(cls: type[T]) -> Reader[T]:
    """What reads a model of this class; a missing member that the class requires is empty text."""
    return _reader(cls)


@cache
def _reader(cls: type[attrs.AttrsInstance]) -> Reader[Any]:
    if cls is UnknownMatcher:
        return _unknown_matcher
    names, known = wire_names(cls), dict[str, Any](cls=cls)
    fields = ", ".join(
        f"{field.name}={_field_expression(field, names[field.name], known)}" for field in attrs.fields(cls)
    )
    read: Reader[Any] = eval(f"lambda data: cls({fields})", known)  # noqa: S307 - names of our own and of the service
    return read


def _field_expression(field: "attrs.Attribute[Any]", name: str, known: dict[str, Any]) -> str:
    """The expression that reads a field from ``data``; what it needs goes into ``known``."""
    default, kind, hook = f"{field.name}_default", f"{field.name}_type", f"{field.name}_hook"
    known[default] = "" if field.default is attrs.NOTHING else field.default
    known[kind], known[hook] = field.type, _converter().get_structure_hook(field.type)
    if known[hook] is _passthrough:
        return f"data.get({name!r}, {default})"
    if len(models := nested_models(field.type)) == 1:
        known[f"{field.name}_reader"] = _reader(models[0])
        value = f"value := data.get({name!r}, {default})"
        return f"{field.name}_reader(value) if type({value}) is dict else {hook}(value, {kind})"
    return f"{hook}(data[{name!r}], {kind}) if {name!r} in data else {default}"


def is_literal_type(kind: Any) -> bool:
    """Whether a field's type is a closed word list, alone or with room for unknown words."""
    if get_origin(kind) in _UNIONS:
        return all(part in (str, type(None)) or is_literal_type(part) for part in get_args(kind))
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


def nested_models(kind: Any) -> tuple[Any, ...]:
    """The models among a field's type and its parts."""
    return tuple(part for part in (kind, *get_args(kind)) if attrs.has(part))


def is_mapping_value(value: Any) -> bool:
    """Whether there are members to read in a value."""
    return type(value) is dict or isinstance(value, Mapping)  # of two ways to the same answer, the quick one first


def optional_hook(kind: Any, converter: Converter) -> Hook:
    """A hook for one type or None that looks the type's own hook up once."""
    inner = next(part for part in get_args(kind) if part is not type(None))
    hook: Hook = converter.get_structure_hook(inner)
    if hook is _passthrough:
        return hook
    return lambda value, _: None if value is None else hook(value, inner)


@cache
def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _passthrough)
    converter.register_structure_hook(datetime, _structure_datetime)
    converter.register_structure_hook_factory(attrs.has, _model_hook)
    converter.register_structure_hook_factory(is_optional, optional_hook)
    converter.register_structure_hook_func(is_literal_type, _passthrough)
    converter.register_structure_hook_func(is_mapping, _passthrough)
    converter.register_structure_hook_func(is_list, _structure_string_tuple)
    converter.register_structure_hook(ANY_MATCHER, _structure_matcher)
    return converter


def _model_hook(cls: type[attrs.AttrsInstance], _: Converter) -> Hook:
    read = _reader(cls)

    def hook(value: Any, _: Any) -> Any:
        if value is None:
            return read({})
        return read(value) if is_mapping_value(value) else value  # what has none is for the rules to refuse

    return hook


def _passthrough(value: Any, _: Any) -> Any:
    return value


def _structure_datetime(value: Any, _: Any) -> datetime:
    """A time: botocore hands one over, JSON of an earlier reply has text; anything else is kept as it comes."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return cast("datetime", value)


def _structure_string_tuple(value: list[str] | tuple[str, ...] | None, _: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else value or ()


def _structure_matcher(value: Any, _: Any) -> Any:
    if not is_mapping_value(value):
        return value
    if len(value) == 1 and type(code := value.get("httpCode")) is str:
        return Matcher(http_code=code)
    members = {name: said for name, said in value.items() if said is not None}
    if "httpCode" in members:
        return Matcher(http_code=members["httpCode"])
    return _unknown_matcher(members) if members else None


def _unknown_matcher(value: Mapping[str, Any]) -> UnknownMatcher:
    """The kind by the name that botocore passes on; or, in data that did not go through botocore, by its member."""
    told: Any = value.get(UNKNOWN_MEMBER)
    return UnknownMatcher(member_name=told.get("name", "") if is_mapping_value(told) else next(iter(value), ""))
