"""Replies that are taken as JSON has them are what botocore would have made of them."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

import boto3
import pytest
from botocore.parsers import ResponseParserFactory
from hypothesis import given
from hypothesis import strategies as st

from client.http_stub import answer, answering
from lattice_tg import Target, TargetGroupClient
from lattice_tg.gateway.taken_replies import taking_replies
from lattice_tg.gateway.tuning import timestamp
from lattice_tg.gateway.validation import sent_as_checked
from strategies import modestly

GROUP_ID = "tg-0123456789abcdefg"
ROWS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.2", "port": 81, "status": "DRAINING"}]


@pytest.fixture(autouse=True)
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that we make finds its credentials itself."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


service: Any = cast("Any", boto3).client("vpc-lattice", region_name="eu-west-1").meta.service_model
factory: Any = cast("Any", ResponseParserFactory)()
factory.set_parser_defaults(timestamp_parser=timestamp)
parser: Any = factory.create_parser("rest-json")


OPERATIONS = [
    "CreateTargetGroup",
    "DeleteTargetGroup",
    "DeregisterTargets",
    "GetTargetGroup",
    "ListTargetGroups",
    "ListTargets",
    "RegisterTargets",
    "UpdateTargetGroup",
]


def parsed(operation: str, body: bytes, status: int, *hooks: Callable[..., None]) -> Any:
    """What a botocore client hands over, or the error that it raises."""
    model = service.operation_model(operation)
    response: dict[str, Any] = {"headers": {}, "status_code": status, "body": body}
    given_back: dict[str, Any] = {}
    for hook in hooks:
        told: dict[str, Any] = {"response_dict": response, "customized_response_dict": given_back}
        sent_as_checked(hook, operation, {"operation_model": model, **told})
    try:
        return {**parser.parse(response, model.output_shape), **given_back}
    except Exception as error:  # noqa: BLE001 - whichever it is, it has to be the same
        return type(error)


WORDS = st.sampled_from(["", "IP", "null", "2026-01-31T12:00:00Z", "1769860800", "soon"])
SCALARS = st.none() | st.booleans() | st.integers() | WORDS
ODD = SCALARS | st.lists(SCALARS, max_size=1) | st.dictionaries(WORDS, SCALARS, max_size=1)


def said(shape: Any) -> st.SearchStrategy[Any]:
    """What a reply of this shape may say, rightly, wrongly or not at all, and what botocore does not know."""
    match shape.type_name:
        case "structure":
            members = {name: said(member) for name, member in shape.members.items()}
            return st.fixed_dictionaries({}, optional={**members, "ResponseMetadata": ODD, "newer": ODD}) | ODD
        case "list":
            return st.lists(said(shape.member), max_size=3) | ODD
        case "timestamp":
            return st.just("2026-01-31T12:00:00Z") | ODD
        case _:
            return SCALARS | ODD


REPLIES = {operation: said(service.operation_model(operation).output_shape) for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS)
@given(data=st.data(), status=st.sampled_from([200, 200, 200, 400, 500]))
@modestly
def test_replies_are_what_botocore_makes_of_them(operation: str, data: st.DataObject, status: int) -> None:
    """Whatever comes: the same reply, or the same error."""
    body = json.dumps(data.draw(REPLIES[operation])).encode()

    assert parsed(operation, body, status, taking_replies()) == parsed(operation, body, status)


GROUP: dict[str, Any] = {
    "id": GROUP_ID,
    "config": {"port": 80, "healthCheck": {"enabled": True, "matcher": {"httpCode": "200"}}},
    "createdAt": "2026-01-31T12:00:00Z",
    "serviceArns": ["arn:1"],
}
GOOD: list[tuple[str, dict[str, Any]]] = [
    ("CreateTargetGroup", GROUP),
    ("DeleteTargetGroup", {"id": GROUP_ID, "status": "DELETE_IN_PROGRESS"}),
    ("DeregisterTargets", {"successful": ROWS, "unsuccessful": []}),
    ("GetTargetGroup", GROUP),
    ("GetTargetGroup", {**GROUP, "newer": {"word": 1}, "ResponseMetadata": 1}),
    ("ListTargetGroups", {"items": [GROUP, {**GROUP, "newer": 1}], "nextToken": "more"}),
    ("ListTargets", {"items": ROWS}),
    ("ListTargets", {"items": [*ROWS, {**ROWS[0], "newer": 1}]}),
    ("ListTargets", {"items": []}),
    ("RegisterTargets", {"successful": ROWS[:1], "unsuccessful": [{"id": "10.0.0.2", "failureCode": "Late"}]}),
    ("UpdateTargetGroup", GROUP),
]
ODD_REPLIES: list[tuple[str, Any]] = [
    ("GetTargetGroup", {**GROUP, "status": None}),
    ("GetTargetGroup", {**GROUP, "createdAt": "soon"}),
    ("GetTargetGroup", {**GROUP, "config": "none"}),
    ("GetTargetGroup", {**GROUP, "serviceArns": "arn:1"}),
    ("GetTargetGroup", {"config": {"healthCheck": {"matcher": {}}}}),
    ("GetTargetGroup", {"config": {"healthCheck": {"matcher": {"grpcCode": "0"}}}}),
    ("GetTargetGroup", {"config": {"healthCheck": {"matcher": {"httpCode": "200", "grpcCode": "0"}}}}),
    ("ListTargets", {"items": [*ROWS, "10.0.0.3"]}),
    ("ListTargets", {"items": [*ROWS, {"id": None}]}),
    ("ListTargets", ["items"]),
]


def is_taken(operation: str, body: bytes) -> bool:
    response: dict[str, Any] = {"headers": {}, "status_code": 200, "body": body}
    told = {"response_dict": response, "customized_response_dict": {}}
    model = service.operation_model(operation)
    sent_as_checked(taking_replies(), operation, {"operation_model": model, **told})
    return not response["body"]


@pytest.mark.parametrize(("operation", "reply"), GOOD)
def test_good_replies_are_taken(operation: str, reply: dict[str, Any]) -> None:
    """If this fails, a newer botocore describes replies otherwise, and calls are slower until taken_replies.py follows."""
    body = json.dumps(reply).encode()

    assert is_taken(operation, body)
    assert parsed(operation, body, 200, taking_replies()) == parsed(operation, body, 200)


@pytest.mark.parametrize(("operation", "reply"), ODD_REPLIES)
def test_odd_replies_are_left_to_botocore(operation: str, reply: Any) -> None:
    """Whole, so that it does with them what it does."""
    body = json.dumps(reply).encode()

    assert not is_taken(operation, body)
    assert parsed(operation, body, 200, taking_replies()) == parsed(operation, body, 200)


def test_replies_that_are_more_than_json_are_left_to_botocore() -> None:
    """Of another service, say: with headers, a payload, other names, blobs, maps or documents in them."""
    for name, operation in [
        ("s3", "HeadObject"),
        ("s3", "GetObject"),
        ("lambda", "ListFunctions"),
        ("lambda", "Invoke"),
    ]:
        model = cast("Any", boto3).client(name, region_name="eu-west-1").meta.service_model.operation_model(operation)
        response: dict[str, Any] = {"headers": {}, "status_code": 200, "body": b"{}"}
        told = {"response_dict": response, "customized_response_dict": {}}

        sent_as_checked(taking_replies(), operation, {"operation_model": model, **told})

        assert response["body"] == b"{}", operation


NOT_UTF_8 = ['{"items": [{"id": "a"}]}'.encode(form) for form in ("utf-8-sig", "utf-16", "utf-32-le")]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[1", b'"text"', b"null", *NOT_UTF_8])
@pytest.mark.parametrize("status", [200, 503])
def test_what_is_no_reply_is_left_to_botocore(body: bytes, status: int) -> None:
    """A page of a proxy, half an answer, nothing: the same comes of it."""
    assert parsed("ListTargets", body, status, taking_replies()) == parsed("ListTargets", body, status)


def test_the_hook_is_where_it_was() -> None:
    """If this fails, botocore takes replies back no more, and calls are slower until taken_replies.py follows."""
    reply, left = reply_and_what_botocore_had(sent_as_checked)

    assert (reply["items"], left) == (ROWS, [b""])


def test_what_a_user_asks_for_is_botocores() -> None:
    """A reply to somebody else's request is parsed by botocore."""
    reply, left = reply_and_what_botocore_had(sent_by_somebody)

    assert (reply["items"], left) == (ROWS, [json.dumps({"items": ROWS}).encode()])


def test_a_client_of_a_session_is_left_as_it_is() -> None:
    """What a session was handed in for is botocore's own way, for our requests, too."""
    session = cast("Any", boto3).Session(region_name="eu-west-1")

    reply, left = reply_and_what_botocore_had(sent_as_checked, session=session)

    assert (reply["items"], left) == (ROWS, [json.dumps({"items": ROWS}).encode()])


def test_while_botocore_logs_replies_they_are_left_to_it(caplog: pytest.LogCaptureFixture) -> None:
    """Who looks at botocore's log sees what came."""
    with caplog.at_level(logging.DEBUG, logger="botocore.parsers"):
        reply, left = reply_and_what_botocore_had(sent_as_checked)

    assert (reply["items"], left) == (ROWS, [json.dumps({"items": ROWS}).encode()])
    assert "10.0.0.1" in caplog.text


def sent_by_somebody(method: Callable[..., Any], _: str, request: Mapping[str, Any]) -> Any:
    return method(**request)


def reply_and_what_botocore_had(send: Callable[..., Any], **options: Any) -> tuple[Any, list[bytes]]:
    """The reply to a request of ours or of somebody else's, and the body that was left for botocore to parse."""
    left: list[bytes] = []

    def note(response_dict: Any, **_: object) -> None:
        left.append(response_dict["body"])

    with answering(answer(200, {"items": ROWS})) as stub:
        settings: dict[str, Any] = {"endpoint_url": stub.url, **(options or {"region_name": "eu-west-1"})}
        raw: Any = TargetGroupClient(**settings).boto3_client
        raw.meta.events.register_last("before-parse", note)
        return send(raw.list_targets, "ListTargets", {"targetGroupIdentifier": GROUP_ID}), left


def test_hooks_of_the_users_see_the_reply_as_it_came() -> None:
    """A hook before parsing has the whole body, one after the call has the rows."""
    seen: list[Any] = []

    def note(response_dict: Any, **_: object) -> None:
        seen.append(json.loads(response_dict["body"]))

    def note_rows(parsed: Any, **_: object) -> None:
        seen.append({"items": parsed["items"]})

    with answering(answer(200, {"items": ROWS})) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        client.boto3_client.meta.events.register("before-parse.vpc-lattice.ListTargets", note)
        client.boto3_client.meta.events.register("after-call.vpc-lattice.ListTargets", note_rows)
        found = list(client.list_targets(GROUP_ID))

    assert seen == [{"items": ROWS}, {"items": ROWS}]
    assert [(row.id, row.port, row.status) for row in found] == [tuple(row.values()) for row in ROWS]


def test_a_botocore_that_takes_nothing_back() -> None:
    """There, the reply is left as it is."""
    response: dict[str, Any] = {"headers": {}, "status_code": 200, "body": json.dumps({"items": ROWS}).encode()}
    before = dict(response)

    model = service.operation_model("ListTargets")
    sent_as_checked(taking_replies(), "ListTargets", {"operation_model": model, "response_dict": response})

    assert response == before


def test_registering_reports_as_ever() -> None:
    """What was taken and what was refused is read from rows of either kind."""
    told = {"successful": ROWS[:1], "unsuccessful": [{"id": "10.0.0.2", "port": 81, "failureCode": "Late"}]}
    with answering(answer(200, told)) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        report = client.register_targets(GROUP_ID, [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 81)])

    assert [target.id for target in report.successful] == ["10.0.0.1"]
    assert [(failure.id, failure.failure_code) for failure in report.unsuccessful] == [("10.0.0.2", "Late")]
