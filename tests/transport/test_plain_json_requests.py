"""Tests that targets serialized without botocore have the same bytes as targets serialized by botocore."""

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
from support.http_stub import StubServer, http_response, serve

GROUP_ID = "tg-0123456789abcdefg"
TARGETS = [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2")]
ITEMS = [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2"}]
OPERATIONS = {"register_targets": "RegisterTargets", "deregister_targets": "DeregisterTargets"}


@pytest.fixture(autouse=True)
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials in environment variables, where clients created by the library find them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def create_client(stub: StubServer, **options: Any) -> TargetGroupClient:
    return TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url, **options)


def get_request_bodies(stub: StubServer) -> list[bytes]:
    return [request.raw.partition(b"\r\n\r\n")[2] for request in stub.requests]


@pytest.mark.parametrize("method", OPERATIONS)
def test_request_equals_botocores(method: str) -> None:
    """The request is identical to botocore's request, except for headers that differ in every request."""
    with serve(http_response(200, {"successful": ITEMS, "unsuccessful": []})) as stub:
        getattr(create_client(stub), method)(GROUP_ID, TARGETS)
        raw = cast("Any", boto3).Session().client("vpc-lattice", region_name="eu-west-1", endpoint_url=stub.url)
        getattr(raw, method)(targetGroupIdentifier=GROUP_ID, targets=ITEMS)

    sent, expected = (request.raw.partition(b"\r\n\r\n") for request in stub.requests)
    assert sent[2] == expected[2] == json.dumps({"targets": ITEMS}).encode()
    assert get_constant_headers(sent[0]) == get_constant_headers(expected[0])


def get_constant_headers(head: bytes) -> list[str]:
    """Return the lines of a head that are the same in every request."""
    varying = ("amz-sdk-", "authorization:", "user-agent:", "x-amz-date:")
    return sorted(line for line in head.decode().split("\r\n") if not line.lower().startswith(varying))


@pytest.mark.parametrize("method", OPERATIONS)
def test_botocore_does_not_serialize_targets(method: str) -> None:
    """botocore serializes an empty list. If this test fails, bulk requests are slower: adapt plain_json.py."""
    recorded: list[tuple[str, Any]] = []

    def record(event_name: str, params: Any, **_: object) -> None:
        targets = params["targets"] if "targets" in params else json.loads(params["body"])["targets"]
        recorded.append((event_name.split(".", maxsplit=1)[0], targets))

    with serve(http_response(200, {"successful": ITEMS})) as stub:
        client = create_client(stub)
        events = client.boto3_client.meta.events
        events.register("before-parameter-build.vpc-lattice.*", record)
        events.register_last("before-parameter-build", record)
        events.register(f"before-call.vpc-lattice.{OPERATIONS[method]}", record)
        getattr(client, method)(GROUP_ID, TARGETS)

    assert recorded == [("before-parameter-build", ITEMS), ("before-parameter-build", []), ("before-call", ITEMS)]


def record_serialized_targets(boto3_client: Any) -> list[Any]:
    """Return a list to which the targets of each request are appended just before serialization."""
    recorded: list[Any] = []

    def record(params: Any, **_: object) -> None:
        recorded.append(params["targets"])

    boto3_client.meta.events.register_last("before-parameter-build", record)
    return recorded


def test_user_requests_are_serialized_by_botocore() -> None:
    """If a user sends a request directly, botocore serializes the targets."""
    with serve(http_response(200, {"successful": ITEMS})) as stub:
        raw: Any = create_client(stub).boto3_client
        recorded = record_serialized_targets(raw)
        raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=ITEMS)

    assert recorded == [ITEMS]
    assert get_request_bodies(stub) == [json.dumps({"targets": ITEMS}).encode()]


def test_targets_that_a_handler_replaces_are_serialized_by_botocore() -> None:
    """If a user's handler replaces the targets, botocore validates and serializes the new targets."""
    with serve(http_response(200, {"successful": ITEMS[:1]})) as stub:
        client = create_client(stub)

        def replace_targets(params: Any, **_: object) -> None:
            params["targets"] = replacements.pop()

        replacements: list[Any] = [[], ITEMS[:1]]
        client.boto3_client.meta.events.register("before-parameter-build.vpc-lattice.*", replace_targets)
        result = client.register_targets(GROUP_ID, TARGETS)
        rejected = client.register_targets(GROUP_ID, TARGETS)

    assert result.successful == (TARGETS[0],)
    assert isinstance(rejected.failed_requests[0].error, InvalidSpecError)
    assert isinstance(rejected.failed_requests[0].error.__cause__, ParamValidationError)
    assert get_request_bodies(stub) == [json.dumps({"targets": ITEMS[:1]}).encode()]


def test_params_of_a_handler_are_restored() -> None:
    """If a user's handler supplies a dict of parameters, the dict is unchanged after the request."""
    handler_params: dict[str, Any] = {}

    def supply_params(params: Any, **_: object) -> Any:
        handler_params.update(params)
        return handler_params

    with serve(http_response(200, {"successful": ITEMS})) as stub:
        client = create_client(stub)
        client.boto3_client.meta.events.register("provide-client-params.vpc-lattice.*", supply_params)
        client.register_targets(GROUP_ID, TARGETS)

    assert handler_params == {"targetGroupIdentifier": GROUP_ID, "targets": ITEMS}


def test_every_attempt_has_the_targets() -> None:
    """When the client or botocore retries a request, the request contains the targets again."""
    with serve(
        http_response(503), http_response(503), http_response(503), http_response(200, {"successful": ITEMS})
    ) as stub:
        config = Config(retries={"mode": "standard", "total_max_attempts": 2})
        policy = RetryPolicy(wait=lambda _: 0.0)
        result = create_client(stub, config=config, retry=policy).register_targets(GROUP_ID, TARGETS)

    assert result.successful == tuple(TARGETS)
    assert get_request_bodies(stub) == [json.dumps({"targets": ITEMS}).encode()] * 4


def test_targets_are_not_detached_if_botocore_validates(monkeypatch: pytest.MonkeyPatch) -> None:
    """If botocore's own validation is enabled, the targets stay in the parameters so that botocore validates them."""
    monkeypatch.setattr(connection, "make_parameter_validator", lambda: None)

    with serve(http_response(200, {"successful": ITEMS})) as stub:
        client = create_client(stub)
        recorded = record_serialized_targets(client.boto3_client)
        result = client.register_targets(GROUP_ID, TARGETS)

    assert (result.successful, recorded) == (tuple(TARGETS), [ITEMS])


def test_request_without_attached_targets_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the targets were never attached again, VPC Lattice would reject the request with an empty list."""

    def do_nothing(**_: object) -> None: ...

    monkeypatch.setattr(session, "attach_targets", do_nothing)

    with serve(http_response(400, {"message": "no targets"}, x_amzn_errortype="ValidationException")) as stub:
        result = create_client(stub).register_targets(GROUP_ID, TARGETS)

    assert isinstance(result.failed_requests[0].error, LatticeError)
    assert get_request_bodies(stub) == [b'{"targets": []}']


FLAT = {"type": "structure", "members": {"id": {"shape": "String"}, "port": {"shape": "Number"}}}
DEEP = {"type": "structure", "members": {"id": {"shape": "String"}, "tags": {"shape": "Strings"}}}
RENAMED = {"type": "structure", "members": {"id": {"shape": "String", "locationName": "Id"}}}
COMMON_SHAPES: dict[str, Any] = {
    "String": {"type": "string"},
    "Number": {"type": "integer"},
    "Strings": {"type": "list", "member": {"shape": "String"}},
}
TARGET_SHAPES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"type": "list", "min": 1}, FLAT, True),
    ({"type": "list"}, FLAT, False),
    ({"type": "list", "min": 1}, DEEP, False),
    ({"type": "list", "min": 1}, RENAMED, False),
    ({"type": "list", "min": 1}, {"type": "structure", "union": True, "members": {"id": {"shape": "String"}}}, False),
    ({"type": "list", "min": 1}, {"type": "structure", "document": True, "members": {}}, False),
    ({"type": "list", "min": 1}, {"type": "string"}, False),
    ({"type": "list", "min": 1, "locationName": "Targets"}, FLAT, False),
    ({"type": "map", "min": 1, "key": {"shape": "String"}, "value": {"shape": "Target"}}, FLAT, False),
]


@pytest.mark.parametrize(("targets", "target", "detached"), TARGET_SHAPES)
def test_other_shapes_are_serialized_by_botocore(
    targets: dict[str, Any], target: dict[str, Any], detached: bool
) -> None:
    """botocore serializes lists whose shape is not plain JSON, and lists that may be empty.

    VPC Lattice would accept an empty list, so lost targets would not be noticed.
    """
    name = {"locationName": targets.pop("locationName")} if "locationName" in targets else {}
    shapes = {
        **COMMON_SHAPES,
        "Target": target,
        "Targets": {"member": {"shape": "Target"}, **targets},
        "Request": {"type": "structure", "members": {"targets": {"shape": "Targets", **name}}},
    }
    shape: Any = cast("Any", ShapeResolver)(shapes).get_shape_by_name("Request")
    model, context = SimpleNamespace(name="RegisterTargets", input_shape=shape), dict[str, Any]()

    def detach(**params: Any) -> Any:
        detach_targets(params=params, model=model, context=context)
        return params

    params = send_prevalidated(detach, "RegisterTargets", {"targets": ITEMS})

    assert params == {"targets": [] if detached else ITEMS}
    assert bool(context) is detached


def test_other_members_of_the_body_are_kept() -> None:
    """When the targets are attached to the body, the other members of the body are kept."""
    request, context = {"body": b'{"force": true, "targets": []}'}, dict[str, Any]()
    model = create_client(StubServer("http://127.0.0.1")).boto3_client.meta.service_model.operation_model(
        "RegisterTargets"
    )

    def detach(**params: Any) -> None:
        detach_targets(params=params, model=model, context=context)
        attach_targets(params=request, context=context)

    send_prevalidated(detach, "RegisterTargets", {"targets": ITEMS})

    assert json.loads(request["body"]) == {"force": True, "targets": ITEMS}


def test_missing_context_disables_detaching() -> None:
    """If botocore passes no context, the targets are not detached."""
    request: dict[str, Any] = {"body": b"{}"}

    def detach(**params: Any) -> Any:
        detach_targets(params=params, model=SimpleNamespace(name="RegisterTargets"))
        attach_targets(params=request)
        return params

    assert send_prevalidated(detach, "RegisterTargets", {"targets": ITEMS}) == {"targets": ITEMS}
    assert request == {"body": b"{}"}
