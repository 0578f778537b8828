"""What botocore's service model allows: required members, types, lengths, ranges, words and patterns."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from lattice_tg.testing.json_values import is_array, is_object
from lattice_tg.testing.refusals import Violation


def shape_violations(shape: Any, value: Any, path: str = "") -> Iterator[Violation]:
    """Everything in ``value`` that the model's ``shape`` does not allow, each with the path to it."""
    check = _CHECKS.get(shape.type_name)
    if check is not None:
        yield from check(shape, value, path)


def drop_unknown_members(shape: Any, value: Any) -> Any:
    """``value`` without the members that are null or not in the model: the service ignores both."""
    if shape.type_name == "structure" and is_object(value):
        members = {name: member for name, member in shape.members.items() if value.get(name) is not None}
        return {name: drop_unknown_members(member, value[name]) for name, member in members.items()}
    if shape.type_name == "list" and is_array(value):
        return [drop_unknown_members(shape.member, item) for item in value]
    return value


def _structure(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_object(value):
        yield _wrong_type(path, "a structure")
        return
    for name in shape.required_members:
        if name not in value:
            yield Violation(_join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if name in value:
            yield from shape_violations(member, value[name], _join(path, name))


def _list(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_array(value):
        yield _wrong_type(path, "a list")
        return
    yield from _bounds(shape, len(value), path, "length")
    for position, item in enumerate(value):
        yield from shape_violations(shape.member, item, f"{path}[{position}]")


def _map(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_object(value):
        yield _wrong_type(path, "a map")
        return
    yield from _bounds(shape, len(value), path, "length")
    for key, item in value.items():
        yield from shape_violations(shape.key, key, f"{path} key {key!r}")
        yield from shape_violations(shape.value, item, _join(path, key))


def _string(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, str):
        yield _wrong_type(path, "a string")
        return
    yield from _bounds(shape, len(value), path, "length")
    if shape.enum and value not in shape.enum:
        yield Violation(path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield Violation(path, f"Member must satisfy regular expression pattern: {pattern}")


def _integer(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _wrong_type(path, "an integer")
        return
    yield from _bounds(shape, value, path, "value")


def _boolean(shape: Any, value: Any, path: str) -> Iterator[Violation]:  # noqa: ARG001  (one signature for all)
    if not isinstance(value, bool):
        yield _wrong_type(path, "a boolean")


_CHECKS: dict[str, Callable[[Any, Any, str], Iterator[Violation]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
}


def _bounds(shape: Any, measured: int, path: str, what: str) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and measured < least:
        yield Violation(path, f"Member must have {what} greater than or equal to {least}")
    if most is not None and measured > most:
        yield Violation(path, f"Member must have {what} less than or equal to {most}")


def _wrong_type(path: str, wanted: str) -> Violation:
    return Violation(path, f"Member must be {wanted}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
