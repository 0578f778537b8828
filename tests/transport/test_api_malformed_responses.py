"""Malformed, truncated, late and missing responses over real connections."""

import json
import logging

import pytest

from lattice_tg import (
    ConfigurationError,
    LatticeError,
    RetryEvent,
    RetryPolicy,
    ServiceError,
    TargetGroupClient,
    TransportError,
)
from lattice_tg.testing import VirtualClock
from support.clients import MakeClient
from support.http_stub import CLOSE_CONNECTION, NO_RESPONSE, StubServer, http_response, serve, unused_url
from support.sample_groups import FUNCTION, ID, wire_group

VALID = http_response(200, wire_group())
PAGE = b"<html><body>Sign in to the guest network</body></html>"

MALFORMED: dict[str, bytes] = {
    "cut off": http_response(200, wire_group())[:-40],
    "cut off in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + b'{"id":',
    "half of the JSON": http_response(200, json.dumps(wire_group()).encode()[:-9]),
    "empty": http_response(200),
    "HTML": http_response(200, PAGE, Content_Type="text/html; charset=utf-8"),
    "HTML with a JSON content type": http_response(200, PAGE, Content_Type="application/json"),
    "a list": http_response(200, b"[1]"),
    "a string": http_response(200, b'"no"'),
    "null": http_response(200, b"null"),
    "not UTF-8": http_response(200, b"\xff\xfe"),
    "invalid timestamp": http_response(200, wire_group(createdAt="soon")),
    "an error that is a list": http_response(400, b"[1]"),
    "an error code that is a list": http_response(400, {"code": ["ValidationException"]}),
    "an error that is nested too deeply": http_response(400, b'{"message":' * 100_000),
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "closed connection": CLOSE_CONNECTION,
}


def request_once(make_client: MakeClient, response: bytes) -> LatticeError:
    """Return the error that a GetTargetGroup request raises if the client does not retry."""
    with serve(response) as stub, pytest.raises(LatticeError) as caught:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(max_attempts=1)).get(ID)
    return caught.value


def request_lines(stub: StubServer) -> list[str]:
    return [request.line for request in stub.requests]


@pytest.mark.parametrize("response", MALFORMED.values(), ids=MALFORMED)
def test_malformed_response_is_retried(response: bytes, make_client: MakeClient) -> None:
    """If a response is malformed, the request is retried."""
    with serve(response, VALID) as stub, make_client(endpoint_url=stub.url) as client:
        group = client.get(ID)

    assert (group.id, len(stub.requests)) == (ID, 2)


@pytest.mark.parametrize("response", MALFORMED.values(), ids=MALFORMED)
def test_malformed_response_raises_transport_error(response: bytes, make_client: MakeClient) -> None:
    """If the response to the last attempt is malformed, the outcome is unknown and TransportError is raised."""
    error = request_once(make_client, response)

    assert isinstance(error, TransportError)
    assert error.operation == "GetTargetGroup"


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ("empty", f"GetTargetGroup for {ID} received no usable response: the response has no 'id'. "),
        (
            "HTML",
            f"GetTargetGroup for {ID} received no usable response: the response has the content type text/html; charset=utf-8. ",
        ),
    ],
)
def test_message_says_why_the_response_is_malformed(response: str, message: str, make_client: MakeClient) -> None:
    """The error message says why the response is malformed."""
    error = request_once(make_client, MALFORMED[response])

    assert str(error).startswith(message)


def test_request_id_is_read_from_a_proxy_response(make_client: MakeClient) -> None:
    """The request id is read from the headers even if the body comes from a proxy."""
    error = request_once(make_client, http_response(503, PAGE, x_amzn_requestid="r-9"))

    assert isinstance(error, ServiceError)
    assert error.request_id == "r-9"


def test_empty_response_is_not_an_empty_list(make_client: MakeClient) -> None:
    """An empty response is not treated as an empty list, because find() could miss an existing group."""
    with (
        serve(http_response(200), http_response(200, {"items": []})) as stub,
        make_client(endpoint_url=stub.url) as client,
    ):
        group = client.find("orders")

    assert (group, len(stub.requests)) == (None, 2)


@pytest.mark.parametrize(
    ("response", "code", "retryable"),
    [
        (http_response(502, PAGE, Content_Type="text/html"), "502", True),
        (http_response(503), "503", True),
        (http_response(500), "500", True),
        (http_response(504, b'{"message": "late", "code": "GatewayTimeout"}'), "GatewayTimeout", True),
        (http_response(403, PAGE, Content_Type="text/html"), "403", False),
        (http_response(404), "404", False),
        (http_response(302, Location="http://127.0.0.1:1/"), "302", False),
    ],
)
def test_proxy_error_is_a_service_error(response: bytes, code: str, retryable: bool, make_client: MakeClient) -> None:
    """If an error response is not from VPC Lattice, the code is the HTTP status. Only 5xx errors are retryable."""
    error = request_once(make_client, response)

    assert isinstance(error, ServiceError)
    assert (type(error), error.code, error.retryable) == (ServiceError, code, retryable)


def test_create_survives_throttling_and_a_lost_response(make_client: MakeClient, clock: VirtualClock) -> None:
    """Four requests with the same client token create one group, and the client honors Retry-After."""
    throttled = http_response(429, {"message": "slow"}, x_amzn_errortype="ThrottlingException", Retry_After="1")
    created = http_response(201, wire_group(name="resize"))
    events: list[RetryEvent] = []

    with serve(throttled, throttled, CLOSE_CONNECTION, created, now=clock.monotonic) as stub:
        group = make_client(endpoint_url=stub.url, on_retry=events.append).create(FUNCTION)

    times = [request.received_at for request in stub.requests]
    assert (group.id, request_lines(stub)) == (ID, ["POST /targetgroups HTTP/1.1"] * 4)
    assert len({request.body["clientToken"] for request in stub.requests}) == 1
    assert [event.attempts for event in events] == [1, 2, 3]
    assert times[1] - times[0] >= 1
    assert times[2] - times[1] >= 1


def test_retry_after_is_honored_in_real_time(session: object) -> None:
    """By default, the client waits for Retry-After in real time."""
    throttled = http_response(429, {"message": "slow"}, x_amzn_errortype="ThrottlingException", Retry_After="1")

    with serve(throttled, VALID) as stub, TargetGroupClient(session=session, endpoint_url=stub.url) as client:
        client.get(ID)

    first, second = stub.requests
    assert 1 <= second.received_at - first.received_at < 3


def test_tls_failure_is_not_retried(make_client: MakeClient) -> None:
    """A TLS failure raises ConfigurationError without a retry."""
    with serve(http_response(400)) as stub, pytest.raises(ConfigurationError) as caught:
        make_client(endpoint_url=stub.url.replace("http", "https")).get(ID)

    assert str(caught.value).startswith("GetTargetGroup: TLS failed: ")
    assert request_lines(stub) == ["TLS"]


def test_connection_failure_is_retried(make_client: MakeClient, clock: VirtualClock) -> None:
    """If the connection fails, the request is retried as often as the policy allows."""
    client = make_client(endpoint_url=unused_url(), retry=RetryPolicy(max_attempts=3, wait=lambda _: 2.0))

    with pytest.raises(TransportError, match="Could not connect") as caught:
        client.get(ID)

    assert (caught.value.attempts, clock.monotonic()) == (3, 4.0)


def test_read_timeout_is_retried(make_client: MakeClient) -> None:
    """If the response does not arrive within the read timeout, the request is retried."""
    with serve(NO_RESPONSE, VALID) as stub:
        group = make_client(endpoint_url=stub.url, read_timeout_seconds=0.05).get(ID)

    assert (group.id, len(stub.requests)) == (ID, 2)


def test_unknown_members_are_ignored(make_client: MakeClient) -> None:
    """Responses with members and enum values from a newer service model are accepted."""
    with serve(http_response(200, wire_group(color="blue", status="RESTING"))) as stub:
        group = make_client(endpoint_url=stub.url).get(ID)

    assert group.status == "RESTING"


def test_proxy_response_is_not_logged(make_client: MakeClient, info_log: pytest.LogCaptureFixture) -> None:
    """The log record of a retry contains the kind of failure, but not the body of the response."""
    with serve(http_response(502, PAGE), CLOSE_CONNECTION, VALID) as stub:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(wait=lambda _: 0.25)).get(ID)

    assert info_log.record_tuples == [
        ("lattice_tg", logging.INFO, f"GetTargetGroup for {ID} failed: 502 (502). Retrying in 0.25 s."),
        ("lattice_tg", logging.INFO, f"GetTargetGroup for {ID} failed: no response. Retrying in 0.25 s."),
    ]
