"""Parsing of HTTP requests and serialization of HTTP responses for the emulated API."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

from attrs import frozen

from lattice_tg.testing.errors import EmulatedServiceError, ErrorResponse, Violation, validation_error
from lattice_tg.testing.service_model import OPERATION_NAMES, operation_model
from lattice_tg.testing.validation import drop_unknown_members, is_object

_NO_CONTENT = 204


@frozen
class Request:
    """An HTTP request to the emulated API."""

    method: str
    path: str
    """The percent-encoded path."""
    query: str
    """The query string without the leading question mark."""
    body: bytes
    account: str
    region: str


@frozen
class Response:
    """An HTTP response."""

    http_status: int
    headers: Mapping[str, str]
    body: bytes


@frozen
class DroppedResponse:
    """A placeholder for a response that the client does not receive."""


@frozen
class ParsedRequest:
    """The operation and parameters of a request."""

    operation: str
    params: dict[str, Any]
    parse_error: EmulatedServiceError | None = None
    """The error to return if the body could not be parsed."""


@frozen
class Route:
    """The HTTP method and path of an operation."""

    operation: str
    method: str
    path: re.Pattern[str]


def success_response(http_status: int, result: Mapping[str, Any]) -> Response:
    """Return the response of a successful operation.

    A response with status 204 has no body.
    """
    return Response(http_status, _headers(), b"" if http_status == _NO_CONTENT else json.dumps(result).encode())


def error_response(error: ErrorResponse) -> Response:
    """Return an error response, with the error code in the header that AWS SDKs read."""
    headers = _headers() | {"x-amzn-errortype": error.code}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    body = {"message": error.message, **error.members}
    return Response(error.http_status, headers, json.dumps(body).encode())


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "x-amzn-requestid": str(uuid.uuid4())}


def parse_request(request: Request) -> ParsedRequest | None:
    """Return the operation and parameters of ``request``, or None if no operation matches."""
    for route in _routes():
        match = route.path.fullmatch(request.path) if route.method == request.method else None
        labels = {name: unquote(value) for name, value in match.groupdict().items()} if match else {}
        if match and ("resourceArn" not in labels or is_emulated_arn(labels["resourceArn"])):
            return _parse_params(route.operation, request, labels)
    return None


@cache
def _routes() -> tuple[Route, ...]:
    return tuple(_make_route(name) for name in OPERATION_NAMES)


def _make_route(operation: str) -> Route:
    http = operation_model(operation).http
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", http["requestUri"])
    return Route(operation, http["method"], re.compile(pattern))


def is_emulated_arn(arn: str) -> bool:
    """Return whether ``arn`` is the ARN of a target group, listener or rule, which the emulator stores."""
    return ":targetgroup/" in arn or ("/listener/" in arn and ":vpc-lattice:" in arn)


def _parse_params(operation: str, request: Request, labels: Mapping[str, str]) -> ParsedRequest:
    try:
        body = _parse_body(request.body)
    except EmulatedServiceError as error:
        return ParsedRequest(operation, dict(labels), error)
    query = parse_qs(request.query, keep_blank_values=True)
    params = dict(_members(operation, labels, query, body))
    return ParsedRequest(operation, drop_unknown_members(operation_model(operation).input_shape, params))


def _parse_body(content: bytes) -> dict[str, Any]:
    try:
        body: Any = json.loads(content or b"{}")
    except (ValueError, RecursionError) as error:
        raise validation_error([Violation("body", f"not JSON: {error}")], "cannotParse") from error
    if not is_object(body):
        raise validation_error([Violation("body", "not a JSON object")], "cannotParse")
    return body


def _members(
    operation: str, labels: Mapping[str, str], query: Mapping[str, list[str]], body: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, shape in operation_model(operation).input_shape.members.items():
        wire_name = shape.serialization.get("name", name)
        match shape.serialization.get("location"):
            case "uri":
                yield name, labels[wire_name]
            case "querystring":
                if wire_name in query:
                    yield name, _parse_query_value(shape, query[wire_name])
            case _:
                if wire_name in body:
                    yield name, body[wire_name]


def _parse_query_value(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    if shape.type_name == "integer" and re.fullmatch(r"[+-]?\d{1,9}", values[-1], re.ASCII):
        return int(values[-1])
    return values[-1]
