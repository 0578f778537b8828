"""Fast JSON parsing of responses to prevalidated requests.

To parse a response, botocore looks up every member in the service model. The lookups take most of the parsing time,
although strings and numbers need no conversion. The parsers in this module convert only timestamps, and check the types
of structures, lists, integers and booleans.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.parsers import (
    DEFAULT_TIMESTAMP_PARSER,  # pyright: ignore[reportUnknownVariableType]
    ResponseParserError,
)

JSON_TYPES: Mapping[str, type] = {"boolean": bool, "integer": int, "long": int}
"""For each shape type, the Python type of decoded JSON values. If a value has another type, botocore parses the
response."""


ParseFn = Callable[[Any], Any]
"""Function that converts a JSON value as botocore does, or raises ValueError or TypeError for an unexpected value."""


class _UnsupportedShapeError(Exception):
    """Raised for a shape that the parsers do not support, such as the shape of a header value."""


class ResponseParser:
    """A parser of responses to prevalidated requests."""

    def __init__(self) -> None:
        self._functions: dict[str, ParseFn | None] = {}
        """For each operation, the function that parses a body, or None if botocore must parse the body."""

    def parse(self, response: Mapping[str, Any], operation_model: Any) -> dict[str, Any] | None:
        """Return the parsed response.

        The result is None if botocore must parse the response, because VPC Lattice returned an error or the response
        contains an unexpected value.
        """
        operation: str = operation_model.name
        if response["status_code"] >= 300:  # noqa: PLR2004 - botocore parses 300 and above as errors
            return None
        if operation not in self._functions:
            self._functions[operation] = _compile_parser(operation_model.output_shape)
        parse = self._functions[operation]
        if parse is None:
            return None
        try:
            members = parse(_decode_json(response["body"]))
        except (TypeError, ValueError, RecursionError):
            return None
        return {"ResponseMetadata": _make_metadata(response), **members}


def _make_metadata(response: Mapping[str, Any]) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in response["headers"].items()}
    metadata = {"HTTPStatusCode": response["status_code"], "HTTPHeaders": headers}
    if "x-amzn-requestid" in headers:
        metadata["RequestId"] = headers["x-amzn-requestid"]
    elif "x-amz-request-id" in headers:
        metadata.update(RequestId=headers["x-amz-request-id"], HostId=headers.get("x-amz-id-2", ""))
    return metadata


def _decode_json(body: bytes) -> Any:
    """Decode a JSON body that contains no nulls.

    botocore removes nulls from responses, so botocore must parse a body with nulls.

    Raises:
        ValueError: If the body is not valid JSON or may contain nulls.

    """
    if b"null" in body:
        raise ValueError
    return json.loads(body.decode())  # json.loads() would also decode bytes in UTF-16 and UTF-32.


def require_json_object(response_dict: Mapping[str, Any], **_: object) -> None:
    """Raise an error unless the body of a successful response is empty or a JSON object.

    This handler is for operations whose responses have no members. botocore treats any body of such a response as an
    empty object, even a login page.

    Raises:
        ResponseParserError: If the body is not a JSON object.

    """
    body: bytes = response_dict["body"]
    if not body or response_dict["status_code"] >= 300:  # noqa: PLR2004 - botocore parses 300 and above as errors
        return
    try:
        is_object = isinstance(json.loads(body.decode()), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        message = "the body is not a JSON object"
        raise ResponseParserError(message)


def _compile_parser(shape: Any) -> ParseFn | None:
    """Return a parser for responses with this shape, or None if botocore must parse them."""
    try:
        return _compile_value(shape)
    except (AttributeError, _UnsupportedShapeError):
        return None


def _compile_value(shape: Any) -> ParseFn | None:
    """Return a parser for values with this shape, or None if the values need no conversion."""
    if shape.serialization.keys() - {"timestampFormat"}:
        # The value is in a header or payload, or has another name in JSON.
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
    parse_item = _compile_value(item_shape)
    is_structure = item_shape.type_name == "structure" and not item_shape.is_tagged_union
    parse_structures = _compile_structures(item_shape) if is_structure else None

    def parse(items: list[Any]) -> list[Any]:
        if type(items) is not list:
            raise TypeError
        if parse_item is None or (parse_structures is not None and parse_structures(items)):
            return items
        return [*map(parse_item, items)]

    return parse


def _compile_structures(shape: Any) -> Callable[[list[Any]], bool]:
    """Return a function that parses the structures in a list in place, one member of all structures at a time.

    This takes less time than parsing the structures one by one. The function returns False, and changes nothing, if an
    item is not a structure or has unknown members. The items must then be parsed one by one.
    """
    parsers = {name: _compile_value(member) for name, member in shape.members.items()}
    types = {name: type_ for name, member in shape.members.items() if (type_ := _find_type(member)) is not None}
    converted = [(name, parse) for name, parse in parsers.items() if parse is not None and name not in types]

    def parse_structures(items: list[Any]) -> bool:
        if not ({*map(type, items)} <= {dict} and parsers.keys() >= set[str]().union(*items)):
            return False
        for name, type_ in types.items():
            if not {type(item[name]) for item in items if name in item} <= {type_}:
                raise TypeError
        for name, parse_member in converted:
            for item in items:
                if name in item:
                    item[name] = parse_member(item[name])
        return True

    return parse_structures


def _find_type(shape: Any) -> type | None:
    """Return the type of decoded JSON values if parsing them only checks their type, or None."""
    if shape.type_name == "list":
        return list if _compile_value(shape.member) is None else None
    return JSON_TYPES.get(shape.type_name)


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
    """Parse a timestamp from a response.

    The standard library parses ISO 8601, the format that VPC Lattice uses. botocore parses all other formats.

    Raises:
        ValueError: If the timestamp is invalid.

    """
    try:
        if value[4:5] == "-":  # botocore parses digits as seconds, but fromisoformat() parses digits as a date.
            return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    try:
        parsed: datetime = DEFAULT_TIMESTAMP_PARSER(value)
    except RuntimeError as error:  # botocore raises RuntimeError if a number is out of range.
        raise ValueError(str(error)) from error
    return parsed
