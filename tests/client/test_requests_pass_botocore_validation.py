"""Validity of all requests, even after invalid arguments and invalid responses."""

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterator
from functools import partial
from typing import Any, cast

import attrs
import pytest
from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters  # pyright: ignore[reportUnknownVariableType]

from lattice_tg import HealthCheck, LatticeError, RetryPolicy, Target, TargetGroup, TargetGroupClient
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.testing import VirtualClock, mock_vpc_lattice
from support.model_examples import ARN, VPC

GROUP_ID = "tg-0123456789abcdefg"
BUILT, CALLED = "before-parameter-build", "before-call.vpc-lattice"


@pytest.fixture(scope="module")
def client() -> Generator[TargetGroupClient]:
    """Yield a client of the emulator with retries disabled."""
    options: dict[str, Any] = {"retry": RetryPolicy(max_attempts=1), "allow_unknown": True, "clock": VirtualClock()}
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1", **options) as client:
        yield client


def record_requests(client: TargetGroupClient, call: Callable[[], object]) -> list[tuple[Any, Any]]:
    """Return the parameters and the input shape of each request that ``call`` sends.

    Requests that the library or botocore rejects before they are sent are omitted.
    """
    sent: list[tuple[Any, Any]] = []
    built: list[tuple[Any, Any]] = []

    def record_parameters(params: Any, model: Any, **_: object) -> None:
        built[:] = [(dict(params), model.input_shape)]

    def record_validated(**_: object) -> None:
        sent.extend(built)

    events = client.boto3_client.meta.events
    events.register(BUILT, record_parameters)
    events.register_first(CALLED, record_validated)
    try:
        result = call()
        if isinstance(result, Iterator):  # Iterators send requests when they are consumed.
            deque(cast("Iterator[object]", result), maxlen=0)
    except LatticeError:
        pass
    finally:
        events.unregister(BUILT, record_parameters)
        events.unregister(CALLED, record_validated)
    return sent


JUNK: tuple[Any, ...] = (
    None,
    "",
    " ",
    "x",
    "tg-",
    "x" * 3000,
    "\ud800",
    b"x",
    0,
    1,
    -1,
    80,
    65536,
    10**30,
    1.5,
    True,
    (),
    [],
    {},
    {"a": 1},
    object(),
)


def replace_parts(value: Any, junk: Any) -> Iterator[Any]:
    """Yield variants of ``value`` in which ``junk`` replaces the value, one field or one item."""
    yield junk
    if attrs.has(value.__class__):
        fields = ["id", "arn"] if isinstance(value, TargetGroup) else list(attrs.fields_dict(value.__class__))
        for name in fields:  # Callers do not set the other fields of a TargetGroup.
            yield from (attrs.evolve(value, **{name: bad}) for bad in replace_parts(getattr(value, name), junk))
    elif isinstance(value, list):
        yield from ([*TWO, bad] for bad in replace_parts(TWO[1], junk))
    elif isinstance(value, FrozenMapping):
        yield FrozenMapping({"a": junk})
        if isinstance(junk, Hashable):
            yield FrozenMapping({junk: "b"})


SPEC = TargetGroupSpec(
    name="orders",
    type="IP",
    config=TargetGroupConfig(
        port=80,
        protocol="HTTP",
        vpc_identifier=VPC,
        health_check=HealthCheck.http(port=80, interval_seconds=30, success_codes="200"),
    ),
    tags={"a": "b"},
)
GROUP = TargetGroup(id=GROUP_ID, arn=ARN, name="orders", type="IP", status="ACTIVE")
TWO = [Target.ip("10.0.0.1"), Target.ip("10.0.0.2", 81)]

METHODS: dict[str, dict[str, Any]] = {
    "create": {"spec": SPEC, "client_token": "token"},
    "get": {"target_group": GROUP},
    "find": {"name": "orders"},
    "list": {"type": "IP", "vpc_identifier": VPC},
    "update_health_check": {"target_group": GROUP_ID, "health_check": HealthCheck.http("/up"), "reset": ("matcher",)},
    "delete": {"target_group": GROUP_ID},
    "register_targets": {"target_group": GROUP, "targets": TWO},
    "iter_register_targets": {"target_group": GROUP_ID, "targets": TWO},
    "deregister_targets": {"target_group": GROUP, "targets": TWO},
    "list_targets": {"target_group": GROUP, "targets": TWO},
    "ensure": {"spec": SPEC, "targets": TWO, "run_id": "salt"},
}
"""Valid arguments of each method."""


@pytest.mark.parametrize("method", METHODS)
def test_invalid_arguments_never_reach_botocore_validation(client: TargetGroupClient, method: str) -> None:
    """If one part of a valid call is replaced with junk, all requests that are sent are valid."""
    valid, call = METHODS[method], getattr(client, method)
    variants = [{**valid, name: bad} for name in valid for junk in JUNK for bad in replace_parts(valid[name], junk)]

    assert record_requests(client, lambda: call(**valid))
    for arguments in variants:
        for params, shape in record_requests(client, partial(call, **arguments)):
            validate_parameters(params, shape)


GROUP_RESPONSE: dict[str, Any] = {
    "id": GROUP_ID,
    "arn": ARN,
    "name": "orders",
    "type": "IP",
    "status": "ACTIVE",
    "config": {
        "port": 80,
        "protocol": "HTTP",
        "vpcIdentifier": VPC,
        "healthCheck": {"enabled": True, "path": "/old", "port": 80, "matcher": {"httpCode": "201"}},
    },
}
TARGET_ITEMS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.9", "port": 81, "status": "UNUSED"}]
RESPONSES: dict[str, dict[str, Any]] = {
    "CreateTargetGroup": GROUP_RESPONSE,
    "GetTargetGroup": GROUP_RESPONSE,
    "UpdateTargetGroup": GROUP_RESPONSE,
    "DeleteTargetGroup": {"id": GROUP_ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"},
    "ListTargetGroups": {"items": [{**GROUP_RESPONSE, "vpcIdentifier": VPC}]},
    "ListTargets": {"items": TARGET_ITEMS},
    "RegisterTargets": {"successful": TARGET_ITEMS[:1], "unsuccessful": [{"id": "10.0.0.2", "failureCode": "X"}]},
    "DeregisterTargets": {"successful": TARGET_ITEMS, "unsuccessful": []},
    "ListTagsForResource": {"tags": {"a": "b"}},
    "TagResource": {},
}
"""A valid response of each operation."""


def garble(value: Any) -> Iterator[Any]:
    """Yield variants of a part of a response that would be invalid in a request."""
    match value:
        case dict():
            members = cast("dict[str, Any]", value)
            yield from ({**members, name: bad} for name in members for bad in garble(members[name]))
            yield {}
        case [first, *others]:
            yield from ([bad, *others] for bad in garble(first))
            yield from (None, [], [None])
        case []:
            yield from (None, [None])
        case str():
            yield from (None, "", " ", "x", "x" * 3000)
        case _:
            yield from (None, 0, -1, 65536, "80")


CALLS: dict[str, Callable[[TargetGroupClient], object]] = {
    "create": lambda client: client.create(SPEC, wait=True, timeout_seconds=3),
    "copy": lambda client: client.create(client.get(GROUP_ID).to_spec()),
    "get all": lambda client: [client.get(summary) for summary in client.list()],
    "delete": lambda client: client.delete(GROUP_ID, drain=True, wait=True, timeout_seconds=3),
    "delete all": lambda client: [client.delete(summary) for summary in client.list()],
    "register": lambda client: client.register_targets(client.get(GROUP_ID), TWO),
    "register the listed targets": lambda client: client.register_targets(
        GROUP_ID, [Target(id=item.id, port=item.port) for item in client.list_targets(GROUP_ID)]
    ),
    "deregister": lambda client: client.deregister_targets(GROUP_ID, TWO, wait=True, timeout_seconds=3),
    "list targets": lambda client: client.list_targets(GROUP_ID, TWO),
    "ensure": lambda client: client.ensure(SPEC, targets=TWO, prune=True),
    "replace": lambda client: client.ensure(attrs.evolve(SPEC, type="INSTANCE"), targets=[], prune=True, replace=True),
    "wait": lambda client: client.wait_until_healthy(GROUP_ID, timeout_seconds=3),
    "wait for two targets": lambda client: client.wait_until_healthy(client.get(GROUP_ID), TWO, timeout_seconds=3),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("operation", RESPONSES)
def test_invalid_responses_never_lead_to_invalid_requests(client: TargetGroupClient, call: str, operation: str) -> None:
    """If one part of a response is replaced with junk, all requests that follow are valid."""
    responses = dict(RESPONSES)

    def respond(model: Any, **_: object) -> tuple[Any, dict[str, Any]]:
        return response, {**responses[model.name], "ResponseMetadata": {"HTTPStatusCode": 200}}

    response: Any = AWSResponse("https://aws", 200, {}, None)  # pyright: ignore[reportUnknownArgumentType]
    events = client.boto3_client.meta.events
    events.register(CALLED, respond)
    try:
        for variant in [RESPONSES[operation], *garble(RESPONSES[operation])]:
            responses[operation] = variant
            sent = record_requests(client, partial(CALLS[call], client))
            assert sent
            for params, shape in sent:
                validate_parameters(params, shape)
    finally:
        events.unregister(CALLED, respond)
