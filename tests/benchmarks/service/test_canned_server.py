"""Tests of the server that the benchmarks send requests to."""

import json

import pytest

from service.canned_server import TOO_MANY_REQUESTS, is_complete, respond
from service.responses import GROUP, REGISTER_REQUEST, TARGETS

BODY = json.dumps({"targets": TARGETS}).encode()
REQUEST = f"{REGISTER_REQUEST} HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: {len(BODY)}\r\n\r\n".encode() + BODY


@pytest.mark.parametrize("missing", [1, len(BODY), len(BODY) + 1, len(BODY) + 4, len(REQUEST) - 1])
def test_request_without_all_bytes_is_incomplete(missing: int) -> None:
    """A request is complete only after the headers and the whole body have arrived."""
    assert is_complete(REQUEST)
    assert not is_complete(REQUEST[:-missing])


def test_request_without_body_is_complete_after_the_headers() -> None:
    """A request without Content-Length has no body."""
    assert is_complete(b"GET /targetgroups HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


def test_all_targets_are_registered() -> None:
    """The response to a registration contains each target of the request, and a length that matches the body."""
    head, _, body = respond(REQUEST).partition(b"\r\n\r\n")

    assert json.loads(body) == {"successful": TARGETS, "unsuccessful": []}
    assert f"Content-Length: {len(body)}".encode() in head


def test_response_depends_on_the_request_line() -> None:
    """Requests for a target group receive the target group."""
    response = respond(f"GET /targetgroups/{GROUP['id']} HTTP/1.1\r\n\r\n".encode())

    assert json.loads(response.partition(b"\r\n\r\n")[2]) == GROUP


def test_throttled_response_has_the_error_code_of_the_service() -> None:
    """A throttled request receives a 429 response with the error code in a header."""
    assert TOO_MANY_REQUESTS.splitlines()[0] == b"HTTP/1.1 429 Too Many Requests"
    assert b"x-amzn-ErrorType: ThrottlingException" in TOO_MANY_REQUESTS
