"""Tests that requests serialized without botocore have the same bytes as requests serialized by botocore."""

import json
from types import SimpleNamespace
from typing import Any, cast

import boto3
import botocore.serialize
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.model import ShapeResolver
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg import InvalidSpecError, RetryPolicy, Target, TargetGroupClient
from lattice_tg.transport import api
from lattice_tg.transport.api import Operation
from lattice_tg.transport.parameter_validation import send_prevalidated
from lattice_tg.transport.request_serialization import RequestSerializer, set_serializer
from support.http_stub import StubServer, http_response, serve
from support.strategies import limited_examples

pytestmark = pytest.mark.usefixtures("credentials")

GROUP_ID = "tg-0123456789abcdefg"
TARGETS = [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2")]
ITEMS = [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2"}]
OPERATIONS = {"register_targets": "RegisterTargets", "deregister_targets": "DeregisterTargets"}


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
def test_botocore_serializes_only_the_first_request(method: str) -> None:
    """The first request shows whether the result is the same. If this test fails, adapt request_serialization.py."""
    with serve(http_response(200, {"successful": ITEMS})) as stub:
        client = create_client(stub)
        recorded = record_serialized_targets(client.boto3_client)
        for targets in (TARGETS[:1], TARGETS, TARGETS):
            getattr(client, method)(GROUP_ID, targets)

    assert recorded == [ITEMS[:1]]
    assert get_request_bodies(stub)[1:] == [json.dumps({"targets": ITEMS}).encode()] * 2


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
    client: Any = SimpleNamespace(_serializer=BOTOCORES)

    assert set_serializer(client) is True
    serializer = client._serializer
    assert isinstance(serializer, RequestSerializer)
    assert (serializer.serializer, serializer.validating_serializer) == (BOTOCORES, BOTOCORES)


BOTOCORES: Any = cast("Any", botocore.serialize).create_serializer("rest-json", include_validation=False)
SERVICE: Any = cast("Any", boto3).Session().client("vpc-lattice", region_name="eu-west-1").meta.service_model
OPERATION_NAMES = [name for name, value in vars(api).items() if isinstance(value, Operation) and value.is_prevalidated]
STRINGS = st.sampled_from(["", "tg-1", "a b/c?d=é&e", "null", '"', "{x}", "arn:aws:x:y/z+%20"])


def make_values(shape: Any) -> st.SearchStrategy[Any]:
    """Return a strategy that generates values for a shape. Members can be missing, and strings can be None."""
    match shape.type_name:
        case "structure":
            members = {name: make_values(member) for name, member in shape.members.items()}
            return st.fixed_dictionaries({}, optional=members)
        case "list":
            return st.lists(make_values(shape.member), max_size=3)
        case "map":
            return st.dictionaries(STRINGS, make_values(shape.value), max_size=2)
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers()
        case _:
            return STRINGS | st.none()


def make_parameters(operation: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy that generates the parameters of an operation. Parameters in the path are always present."""
    members: dict[str, Any] = SERVICE.operation_model(operation).input_shape.members
    in_path = {
        name: STRINGS.filter(bool) for name, shape in members.items() if shape.serialization.get("location") == "uri"
    }
    others = {name: make_values(shape) | st.none() for name, shape in members.items() if name not in in_path}
    return st.fixed_dictionaries(in_path, optional=others)


def serialize(serializer: Any, model: Any, parameters: dict[str, Any]) -> Any:
    """Return the request for prevalidated parameters."""

    def send(**request: Any) -> Any:
        return serializer.serialize_to_request(request, model)

    return send_prevalidated(send, model.name, parameters)


@pytest.mark.parametrize("name", OPERATION_NAMES)
@given(data=st.data())
@limited_examples
def test_requests_are_serialized_as_by_botocore(name: str, data: st.DataObject) -> None:
    """The first and all later requests of an operation are the same as botocore's."""
    operation: str = getattr(api, name).name
    serializer, model = RequestSerializer(BOTOCORES, None), SERVICE.operation_model(operation)
    requests = data.draw(st.lists(make_parameters(operation), min_size=2, max_size=4))

    for parameters in requests:
        assert serialize(serializer, model, parameters) == BOTOCORES.serialize_to_request(parameters, model)


class CountingSerializer:
    """A serializer that counts the requests that botocore serializes."""

    def __init__(self, **changes: Any) -> None:
        self.count = 0
        self.changes = changes

    def serialize_to_request(self, parameters: Any, model: Any) -> Any:
        """Return botocore's request with some changes."""
        self.count += 1
        return {**BOTOCORES.serialize_to_request(parameters, model), **self.changes}


COMMON_SHAPES: dict[str, Any] = {
    "String": {"type": "string"},
    "Number": {"type": "integer"},
    "Time": {"type": "timestamp"},
    "Bytes": {"type": "blob"},
    "Renamed": {"type": "structure", "members": {"id": {"shape": "String", "locationName": "Id"}}},
    "Document": {"type": "structure", "document": True, "members": {}},
    "Documents": {"type": "list", "member": {"shape": "Document"}},
    "Numbers": {"type": "list", "member": {"shape": "Number"}},
    "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Numbers"}},
    "BytesMap": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Bytes"}},
    "Structure": {"type": "structure", "members": {"value": {"shape": "Map"}}},
}
QUERY = {"location": "querystring"}
MEMBERS: list[tuple[dict[str, Any], Any, bool]] = [
    ({"shape": "Structure"}, {"value": {"a": [1]}}, True),
    ({"shape": "String", **QUERY, "locationName": "value"}, "a", True),
    ({"shape": "Number", **QUERY, "locationName": "value"}, 1, True),
    ({"shape": "String", **QUERY, "locationName": "v"}, "a", False),
    ({"shape": "Numbers", **QUERY, "locationName": "value"}, [1], False),
    ({"shape": "String", "location": "header", "locationName": "value"}, "a", False),
    ({"shape": "Number", "location": "uri", "locationName": "value"}, 1, False),
    ({"shape": "String", "locationName": "Value"}, "a", False),
    ({"shape": "Renamed"}, {"id": "a"}, False),
    ({"shape": "Documents"}, [{}], False),
    ({"shape": "Time"}, 0, False),
    ({"shape": "BytesMap"}, {"a": b"b"}, False),
]


def count_serialized(
    member: dict[str, Any], value: Any, http: dict[str, Any] | None = None, **options: Any
) -> tuple[int, list[Any]]:
    """Return the number of requests that botocore serialized, and both requests."""
    request = {"type": "structure", "members": {"value": member}, **options.pop("shape", {})}
    shape: Any = cast("Any", ShapeResolver)({**COMMON_SHAPES, "Request": request}).get_shape_by_name("Request")
    model = SimpleNamespace(
        idempotent_members=[],
        name="Operation",
        input_shape=shape,
        http={"method": "PUT", "requestUri": "/{value}" if member.get("location") == "uri" else "/", **(http or {})},
        endpoint=options.pop("endpoint", None),
    )
    botocores = CountingSerializer(**options)
    serializer = RequestSerializer(botocores, None)
    requests = [serialize(serializer, model, {"value": value}) for _ in range(2)]
    return botocores.count, requests


@pytest.mark.parametrize(("member", "value", "is_simple"), MEMBERS)
def test_members_with_other_shapes_are_serialized_by_botocore(
    member: dict[str, Any], value: Any, is_simple: bool
) -> None:
    """botocore serializes requests with a member that needs conversion or has another name."""
    count, requests = count_serialized(member, value)

    assert count == (1 if is_simple else 2)
    assert requests[0] == requests[1]


SPECIAL: list[dict[str, Any]] = [
    {"http": {"requestUri": "/{value+}"}},
    {"http": {"authPath": "/"}},
    {"endpoint": {"hostPrefix": "data."}},
    {"shape": {"payload": "value"}},
    {"headers": {"X-New": "1"}},
    {"new": "part"},
]


@pytest.mark.parametrize("special", SPECIAL)
def test_other_operations_are_serialized_by_botocore(special: dict[str, Any]) -> None:
    """botocore serializes the requests of operations with other settings, or if botocore adds a part."""
    location = {"location": "uri", "locationName": "value"} if "+}" in str(special) else {}
    shape = "Structure" if "payload" in str(special) else "String"

    count, requests = count_serialized({"shape": shape, **location}, {} if shape == "Structure" else "a", **special)

    assert count == 2
    assert requests[0] == requests[1]


def test_operation_without_input_is_serialized_by_botocore() -> None:
    """botocore serializes the requests of an operation without input."""
    model = SimpleNamespace(
        idempotent_members=[],
        name="Operation",
        input_shape=None,
        http={"method": "GET", "requestUri": "/"},
        endpoint=None,
    )
    botocores = CountingSerializer()
    serializer = RequestSerializer(botocores, None)

    requests = [serialize(serializer, model, {}) for _ in range(2)]

    assert requests[0] == requests[1] == BOTOCORES.serialize_to_request({}, model)
    assert botocores.count == 2
