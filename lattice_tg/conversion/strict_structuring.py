"""Strict structuring of user input. Every problem is reported with its path in the data."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from operator import eq
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

import attrs
from cattrs import ClassValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override

from lattice_tg.conversion.converter import MATCHER_UNION, StructureHook, is_mapping, union_members
from lattice_tg.conversion.field_names import wire_names
from lattice_tg.conversion.key_correction import Correction, correct_keys
from lattice_tg.errors import InvalidSpecError
from lattice_tg.formatting import format_item_path
from lattice_tg.models.health_check import Matcher
from lattice_tg.models.problem import Problem

T = TypeVar("T", bound=attrs.AttrsInstance)

_STRING_RULE, _STRING_HINT = "must be a string", "Put it in quotes"
_REQUIRED_RULE, _REQUIRED_HINT = "is required", "Add it"
_MAX_MATCHED_LENGTH = 200  # The time to match a pattern grows with the square of the length.
_NULL_HINT = "Remove it"
_TAG_LIST_HINT = "Write each tag as a key and a value, such as {'team': 'shop'}"
_PLACEHOLDER_HINT = "Replace the placeholder before you read the data"
_STRING_HINTS: tuple[tuple[type, re.Pattern[str], str], ...] = (
    (int, re.compile(r"[-+]?[0-9]+"), "Write it without quotes"),
    (int, re.compile(r"([0-9]+) ?s(ec(ond)?s?)?"), r"Write \1, the number of seconds"),
    (int, re.compile(r"traffic-port"), "Remove it. The health check uses the traffic port by default"),
    (bool, re.compile(r"(?i)true|false|yes|no|on|off"), "Write true or false without quotes"),
    (object, re.compile(r""), "Replace the empty string with a value"),
    (object, re.compile(r".*(\$\{.*\}|\{\{.*\}\}).*", re.DOTALL), _PLACEHOLDER_HINT),
)
"""How to replace a string if a value of a type is expected, by the pattern of the string."""


def suggest_value(value: object, expected_type: type = object) -> str | None:
    """Return how to replace a string by a value of ``expected_type``, or None if there is no suggestion."""
    if not isinstance(value, str) or len(value) > _MAX_MATCHED_LENGTH:
        return None
    hints = (
        match.expand(hint)
        for type_, pattern, hint in _STRING_HINTS
        if issubclass(expected_type, type_) and (match := pattern.fullmatch(value))
    )
    return next(hints, None)


class _InvalidValueError(ValueError):
    """A value breaks a rule."""

    def __init__(self, rule: str, hint: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.hint = hint


class _InvalidItemsError(ValueError):
    """Some items of a collection are not strings. ``keys`` lists their keys or indexes."""

    def __init__(self, keys: list[Any]) -> None:
        super().__init__(keys)
        self.keys = keys


def structure_strict(cls: type[T], data: object) -> T:
    """Create an instance of ``cls`` from ``data``.

    Raises:
        InvalidSpecError: If ``data`` has problems. The error lists all problems.

    """
    correction = correct_keys(cls, data)
    instance, problems = structure_corrected(cls, correction)
    if instance is None:
        raise InvalidSpecError((*problems, *correction.problems))
    return instance


def structure_corrected(cls: type[T], correction: Correction) -> tuple[T | None, tuple[Problem, ...]]:
    """Return an instance of ``cls``, or None and the problems in the values of the corrected data.

    The instance is also None if a key of the original data is unknown.
    """
    if correction.data is None and correction.problems:
        return None, ()
    try:
        instance = _converter().structure(correction.data, cls)
    except (ClassValidationError, _InvalidValueError) as error:
        return None, tuple(correction.restore_paths(_to_problems(error, correction.data, "")))
    return (None if correction.problems else instance), ()


def _to_problems(error: BaseException, data: Any, path: str) -> Iterator[Problem]:
    match error:
        case ClassValidationError():
            names = wire_names(cast("type[attrs.AttrsInstance]", error.cl))
            for field_error, note in error.group_exceptions()[0]:
                name = names[note.name]
                yield from _to_problems(field_error, data.get(name), f"{path}.{name}" if path else name)
        case _InvalidItemsError():
            yield from (
                Problem(format_item_path(path, key), data[key], _STRING_RULE, _STRING_HINT) for key in error.keys
            )
        case _InvalidValueError():
            yield Problem(path or "data", data, error.rule, error.hint if path else None)
        case _:  # KeyError: cattrs did not find a required key
            yield Problem(path, None, _REQUIRED_RULE, _REQUIRED_HINT)


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(str, _make_type_hook(str, _STRING_RULE, _STRING_HINT))
    converter.register_structure_hook(int, _make_type_hook(int, "must be an integer"))
    converter.register_structure_hook(bool, _make_type_hook(bool, "must be true or false"))
    converter.register_structure_hook(datetime, _structure_datetime)
    converter.register_structure_hook_factory(attrs.has, _make_model_hook)
    converter.register_structure_hook_factory(_is_literal_type, _make_literal_hook)
    converter.register_structure_hook_func(partial(_has_origin, Mapping), _structure_string_mapping)
    converter.register_structure_hook_func(partial(_has_origin, tuple), _structure_string_tuple)
    converter.register_structure_hook_factory(partial(eq, MATCHER_UNION), _make_matcher_hook)
    return converter


def _has_origin(origin: Any, type_: Any) -> bool:
    return get_origin(type_) is origin


def _make_model_hook(cls: type[attrs.AttrsInstance], converter: Converter) -> StructureHook:
    names = wire_names(cls)
    overrides: dict[str, Any] = {field: override(rename=name) for field, name in names.items()}
    structure = make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=True, **overrides)

    def hook(value: Any, type_: Any) -> Any:
        if not is_mapping(value):
            rule = f"must be a mapping (known keys: {', '.join(names.values())})"
            raise _InvalidValueError(rule, _NULL_HINT if value is None else None)
        return structure(value, type_)

    return hook


def _make_matcher_hook(_: Any, converter: Converter) -> StructureHook:
    """Return a hook for matchers.

    The hook never creates an UnknownMatcher because only responses can contain unknown matchers.
    """
    structure = converter.get_structure_hook(Matcher)

    def hook(value: Any, _: Any) -> Matcher | None:
        return None if value is None else structure(value, Matcher)

    return hook


def _make_type_hook(expected_type: type, rule: str, hint: str | None = None) -> StructureHook:
    def hook(value: Any, _: Any) -> Any:
        if value is None:
            raise _InvalidValueError(_REQUIRED_RULE, _REQUIRED_HINT)
        is_bool_as_int = expected_type is int and isinstance(value, bool)  # bool is a subclass of int
        if not isinstance(value, expected_type) or is_bool_as_int:
            raise _InvalidValueError(rule, suggest_value(value, expected_type) or hint)
        return value

    return hook


def _is_literal_type(type_: Any) -> bool:
    """Return whether ``type_`` is a Literal alias, alone or in a union with str or None."""
    return get_origin(union_members(type_)[0]) is Literal


def _make_literal_hook(type_: Any, converter: Converter) -> StructureHook:
    """Return a hook for a Literal alias, alone or in a union.

    If ``type_`` includes str, the hook accepts any string. Otherwise, the hook accepts only the values of the Literal.
    """
    members = union_members(type_)
    structure = converter.get_structure_hook(str) if str in members else _make_choice_hook(get_args(members[0]))
    is_optional = type(None) in get_args(type_)

    def hook(value: Any, _: Any) -> Any:
        return None if value is None and is_optional else structure(value, str)

    return hook


def _make_choice_hook(choices: tuple[str, ...]) -> StructureHook:
    def hook(value: Any, _: Any) -> Any:
        if value not in choices:
            raise _InvalidValueError(f"must be one of {', '.join(choices)}", suggest_value(value))
        return value

    return hook


def _structure_datetime(value: Any, _: Any) -> datetime:
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _InvalidValueError("must be a time such as 2026-01-31T12:00:00Z") from None


def _structure_string_mapping(value: Any, _: Any) -> Mapping[str, str]:
    if not is_mapping(value):
        hint = _NULL_HINT if value is None else _TAG_LIST_HINT if isinstance(value, list) else None
        raise _InvalidValueError("must be a mapping of strings to strings", hint)
    _raise_if_any([key for key, item in value.items() if not (isinstance(key, str) and isinstance(item, str))])
    return cast("Mapping[str, str]", value)


def _structure_string_tuple(value: Any, _: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _InvalidValueError("must be a list of strings")
    items = tuple(cast("list[Any]", value))
    _raise_if_any([index for index, item in enumerate(items) if not isinstance(item, str)])
    return items


def _raise_if_any(invalid_keys: list[Any]) -> None:
    if invalid_keys:
        raise _InvalidItemsError(invalid_keys)
