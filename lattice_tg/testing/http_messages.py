"""HTTP requests and responses of the emulator."""

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
    """What came in: the path still percent-encoded, the query without its question mark."""

    method: str
    path: str
    query: str
    body: bytes
    account: str
    region: str


@frozen
class Response:
    """What goes out."""

    http_status: int
    headers: Mapping[str, str]
    body: bytes


@frozen
class DroppedResponse:
    """Stands where a reply would: the caller hears nothing."""


def success_response(http_status: int, answer: Mapping[str, Any]) -> Response:
    """An operation's answer; one of status 204 has no body."""
    return Response(http_status, _headers(), b"" if http_status == _NO_CONTENT else json.dumps(answer).encode())


def error_response(refusal: ErrorResponse) -> Response:
    """A refusal, with its code in the header that SDKs read it from."""
    headers = _headers() | {"x-amzn-errortype": refusal.code}
    if refusal.retry_after_seconds is not None:
        headers["Retry-After"] = str(refusal.retry_after_seconds)
    body = {"message": refusal.message, **refusal.members}
    return Response(refusal.http_status, headers, json.dumps(body).encode())


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "x-amzn-requestid": str(uuid.uuid4())}


@frozen
class Route:
    """Where one operation lives."""

    operation: str
    method: str
    path: re.Pattern[str]


@frozen
class ParsedRequest:
    """What a request asks for; ``defect`` says why its parameters could not be read."""

    operation: str
    params: dict[str, Any]
    parse_error: EmulatedServiceError | None = None


def parse_request(request: Request, operations: tuple[str, ...] = OPERATION_NAMES) -> ParsedRequest | None:
    """The operation and parameters of ``request``; None where it is none of ``operations``."""
    for route in _routes(operations):
        found = route.path.fullmatch(request.path) if route.method == request.method else None
        if found and _is_target_group_request(
            labels := {name: unquote(text) for name, text in found.groupdict().items()}
        ):
            return _parse_params(route.operation, request, labels)
    return None


def _is_target_group_request(labels: Mapping[str, str]) -> bool:
    return ":targetgroup/" in labels.get("resourceArn", ":targetgroup/")


def _parse_params(operation: str, request: Request, labels: Mapping[str, str]) -> ParsedRequest:
    try:
        body = _body(request.body)
    except EmulatedServiceError as defect:
        return ParsedRequest(operation, dict(labels), defect)
    query = parse_qs(request.query, keep_blank_values=True)
    params = dict(_members(operation, labels, query, body))
    return ParsedRequest(operation, drop_unknown_members(operation_model(operation).input_shape, params))


def _body(text: bytes) -> dict[str, Any]:
    try:
        body: Any = json.loads(text or b"{}")
    except ValueError as unreadable:
        raise validation_error([Violation("body", f"not JSON: {unreadable}")], "cannotParse") from unreadable
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
                    yield name, _query_value(shape, query[wire_name])
            case _:
                if wire_name in body:
                    yield name, body[wire_name]


def _query_value(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    if shape.type_name == "integer" and re.fullmatch(r"[+-]?\d{1,9}", values[-1], re.ASCII):
        return int(values[-1])
    return values[-1]


@cache
def _routes(operations: tuple[str, ...]) -> tuple[Route, ...]:
    return tuple(_route(name) for name in operations)


def _route(operation: str) -> Route:
    http = operation_model(operation).http
    labelled = re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", http["requestUri"])
    return Route(operation, http["method"], re.compile(labelled))
