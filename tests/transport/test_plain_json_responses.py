"""Tests that the library's parser of JSON responses returns the same results as botocore's parser."""

import json
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.model import ShapeResolver
from botocore.parsers import ResponseParserFactory
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.transport.parameter_validation import send_prevalidated
from lattice_tg.transport.plain_json import ResponseParser, parse_timestamp
from support.strategies import limited_examples

GROUP_ID = "tg-0123456789abcdefg"
ITEMS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.2", "port": 81, "status": "DRAINING"}]

service: Any = cast("Any", boto3).Session().client("vpc-lattice", region_name="eu-west-1").meta.service_model
factory: Any = cast("Any", ResponseParserFactory)()
factory.set_parser_defaults(timestamp_parser=parse_timestamp)
botocore_parser: Any = factory.create_parser("rest-json")


OPERATION_NAME = "Operation"
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


class FastParser:
    """A parser with the interface of botocore's parsers, which leaves some responses to botocore's parser."""

    def parse(self, response: Any, shape: Any) -> Any:
        """Return the parsed response."""
        parsed = ResponseParser().parse(response, SimpleNamespace(name=OPERATION_NAME, output_shape=shape))
        return botocore_parser.parse(response, shape) if parsed is None else parsed


def parse(parser: Any, operation: str, body: bytes, status: int) -> Any:
    """Return the response of a prevalidated request, or the class of the exception that is raised."""
    response: dict[str, Any] = {"headers": {}, "status_code": status, "body": body}
    request = {"response": response, "shape": service.operation_model(operation).output_shape}
    try:
        return send_prevalidated(parser.parse, OPERATION_NAME, request)
    except Exception as error:  # noqa: BLE001 - the test compares the class
        return type(error)


STRINGS = st.sampled_from(["", "IP", "null", "2026-01-31T12:00:00Z", "1769860800", "soon"])
SCALARS = st.none() | st.booleans() | st.integers() | STRINGS
UNEXPECTED = SCALARS | st.lists(SCALARS, max_size=1) | st.dictionaries(STRINGS, SCALARS, max_size=1)


def make_values(shape: Any) -> st.SearchStrategy[Any]:
    """Return a strategy that generates valid, invalid and missing values for a shape, and unknown members."""
    match shape.type_name:
        case "structure":
            members = {name: make_values(member) for name, member in shape.members.items()}
            return (
                st.fixed_dictionaries({}, optional={**members, "ResponseMetadata": UNEXPECTED, "newer": UNEXPECTED})
                | UNEXPECTED
            )
        case "list":
            return st.lists(make_values(shape.member), max_size=3) | UNEXPECTED
        case "timestamp":
            return st.just("2026-01-31T12:00:00Z") | UNEXPECTED
        case _:
            return SCALARS | UNEXPECTED


RESPONSES = {operation: make_values(service.operation_model(operation).output_shape) for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS)
@given(data=st.data(), status=st.sampled_from([200, 200, 200, 400, 500]))
@limited_examples
def test_responses_are_parsed_as_by_botocore(operation: str, data: st.DataObject, status: int) -> None:
    """Parsing a body gives the same result, or the same exception, as parsing the body with botocore."""
    body = json.dumps(data.draw(RESPONSES[operation])).encode()

    assert parse(FastParser(), operation, body, status) == parse(botocore_parser, operation, body, status)


GROUP: dict[str, Any] = {
    "id": GROUP_ID,
    "config": {"port": 80, "healthCheck": {"enabled": True, "matcher": {"httpCode": "200"}}},
    "createdAt": "2026-01-31T12:00:00Z",
    "serviceArns": ["arn:1"],
}
SUMMARIES = [
    {"id": GROUP_ID, "port": 80, "createdAt": "2026-01-31T12:00:00Z", "serviceArns": ["arn:1"]},
    {"id": GROUP_ID, "createdAt": "2026-01-31T12:00:00.123Z", "lastUpdatedAt": "2026-02-28T12:00:00Z"},
]
VALID_RESPONSES: list[tuple[str, dict[str, Any]]] = [
    ("CreateTargetGroup", GROUP),
    ("DeleteTargetGroup", {"id": GROUP_ID, "status": "DELETE_IN_PROGRESS"}),
    ("DeregisterTargets", {"successful": ITEMS, "unsuccessful": []}),
    ("GetTargetGroup", GROUP),
    ("GetTargetGroup", {**GROUP, "newer": {"member": 1}, "ResponseMetadata": 1}),
    ("ListTargetGroups", {"items": [GROUP, {**GROUP, "newer": 1}], "nextToken": "more"}),
    ("ListTargetGroups", {"items": SUMMARIES}),
    ("ListTargets", {"items": ITEMS}),
    ("ListTargets", {"items": [*ITEMS, {**ITEMS[0], "newer": 1}]}),
    ("ListTargets", {"items": []}),
    ("RegisterTargets", {"successful": ITEMS[:1], "unsuccessful": [{"id": "10.0.0.2", "failureCode": "Late"}]}),
    ("UpdateTargetGroup", GROUP),
]
UNEXPECTED_RESPONSES: list[tuple[str, Any]] = [
    ("GetTargetGroup", {**GROUP, "status": None}),
    ("GetTargetGroup", {**GROUP, "createdAt": "soon"}),
    ("GetTargetGroup", {**GROUP, "config": "none"}),
    ("GetTargetGroup", {**GROUP, "serviceArns": "arn:1"}),
    ("GetTargetGroup", {"config": {"healthCheck": {"matcher": {}}}}),
    ("GetTargetGroup", {"config": {"healthCheck": {"matcher": {"grpcCode": "0"}}}}),
    ("GetTargetGroup", {"config": {"healthCheck": {"matcher": {"httpCode": "200", "grpcCode": "0"}}}}),
    ("GetTargetGroup", {"config": {"port": "80"}}),
    ("ListTargetGroups", {"items": [*SUMMARIES, {"createdAt": "soon"}]}),
    ("ListTargetGroups", {"items": [*SUMMARIES, {"serviceArns": "arn:1"}]}),
    ("ListTargetGroups", {"items": [{"port": True}, *SUMMARIES]}),
    ("ListTargets", {"items": [*ITEMS, "10.0.0.3"]}),
    ("ListTargets", {"items": [*ITEMS, ""]}),
    ("ListTargets", {"items": [*ITEMS, {"id": "10.0.0.3", "port": "80"}]}),
    ("ListTargets", {"items": [*ITEMS, {"id": None}]}),
    ("ListTargets", ["items"]),
]


def is_parsed(operation: str, body: bytes, shape: Any) -> bool:
    """Return whether the library parses a response with the given shape."""
    response: dict[str, Any] = {"headers": {}, "status_code": 200, "body": body}
    model = SimpleNamespace(name=operation, output_shape=shape)
    return (
        send_prevalidated(ResponseParser().parse, operation, {"response": response, "operation_model": model})
        is not None
    )


@pytest.mark.parametrize(("operation", "response"), VALID_RESPONSES)
def test_valid_responses_are_parsed(operation: str, response: dict[str, Any]) -> None:
    """The library parses valid responses. If this test fails, requests are slower: adapt plain_json.py."""
    body = json.dumps(response).encode()

    assert is_parsed(operation, body, service.operation_model(operation).output_shape)
    assert parse(FastParser(), operation, body, 200) == parse(botocore_parser, operation, body, 200)


@pytest.mark.parametrize(("operation", "response"), UNEXPECTED_RESPONSES)
def test_unexpected_responses_are_left_to_botocore(operation: str, response: Any) -> None:
    """If any part of a response is unexpected, the whole response is left to botocore."""
    body = json.dumps(response).encode()

    assert not is_parsed(operation, body, service.operation_model(operation).output_shape)
    assert parse(FastParser(), operation, body, 200) == parse(botocore_parser, operation, body, 200)


SHAPES: dict[str, Any] = {
    "String": {"type": "string"},
    "Strings": {"type": "list", "member": {"shape": "String"}},
    "StringMap": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}},
    "Bytes": {"type": "blob"},
    "Union": {"type": "structure", "union": True, "members": {"one": {"shape": "String"}, "two": {"shape": "String"}}},
    "Unions": {"type": "list", "member": {"shape": "Union"}},
    "Document": {"type": "structure", "document": True, "members": {}},
    "Time": {"type": "timestamp"},
    "Times": {"type": "list", "member": {"shape": "Time"}},
    "Event": {"type": "structure", "members": {"times": {"shape": "Times"}}},
    "Events": {"type": "list", "member": {"shape": "Event"}},
}
"""Shapes that service models can contain. Not all of these shapes occur in the model of VPC Lattice."""

OTHER_SHAPES: list[dict[str, Any]] = [
    {"shape": "String", "location": "header", "locationName": "x-value"},
    {"shape": "String", "locationName": "Value"},
    {"shape": "String", "jsonvalue": True},
    {"shape": "Document"},
    {"shape": "StringMap"},
    {"shape": "Bytes"},
]


def is_parsed_with(member: dict[str, Any], body: bytes, **more: Any) -> bool:
    """Return whether the library parses ``body`` if the response has a ``value`` member with the shape ``member``."""
    shapes = {**SHAPES, "Response": {"type": "structure", "members": {"value": member}, **more}}
    shape: Any = cast("Any", ShapeResolver)(shapes).get_shape_by_name("Response")
    return is_parsed("ListTargets", body, shape)


@pytest.mark.parametrize("member", OTHER_SHAPES)
def test_responses_with_other_shapes_are_left_to_botocore(member: dict[str, Any]) -> None:
    """Responses with members in headers, renamed members or members of other types are left to botocore."""
    assert not is_parsed_with(member, b"{}")


def test_response_with_payload_is_left_to_botocore() -> None:
    """If the body of a response is the payload of a single member, the response is left to botocore."""
    assert is_parsed_with({"shape": "Union"}, b"{}")
    assert not is_parsed_with({"shape": "Union"}, b"{}", payload="value")


def test_lists_in_the_structures_of_a_list_are_converted() -> None:
    """The items of an inner list are converted. Checking the type of the list is not enough."""
    assert is_parsed_with({"shape": "Events"}, b'{"value": [{"times": ["2026-01-31T12:00:00Z"]}, {}]}')
    assert not is_parsed_with({"shape": "Events"}, b'{"value": [{"times": ["2026-01-31T12:00:00Z", "soon"]}]}')
    assert not is_parsed_with({"shape": "Events"}, b'{"value": [{"times": "2026-01-31T12:00:00Z"}]}')


def test_operation_without_output_is_left_to_botocore() -> None:
    """An operation without an output shape is left to botocore."""
    assert not is_parsed("ListTargets", b"{}", None)


@pytest.mark.parametrize(("item", "is_valid"), [({"one": "a"}, True), ({"one": "a", "two": "b"}, False), ({}, False)])
def test_invalid_tagged_union_is_left_to_botocore(item: dict[str, Any], is_valid: bool) -> None:
    """If a tagged union does not have exactly one member, botocore parses the response and rejects the union."""
    assert is_parsed_with({"shape": "Unions"}, json.dumps({"value": [{"two": "b"}, item]}).encode()) is is_valid


NOT_UTF_8 = ['{"items": [{"id": "a"}]}'.encode(encoding) for encoding in ("utf-8-sig", "utf-16", "utf-32-le")]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[1", b'"text"', b"null", *NOT_UTF_8])
@pytest.mark.parametrize("status", [200, 503])
def test_malformed_bodies_are_left_to_botocore(body: bytes, status: int) -> None:
    """HTML, truncated JSON, other encodings and empty bodies give the same result as with botocore."""
    assert parse(FastParser(), "ListTargets", body, status) == parse(botocore_parser, "ListTargets", body, status)
