"""Requests and responses for comparing the library's transport with botocore's."""

from support.http_stub import CLOSE_CONNECTION, NO_RESPONSE, error_response, http_response
from support.sample_groups import ID, wire_group

_CHANGING_HEADERS = ("authorization:", "x-amz-date:", "amz-sdk-invocation-id:")

SUCCESS = http_response(200, wire_group(items=[], createdAt="2026-11-26T12:00:00Z"), x_amzn_RequestId="1")

RESPONSES = {
    "success": SUCCESS,
    "null": http_response(200, wire_group(status=None)),
    "no content": http_response(200),
    "login page": http_response(200, b"<html>", Content_Type="text/html"),
    "redirect": http_response(301, wire_group(), Location="http://127.0.0.1:1/"),
    "not found": error_response(404, "ResourceNotFoundException", {"resourceId": ID, "resourceType": "X"}),
    "throttled": error_response(429, "ThrottlingException", {"retryAfterSeconds": 3}, Retry_After="3"),
    "throttled until a date": error_response(429, "ThrottlingException", Retry_After="Thu, 26 Nov 2026 00:00:00 GMT"),
    "gateway error": http_response(502, b"<html>"),
    "server error": error_response(500, "InternalServerException"),
    "no response": CLOSE_CONNECTION,
    "slow": NO_RESPONSE,
    "truncated": SUCCESS[:-9],
    "malformed": b"nonsense\r\n\r\n",
}
"""Responses to GetTargetGroup."""


def constant_bytes(raw: bytes) -> bytes:
    """Return a request without the headers that differ between two equal requests."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.decode().lower().startswith(_CHANGING_HEADERS)]
    assert len(lines) == head.count(b"\r\n") + 1 - len(_CHANGING_HEADERS)
    return b"\r\n".join(lines) + separator + body
