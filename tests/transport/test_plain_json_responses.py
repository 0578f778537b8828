"""Replies that are taken as JSON has them are what botocore would have made of them."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.model import ShapeResolver
from botocore.parsers import ResponseParserFactory
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.transport.parameter_validation import send_prevalidated
from lattice_tg.transport.plain_json import make_parse_handler, parse_timestamp
from support.strategies import modestly

GROUP_ID = "tg-0123456789abcdefg"
ROWS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.2", "port": 81, "status": "DRAINING"}]

service: Any = cast("Any", boto3).client("vpc-lattice", region_name="eu-west-1").meta.service_model
factory: Any = cast("Any", ResponseParserFactory)()
factory.set_parser_defaults(timestamp_parser=parse_timestamp)
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
        send_prevalidated(hook, operation, {"operation_model": model, **told})
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

    assert parsed(operation, body, status, make_parse_handler()) == parsed(operation, body, status)


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
    ("ListTargets", {"items": [*ROWS, ""]}),
    ("ListTargets", {"items": [*ROWS, {"id": "10.0.0.3", "port": "80"}]}),
    ("ListTargets", {"items": [*ROWS, {"id": None}]}),
    ("ListTargets", ["items"]),
]


def is_taken(operation: str, body: bytes, model: Any = None) -> bool:
    response: dict[str, Any] = {"headers": {}, "status_code": 200, "body": body}
    told = {"response_dict": response, "customized_response_dict": {}}
    model = model or service.operation_model(operation)
    send_prevalidated(make_parse_handler(), operation, {"operation_model": model, **told})
    return not response["body"]


@pytest.mark.parametrize(("operation", "reply"), GOOD)
def test_good_replies_are_taken(operation: str, reply: dict[str, Any]) -> None:
    """If this fails, a newer botocore describes replies otherwise, and calls are slower until taken_replies.py follows."""
    body = json.dumps(reply).encode()

    assert is_taken(operation, body)
    assert parsed(operation, body, 200, make_parse_handler()) == parsed(operation, body, 200)


@pytest.mark.parametrize(("operation", "reply"), ODD_REPLIES)
def test_odd_replies_are_left_to_botocore(operation: str, reply: Any) -> None:
    """Whole, so that it does with them what it does."""
    body = json.dumps(reply).encode()

    assert not is_taken(operation, body)
    assert parsed(operation, body, 200, make_parse_handler()) == parsed(operation, body, 200)


SHAPES: dict[str, Any] = {
    "Text": {"type": "string"},
    "Texts": {"type": "list", "member": {"shape": "Text"}},
    "TextsByText": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Bytes": {"type": "blob"},
    "Union": {"type": "structure", "union": True, "members": {"one": {"shape": "Text"}, "two": {"shape": "Text"}}},
    "Unions": {"type": "list", "member": {"shape": "Union"}},
    "Document": {"type": "structure", "document": True, "members": {}},
}
"""What a service may describe, and this one does not so far."""

MORE_THAN_JSON: list[dict[str, Any]] = [
    {"shape": "Text", "location": "header", "locationName": "x-told"},
    {"shape": "Text", "locationName": "Told"},
    {"shape": "Text", "jsonvalue": True},
    {"shape": "Document"},
    {"shape": "TextsByText"},
    {"shape": "Bytes"},
]


def is_taken_by(told: dict[str, Any], body: bytes, **more: Any) -> bool:
    """Whether a reply is, whose member ``told`` is described so."""
    described = {**SHAPES, "Reply": {"type": "structure", "members": {"told": told}, **more}}
    shape: Any = cast("Any", ShapeResolver)(described).get_shape_by_name("Reply")
    return is_taken("ListTargets", body, SimpleNamespace(name="ListTargets", output_shape=shape))


@pytest.mark.parametrize("told", MORE_THAN_JSON)
def test_replies_that_are_more_than_json_are_left_to_botocore(told: dict[str, Any]) -> None:
    """A newer description may have headers, other names, and values that JSON does not have."""
    assert not is_taken_by(told, b"{}")


def test_a_reply_that_is_one_member_is_left_to_botocore() -> None:
    """Its body is that member."""
    assert is_taken_by({"shape": "Union"}, b"{}")
    assert not is_taken_by({"shape": "Union"}, b"{}", payload="told")


def test_an_operation_that_answers_nothing_is_left_to_botocore() -> None:
    """There is nothing to take."""
    assert not is_taken("ListTargets", b"{}", SimpleNamespace(name="ListTargets", output_shape=None))


@pytest.mark.parametrize(("row", "taken"), [({"one": "a"}, True), ({"one": "a", "two": "b"}, False), ({}, False)])
def test_rows_of_which_one_member_is_set(row: dict[str, Any], taken: bool) -> None:
    """botocore refuses those that have none or several."""
    assert is_taken_by({"shape": "Unions"}, json.dumps({"told": [{"two": "b"}, row]}).encode()) is taken


NOT_UTF_8 = ['{"items": [{"id": "a"}]}'.encode(form) for form in ("utf-8-sig", "utf-16", "utf-32-le")]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[1", b'"text"', b"null", *NOT_UTF_8])
@pytest.mark.parametrize("status", [200, 503])
def test_what_is_no_reply_is_left_to_botocore(body: bytes, status: int) -> None:
    """A page of a proxy, half an answer, nothing: the same comes of it."""
    assert parsed("ListTargets", body, status, make_parse_handler()) == parsed("ListTargets", body, status)


def test_a_botocore_that_takes_nothing_back() -> None:
    """There, the reply is left as it is."""
    response: dict[str, Any] = {"headers": {}, "status_code": 200, "body": json.dumps({"items": ROWS}).encode()}
    before = dict(response)

    model = service.operation_model("ListTargets")
    send_prevalidated(make_parse_handler(), "ListTargets", {"operation_model": model, "response_dict": response})

    assert response == before
