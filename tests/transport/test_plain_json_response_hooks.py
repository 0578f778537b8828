"""A client that we make has its replies to our own requests taken; everything else is left to botocore."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

import boto3
import pytest

from lattice_tg import Target, TargetGroupClient
from lattice_tg.transport.parameter_validation import send_prevalidated
from support.http_stub import answer, answering

GROUP_ID = "tg-0123456789abcdefg"
ROWS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.2", "port": 81, "status": "DRAINING"}]


@pytest.fixture(autouse=True)
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that we make finds its credentials itself."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def test_the_hook_is_where_it_was() -> None:
    """If this fails, botocore takes replies back no more, and calls are slower until taken_replies.py follows."""
    reply, left = reply_and_what_botocore_had(send_prevalidated)

    assert (reply["items"], left) == (ROWS, [b""])


def test_what_a_user_asks_for_is_botocores() -> None:
    """A reply to somebody else's request is parsed by botocore."""
    reply, left = reply_and_what_botocore_had(sent_by_somebody)

    assert (reply["items"], left) == (ROWS, [json.dumps({"items": ROWS}).encode()])


def test_a_client_of_a_session_is_left_as_it_is() -> None:
    """What a session was handed in for is botocore's own way, for our requests, too."""
    session = cast("Any", boto3).Session(region_name="eu-west-1")

    reply, left = reply_and_what_botocore_had(send_prevalidated, session=session)

    assert (reply["items"], left) == (ROWS, [json.dumps({"items": ROWS}).encode()])


def test_while_botocore_logs_replies_they_are_left_to_it(caplog: pytest.LogCaptureFixture) -> None:
    """Who looks at botocore's log sees what came."""
    with caplog.at_level(logging.DEBUG, logger="botocore.parsers"):
        reply, left = reply_and_what_botocore_had(send_prevalidated)

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


@pytest.mark.parametrize("event", ["before-parse.vpc-lattice.ListTargets", "before-parse"])
def test_hooks_of_the_users_see_the_reply_as_it_came(event: str) -> None:
    """A hook before parsing has the whole body, one after the call has the rows."""
    seen: list[Any] = []

    def note(response_dict: Any, **_: object) -> None:
        seen.append(json.loads(response_dict["body"]))

    def note_rows(parsed: Any, **_: object) -> None:
        seen.append({"items": parsed["items"]})

    with answering(answer(200, {"items": ROWS})) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        client.boto3_client.meta.events.register(event, note)
        client.boto3_client.meta.events.register("after-call.vpc-lattice.ListTargets", note_rows)
        found = list(client.list_targets(GROUP_ID))

    assert seen == [{"items": ROWS}, {"items": ROWS}]
    assert [(row.id, row.port, row.status) for row in found] == [tuple(row.values()) for row in ROWS]


def test_registering_reports_as_ever() -> None:
    """What was taken and what was refused is read from rows of either kind."""
    told = {"successful": ROWS[:1], "unsuccessful": [{"id": "10.0.0.2", "port": 81, "failureCode": "Late"}]}
    with answering(answer(200, told)) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        report = client.register_targets(GROUP_ID, [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 81)])

    assert [target.id for target in report.successful] == ["10.0.0.1"]
    assert [(failure.id, failure.failure_code) for failure in report.unsuccessful] == [("10.0.0.2", "Late")]
