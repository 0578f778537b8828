"""Targets that are kept from botocore are sent all the same, byte for byte as botocore would have sent them."""

import json
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.model import ShapeResolver

from lattice_tg import InvalidSpecError, LatticeError, RetryPolicy, Target, TargetGroupClient
from lattice_tg.transport import connection, session
from lattice_tg.transport.parameter_validation import send_prevalidated
from lattice_tg.transport.plain_json import attach_targets, detach_targets
from support.http_stub import Stub, answer, answering

GROUP_ID = "tg-0123456789abcdefg"
TARGETS = [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2")]
ROWS = [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2"}]
OPERATIONS = {"register_targets": "RegisterTargets", "deregister_targets": "DeregisterTargets"}


@pytest.fixture(autouse=True)
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that we make finds its credentials itself."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def client_of(stub: Stub, **options: Any) -> TargetGroupClient:
    return TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url, **options)


def bodies(stub: Stub) -> list[bytes]:
    return [asked.raw.partition(b"\r\n\r\n")[2] for asked in stub.asked]


@pytest.mark.parametrize("verb", OPERATIONS)
def test_what_is_sent_is_what_botocore_sends(verb: str) -> None:
    """Head and body, but for what differs from one request to the next."""
    with answering(answer(200, {"successful": ROWS, "unsuccessful": []})) as stub:
        getattr(client_of(stub), verb)(GROUP_ID, TARGETS)
        raw = cast("Any", boto3).client("vpc-lattice", region_name="eu-west-1", endpoint_url=stub.url)
        getattr(raw, verb)(targetGroupIdentifier=GROUP_ID, targets=ROWS)

    ours, botocores = (asked.raw.partition(b"\r\n\r\n") for asked in stub.asked)
    assert ours[2] == botocores[2] == json.dumps({"targets": ROWS}).encode()
    assert lasting(ours[0]) == lasting(botocores[0])


def lasting(head: bytes) -> list[str]:
    """The lines of a head that say the same in every request."""
    passing = ("amz-sdk-", "authorization:", "user-agent:", "x-amz-date:")
    return sorted(line for line in head.decode().split("\r\n") if not line.lower().startswith(passing))


@pytest.mark.parametrize("verb", OPERATIONS)
def test_botocore_writes_no_rows(verb: str) -> None:
    """If this fails, botocore has moved its event_handlers, and bulk work is slower until given_rows.py follows."""
    seen: list[tuple[str, Any]] = []

    def note(event_name: str, params: Any, **_: object) -> None:
        rows = params["targets"] if "targets" in params else json.loads(params["body"])["targets"]
        seen.append((event_name.split(".", maxsplit=1)[0], rows))

    with answering(answer(200, {"successful": ROWS})) as stub:
        client = client_of(stub)
        events = client.boto3_client.meta.events
        events.register("before-parameter-build.vpc-lattice.*", note)
        events.register_last("before-parameter-build", note)
        events.register(f"before-call.vpc-lattice.{OPERATIONS[verb]}", note)
        getattr(client, verb)(GROUP_ID, TARGETS)

    assert seen == [("before-parameter-build", ROWS), ("before-parameter-build", []), ("before-call", ROWS)]


def seen_by_botocore(boto3_client: Any) -> list[Any]:
    """The rows of each request that botocore is about to write."""
    seen: list[Any] = []

    def note(params: Any, **_: object) -> None:
        seen.append(params["targets"])

    boto3_client.meta.events.register_last("before-parameter-build", note)
    return seen


def test_what_a_user_sends_is_botocores() -> None:
    """Rows of somebody else's request have been through no rules of ours."""
    with answering(answer(200, {"successful": ROWS})) as stub:
        raw: Any = client_of(stub).boto3_client
        seen = seen_by_botocore(raw)
        raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=ROWS)

    assert seen == [ROWS]
    assert bodies(stub) == [json.dumps({"targets": ROWS}).encode()]


def test_rows_that_a_hook_put_in_their_place_are_botocores() -> None:
    """They are checked, and sent as they are, or refused."""
    with answering(answer(200, {"successful": ROWS[:1]})) as stub:
        client = client_of(stub)

        def fewer(params: Any, **_: object) -> None:
            params["targets"] = given.pop()

        given: list[Any] = [[], ROWS[:1]]
        client.boto3_client.meta.events.register("before-parameter-build.vpc-lattice.*", fewer)
        report = client.register_targets(GROUP_ID, TARGETS)
        refused = client.register_targets(GROUP_ID, TARGETS)

    assert report.successful == (TARGETS[0],)
    assert isinstance(refused.failed_requests[0].error, InvalidSpecError)
    assert isinstance(refused.failed_requests[0].error.__cause__, ParamValidationError)
    assert bodies(stub) == [json.dumps({"targets": ROWS[:1]}).encode()]


def test_a_dict_of_the_users_is_as_it_was() -> None:
    """A hook may hand over parameters of its own."""
    own: dict[str, Any] = {}

    def take_over(params: Any, **_: object) -> Any:
        own.update(params)
        return own

    with answering(answer(200, {"successful": ROWS})) as stub:
        client = client_of(stub)
        client.boto3_client.meta.events.register("provide-client-params.vpc-lattice.*", take_over)
        client.register_targets(GROUP_ID, TARGETS)

    assert own == {"targetGroupIdentifier": GROUP_ID, "targets": ROWS}


def test_every_attempt_has_the_rows() -> None:
    """Ours, and those of botocore where a config switches them on."""
    with answering(answer(503), answer(503), answer(503), answer(200, {"successful": ROWS})) as stub:
        config = Config(retries={"mode": "standard", "total_max_attempts": 2})
        policy = RetryPolicy(wait=lambda _: 0.0)
        report = client_of(stub, config=config, retry=policy).register_targets(GROUP_ID, TARGETS)

    assert report.successful == tuple(TARGETS)
    assert bodies(stub) == [json.dumps({"targets": ROWS}).encode()] * 4


def test_where_botocore_checks_it_has_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer botocore that makes its check elsewhere would miss them."""
    monkeypatch.setattr(connection, "make_parameter_validator", lambda: None)

    with answering(answer(200, {"successful": ROWS})) as stub:
        client = client_of(stub)
        seen = seen_by_botocore(client.boto3_client)
        report = client.register_targets(GROUP_ID, TARGETS)

    assert (report.successful, seen) == (tuple(TARGETS), [ROWS])


def test_rows_that_nobody_gives_back_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request without targets is one that the service refuses, and its emulator does, too."""

    def put_nothing_in(**_: object) -> None: ...

    monkeypatch.setattr(session, "attach_targets", put_nothing_in)

    with answering(answer(400, {"message": "no targets"}, x_amzn_errortype="ValidationException")) as stub:
        report = client_of(stub).register_targets(GROUP_ID, TARGETS)

    assert isinstance(report.failed_requests[0].error, LatticeError)
    assert bodies(stub) == [b'{"targets": []}']


FLAT = {"type": "structure", "members": {"id": {"shape": "Text"}, "port": {"shape": "Number"}}}
DEEP = {"type": "structure", "members": {"id": {"shape": "Text"}, "tags": {"shape": "Texts"}}}
RENAMED = {"type": "structure", "members": {"id": {"shape": "Text", "locationName": "Id"}}}
OTHERS: dict[str, Any] = {
    "Text": {"type": "string"},
    "Number": {"type": "integer"},
    "Texts": {"type": "list", "member": {"shape": "Text"}},
}
ROWS_OF: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"type": "list", "min": 1}, FLAT, True),
    ({"type": "list"}, FLAT, False),
    ({"type": "list", "min": 1}, DEEP, False),
    ({"type": "list", "min": 1}, RENAMED, False),
    ({"type": "list", "min": 1}, {"type": "structure", "union": True, "members": {"id": {"shape": "Text"}}}, False),
    ({"type": "list", "min": 1}, {"type": "structure", "document": True, "members": {}}, False),
    ({"type": "list", "min": 1}, {"type": "string"}, False),
    ({"type": "list", "min": 1, "locationName": "Targets"}, FLAT, False),
    ({"type": "map", "min": 1, "key": {"shape": "Text"}, "value": {"shape": "Row"}}, FLAT, False),
]


@pytest.mark.parametrize(("rows", "row", "kept"), ROWS_OF)
def test_rows_of_another_description_are_botocores(rows: dict[str, Any], row: dict[str, Any], kept: bool) -> None:
    """A newer one may have what JSON does not have, or allow a request without rows, where their loss would not show."""
    name = {"locationName": rows.pop("locationName")} if "locationName" in rows else {}
    described = {
        **OTHERS,
        "Row": row,
        "Rows": {"member": {"shape": "Row"}, **rows},
        "Request": {"type": "structure", "members": {"targets": {"shape": "Rows", **name}}},
    }
    shape: Any = cast("Any", ShapeResolver)(described).get_shape_by_name("Request")
    model, context = SimpleNamespace(name="RegisterTargets", input_shape=shape), dict[str, Any]()

    def keep(**params: Any) -> Any:
        detach_targets(params=params, model=model, context=context)
        return params

    params = send_prevalidated(keep, "RegisterTargets", {"targets": ROWS})

    assert params == {"targets": [] if kept else ROWS}
    assert bool(context) is kept


def test_the_rest_of_the_body_stays() -> None:
    """A newer request may say more than its rows."""
    request, context = {"body": b'{"force": true, "targets": []}'}, dict[str, Any]()
    model = client_of(Stub("http://127.0.0.1")).boto3_client.meta.service_model.operation_model("RegisterTargets")

    def keep(**params: Any) -> None:
        detach_targets(params=params, model=model, context=context)
        attach_targets(params=request, context=context)

    send_prevalidated(keep, "RegisterTargets", {"targets": ROWS})

    assert json.loads(request["body"]) == {"force": True, "targets": ROWS}


def test_a_botocore_that_tells_no_context() -> None:
    """There, rows have no place to be kept in, and none is missing from the body."""
    request: dict[str, Any] = {"body": b"{}"}

    def keep(**params: Any) -> Any:
        detach_targets(params=params, model=SimpleNamespace(name="RegisterTargets"))
        attach_targets(params=request)
        return params

    assert send_prevalidated(keep, "RegisterTargets", {"targets": ROWS}) == {"targets": ROWS}
    assert request == {"body": b"{}"}
