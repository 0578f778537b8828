"""Successful responses that cannot be the service's response, for every operation."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from botocore.config import Config

from lattice_tg import RetryPolicy, Target, TargetGroupClient, TransportError
from lattice_tg.transport import VpcLatticeApi
from support.api_operations import OPERATIONS
from support.clients import MakeClient
from support.http_stub import http_response, serve
from support.sample_groups import ARN, FUNCTION, ID, REQUESTS, wire_group

PAGE = b"<html><body>Sign in to the guest network</body></html>"
TARGET = Target.ip("10.0.0.1", 80)
TARGETS = {"successful": [{"id": "10.0.0.1", "port": 80}], "unsuccessful": []}

SERVICE, LISTENER, RULE = (f"{name}-0123456789abcdefg" for name in ("svc", "listener", "rule"))
ACTION = {"forward": {"targetGroups": [{"targetGroupIdentifier": ID, "weight": 100}]}}

VALID: dict[str, dict[str, Any]] = {
    "create_target_group": wire_group(name="resize"),
    "get_target_group": wire_group(),
    "list_target_groups": {"items": [wire_group()]},
    "update_target_group": wire_group(),
    "delete_target_group": {"id": ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"},
    "register_targets": TARGETS,
    "deregister_targets": TARGETS,
    "list_targets": {"items": [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}]},
    "list_tags_for_resource": {"tags": {"team": "shop"}},
    "tag_resource": {},
    "untag_resource": {},
    "get_listener": {"id": LISTENER, "defaultAction": ACTION},
    "get_rule": {"id": RULE, "action": ACTION},
}
"""A valid response for each method of the boto3 client."""

CALLS: dict[str, Callable[[TargetGroupClient], object]] = {
    "create_target_group": lambda client: client.create(FUNCTION),
    "get_target_group": lambda client: client.get(ID),
    "list_target_groups": lambda client: list(client.list()),
    "update_target_group": lambda client: client.update_health_check(ID, reset=["path"]),
    "delete_target_group": lambda client: client.delete(ID),
    "register_targets": lambda client: client.register_targets(ID, [TARGET]),
    "deregister_targets": lambda client: client.deregister_targets(ID, [TARGET]),
    "list_targets": lambda client: list(client.list_targets(ID)),
    "list_tags_for_resource": lambda client: client.tags(ARN),
    "tag_resource": lambda client: client.tag(ARN, {"team": "shop"}),
    "untag_resource": lambda client: client.untag(ARN, ["team"]),
    "get_listener": lambda client: client.route(service=SERVICE, listener=LISTENER).get_weights(),
    "get_rule": lambda client: client.route(service=SERVICE, listener=LISTENER, rule=RULE).get_weights(),
}
"""A call of the client that sends one request, for each method of the boto3 client."""

HTML_TYPES = ["text/html", "TEXT/HTML", "Text/Html; charset=utf-8", " text/html", "application/xhtml+xml"]
HTML_PAGES = {name: http_response(200, PAGE, Content_Type=name) for name in HTML_TYPES}


def make_unusable(valid: Mapping[str, Any]) -> dict[str, bytes]:
    """Return responses of which none is usable, for an operation with this valid response."""
    whole = json.dumps(valid or {"newer": "member"}).encode()
    bodies = {
        "cut off": whole[:-1],
        "half of the JSON": whole[: len(whole) // 2],
        "one byte": whole[:1],
        "text": b"OK",
        "HTML": PAGE,
        "a list": b"[1]",
        "an empty list": b"[]",
        "a string": b'"no"',
        "a number": b"5",
        "null": b"null",
        "not UTF-8": b"\xff\xfe",
        "nested too deeply": b'{"id":' * 100_000,
        **({"empty": b"", "an empty object": b"{}"} if valid else {}),
    }
    return {**{name: http_response(200, body) for name, body in bodies.items()}, **HTML_PAGES}


UNUSABLE = [
    pytest.param(method, response, id=f"{method}-{name}")
    for method, valid in VALID.items()
    for name, response in make_unusable(valid).items()
]


@pytest.fixture(params=["own client", "client of a session"])
def create_client(
    request: pytest.FixtureRequest, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> MakeClient:
    """Return a function that creates clients from the library's settings, or from a session."""
    if request.param == "own client":
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        return partial(make_client, session=None, region_name="eu-west-1")
    return make_client


def test_responses_cover_every_operation() -> None:
    """The sample calls and responses cover every operation of the API, except the second requests of calls."""
    second_requests = {"update_listener", "update_rule"}

    assert VALID.keys() == CALLS.keys() == OPERATIONS.keys() - second_requests


@pytest.mark.parametrize(("method", "response"), UNUSABLE)
def test_unusable_response_is_retried(method: str, response: bytes, create_client: MakeClient) -> None:
    """After an unusable response, the request is sent again, and the call has the result of the next response."""
    valid = http_response(200, VALID[method])

    with serve(valid, response, valid) as stub, create_client(endpoint_url=stub.url) as client:
        expected, actual = CALLS[method](client), CALLS[method](client)

    assert (actual, len(stub.requests)) == (expected, 3)


@pytest.mark.parametrize("body", [b"", b"{}", b' {"newer": "member"}\n'])
@pytest.mark.parametrize("method", ["tag_resource", "untag_resource"])
def test_empty_response_to_tag_is_success(method: str, body: bytes, create_client: MakeClient) -> None:
    """The responses to TagResource and UntagResource need no members."""
    with serve(http_response(200, body)) as stub, create_client(endpoint_url=stub.url) as client:
        assert CALLS[method](client) is None

    assert len(stub.requests) == 1


@pytest.mark.parametrize("method", ["tag_resource", "untag_resource"])
@pytest.mark.parametrize("page", HTML_PAGES.values(), ids=HTML_PAGES)
def test_passed_client_retries_after_html(method: str, page: bytes, session: Any, make_client: MakeClient) -> None:
    """With a passed boto3 client, the content type shows that a response to TagResource is not from the service."""
    with serve(page, http_response(200, {})) as stub:
        config = Config(retries={"total_max_attempts": 1})
        boto3_client = session.client("vpc-lattice", endpoint_url=stub.url, config=config)
        CALLS[method](make_client(session=None, boto3_client=boto3_client))

    assert len(stub.requests) == 2


@pytest.mark.parametrize("members", [{"successful": []}, {"unsuccessful": []}])
@pytest.mark.parametrize("method", ["register_targets", "deregister_targets"])
def test_target_that_is_not_mentioned_is_a_failed_request(
    method: str, members: dict[str, Any], make_client: MakeClient
) -> None:
    """If a list of targets is present but does not mention a target, the result has a failed request."""
    with serve(http_response(200, members)) as stub:
        result: Any = CALLS[method](make_client(endpoint_url=stub.url))

    assert [request.targets for request in result.failed_requests] == [(TARGET,)]
    assert len(stub.requests) == 1


OTHER_ID = "tg-00000000000000000"


@pytest.mark.parametrize("identifier", [ID, ARN])
@pytest.mark.parametrize("method", ["get_target_group", "update_target_group", "delete_target_group"])
def test_response_about_another_group_is_retried(method: str, identifier: str, make_client: MakeClient) -> None:
    """A response about another group than the one asked for is never returned."""
    request = {**REQUESTS[method], "targetGroupIdentifier": identifier}
    other = http_response(200, wire_group(id=OTHER_ID))

    with serve(other) as stub, pytest.raises(TransportError) as caught:
        VpcLatticeApi(make_client(endpoint_url=stub.url).boto3_client).call(OPERATIONS[method], request)
    with serve(other, http_response(200, VALID[method])) as stub:
        group: Any = CALLS[method](make_client(endpoint_url=stub.url))

    assert caught.value.message == f"the response is about id={OTHER_ID!r}, expected {identifier!r}"
    assert (group.id, len(stub.requests)) == (ID, 2)


def test_response_about_another_name_is_retried(make_client: MakeClient) -> None:
    """If the response to a create has another name, the create is sent again with the same client token."""
    with serve(http_response(201, wire_group(name="orders")), http_response(201, wire_group(name="resize"))) as stub:
        group = make_client(endpoint_url=stub.url).create(FUNCTION)

    assert group.name == "resize"
    assert len(stub.requests) == 2
    assert len({request.body["clientToken"] for request in stub.requests}) == 1


def test_responses_about_another_group_end_in_an_error(make_client: MakeClient) -> None:
    """If every response is about another group, the call raises TransportError."""
    with serve(http_response(200, wire_group(id=OTHER_ID))) as stub, pytest.raises(TransportError) as caught:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(max_attempts=2)).get(ID)

    assert (caught.value.attempts, len(stub.requests)) == (2, 2)
