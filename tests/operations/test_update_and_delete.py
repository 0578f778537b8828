"""update_health_check, tags, plain delete, and what names no group."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import MakeClient
from lattice_tg import (
    HealthCheck,
    InvalidIdentifierError,
    InvalidSpecError,
    Matcher,
    ResourceNotFoundError,
    TargetGroupClient,
    TargetGroupDeletion,
    ValidationError,
)
from lattice_tg.testing import VpcLatticeEmulator
from support.http_stub import answer, answering
from support.sample_groups import ARN, FUNCTION, ID, SPEC, operations_and_statuses, wire_group

EVERYTHING = (
    "port",
    "path",
    "interval_seconds",
    "timeout_seconds",
    "healthy_threshold_count",
    "unhealthy_threshold_count",
    "matcher",
)


@pytest.mark.parametrize(
    ("check", "reset", "sent"),
    [
        (HealthCheck(interval_seconds=20), (), {"healthCheckIntervalSeconds": 20}),
        (HealthCheck.disabled(), (), {"enabled": False}),
        (HealthCheck(matcher=Matcher(http_code="200-299")), ["port"], {"matcher": {"httpCode": "200-299"}, "port": 0}),
        (
            HealthCheck(),
            EVERYTHING,
            {
                "port": 0,
                "path": "",
                "healthCheckIntervalSeconds": 0,
                "healthCheckTimeoutSeconds": 0,
                "healthyThresholdCount": 0,
                "unhealthyThresholdCount": 0,
                "matcher": {"httpCode": ""},
            },
        ),
        (HealthCheck(), {"path"}, {"path": ""}),
        (HealthCheck(), ("path", "path"), {"path": ""}),
    ],
)
def test_exactly_what_is_set_is_sent(check: HealthCheck, reset: Any, sent: Any, make_client: MakeClient) -> None:
    """An update has what is set, and the service's word for what is reset; nothing else."""
    with answering(answer(200, wire_group())) as stub:
        make_client(endpoint_url=stub.url).update_health_check(ID, check, reset=reset)

    (asked,) = stub.asked
    assert (asked.line, asked.body) == (f"PATCH /targetgroups/{ID} HTTP/1.1", {"healthCheck": sent})


def test_a_reset(client: TargetGroupClient) -> None:
    """What is reset has the service's default again."""
    group = client.create(SPEC, wait=True)

    updated = client.update_health_check(group, HealthCheck(path="/up"), reset=["interval_seconds"])

    check = updated.config.health_check
    assert check is not None
    assert (check.path, check.interval_seconds) == ("/up", 30)


@pytest.mark.parametrize(
    ("check", "reset", "message"),
    [
        (HealthCheck(port=80), ["port"], "reset[0]='port': is also set to 80. Either set it or reset it."),
        (HealthCheck(), [], "health_check=HealthCheck(): has no changes. Set a field, or name one in reset."),
        (HealthCheck(), "port", "reset='port': must be an iterable of values. Pass ['port']."),
        (HealthCheck(), None, "reset=None: must be an iterable. Pass a list."),
        (HealthCheck(), ["enabled"], "reset[0]='enabled': must be one of"),
        (HealthCheck(path=""), [], "health_check.path='': means reset to default"),
        ({"path": "/"}, [], "health_check={'path': '/'}: must be a HealthCheck"),
        (None, [], "health_check=None: must be a HealthCheck"),
    ],
)
def test_wrong_updates(
    check: Any, reset: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """An update that says too much, nothing, or nonsense is refused before anything is sent."""
    with pytest.raises(InvalidSpecError) as caught:
        client.update_health_check(ID, check, reset=reset)

    assert str(caught.value.problems[0]).startswith(message)
    assert lattice.calls == ()


def test_tags(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Tags are added, changed and taken off; the others stay."""
    group = client.create(SPEC)

    client.tag(group, {"stage": "live", "team": "cart"})
    client.untag(group, ["stage", "never-there"])

    assert client.tags(group) == {"team": "cart"}
    assert [operation for operation, _ in operations_and_statuses(lattice)[1:]] == [
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ]


def test_tags_of_an_id(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """For an id the ARN is read first; for an ARN it is not."""
    group = client.create(FUNCTION)

    found = [client.tags(group.id), client.tags(group.arn)]

    assert found == [{}, {}]
    assert [operation for operation, _ in operations_and_statuses(lattice)[1:]] == [
        "GetTargetGroup",
        *["ListTagsForResource"] * 2,
    ]


def test_tags_cannot_be_changed_by_hand(client: TargetGroupClient) -> None:
    """The mapping that is returned is the reader's own, and hashes."""
    tags = client.tags(client.create(SPEC))

    assert (hash(tags), not hasattr(tags, "__setitem__")) == (hash(tags), True)


@pytest.mark.parametrize("empty", [{}, {"tags": None}, {"tags": {}}])
def test_no_tags(empty: dict[str, Any], make_client: MakeClient) -> None:
    """A group without tags has an empty mapping, however the service says it."""
    with answering(answer(200, empty)) as stub:
        assert make_client(endpoint_url=stub.url).tags(ARN) == {}


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({}, "tags={}: must not be empty. Name at least one tag."),
        (None, "tags=None: must not be empty. Name at least one tag."),
        ("team", "tags='team': must be a mapping of strings to strings"),
        ([("team", "shop")], "tags=[('team', 'shop')]: must be a mapping of strings to strings"),
        ({"aws:x": "1"}, "tags['aws:x']='aws:x': the key must not start with aws:"),
        ({"team": None}, "tags['team']=None: the value must be a string"),
    ],
)
def test_wrong_tags(tags: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Tags that cannot be, and none at all, are refused before anything is sent."""
    with pytest.raises(InvalidSpecError) as caught:
        client.tag(ID, tags)

    assert str(caught.value.problems[0]).startswith(message)
    assert lattice.calls == ()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "keys=(): must not be empty. Name at least one tag."),
        ("team", "keys='team': must be an iterable of values. Pass ['team']."),
        (None, "keys=None: must be an iterable. Pass a list."),
        ([5], "keys[5]=5: the key must be a string"),
    ],
)
def test_wrong_keys(keys: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Keys that cannot be, and none at all, are refused before anything is sent."""
    with pytest.raises(InvalidSpecError) as caught:
        client.untag(ID, keys)

    assert str(caught.value.problems[0]).startswith(message)
    assert lattice.calls == ()


def test_delete(client: TargetGroupClient) -> None:
    """A delete returns what the service says, and can be repeated while the group is going."""
    group = client.create(SPEC, wait=True)
    expected = TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")

    assert [client.delete(group), client.delete(group.id)] == [expected, expected]


def test_delete_without_time(client: TargetGroupClient) -> None:
    """timeout_seconds=0 still sends the request."""
    group = client.create(SPEC, wait=True)

    assert client.delete(group, timeout_seconds=0) is not None


def test_delete_what_is_gone(client: TargetGroupClient) -> None:
    """A group that is not there is an error, unless it may be missing."""
    with pytest.raises(ResourceNotFoundError):
        client.delete(ID)

    assert client.delete(ID, missing_ok=True) is None


def test_a_health_check_for_a_function(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A description tells the type, and what that type does not have is not sent; an id does not tell it."""
    group = client.create(FUNCTION, wait=True)
    before = len(lattice.calls)

    with pytest.raises(InvalidSpecError, match="is not supported for LAMBDA target groups"):
        client.update_health_check(group, HealthCheck.http("/up"))
    assert len(lattice.calls) == before

    with pytest.raises(ValidationError):
        client.update_health_check(group.id, HealthCheck.http("/up"))


CALLS: dict[str, Callable[[TargetGroupClient, Any], object]] = {
    "get": lambda client, name: client.get(name),
    "update_health_check": lambda client, name: client.update_health_check(name, HealthCheck.disabled()),
    "delete": lambda client, name: client.delete(name),
    "register_targets": lambda client, name: client.register_targets(name, []),
    "deregister_targets": lambda client, name: client.deregister_targets(name, []),
    "list_targets": lambda client, name: client.list_targets(name),
    "tags": lambda client, name: client.tags(name),
    "tag": lambda client, name: client.tag(name, {"a": "b"}),
    "untag": lambda client, name: client.untag(name, ["a"]),
    "wait_until_active": lambda client, name: client.wait_until_active(name),
    "wait_until_deleted": lambda client, name: client.wait_until_deleted(name),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("name", ["orders", "", " ", f" {ID}", f"{ID}\n", None, 5, [ID], {"id": ID}, SPEC])
def test_what_names_no_group(
    call: Callable[[TargetGroupClient, Any], object], name: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """A name, nothing, a dict or a spec where an id belongs is refused at the call, and find is named."""
    with pytest.raises(InvalidIdentifierError, match=r"client\.find\(name\)") as caught:
        call(client, name)

    assert (caught.value.problems[0].value, lattice.calls) == (name, ())
