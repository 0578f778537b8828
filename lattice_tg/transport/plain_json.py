"""Fast JSON serialization and parsing for prevalidated requests.

botocore walks through every member of a response with the service model, which takes most of the time of parsing,
although strings and numbers stay as JSON has them. The parsers here convert only the values that change (timestamps)
and check the structures and lists that contain them. In the same way, botocore walks through every target of a request.
"""

import json
import logging
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

from botocore.parsers import DEFAULT_TIMESTAMP_PARSER  # pyright: ignore[reportUnknownVariableType]

from lattice_tg.transport.parameter_validation import is_prevalidated, is_sending_prevalidated

JSON_TYPES: Mapping[str, type] = {"boolean": bool, "integer": int, "long": int}
"""Python type that JSON must have for each shape type. botocore converts other values if possible."""


def is_flat(shape: Any) -> bool:
    """Return whether a shape is a structure of strings, integers and booleans only.

    Such a structure is the same in JSON and in Python.
    """
    if shape.type_name != "structure" or shape.is_tagged_union or shape.is_document_type:
        return False
    return all(
        not member.serialization and (member.type_name == "string" or member.type_name in JSON_TYPES)
        for member in shape.members.values()
    )


TARGET_LIST_MEMBERS: Mapping[str, str] = {"DeregisterTargets": "targets", "RegisterTargets": "targets"}
"""Operations whose requests have targets, and the member that has them."""

_CONTEXT_KEY = "lattice_tg_targets"


def detach_targets(
    params: MutableMapping[str, Any], model: Any, context: MutableMapping[str, Any] | None = None, **_: object
) -> None:
    """Move the targets of a prevalidated request from the parameters to the context.

    This is the last handler before botocore serializes the body.
    """
    name = TARGET_LIST_MEMBERS.get(model.name)
    if name is None or context is None or not is_prevalidated(model.name, params):
        return
    if _is_plain_json_list(model.input_shape.members[name]):
        context[_CONTEXT_KEY] = name, params[name], params
        params[name] = []


def attach_targets(
    params: MutableMapping[str, Any], context: MutableMapping[str, Any] | None = None, **_: object
) -> None:
    """Insert the detached targets into the body.

    This is the first handler after botocore has serialized the body, so that a user's handlers see all of it.
    """
    if context and _CONTEXT_KEY in context:
        name, targets, original_params = context.pop(_CONTEXT_KEY)
        original_params[name] = targets  # A user's handler may have supplied its own dict, which must not change.
        params["body"] = json.dumps({**json.loads(params["body"]), name: targets}).encode()


def _is_plain_json_list(shape: Any) -> bool:
    """Return whether a list is the same in JSON and in Python, and must not be empty.

    Because VPC Lattice rejects an empty list, detached targets cannot get lost unnoticed.
    """
    return (
        shape.type_name == "list"
        and not shape.serialization
        and shape.metadata.get("min", 0) > 0
        and is_flat(shape.member)
    )


_botocore_log = logging.getLogger("botocore.parsers")

ParseFn = Callable[[Any], Any]
"""Function that converts a JSON value as botocore does. It raises ValueError or TypeError for unexpected values."""


class _UnsupportedShapeError(Exception):
    """A response shape that needs more than the JSON body, such as a header."""


def make_parse_handler() -> Callable[..., None]:
    """Create a handler that parses responses to prevalidated requests in place of botocore.

    The handler leaves a response to botocore if anything in it is unexpected, and if botocore logs responses.
    """
    parsers: dict[str, ParseFn | None] = {}

    def parse_response(
        operation_model: Any,
        response_dict: MutableMapping[str, Any],
        customized_response_dict: MutableMapping[str, Any] | None = None,
        **_: object,
    ) -> None:
        operation: str = operation_model.name
        is_success = response_dict["status_code"] < 300  # noqa: PLR2004 - botocore parses 300 and above as errors
        if customized_response_dict is None or not is_success or not is_sending_prevalidated(operation):
            return
        if operation not in parsers:
            parsers[operation] = _compile_parser(operation_model.output_shape)
        parse = parsers[operation]
        if parse is None or _botocore_log.isEnabledFor(logging.DEBUG):
            return
        try:
            response = parse(_decode_json(response_dict["body"]))
        except (TypeError, ValueError):
            return
        customized_response_dict.update(response)
        response_dict["body"] = b""

    return parse_response


def _decode_json(body: bytes) -> Any:
    """Return the decoded body. Raise ValueError if it may contain nulls, which botocore removes."""
    if b"null" in body:
        raise ValueError
    return json.loads(body.decode())  # json.loads() would also accept UTF-16 and UTF-32 as bytes.


def _compile_parser(shape: Any) -> ParseFn | None:
    """Return a parser for responses of a shape, or None if botocore must parse them."""
    try:
        return _compile_value(shape)
    except (AttributeError, _UnsupportedShapeError):
        return None


def _compile_value(shape: Any) -> ParseFn | None:
    """Return a parser for values of a shape, or None if JSON values are used as they are."""
    if shape.serialization.keys() - {"timestampFormat"}:  # a header, a payload, or another name in JSON
        raise _UnsupportedShapeError
    match shape.type_name:
        case "timestamp":
            return parse_timestamp
        case "list":
            return _compile_list(shape.member)
        case "structure" if not shape.is_document_type:
            return _compile_structure(shape)
        case "string":
            return None
        case type_name if type_name in JSON_TYPES:
            return _require_type(JSON_TYPES[type_name])
        case _:
            raise _UnsupportedShapeError


def _require_type(type_: type) -> ParseFn:
    def parse(value: object) -> object:
        if type(value) is not type_:
            raise TypeError
        return value

    return parse


def _compile_list(item_shape: Any) -> ParseFn:
    parse_item, are_plain = _compile_value(item_shape), _compile_items_check(item_shape)

    def parse(items: list[Any]) -> list[Any]:
        if type(items) is not list:
            raise TypeError
        return items if parse_item is None or are_plain(items) else [*map(parse_item, items)]

    return parse


def _compile_items_check(shape: Any) -> Callable[[list[Any]], bool]:
    """Return a function that checks whether all items of a list can be used as they are.

    Checking all items at the same time takes a third of the time of parsing them one by one.
    """
    if not is_flat(shape):
        return lambda _: False
    members: Mapping[str, Any] = shape.members
    types = {name: JSON_TYPES[member.type_name] for name, member in members.items() if member.type_name in JSON_TYPES}

    def are_plain(items: list[Any]) -> bool:
        if not ({*map(type, items)} <= {dict} and members.keys() >= set[str]().union(*items)):
            return False
        return all({type(item[name]) for item in items if name in item} <= {type_} for name, type_ in types.items())

    return are_plain


def _compile_structure(shape: Any) -> ParseFn:
    parsers = {name: _compile_value(member) for name, member in shape.members.items()}
    converted = [(name, parse_member) for name, parse_member in parsers.items() if parse_member is not None]
    names, is_union = frozenset(parsers), shape.is_tagged_union

    def parse(value: dict[str, Any]) -> dict[str, Any]:
        if type(value) is not dict:
            raise TypeError
        has_known_names = names.issuperset(value)
        if is_union and not (has_known_names and len(value) == 1):
            raise ValueError
        if not has_known_names:
            value = {name: value[name] for name in names if name in value}
        for name, parse_member in converted:
            if name in value:
                value[name] = parse_member(value[name])
        return value

    return parse


def parse_timestamp(value: Any) -> datetime:
    """Parse a timestamp of a response.

    The standard library parses ISO 8601, which VPC Lattice uses. botocore parses every other format.

    Raises:
        ValueError: If the timestamp is invalid.

    """
    try:
        if value[4:5] == "-":  # fromisoformat() also accepts digits only, which are seconds to botocore.
            return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    try:
        parsed: datetime = DEFAULT_TIMESTAMP_PARSER(value)
    except RuntimeError as error:  # botocore raises it for a number that is out of range.
        raise ValueError(str(error)) from error
    return parsed
