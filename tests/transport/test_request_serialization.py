"""Tests that targets serialized without botocore have the same bytes as targets serialized by botocore."""

import json
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.model import ShapeResolver

from lattice_tg import InvalidSpecError, RetryPolicy, Target, TargetGroupClient
from lattice_tg.transport.parameter_validation import send_prevalidated
from lattice_tg.transport.request_serialization import RequestSerializer, set_serializer
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


HOOKS = (
    "provide-client-params.vpc-lattice.{operation}",
    "before-parameter-build.*.*",
    "before-parameter-build",
    "before-call.*.*",
    "before-call.vpc-lattice.{operation}",
    "before-call",
)


@pytest.mark.parametrize("register", ["register_first", "register", "register_last"])
@pytest.mark.parametrize("method", OPERATIONS)
def test_every_hook_sees_every_target(method: str, register: str) -> None:
    """Hooks see all targets before and after serialization, whatever event and position they are registered for."""
    recorded: list[Any] = []

    def record(params: Any, **_: object) -> None:
        recorded.append(params["targets"] if "targets" in params else json.loads(params["body"])["targets"])

    with serve(http_response(200, {"successful": ITEMS})) as stub:
        client = create_client(stub)
        for hook in HOOKS:
            getattr(client.boto3_client.meta.events, register)(hook.format(operation=OPERATIONS[method]), record)
        getattr(client, method)(GROUP_ID, TARGETS)

    assert recorded == [ITEMS] * len(HOOKS)


class RecordingSerializer:
    """A serializer that records the parameters that it serializes."""

    def __init__(self) -> None:
        self.recorded: list[Any] = []

    def serialize_to_request(self, parameters: Any, _: Any) -> dict[str, Any]:
        self.recorded.append(dict(parameters))
        return {"body": json.dumps({**parameters, "force": True}).encode()}


def record_serialized_targets(boto3_client: Any) -> list[Any]:
    """Return a list to which the targets that botocore serializes are appended."""
    serializer = boto3_client._serializer
    recorded: list[Any] = []

    class Recorder:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def serialize_to_request(self, parameters: Any, model: Any) -> Any:
            recorded.append(parameters["targets"])
            return self.inner.serialize_to_request(parameters, model)

    boto3_client._serializer = RequestSerializer(
        Recorder(serializer.serializer), Recorder(serializer.validating_serializer)
    )
    return recorded


@pytest.mark.parametrize("method", OPERATIONS)
def test_botocore_does_not_serialize_targets(method: str) -> None:
    """botocore serializes an empty list. If this test fails, bulk requests are slower: adapt the serializer."""
    with serve(http_response(200, {"successful": ITEMS})) as stub:
        client = create_client(stub)
        recorded = record_serialized_targets(client.boto3_client)
        getattr(client, method)(GROUP_ID, TARGETS)

    assert recorded == [[]]


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


def test_params_of_a_handler_are_unchanged() -> None:
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


@pytest.mark.parametrize("serializer", [None, object()])
def test_client_without_a_serializer_is_unchanged(serializer: object) -> None:
    """If a version of botocore has no serializer that can be replaced, botocore serializes every request."""
    client = SimpleNamespace(_serializer=serializer)

    assert set_serializer(client) is False
    assert client._serializer is serializer


def test_serializer_that_validates_nothing_is_used_for_all_requests() -> None:
    """If the user's config disables botocore's validation, one serializer serializes all requests."""
    recording = RecordingSerializer()
    client: Any = SimpleNamespace(_serializer=recording)

    assert set_serializer(client) is True
    assert client._serializer == RequestSerializer(recording, recording)


FLAT = {"type": "structure", "members": {"id": {"shape": "String"}, "port": {"shape": "Number"}}}
DEEP = {"type": "structure", "members": {"id": {"shape": "String"}, "tags": {"shape": "Strings"}}}
RENAMED = {"type": "structure", "members": {"id": {"shape": "String", "locationName": "Id"}}}
COMMON_SHAPES: dict[str, Any] = {
    "String": {"type": "string"},
    "Number": {"type": "integer"},
    "Strings": {"type": "list", "member": {"shape": "String"}},
}
TARGET_SHAPES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"type": "list"}, FLAT, True),
    ({"type": "list"}, DEEP, False),
    ({"type": "list"}, RENAMED, False),
    ({"type": "list"}, {"type": "structure", "union": True, "members": {"id": {"shape": "String"}}}, False),
    ({"type": "list"}, {"type": "structure", "document": True, "members": {}}, False),
    ({"type": "list"}, {"type": "string"}, False),
    ({"type": "list", "locationName": "Targets"}, FLAT, False),
    ({"type": "map", "key": {"shape": "String"}, "value": {"shape": "Target"}}, FLAT, False),
]


@pytest.mark.parametrize(("targets", "target", "is_plain"), TARGET_SHAPES)
def test_other_shapes_are_serialized_by_botocore(
    targets: dict[str, Any], target: dict[str, Any], is_plain: bool
) -> None:
    """botocore serializes lists whose shape is not plain JSON. Other members of the body are kept in either case."""
    name = {"locationName": targets["locationName"]} if "locationName" in targets else {}
    shapes = {
        **COMMON_SHAPES,
        "Target": target,
        "Targets": {"member": {"shape": "Target"}, **targets},
        "Request": {"type": "structure", "members": {"targets": {"shape": "Targets", **name}}},
    }
    shape: Any = cast("Any", ShapeResolver)(shapes).get_shape_by_name("Request")
    model, recording = SimpleNamespace(name="RegisterTargets", input_shape=shape), RecordingSerializer()
    serializer = RequestSerializer(recording, validating_serializer=None)

    def serialize(**params: Any) -> Any:
        return serializer.serialize_to_request(params, model)

    request = send_prevalidated(serialize, "RegisterTargets", {"targets": ITEMS})

    assert recording.recorded == [{"targets": [] if is_plain else ITEMS}]
    assert json.loads(request["body"]) == {"targets": ITEMS, "force": True}
