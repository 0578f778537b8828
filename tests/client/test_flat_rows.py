"""Rows that are taken as JSON has them are what botocore would have made of them."""

import json
from collections.abc import Callable
from typing import Any, cast

import boto3
import pytest
from botocore.parsers import ResponseParserFactory
from hypothesis import given
from hypothesis import strategies as st

from client.http_stub import answer, answering
from lattice_tg import Target, TargetGroupClient
from lattice_tg.gateway.flat_rows import take_flat_rows
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
parser: Any = cast("Any", ResponseParserFactory)().create_parser("rest-json")


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


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
MEMBERS = st.sampled_from(["id", "port", "status", "reasonCode", "failureCode", "failureMessage"])
ANY_ROW = st.dictionaries(MEMBERS, SCALARS, max_size=4) | SCALARS | st.lists(SCALARS, max_size=1)
BODIES = st.dictionaries(
    st.sampled_from(["items", "nextToken", "successful", "unsuccessful"]), st.lists(ANY_ROW, max_size=3) | SCALARS
)


@pytest.mark.parametrize("operation", ["ListTargets", "RegisterTargets", "DeregisterTargets"])
@given(body=BODIES | SCALARS | st.lists(SCALARS), status=st.sampled_from([200, 200, 200, 400, 500]))
@modestly
def test_rows_are_what_botocore_makes_of_them(operation: str, body: Any, status: int) -> None:
    """Whatever comes: the same reply, or the same error; but for members that botocore does not know."""
    written = json.dumps(known_to_rows(operation, body)).encode()

    assert parsed(operation, written, status, take_flat_rows) == parsed(operation, written, status)


def known_to_rows(operation: str, body: Any) -> Any:
    """The body, without those members of rows that this operation does not have."""
    if not isinstance(body, dict):
        return body
    shape = service.operation_model(operation).output_shape
    return {name: known_members(shape.members.get(name), value) for name, value in cast("Any", body).items()}


def known_members(shape: Any, rows: Any) -> Any:
    if shape is None or shape.type_name != "list" or type(rows) is not list:
        return rows
    members, given = shape.member.members, cast("Any", rows)
    return [{name: row[name] for name in members if name in row} if isinstance(row, dict) else row for row in given]


NOT_UTF_8 = ['{"items": [{"id": "a"}]}'.encode(form) for form in ("utf-8-sig", "utf-16", "utf-32-le")]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[1", b'"text"', b"null", *NOT_UTF_8])
@pytest.mark.parametrize("status", [200, 503])
def test_what_is_no_reply_is_left_to_botocore(body: bytes, status: int) -> None:
    """A page of a proxy, half an answer, nothing: the same comes of it."""
    assert parsed("ListTargets", body, status, take_flat_rows) == parsed("ListTargets", body, status)


def test_the_hook_is_where_it_was() -> None:
    """If this fails, botocore takes rows back no more, and pages are slower until flat_rows.py follows."""
    with answering(answer(200, {"items": [{**ROWS[0], "newer": "word"}]})) as stub:
        raw: Any = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url).boto3_client
        reply = sent_as_checked(raw.list_targets, "ListTargets", {"targetGroupIdentifier": GROUP_ID})

    assert reply["items"] == [{**ROWS[0], "newer": "word"}]


def test_what_a_user_asks_for_is_botocores() -> None:
    """A reply to somebody else's request is parsed by botocore, down to the members that it knows."""
    with answering(answer(200, {"items": [{**ROWS[0], "newer": "word"}]})) as stub:
        raw: Any = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url).boto3_client
        reply = raw.list_targets(targetGroupIdentifier=GROUP_ID)

    assert reply["items"] == ROWS[:1]


def test_a_client_of_a_session_is_left_as_it_is() -> None:
    """What a session was handed in for is botocore's own way, for our requests, too."""
    with answering(answer(200, {"items": [{**ROWS[0], "newer": "word"}]})) as stub:
        session = cast("Any", boto3).Session(region_name="eu-west-1")
        raw: Any = TargetGroupClient(session=session, endpoint_url=stub.url).boto3_client
        reply = sent_as_checked(raw.list_targets, "ListTargets", {"targetGroupIdentifier": GROUP_ID})

    assert reply["items"] == ROWS[:1]


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
    sent_as_checked(take_flat_rows, "ListTargets", {"operation_model": model, "response_dict": response})

    assert response == before


def test_registering_reports_as_ever() -> None:
    """What was taken and what was refused is read from rows of either kind."""
    told = {"successful": ROWS[:1], "unsuccessful": [{"id": "10.0.0.2", "port": 81, "failureCode": "Late"}]}
    with answering(answer(200, told)) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        report = client.register_targets(GROUP_ID, [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 81)])

    assert [target.id for target in report.successful] == ["10.0.0.1"]
    assert [(failure.id, failure.failure_code) for failure in report.unsuccessful] == [("10.0.0.2", "Late")]
