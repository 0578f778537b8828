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
from support.emulator_requests import ROUTED, error_response, members_of
from support.http_client import JSON, fetch
from testing.conftest import ONE_ATTEMPT


@pytest.fixture
def served() -> Generator[RunningServer]:
    """Yield a running server."""
    with serve() as served:
        yield served


@pytest.fixture
def client(session: Any, served: RunningServer) -> Generator[Any]:
    """Yield a boto3 client of the server."""
    client = session.client("vpc-lattice", endpoint_url=served.url, config=ONE_ATTEMPT)
    yield client
    client.close()


def test_all_operations_work_over_http(client: Any, served: RunningServer) -> None:
    """A client with the URL of the server as its endpoint has all operations, errors and tags."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED, tags={"team": "shop"})
    named = {"targetGroupIdentifier": created["arn"]}
    client.register_targets(**named, targets=[{"id": "10.0.0.1"}])

    got = members_of(client.get_target_group(**named))
    conflict = error_response(client.delete_target_group, **named)

    assert got["status"] == "ACTIVE"
    assert conflict["Error"]["Message"] == "TargetGroup has targets registered with it"
    assert client.list_tags_for_resource(resourceArn=created["arn"])["tags"] == {"team": "shop"}
    assert [call.status for call in served.lattice.calls] == [201, 200, 200, 409, 200]


def test_region_and_account_of_the_signature(session: Any, served: RunningServer) -> None:
    """The Region is that of the signature, and an access key of twelve digits is the account."""
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


def test_header_names_are_case_insensitive(served: RunningServer) -> None:
    """The Region is found in lowercase headers, as JavaScript sends them."""
    signature = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-west-2/vpc-lattice/aws4_request, Signature=0"
    body = json.dumps({"name": "resize", "type": "LAMBDA"}).encode()
    host, _, port = served.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)

    connection.request("POST", "/targetgroups", body, {"authorization": signature})
    created = json.load(connection.getresponse())
    connection.close()

    assert created["arn"].startswith("arn:aws:vpc-lattice:us-west-2:111122223333:targetgroup/")


def test_other_services_are_served(session: Any, served: RunningServer) -> None:
    """Services that moto mocks are served."""
    client = session.client("s3", endpoint_url=served.url, config=ONE_ATTEMPT)

    client.create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket="shop", Key="list", Body=b"apples")
    head = client.head_object(Bucket="shop", Key="list")
    body = client.get_object(Bucket="shop", Key="list")["Body"].read()
    client.close()

    assert (head["ContentLength"], body) == (6, b"apples")


def test_connections_are_kept_alive(served: RunningServer) -> None:
    """Several requests on one connection are answered in order, and HEAD has no body."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)

    responses = list[tuple[int, bytes]]()
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/_health")
        response = connection.getresponse()
        responses.append((response.status, response.read()))
        used = connection.sock
    connection.close()

    assert [responses[0], responses[2]] == [(200, b'{"status": "ok"}')] * 2
    assert responses[1][1] == b""
    assert used is not None


def test_a_dropped_response_closes_the_connection(client: Any, served: RunningServer) -> None:
    """A dropped response is a connection that closes after the request was processed."""
    served.lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")

    assert [item["name"] for item in client.list_target_groups()["items"]] == ["orders"]


def test_throttling_has_retry_after(client: Any, served: RunningServer) -> None:
    """A throttled request is answered with 429 and ``Retry-After``."""
    served.lattice.throttle("ListTargetGroups", retry_after_seconds=3)

    error = error_response(client.list_target_groups)

    assert error["retryAfterSeconds"] == 3
    assert error["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "3"


def test_faults_and_calls_by_json(served: RunningServer) -> None:
    """Faults are injected and calls are read by JSON, without Python."""
    params = [
        fetch(f"{served.url}/_faults", {"method": "throttle", "arguments": {"operation": "ListTargetGroups"}}),
        fetch(f"{served.url}/targetgroups"),
        fetch(f"{served.url}/_calls"),
        fetch(f"{served.url}/_faults", {"method": "reset"}),
        fetch(f"{served.url}/_calls"),
    ]

    [call] = params[2][1]
    assert [status for status, _ in params] == [200, 429, 200, 200, 200]
    assert call == {"operation": "ListTargetGroups", "params": {}, "time": call["time"], "status": 429}
    assert params[4] == (200, [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting property name"),
        (b"[]", 'an object with a method and its arguments. Send JSON such as {"method": "throttle", "arguments"'),
        ({"method": "fail", "arguments": []}, "an object with a method and its arguments. Send JSON such as"),
        (
            {"method": "explode"},
            "method='explode': must be a method of the control API. Use one of throttle, fail, drop_response, delay",
        ),
        ({"method": "throttle", "arguments": {"count": 3}}, "unexpected keyword argument 'count'"),
        (
            {"method": "throttle", "arguments": {"operation": "Nope"}},
            "operation='Nope': must be an emulated operation. Use one of",
        ),
    ],
)
def test_invalid_fault_requests_are_rejected(served: RunningServer, body: JSON | bytes, message: str) -> None:
    """An invalid fault request is answered with 400 and the expected form."""
    status, error = fetch(f"{served.url}/_faults", body)

    assert status == 400
    assert message in error["message"]


def test_unknown_paths_are_not_found(served: RunningServer) -> None:
    """A path that neither the emulator nor moto knows is answered with 404."""
    with pytest.raises(urllib.error.HTTPError, match="404") as raised:
        urllib.request.urlopen(f"{served.url}/nothing", timeout=5)
    raised.value.close()


def test_unimplemented_operations_are_501(client: Any) -> None:
    """An operation that moto does not implement is answered with 501."""
    error = error_response(client.delete_service, serviceIdentifier="svc-0123456789abcdefg")

    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error["Error"]["Message"] == "The delete_service action has not been implemented"


def test_a_server_inside_a_mock_shares_the_emulator(session: Any) -> None:
    """Inside ``mock_vpc_lattice``, the server serves that emulator with its clock."""
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


def test_a_client_that_disconnects_early_is_ignored(
    session: Any, served: RunningServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """A client that disconnects before the response causes no error output."""
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


def test_a_reset_connection_is_ignored(served: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A reset connection causes no error output, and a request that is not HTTP does."""
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
