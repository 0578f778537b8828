"""Reading what people write, where every mistake is found and told with its place in the data."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, cast, get_args

import attrs
from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, override

from lattice_tg.conversion.field_names import wire_names
from lattice_tg.conversion.structuring import (
    ANY_MATCHER,
    Hook,
    is_list,
    is_literal_type,
    is_mapping,
    is_mapping_value,
    is_optional,
    optional_hook,
)
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import Matcher
from lattice_tg.models.problem import Problem, make_problem

T = TypeVar("T", bound=attrs.AttrsInstance)


_STRING_RULE = "must be a string. Put it in quotes."
_REQUIRED = "is required. Add it."
_KEY_HINTS = {"targets": "Targets are not part of a spec. Pass DesiredState(spec, targets) or plan(spec, targets=...)."}
"""Keys that people look for in vain, and where those things are."""


class _InvalidValueError(ValueError):
    """A value of the wrong type; the text is the rule."""


class _InvalidItemsError(ValueError):
    """A collection with entries that are no text, at these keys or indexes."""

    def __init__(self, keys: list[Any]) -> None:
        super().__init__(keys)
        self.keys = keys


def structure_strict(cls: type[T], data: object) -> T:
    """The model that ``data`` describes, or one InvalidSpecError with every mistake in it."""
    try:
        return _converter().structure(data, cls)
    except (ClassValidationError, _InvalidValueError) as error:
        raise InvalidSpecError(tuple(_problems(error, data, ""))) from None


def _problems(error: BaseException, data: Any, path: str) -> Iterator[Problem]:
    match error:
        case ClassValidationError():
            names = wire_names(cast("type[attrs.AttrsInstance]", error.cl))
            attributes, others = error.group_exceptions()
            for mistake, note in attributes:
                name = names[note.name]
                yield from _problems(mistake, data.get(name), f"{path}.{name}" if path else name)
            for other in others:
                yield from _unknown_keys(other, data, path, tuple(names.values()))
        case _InvalidItemsError():
            yield from (make_problem(f"{path}[{key!r}]", data[key], _STRING_RULE) for key in error.keys)
        case KeyError():
            yield make_problem(path, None, _REQUIRED)
        case _:
            yield make_problem(path or "data", data, str(error))


def _unknown_keys(error: BaseException, data: Any, path: str, known: tuple[str, ...]) -> Iterator[Problem]:
    values = {_key_to_str(key): value for key, value in data.items()}
    for key in sorted(cast("ForbiddenExtraKeysError", error).extra_fields):
        yield make_problem(f"{path}.{key}" if path else key, values[key], f"unknown key. {_suggest_key(key, known)}")


def _suggest_key(key: str, known: tuple[str, ...]) -> str:
    if key in _KEY_HINTS:
        return _KEY_HINTS[key]
    close = get_close_matches(key.replace("_", "").lower(), [name.lower() for name in known], n=1)
    return next(
        (f"Did you mean {name}?" for name in known if [name.lower()] == close), f"Known keys: {', '.join(known)}."
    )


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _exact_type_hook(str, _STRING_RULE))
    converter.register_structure_hook(int, _exact_type_hook(int, "must be an integer", ". Write it without quotes."))
    converter.register_structure_hook(
        bool, _exact_type_hook(bool, "must be true or false", ". Write it without quotes.")
    )
    converter.register_structure_hook(datetime, _timestamp)
    converter.register_structure_hook_factory(attrs.has, _model_hook)
    converter.register_structure_hook_factory(is_optional, optional_hook)
    converter.register_structure_hook_factory(is_literal_type, _literal_hook)
    converter.register_structure_hook_func(is_mapping, _structure_string_mapping)
    converter.register_structure_hook_func(is_list, _structure_string_list)
    converter.register_structure_hook(ANY_MATCHER, optional_hook(Matcher | None, converter))
    return converter


def _model_hook(cls: type[attrs.AttrsInstance], converter: Converter) -> Hook:
    read = make_dict_structure_fn(
        cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **_renames(cls)
    )

    def hook(value: Any, kind: Any) -> Any:
        if not is_mapping_value(value):
            raise _InvalidValueError(f"must be a mapping of {', '.join(wire_names(cls).values())}")
        return read({_key_to_str(key): entry for key, entry in value.items()}, kind)

    return hook


def _renames(cls: type[attrs.AttrsInstance]) -> dict[str, Any]:
    """What cattrs has to be told about the names of a model's fields."""
    return {field: override(rename=name) for field, name in wire_names(cls).items()}


def _key_to_str(key: object) -> str:
    """A key that is no text, such as the 80 of a YAML file, would make cattrs itself stumble."""
    return key if isinstance(key, str) else str(key)


def _exact_type_hook(kind: type, rule: str, in_quotes: str = "") -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if value is None:
            raise _InvalidValueError(_REQUIRED)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):  # True is an int to Python
            raise _InvalidValueError(rule + in_quotes if isinstance(value, str) else rule)
        return value

    return hook


def _literal_hook(kind: Any) -> Hook:
    parts = get_args(kind)  # the words of a Literal; or a union's Literals, str and None
    none = type(None)
    words = tuple(word for part in parts if part is not none for word in (get_args(part) or (part,)))
    read = _exact_type_hook(str, _STRING_RULE) if str in parts else _one_of(words)
    return (lambda value, _: None if value is None else read(value, kind)) if none in parts else read


def _one_of(words: tuple[str, ...]) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if value not in words:
            raise _InvalidValueError(f"must be one of {', '.join(words)}")
        return value

    return hook


def _timestamp(value: Any, _: Any) -> datetime:
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _InvalidValueError("must be a time such as 2026-01-31T12:00:00Z") from None


def _structure_string_mapping(value: Any, _: Any) -> Mapping[str, str]:
    if not is_mapping_value(value):
        raise _InvalidValueError("must be a mapping of strings to strings")
    _raise_if_invalid([key for key, text in value.items() if not (isinstance(key, str) and isinstance(text, str))])
    return cast("Mapping[str, str]", value)


def _structure_string_list(value: Any, _: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _InvalidValueError("must be a list of strings")
    texts = tuple(cast("list[Any]", value))
    _raise_if_invalid([index for index, text in enumerate(texts) if not isinstance(text, str)])
    return texts


def _raise_if_invalid(keys: list[Any]) -> None:
    if keys:
        raise _InvalidItemsError(keys)
