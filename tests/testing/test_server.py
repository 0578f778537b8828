"""The emulator over HTTP."""

import gc
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
def server() -> Generator[RunningServer]:
    """Yield a running server."""
    with serve() as server:
        yield server


@pytest.fixture
def client(session: Any, server: RunningServer) -> Generator[Any]:
    """Yield a boto3 client of the server."""
    client = session.client("vpc-lattice", endpoint_url=server.url, config=ONE_ATTEMPT)
    yield client
    client.close()


def test_all_operations_work_over_http(client: Any, server: RunningServer) -> None:
    """Operations, errors and tags work for a client that uses the URL of the server."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED, tags={"team": "shop"})
    identifier = {"targetGroupIdentifier": created["arn"]}
    client.register_targets(**identifier, targets=[{"id": "10.0.0.1"}])

    group_details = members_of(client.get_target_group(**identifier))
    conflict = error_response(client.delete_target_group, **identifier)

    assert group_details["status"] == "ACTIVE"
    assert conflict["Error"]["Message"] == "TargetGroup has targets registered with it"
    assert client.list_tags_for_resource(resourceArn=created["arn"])["tags"] == {"team": "shop"}
    assert [call.status for call in server.lattice.calls] == [201, 200, 200, 409, 200]


def test_the_signature_determines_region_and_account(session: Any, server: RunningServer) -> None:
    """The server uses the Region of the signature, and a 12-digit access key as the account."""
    client = session.client(
        "vpc-lattice",
        region_name="us-west-2",
        endpoint_url=server.url,
        aws_access_key_id="111122223333",
        aws_secret_access_key="any",
    )

    group = client.create_target_group(name="orders", type="LAMBDA")
    service = client.create_service(name="shop")
    forward = {"forward": {"targetGroups": [{"targetGroupIdentifier": group["id"]}]}}
    client.create_listener(serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward)
    group_details = client.get_target_group(targetGroupIdentifier=group["id"])
    client.close()

    assert group_details["arn"].startswith("arn:aws:vpc-lattice:us-west-2:111122223333:")
    assert group_details["serviceArns"] == [service["arn"]]


def test_header_names_are_case_insensitive(server: RunningServer) -> None:
    """The server finds the Region in a lowercase header, as sent by the JavaScript SDK."""
    signature = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-west-2/vpc-lattice/aws4_request, Signature=0"
    body = json.dumps({"name": "resize", "type": "LAMBDA"}).encode()
    host, _, port = server.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)

    connection.request("POST", "/targetgroups", body, {"authorization": signature})
    created = json.load(connection.getresponse())
    connection.close()

    assert created["arn"].startswith("arn:aws:vpc-lattice:us-west-2:111122223333:targetgroup/")


def test_other_services_are_served(session: Any, server: RunningServer) -> None:
    """The server also handles requests to other AWS services that moto mocks."""
    client = session.client("s3", endpoint_url=server.url, config=ONE_ATTEMPT)

    client.create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket="shop", Key="list", Body=b"apples")
    head = client.head_object(Bucket="shop", Key="list")
    body = client.get_object(Bucket="shop", Key="list")["Body"].read()
    client.close()

    assert (head["ContentLength"], body) == (6, b"apples")


def test_the_response_to_head_has_no_body(server: RunningServer) -> None:
    """The response to HEAD states the length of a body that is not sent, and the connection is closed."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)

    connection.request("HEAD", "/nothing")
    response = connection.getresponse()

    assert (response.status, response.getheader("Content-Length"), response.read()) == (404, "19", b"")
    assert response.getheader("Connection") == "close"


def test_a_dropped_response_closes_the_connection(client: Any, server: RunningServer) -> None:
    """To drop a response, the server closes the connection after processing the request."""
    server.lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")

    assert [item["name"] for item in client.list_target_groups()["items"]] == ["orders"]


def test_throttling_has_retry_after(client: Any, server: RunningServer) -> None:
    """The response to a throttled request has a ``Retry-After`` header."""
    server.lattice.throttle("ListTargetGroups", retry_after_seconds=3)

    error = error_response(client.list_target_groups)

    assert error["retryAfterSeconds"] == 3
    assert error["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "3"


def test_faults_and_calls_are_available_as_json(server: RunningServer) -> None:
    """Clients can inject faults and read calls with JSON requests."""
    params = [
        fetch(f"{server.url}/_faults", {"method": "throttle", "arguments": {"operation": "ListTargetGroups"}}),
        fetch(f"{server.url}/targetgroups"),
        fetch(f"{server.url}/_calls"),
        fetch(f"{server.url}/_faults", {"method": "reset"}),
        fetch(f"{server.url}/_calls"),
    ]

    [call] = params[2][1]
    assert [status for status, _ in params] == [200, 429, 200, 200, 200]
    assert call == {"operation": "ListTargetGroups", "params": {}, "time": call["time"], "status": 429}
    assert params[4] == (200, [])


@pytest.fixture
def no_garbage_collection() -> Generator[None]:
    """Prevent destructors of other tests from running while the server handles a body that is nested too deeply."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collection")
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
        (b"[" * 100_000, "maximum recursion depth exceeded"),
        ({"method": "throttle", "arguments": {"count": 3}}, "unexpected keyword argument 'count'"),
        (
            {"method": "throttle", "arguments": {"operation": "Nope"}},
            "operation='Nope': must be an emulated operation. Use one of",
        ),
    ],
)
def test_invalid_fault_requests_are_rejected(server: RunningServer, body: JSON | bytes, message: str) -> None:
    """The server responds to an invalid fault request with 400 and a helpful message."""
    status, error = fetch(f"{server.url}/_faults", body)

    assert status == 400
    assert message in error["message"]


def test_unknown_paths_are_not_found(server: RunningServer) -> None:
    """The server responds with 404 to a path that neither the emulator nor moto knows."""
    with pytest.raises(urllib.error.HTTPError, match="404") as raised:
        urllib.request.urlopen(f"{server.url}/nothing", timeout=5)
    raised.value.close()


def test_unimplemented_operations_return_501(client: Any) -> None:
    """The server responds with 501 to an operation that moto does not implement."""
    error = error_response(client.delete_service, serviceIdentifier="svc-0123456789abcdefg")

    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error["Error"]["Message"] == "The delete_service action has not been implemented"


def test_unknown_operations_return_501(server: RunningServer) -> None:
    """The server responds with 501 to an operation that the service does not have."""
    signature = "AWS4-HMAC-SHA256 Credential=any/20260101/us-west-2/dynamodb/aws4_request, Signature=0"
    headers = {"Authorization": signature, "X-Amz-Target": "DynamoDB_20120810.Explode"}

    with pytest.raises(urllib.error.HTTPError, match="501") as raised:
        urllib.request.urlopen(urllib.request.Request(server.url, b"{}", headers), timeout=5)

    with raised.value as response:
        assert json.load(response) == {"message": "Explode"}


def test_a_server_inside_a_mock_shares_the_emulator(session: Any) -> None:
    """A server started inside ``mock_vpc_lattice`` serves the active emulator, with its clock."""
    clock = VirtualClock()
    with mock_vpc_lattice(create_seconds=10, clock=clock) as lattice, serve() as server:
        client = session.client("vpc-lattice", endpoint_url=server.url)
        created = client.create_target_group(name="orders", type="LAMBDA")
        before = client.get_target_group(targetGroupIdentifier=created["id"])["status"]
        clock.advance(10)

        after = client.get_target_group(targetGroupIdentifier=created["id"])["status"]
        client.close()

        assert server.lattice is lattice
        assert (before, after) == ("CREATE_IN_PROGRESS", "ACTIVE")


def test_a_client_that_disconnects_early_is_ignored(
    session: Any, server: RunningServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """If a client disconnects before the response, the server prints no error."""
    client = session.client(
        "vpc-lattice", endpoint_url=server.url, config=ONE_ATTEMPT.merge(type(ONE_ATTEMPT)(read_timeout=0.05))
    )
    server.lattice.delay("ListTargetGroups", seconds=0.2)

    with pytest.raises(ReadTimeoutError):
        client.list_target_groups()
    client.close()
    while [call.status for call in server.lattice.calls] == [None]:
        time.sleep(0.01)

    assert fetch(f"{server.url}/_health") == (200, {"status": "ok"})
    assert capfd.readouterr().err == ""


def test_a_reset_connection_is_ignored(server: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    """The server prints no error for a reset connection."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(b"POST /targetgroups HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")

    assert fetch(f"{server.url}/_health") == (200, {"status": "ok"})
    assert capfd.readouterr().err == ""
