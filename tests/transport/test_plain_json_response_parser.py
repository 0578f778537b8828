"""The responses that the library parses, and the responses that it leaves to botocore."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

import boto3
import pytest
from botocore.parsers import ResponseParser

from lattice_tg import Target, TargetGroupClient
from lattice_tg.transport.parameter_validation import send_prevalidated
from support.http_stub import http_response, serve

pytestmark = pytest.mark.usefixtures("credentials")

GROUP_ID = "tg-0123456789abcdefg"
ITEMS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.2", "port": 81, "status": "DRAINING"}]


@pytest.fixture
def parsed_by_botocore(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return the list of the bodies that botocore parses."""
    bodies: list[bytes] = []
    parse: Callable[..., Any] = cast("Any", ResponseParser).parse

    def record(parser: object, response: Mapping[str, Any], shape: object) -> Any:
        bodies.append(response["body"])
        return parse(parser, response, shape)

    monkeypatch.setattr(ResponseParser, "parse", record)
    return bodies


BODY = json.dumps({"items": ITEMS}).encode()


def test_prevalidated_response_is_parsed_by_the_library(parsed_by_botocore: list[bytes]) -> None:
    """botocore does not parse the response. If this test fails, requests are slower: adapt plain_json.py."""
    response = list_targets(send_prevalidated)

    assert (response["items"], parsed_by_botocore) == (ITEMS, [])


def test_response_to_a_user_request_is_parsed_by_botocore(parsed_by_botocore: list[bytes]) -> None:
    """If a user sends a request directly, botocore parses the response."""
    response = list_targets(send_as_user)

    assert (response["items"], parsed_by_botocore) == (ITEMS, [BODY])


def test_response_to_client_of_a_session_is_parsed_by_the_library(parsed_by_botocore: list[bytes]) -> None:
    """If a session is passed, the parser of the client parses the responses, and the session stays unchanged."""
    session = cast("Any", boto3).Session(region_name="eu-west-1")

    response = list_targets(send_prevalidated, session=session)
    plain = list_targets(send_prevalidated, boto3_client=session.client)

    assert (response["items"], plain["items"], parsed_by_botocore) == (ITEMS, ITEMS, [BODY])


def test_logged_responses_are_parsed_by_botocore(
    parsed_by_botocore: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """If botocore's debug log is enabled, botocore parses responses, so that the log is complete."""
    with caplog.at_level(logging.DEBUG, logger="botocore.parsers"):
        response = list_targets(send_prevalidated)

    assert (response["items"], parsed_by_botocore) == (ITEMS, [BODY])
    assert "10.0.0.1" in caplog.text


def send_as_user(method: Callable[..., Any], _: str, request: Mapping[str, Any]) -> Any:
    return method(**request)


def list_targets(send: Callable[..., Any], **options: Any) -> Any:
    """Return the response to a ListTargets request."""
    with serve(http_response(200, {"items": ITEMS})) as stub:
        if make_client := options.pop("boto3_client", None):
            options["boto3_client"] = make_client("vpc-lattice", endpoint_url=stub.url)
        else:
            options = {"endpoint_url": stub.url, **(options or {"region_name": "eu-west-1"})}
        boto3_client: Any = TargetGroupClient(**options).boto3_client
        return send(boto3_client.list_targets, "ListTargets", {"targetGroupIdentifier": GROUP_ID})


REQUEST_IDS = [
    {"x_amzn_RequestId": "1"},
    {"X_Amz_Request_Id": "2", "x_amz_id_2": "host"},
    {"x_amz_request_id": "3"},
    {"x_amzn_requestid": "4", "x_amz_request_id": "5", "Date": "Thu, 26 Nov 2026 00:00:00 GMT"},
    {},
]


@pytest.mark.parametrize("headers", REQUEST_IDS)
def test_metadata_equals_botocores(headers: dict[str, str], parsed_by_botocore: list[bytes]) -> None:
    """The status, the headers and the ids of a response are the same as if botocore had parsed the response."""
    with serve(http_response(200, {"items": ITEMS}, **headers)) as stub:
        boto3_client: Any = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url).boto3_client
        request = {"targetGroupIdentifier": GROUP_ID}
        response = send_prevalidated(boto3_client.list_targets, "ListTargets", request)
        plain = boto3_client.list_targets(**request)

    assert response == plain
    assert len(response["ResponseMetadata"]["HTTPHeaders"]) == 2 + len(headers)
    assert parsed_by_botocore == [BODY]


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
