"""The emulator over HTTP."""

import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from lattice_tg.testing import RunningServer, VirtualClock, mock_vpc_lattice, serve
from support.emulator_requests import ROUTED, answer, refusal
from support.http_client import JSON, fetch
from testing.conftest import ONE_ATTEMPT


@pytest.fixture
def served() -> Generator[RunningServer]:
    with serve() as served:
        yield served


@pytest.fixture
def client(session: Any, served: RunningServer) -> Generator[Any]:
    client = session.client("vpc-lattice", endpoint_url=served.url, config=ONE_ATTEMPT)
    yield client
    client.close()


def test_the_same_emulator(client: Any, served: RunningServer) -> None:
    """A client with the server's URL as its endpoint has all operations, errors and tags."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED, tags={"team": "shop"})
    named = {"targetGroupIdentifier": created["arn"]}
    client.register_targets(**named, targets=[{"id": "10.0.0.1"}])

    got = answer(client.get_target_group(**named))
    conflict = refusal(client.delete_target_group, **named)

    assert got["status"] == "ACTIVE"
    assert conflict["Error"]["Message"] == "TargetGroup has targets registered with it"
    assert client.list_tags_for_resource(resourceArn=created["arn"])["tags"] == {"team": "shop"}
    assert [call.status for call in served.lattice.calls] == [201, 200, 200, 409, 200]


def test_any_region_and_account(session: Any, served: RunningServer) -> None:
    """The Region is the one that the request is signed for; an access key of twelve digits is the account."""
    client = session.client(
        "vpc-lattice",
        region_name="us-west-2",
        endpoint_url=served.url,
        aws_access_key_id="111122223333",
        aws_secret_access_key="any",
    )

    group = client.create_target_group(name="orders", type="LAMBDA")
    service = client.create_service(name="shop")
    forward = {"forward": {"targetGroups": [{"targetGroupIdentifier": group["id"]}]}}
    client.create_listener(serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward)
    got = client.get_target_group(targetGroupIdentifier=group["id"])
    client.close()

    assert got["arn"].startswith("arn:aws:vpc-lattice:us-west-2:111122223333:")
    assert got["serviceArns"] == [service["arn"]]


def test_headers_in_small_letters(served: RunningServer) -> None:
    """The Region is found in whatever letters a client writes its headers; JavaScript's are small."""
    signature = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-west-2/vpc-lattice/aws4_request, Signature=0"
    body = json.dumps({"name": "resize", "type": "LAMBDA"}).encode()
    host, _, port = served.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)

    connection.request("POST", "/targetgroups", body, {"authorization": signature})
    created = json.load(connection.getresponse())
    connection.close()

    assert created["arn"].startswith("arn:aws:vpc-lattice:us-west-2:111122223333:targetgroup/")


def test_other_services(session: Any, served: RunningServer) -> None:
    """What moto mocks is served too."""
    client = session.client("s3", endpoint_url=served.url, config=ONE_ATTEMPT)

    client.create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket="shop", Key="list", Body=b"apples")
    head = client.head_object(Bucket="shop", Key="list")
    body = client.get_object(Bucket="shop", Key="list")["Body"].read()
    client.close()

    assert (head["ContentLength"], body) == (6, b"apples")


def test_connections_are_kept(served: RunningServer) -> None:
    """Requests of one connection are answered one after the other; a HEAD has no body."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)

    replies = list[tuple[int, bytes]]()
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/_health")
        reply = connection.getresponse()
        replies.append((reply.status, reply.read()))
        used = connection.sock
    connection.close()

    assert [replies[0], replies[2]] == [(200, b'{"status": "ok"}')] * 2
    assert replies[1][1] == b""
    assert used is not None


def test_a_lost_reply(client: Any, served: RunningServer) -> None:
    """A lost reply is a connection that is closed without an answer, after the work was done."""
    served.lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")

    assert [row["name"] for row in client.list_target_groups()["items"]] == ["orders"]


def test_throttling(client: Any, served: RunningServer) -> None:
    """A throttled call is answered 429, with the header ``Retry-After``."""
    served.lattice.throttle("ListTargetGroups", retry_after_seconds=3)

    error = refusal(client.list_target_groups)

    assert error["retryAfterSeconds"] == 3
    assert error["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "3"


def test_faults_by_json(served: RunningServer) -> None:
    """Faults can be asked for, and calls looked at, without Python."""
    asked = [
        fetch(f"{served.url}/_faults", {"method": "throttle", "arguments": {"operation": "ListTargetGroups"}}),
        fetch(f"{served.url}/targetgroups"),
        fetch(f"{served.url}/_calls"),
        fetch(f"{served.url}/_faults", {"method": "reset"}),
        fetch(f"{served.url}/_calls"),
    ]

    [call] = asked[2][1]
    assert [status for status, _ in asked] == [200, 429, 200, 200, 200]
    assert call == {"operation": "ListTargetGroups", "params": {}, "time": call["time"], "status": 429}
    assert asked[4] == (200, [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting property name"),
        (b"[]", 'not understood; send JSON such as {"method": "throttle", "arguments"'),
        ({"method": "fail", "arguments": []}, "not understood; send JSON such as"),
        ({"method": "explode"}, "method='explode': no such fault; write one of throttle, fail, drop_response, delay"),
        ({"method": "throttle", "arguments": {"count": 3}}, "unexpected keyword argument 'count'"),
        ({"method": "throttle", "arguments": {"operation": "Nope"}}, "operation='Nope': not emulated; write one of"),
    ],
)
def test_faults_that_are_not_understood(served: RunningServer, body: JSON | bytes, message: str) -> None:
    """What cannot be understood is answered 400, with what to write instead."""
    status, error = fetch(f"{served.url}/_faults", body)

    assert status == 400
    assert message in error["message"]


def test_what_nobody_knows(served: RunningServer) -> None:
    """A path that neither the emulator nor moto knows is answered 404."""
    with pytest.raises(urllib.error.HTTPError, match="404") as raised:
        urllib.request.urlopen(f"{served.url}/nothing", timeout=5)
    raised.value.close()


def test_what_moto_has_not_got(client: Any) -> None:
    """An operation that moto does not have is answered 501, with moto's words."""
    error = refusal(client.delete_service, serviceIdentifier="svc-0123456789abcdefg")

    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error["Error"]["Message"] == "The delete_service action has not been implemented"


def test_inside_a_mock(session: Any) -> None:
    """Inside ``mock_vpc_lattice`` the server serves that emulator, with its clock."""
    clock = VirtualClock()
    with mock_vpc_lattice(create_seconds=10, clock=clock) as lattice, serve() as served:
        client = session.client("vpc-lattice", endpoint_url=served.url)
        created = client.create_target_group(name="orders", type="LAMBDA")
        before = client.get_target_group(targetGroupIdentifier=created["id"])["status"]
        clock.advance(10)

        after = client.get_target_group(targetGroupIdentifier=created["id"])["status"]
        client.close()

        assert served.lattice is lattice
        assert (before, after) == ("CREATE_IN_PROGRESS", "ACTIVE")


def test_a_caller_that_does_not_wait(session: Any, served: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A client that gives up before the reply does the server no harm, and makes no noise."""
    impatient = session.client(
        "vpc-lattice", endpoint_url=served.url, config=ONE_ATTEMPT.merge(type(ONE_ATTEMPT)(read_timeout=0.05))
    )
    served.lattice.delay("ListTargetGroups", seconds=0.2)

    with pytest.raises(ReadTimeoutError):
        impatient.list_target_groups()
    impatient.close()
    while [call.status for call in served.lattice.calls] == [None]:
        time.sleep(0.01)

    assert fetch(f"{served.url}/_health") == (200, {"status": "ok"})
    assert capfd.readouterr().err == ""


def test_a_caller_that_hangs_up(served: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that is reset while the server reads makes no noise; a request that is no HTTP does."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(b"POST /targetgroups HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /targetgroups HTTP/1.1\r\nContent-Length: many\r\n\r\n")
        closed = connection.recv(1)

    assert closed == b""
    assert "ConnectionResetError" not in (noise := capfd.readouterr().err)
    assert "invalid literal for int() with base 10: 'many'" in noise
