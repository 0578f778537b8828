"""Health check updates, tags, deletion, and invalid identifiers."""

from collections.abc import Callable
from typing import Any

import pytest

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
from support.clients import MakeClient
from support.http_stub import http_response, serve
from support.sample_groups import ARN, FUNCTION, ID, SPEC, operations_and_statuses, wire_group

ALL_FIELDS = (
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
            ALL_FIELDS,
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
def test_update_sends_only_set_and_reset_fields(
    check: HealthCheck, reset: Any, sent: Any, make_client: MakeClient
) -> None:
    """An update contains only the fields that are set and the fields that are reset."""
    with serve(http_response(200, wire_group())) as stub:
        make_client(endpoint_url=stub.url).update_health_check(ID, check, reset=reset)

    (request,) = stub.requests
    assert (request.line, request.body) == (f"PATCH /targetgroups/{ID} HTTP/1.1", {"healthCheck": sent})


def test_reset_field_returns_to_service_default(client: TargetGroupClient) -> None:
    """A field that is reset has the service's default again."""
    group = client.create(SPEC, wait=True)

    updated = client.update_health_check(group, HealthCheck(path="/up"), reset=["interval_seconds"])

    check = updated.config.health_check
    assert check is not None
    assert (check.path, check.interval_seconds) == ("/up", 30)


@pytest.mark.parametrize(
    ("check", "reset", "message"),
    [
        (HealthCheck(port=80), ["port"], "reset[0]='port': is also set to 80. Either set or reset the field."),
        (
            HealthCheck(),
            [],
            "health_check=HealthCheck(): has no fields to update. Set a field, or pass the fields to reset as reset=[...].",
        ),
        (HealthCheck(), "port", "reset='port': must be an iterable of strings, not a string. Pass ['port']."),
        (HealthCheck(), None, "reset=None: must be an iterable. Pass a list."),
        (HealthCheck(), ["enabled"], "reset[0]='enabled': must be one of"),
        (HealthCheck(path=""), [], "health_check.path='': is reserved for resetting the field to its default"),
        ({"path": "/"}, [], "health_check={'path': '/'}: must be a HealthCheck"),
        (None, [], "health_check=None: must be a HealthCheck"),
    ],
)
def test_invalid_update_is_rejected(
    check: Any, reset: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """An invalid, empty or contradictory update is rejected before a request is sent."""
    with pytest.raises(InvalidSpecError) as caught:
        client.update_health_check(ID, check, reset=reset)

    assert str(caught.value.problems[0]).startswith(message)
    assert lattice.calls == ()


def test_tags_are_added_changed_and_removed(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """tag() and untag() add, change and remove only the named tags."""
    group = client.create(SPEC)

    client.tag(group, {"stage": "prod", "team": "cart"})
    client.untag(group, ["stage", "missing"])

    assert client.tags(group) == {"team": "cart"}
    assert [operation for operation, _ in operations_and_statuses(lattice)[1:]] == [
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ]


def test_tags_of_an_id_require_an_arn_lookup(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """tags() looks up the ARN if an id is passed, and sends no lookup if an ARN is passed."""
    group = client.create(FUNCTION)

    tags = [client.tags(group.id), client.tags(group.arn)]

    assert tags == [{}, {}]
    assert [operation for operation, _ in operations_and_statuses(lattice)[1:]] == [
        "GetTargetGroup",
        *["ListTagsForResource"] * 2,
    ]


def test_tags_are_immutable_and_hashable(client: TargetGroupClient) -> None:
    """tags() returns an immutable and hashable mapping."""
    tags = client.tags(client.create(SPEC))

    assert (hash(tags), not hasattr(tags, "__setitem__")) == (hash(tags), True)


def test_tags_of_untagged_group_are_empty(make_client: MakeClient) -> None:
    """If a group has no tags, tags() returns an empty mapping."""
    with serve(http_response(200, {"tags": {}})) as stub:
        assert make_client(endpoint_url=stub.url).tags(ARN) == {}


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({}, "tags={}: must not be empty. Pass at least one tag."),
        (None, "tags=None: must not be empty. Pass at least one tag."),
        ("team", "tags='team': must be a mapping of strings to strings"),
        ([("team", "shop")], "tags=[('team', 'shop')]: must be a mapping of strings to strings"),
        ({"aws:x": "1"}, "tags['aws:x']='aws:x': the key must not start with aws:"),
        ({"team": None}, "tags['team']=None: the value must be a string"),
    ],
)
def test_invalid_tags_are_rejected(
    tags: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """Invalid or missing tags are rejected before a request is sent."""
    with pytest.raises(InvalidSpecError) as caught:
        client.tag(ID, tags)

    assert str(caught.value.problems[0]).startswith(message)
    assert lattice.calls == ()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "keys=(): must not be empty. Pass at least one key."),
        ("team", "keys='team': must be an iterable of strings, not a string. Pass ['team']."),
        (None, "keys=None: must be an iterable. Pass a list."),
        ([5], "keys[0]=5: must be a string"),
    ],
)
def test_invalid_tag_keys_are_rejected(
    keys: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """Invalid or missing tag keys are rejected before a request is sent."""
    with pytest.raises(InvalidSpecError) as caught:
        client.untag(ID, keys)

    assert str(caught.value.problems[0]).startswith(message)
    assert lattice.calls == ()


def test_delete_can_be_repeated(client: TargetGroupClient) -> None:
    """delete() can be repeated while the group is being deleted."""
    group = client.create(SPEC, wait=True)
    expected = TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")

    assert [client.delete(group), client.delete(group.id)] == [expected, expected]


def test_delete_with_zero_timeout_sends_the_request(client: TargetGroupClient) -> None:
    """With timeout_seconds=0, delete() still sends the request."""
    group = client.create(SPEC, wait=True)

    assert client.delete(group, timeout_seconds=0) is not None


def test_delete_of_missing_group_raises_unless_missing_ok(client: TargetGroupClient) -> None:
    """delete() raises for a missing group unless missing_ok=True."""
    with pytest.raises(ResourceNotFoundError):
        client.delete(ID)

    assert client.delete(ID, missing_ok=True) is None


def test_health_check_of_lambda_group_is_rejected(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The client rejects a health check if a LAMBDA group is passed.

    If only the group's id is passed, VPC Lattice rejects the health check.
    """
    group = client.create(FUNCTION, wait=True)
    requests_before = len(lattice.calls)

    with pytest.raises(InvalidSpecError, match="is not supported for LAMBDA target groups"):
        client.update_health_check(group, HealthCheck.http("/up"))
    assert len(lattice.calls) == requests_before

    with pytest.raises(ValidationError):
        client.update_health_check(group.id, HealthCheck.http("/up"))


METHOD_CALLS: dict[str, Callable[[TargetGroupClient, Any], object]] = {
    "get": lambda client, identifier: client.get(identifier),
    "update_health_check": lambda client, identifier: client.update_health_check(identifier, HealthCheck.disabled()),
    "delete": lambda client, identifier: client.delete(identifier),
    "register_targets": lambda client, identifier: client.register_targets(identifier, []),
    "deregister_targets": lambda client, identifier: client.deregister_targets(identifier, []),
    "list_targets": lambda client, identifier: client.list_targets(identifier),
    "tags": lambda client, identifier: client.tags(identifier),
    "tag": lambda client, identifier: client.tag(identifier, {"a": "b"}),
    "untag": lambda client, identifier: client.untag(identifier, ["a"]),
    "wait_until_active": lambda client, identifier: client.wait_until_active(identifier),
    "wait_until_deleted": lambda client, identifier: client.wait_until_deleted(identifier),
}


@pytest.mark.parametrize("call", METHOD_CALLS.values(), ids=METHOD_CALLS)
@pytest.mark.parametrize("identifier", ["orders", "", " ", f" {ID}", f"{ID}\n", None, 5, [ID], {"id": ID}, SPEC])
def test_invalid_identifier_is_rejected_at_the_call(
    call: Callable[[TargetGroupClient, Any], object],
    identifier: Any,
    client: TargetGroupClient,
    lattice: VpcLatticeEmulator,
) -> None:
    """A group name or another invalid identifier is rejected immediately.

    The error names find().
    """
    with pytest.raises(InvalidIdentifierError, match=r"client\.find\(name\)") as caught:
        call(client, identifier)

    assert (caught.value.problems[0].value, lattice.calls) == (identifier, ())
