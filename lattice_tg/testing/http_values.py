"""A request and a reply as plain values, and how the service's answers are put into HTTP."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from lattice_tg.testing.refusals import ErrorResponse

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
