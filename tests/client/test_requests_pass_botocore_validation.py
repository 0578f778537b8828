"""What leaves the client is what botocore's own check lets through: whatever our verbs are called with, and told."""

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
    """A client that we make ourselves, which sends nothing twice."""
    options: dict[str, Any] = {"retry": RetryPolicy(max_attempts=1), "allow_unknown": True, "clock": VirtualClock()}
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1", **options) as client:
        yield client


def sent_by(client: TargetGroupClient, verb: Callable[[], object]) -> list[tuple[Any, Any]]:
    """The requests that a verb sends, each with what the service model says of it; not those that a check refused."""
    sent: list[tuple[Any, Any]] = []
    built: list[tuple[Any, Any]] = []

    def note(params: Any, model: Any, **_: object) -> None:
        built[:] = [(dict(params), model.input_shape)]

    def note_passed(**_: object) -> None:
        sent.extend(built)

    events = client.boto3_client.meta.events
    events.register(BUILT, note)
    events.register_last(BUILT, note_passed)
    try:
        answer = verb()
        if isinstance(answer, Iterator):  # a list asks when it is read
            deque(cast("Iterator[object]", answer), maxlen=0)
    except LatticeError:
        pass
    finally:
        events.unregister(BUILT, note)
        events.unregister(BUILT, note_passed)
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


def spoilt(value: Any, junk: Any) -> Iterator[Any]:
    """What there is to make of an argument with junk in one place: all of it, a field, an entry."""
    yield junk
    if attrs.has(value.__class__):
        fields = ["id", "arn"] if isinstance(value, TargetGroup) else list(attrs.fields_dict(value.__class__))
        for name in fields:  # a description has its other fields from the service
            yield from (attrs.evolve(value, **{name: bad}) for bad in spoilt(getattr(value, name), junk))
    elif isinstance(value, list):
        yield from ([*TWO, bad] for bad in spoilt(TWO[1], junk))
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

VERBS: dict[str, dict[str, Any]] = {
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
"""What each verb may be called with."""


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_a_verb_is_called_with(client: TargetGroupClient, verb: str) -> None:
    """Our rules refuse what botocore would have refused: of a call that is right, each place is filled with junk."""
    right, call = VERBS[verb], getattr(client, verb)
    wrong = [{**right, name: bad} for name in right for junk in JUNK for bad in spoilt(right[name], junk)]

    assert sent_by(client, lambda: call(**right))
    for arguments in wrong:
        for params, shape in sent_by(client, partial(call, **arguments)):
            validate_parameters(params, shape)


TOLD_GROUP: dict[str, Any] = {
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
TOLD_TARGETS = [{"id": "10.0.0.1", "port": 80, "status": "HEALTHY"}, {"id": "10.0.0.9", "port": 81, "status": "UNUSED"}]
RIGHT: dict[str, dict[str, Any]] = {
    "CreateTargetGroup": TOLD_GROUP,
    "GetTargetGroup": TOLD_GROUP,
    "UpdateTargetGroup": TOLD_GROUP,
    "DeleteTargetGroup": {"id": GROUP_ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"},
    "ListTargetGroups": {"items": [{**TOLD_GROUP, "vpcIdentifier": VPC}]},
    "ListTargets": {"items": TOLD_TARGETS},
    "RegisterTargets": {"successful": TOLD_TARGETS[:1], "unsuccessful": [{"id": "10.0.0.2", "failureCode": "X"}]},
    "DeregisterTargets": {"successful": TOLD_TARGETS, "unsuccessful": []},
    "ListTagsForResource": {"tags": {"a": "b"}},
    "TagResource": {},
}
"""What the service answers to each operation."""


def garbled(value: Any) -> Iterator[Any]:
    """What may become of a part of a reply: nothing, or text and numbers that the service would not take back."""
    match value:
        case dict():
            members = cast("dict[str, Any]", value)
            yield from ({**members, name: bad} for name in members for bad in garbled(members[name]))
            yield {}
        case [first, *others]:
            yield from ([bad, *others] for bad in garbled(first))
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
    "get each": lambda client: [client.get(row) for row in client.list()],
    "delete": lambda client: client.delete(GROUP_ID, drain=True, wait=True, timeout_seconds=3),
    "delete each": lambda client: [client.delete(row) for row in client.list()],
    "register": lambda client: client.register_targets(client.get(GROUP_ID), TWO),
    "register those listed": lambda client: client.register_targets(
        GROUP_ID, [Target(id=row.id, port=row.port) for row in client.list_targets(GROUP_ID)]
    ),
    "deregister": lambda client: client.deregister_targets(GROUP_ID, TWO, wait=True, timeout_seconds=3),
    "list targets": lambda client: client.list_targets(GROUP_ID, TWO),
    "ensure": lambda client: client.ensure(SPEC, targets=TWO, prune=True),
    "replace": lambda client: client.ensure(attrs.evolve(SPEC, type="INSTANCE"), targets=[], prune=True, replace=True),
    "wait": lambda client: client.wait_until_healthy(GROUP_ID, timeout_seconds=3),
    "wait for some": lambda client: client.wait_until_healthy(client.get(GROUP_ID), TWO, timeout_seconds=3),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("operation", RIGHT)
def test_whatever_the_service_answers(client: TargetGroupClient, call: str, operation: str) -> None:
    """What a reply tells, be it wrong in any one place, goes into no request that botocore would have refused."""
    replies = dict(RIGHT)

    def answer(model: Any, **_: object) -> tuple[Any, dict[str, Any]]:
        return response, {**replies[model.name], "ResponseMetadata": {"HTTPStatusCode": 200}}

    response: Any = AWSResponse("https://aws", 200, {}, None)  # pyright: ignore[reportUnknownArgumentType]
    events = client.boto3_client.meta.events
    events.register(CALLED, answer)
    try:
        for told in [RIGHT[operation], *garbled(RIGHT[operation])]:
            replies[operation] = told
            sent = sent_by(client, partial(CALLS[call], client))
            assert sent
            for params, shape in sent:
                validate_parameters(params, shape)
    finally:
        events.unregister(CALLED, answer)
