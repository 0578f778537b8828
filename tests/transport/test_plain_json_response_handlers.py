"""The handler that parses responses, and the responses that the handler leaves to botocore."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

import boto3
import pytest

from lattice_tg import Target, TargetGroupClient
from lattice_tg.transport.parameter_validation import send_prevalidated
from support.http_stub import http_response, serve

GROUP_ID = "tg-0123456789abcdefg"
ITEMS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.2", "port": 81, "status": "DRAINING"}]


@pytest.fixture(autouse=True)
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials in environment variables, where clients created by the library find them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def test_prevalidated_response_is_parsed_by_the_handler() -> None:
    """botocore uses the handler's result. If this test fails, requests are slower: adapt plain_json.py."""
    response, bodies = send_and_record_body(send_prevalidated)

    assert (response["items"], bodies) == (ITEMS, [b""])


def test_response_to_a_user_request_is_parsed_by_botocore() -> None:
    """If a user sends a request directly, botocore parses the response."""
    response, bodies = send_and_record_body(send_as_user)

    assert (response["items"], bodies) == (ITEMS, [json.dumps({"items": ITEMS}).encode()])


def test_response_to_client_of_a_session_is_parsed_by_the_handler() -> None:
    """If a session is passed, the handler of the client parses the responses, and the session stays unchanged."""
    session = cast("Any", boto3).Session(region_name="eu-west-1")

    response, bodies = send_and_record_body(send_prevalidated, session=session)

    assert (response["items"], bodies) == (ITEMS, [b""])


def test_logged_responses_are_parsed_by_botocore(caplog: pytest.LogCaptureFixture) -> None:
    """If botocore's debug log is enabled, botocore parses responses, so that the log is complete."""
    with caplog.at_level(logging.DEBUG, logger="botocore.parsers"):
        response, bodies = send_and_record_body(send_prevalidated)

    assert (response["items"], bodies) == (ITEMS, [json.dumps({"items": ITEMS}).encode()])
    assert "10.0.0.1" in caplog.text


def send_as_user(method: Callable[..., Any], _: str, request: Mapping[str, Any]) -> Any:
    return method(**request)


def send_and_record_body(send: Callable[..., Any], **options: Any) -> tuple[Any, list[bytes]]:
    """Return the response to a ListTargets request, and the body that is left for botocore to parse."""
    bodies: list[bytes] = []

    def record(response_dict: Any, **_: object) -> None:
        bodies.append(response_dict["body"])

    with serve(http_response(200, {"items": ITEMS})) as stub:
        settings: dict[str, Any] = {"endpoint_url": stub.url, **(options or {"region_name": "eu-west-1"})}
        boto3_client: Any = TargetGroupClient(**settings).boto3_client
        boto3_client.meta.events.register_last("before-parse", record)
        return send(boto3_client.list_targets, "ListTargets", {"targetGroupIdentifier": GROUP_ID}), bodies


@pytest.mark.parametrize("event", ["before-parse.vpc-lattice.ListTargets", "before-parse"])
def test_user_handlers_receive_the_whole_response(event: str) -> None:
    """A user's handlers receive the whole body before the response is parsed, and the items after the call."""
    recorded: list[Any] = []

    def record(response_dict: Any, **_: object) -> None:
        recorded.append(json.loads(response_dict["body"]))

    def record_items(parsed: Any, **_: object) -> None:
        recorded.append({"items": parsed["items"]})

    with serve(http_response(200, {"items": ITEMS})) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        client.boto3_client.meta.events.register(event, record)
        client.boto3_client.meta.events.register("after-call.vpc-lattice.ListTargets", record_items)
        targets = list(client.list_targets(GROUP_ID))

    assert recorded == [{"items": ITEMS}, {"items": ITEMS}]
    assert [(target.id, target.port, target.status) for target in targets] == [tuple(item.values()) for item in ITEMS]


def test_register_result_is_complete() -> None:
    """The result of register_targets() contains the successful and the unsuccessful targets."""
    response = {"successful": ITEMS[:1], "unsuccessful": [{"id": "10.0.0.2", "port": 81, "failureCode": "Late"}]}
    with serve(http_response(200, response)) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        result = client.register_targets(GROUP_ID, [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 81)])

    assert [target.id for target in result.successful] == ["10.0.0.1"]
    assert [(failure.id, failure.failure_code) for failure in result.unsuccessful] == [("10.0.0.2", "Late")]
