"""What is no answer of the service, over real connections: cut off, from a proxy, late, or not there at all."""

import json
import logging
from contextlib import nullcontext

import pytest

from conftest import MakeClient
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
from lattice_tg.transport import VpcLatticeApi
from support.api_operations import OPERATIONS
from support.http_stub import LOST, SILENCE, Stub, answer, answering, unused_url
from support.sample_groups import ARN, FUNCTION, ID, REQUESTS, wire_group

WHOLE = answer(200, wire_group())
PAGE = b"<html><body>Sign in to the guest network</body></html>"

UNREADABLE: dict[str, bytes] = {
    "cut off": answer(200, wire_group())[:-40],
    "cut off in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + b'{"id":',
    "half of the JSON": answer(200, json.dumps(wire_group()).encode()[:-9]),
    "empty": answer(200),
    "HTML": answer(200, PAGE, Content_Type="text/html; charset=utf-8"),
    "HTML that calls itself JSON": answer(200, PAGE, Content_Type="application/json"),
    "a list": answer(200, b"[1]"),
    "a text": answer(200, b'"no"'),
    "null": answer(200, b"null"),
    "no UTF-8": answer(200, b"\xff\xfe"),
    "no time": answer(200, wire_group(createdAt="soon")),
    "an error that is a list": answer(400, b"[1]"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": LOST,
}


def failure(make_client: MakeClient, said: bytes) -> LatticeError:
    """What a Get that is sent once comes to."""
    with answering(said) as stub, pytest.raises(LatticeError) as caught:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(max_attempts=1)).get(ID)
    return caught.value


def lines(stub: Stub) -> list[str]:
    return [asked.line for asked in stub.asked]


@pytest.mark.parametrize("said", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_no_answer(said: bytes, make_client: MakeClient) -> None:
    """What is not the service's answer is never taken for one, and is sent for again."""
    with answering(said, WHOLE) as stub, make_client(endpoint_url=stub.url) as client:
        group = client.get(ID)

    assert (group.id, len(stub.asked)) == (ID, 2)


@pytest.mark.parametrize("said", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_a_transport_error(said: bytes, make_client: MakeClient) -> None:
    """Once attempts are used up, it is told as a TransportError: whether it was done is not known."""
    error = failure(make_client, said)

    assert isinstance(error, TransportError)
    assert error.operation == "GetTargetGroup"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("empty", "the response is malformed: it has no 'id'"),
        ("HTML", "the response is malformed: its content type is text/html; charset=utf-8"),
    ],
)
def test_what_came_is_said(said: str, message: str, make_client: MakeClient) -> None:
    """The message says what is wrong with it."""
    error = failure(make_client, UNREADABLE[said])

    assert isinstance(error, TransportError)
    assert error.message == message


@pytest.mark.parametrize("method", REQUESTS)
def test_which_operations_notice(method: str, make_client: MakeClient) -> None:
    """An answer without members is none where the service always has something to say."""
    told_nothing = {
        "register_targets",
        "deregister_targets",
        "list_tags_for_resource",
        "tag_resource",
        "untag_resource",
    }

    with answering(answer(200, {})) as stub:
        gateway = VpcLatticeApi(make_client(endpoint_url=stub.url).boto3_client)
        expected = nullcontext() if method in told_nothing else pytest.raises(TransportError, match="it has no '")
        with expected:
            gateway.call(OPERATIONS[method], REQUESTS[method])

    assert len(stub.asked) == 1


def test_a_proxy_passes_the_request_s_id_on(make_client: MakeClient) -> None:
    """The id that AWS support asks for is read from the headers where the body is not the service's."""
    error = failure(make_client, answer(503, PAGE, x_amzn_requestid="r-9"))

    assert isinstance(error, ServiceError)
    assert error.request_id == "r-9"


def test_a_list_without_rows_is_no_list(make_client: MakeClient) -> None:
    """An empty answer is not taken for an empty list: find would say that there is no such group."""
    with answering(answer(200), answer(200, {"items": []})) as stub, make_client(endpoint_url=stub.url) as client:
        found = client.find("orders")

    assert (found, len(stub.asked)) == (None, 2)


def test_a_page_of_a_proxy_tags_nothing(make_client: MakeClient) -> None:
    """Operations whose answers are empty notice HTML, too."""
    page = answer(200, PAGE, Content_Type="text/html")

    with answering(page, answer(200, {})) as stub, make_client(endpoint_url=stub.url) as client:
        client.tag(ARN, {"team": "shop"})

    assert len(stub.asked) == 2


@pytest.mark.parametrize(
    ("said", "code", "retryable"),
    [
        (answer(502, PAGE, Content_Type="text/html"), "502", True),
        (answer(503), "503", True),
        (answer(500), "500", True),
        (answer(504, b'{"message": "late", "code": "GatewayTimeout"}'), "GatewayTimeout", True),
        (answer(403, PAGE, Content_Type="text/html"), "403", False),
        (answer(404), "404", False),
        (answer(302, Location="http://127.0.0.1:1/"), "302", False),
    ],
)
def test_a_proxy_s_refusal_is_a_plain_service_error(
    said: bytes, code: str, retryable: bool, make_client: MakeClient
) -> None:
    """A refusal that is not in the service's form has the HTTP status for its code; 5xx is sent again."""
    error = failure(make_client, said)

    assert isinstance(error, ServiceError)
    assert (type(error), error.code, error.retryable) == (ServiceError, code, retryable)


def test_throttled_twice_then_lost_then_served(make_client: MakeClient, clock: VirtualClock) -> None:
    """Four requests with one token make one group, at least as far apart as the service asks."""
    slow = answer(429, {"message": "slow"}, x_amzn_errortype="ThrottlingException", Retry_After="1")
    events: list[RetryEvent] = []

    with answering(slow, slow, LOST, answer(201, wire_group()), now=clock.monotonic) as stub:
        group = make_client(endpoint_url=stub.url, on_retry=events.append).create(FUNCTION)

    at = [asked.at for asked in stub.asked]
    assert (group.id, lines(stub)) == (ID, ["POST /targetgroups HTTP/1.1"] * 4)
    assert len({asked.body["clientToken"] for asked in stub.asked}) == 1
    assert [event.attempts for event in events] == [1, 2, 3]
    assert at[1] - at[0] >= 1
    assert at[2] - at[1] >= 1


def test_a_second_of_real_time(session: object) -> None:
    """Retry-After is waited for on the machine's clock, too, which is the client's unless another is given."""
    slow = answer(429, {"message": "slow"}, x_amzn_errortype="ThrottlingException", Retry_After="1")

    with answering(slow, WHOLE) as stub, TargetGroupClient(session=session, endpoint_url=stub.url) as client:
        client.get(ID)

    first, second = stub.asked
    assert 1 <= second.at - first.at < 3


def test_tls_to_a_plain_port(make_client: MakeClient) -> None:
    """TLS that fails is a matter of configuration and is not tried again."""
    with answering(answer(400)) as stub, pytest.raises(ConfigurationError) as caught:
        make_client(endpoint_url=stub.url.replace("http", "https")).get(ID)

    assert str(caught.value).startswith("GetTargetGroup: TLS failed: ")
    assert lines(stub) == ["TLS"]


def test_nobody_listens(make_client: MakeClient, clock: VirtualClock) -> None:
    """A refused connection is tried as often as the policy says."""
    client = make_client(endpoint_url=unused_url(), retry=RetryPolicy(max_attempts=3, wait=lambda _: 2.0))

    with pytest.raises(TransportError, match="Could not connect") as caught:
        client.get(ID)

    assert (caught.value.attempts, clock.monotonic()) == (3, 4.0)


def test_an_answer_that_does_not_come(make_client: MakeClient) -> None:
    """After the read timeout the answer counts as lost, and the request is sent again."""
    with answering(SILENCE, WHOLE) as stub:
        group = make_client(endpoint_url=stub.url, read_timeout_seconds=0.05).get(ID)

    assert (group.id, len(stub.asked)) == (ID, 2)


def test_members_that_are_not_known_yet(make_client: MakeClient) -> None:
    """What a newer service says besides is ignored."""
    with answering(answer(200, wire_group(colour="blue", status="RESTING"))) as stub:
        group = make_client(endpoint_url=stub.url).get(ID)

    assert group.status == "RESTING"


def test_pages_of_a_proxy_are_not_logged(make_client: MakeClient, info_log: pytest.LogCaptureFixture) -> None:
    """The log line of a repeated request has the kind of failure, not what came."""
    with answering(answer(502, PAGE), LOST, WHOLE) as stub:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(wait=lambda _: 0.25)).get(ID)

    assert info_log.record_tuples == [
        ("lattice_tg", logging.INFO, "GetTargetGroup failed: 502 (502). Retrying in 0.25 s."),
        ("lattice_tg", logging.INFO, "GetTargetGroup failed: no response. Retrying in 0.25 s."),
    ]
