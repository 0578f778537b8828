"""Compatibility of boto3 with an emulator in another process."""

from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]

from interop.conftest import SESSION
from interop.helpers import Emulator

ROUTED = {"protocol": "HTTP", "vpcIdentifier": "vpc-12345678"}
UNKNOWN = "tg-00000000000000000"
GROUP_MEMBERS = {"resourceType": "TARGET_GROUP"}


@pytest.fixture
def group(client: Any) -> Any:
    """Create a group and return the response."""
    return client.create_target_group(name="orders", type="IP", config=ROUTED, tags={"team": "shop"})


def test_create_and_pagination(client: Any) -> None:
    """Groups are created and listed page by page."""
    created = [client.create_target_group(name=name, type="LAMBDA")["id"] for name in ("apples", "pears", "plums")]

    pages = client.get_paginator("list_target_groups").paginate(PaginationConfig={"PageSize": 2})

    assert [[item["id"] for item in page["items"]] for page in pages] == [created[:2], created[2:]]


def test_targets(client: Any, group: Any) -> None:
    """Targets are registered, listed in pages and deregistered."""
    identifier = {"targetGroupIdentifier": group["arn"]}
    client.register_targets(**identifier, targets=[{"id": f"10.0.0.{number}"} for number in range(1, 6)])

    response = client.deregister_targets(**identifier, targets=[{"id": "10.0.0.1"}, {"id": "10.0.0.9"}])
    pages = list(client.get_paginator("list_targets").paginate(**identifier, PaginationConfig={"PageSize": 3}))

    assert response["successful"] == [{"id": "10.0.0.1", "port": 80}]
    assert [item["failureCode"] for item in response["unsuccessful"]] == ["TargetNotFound"]
    assert [[item["id"] for item in page["items"]] for page in pages] == [
        ["10.0.0.2", "10.0.0.3", "10.0.0.4"],
        ["10.0.0.5"],
    ]


def test_tags_update_and_delete(client: Any, group: Any) -> None:
    """Tags and the health check are changed, and the group is deleted."""
    client.tag_resource(resourceArn=group["arn"], tags={"stage": "test"})
    client.untag_resource(resourceArn=group["arn"], tagKeys=["team"])
    tags = client.list_tags_for_resource(resourceArn=group["arn"])["tags"]
    updated = client.update_target_group(targetGroupIdentifier=group["id"], healthCheck={"path": "/ready"})
    client.delete_target_group(targetGroupIdentifier=group["id"])

    remaining = client.list_target_groups()["items"]

    assert (tags, updated["config"]["healthCheck"]["path"], remaining) == ({"stage": "test"}, "/ready", [])


def test_errors_have_class_status_and_members(client: Any, group: Any, emulator: Emulator) -> None:
    """Each error has the expected class, status and members, and is not retried."""
    emulator.inject("set_quota", quota="target_groups", limit=1)
    cases: list[tuple[Any, ...]] = [
        (client.exceptions.ConflictException, 409, GROUP_MEMBERS | {"resourceId": group["id"]},
         client.create_target_group, {"name": "orders", "type": "LAMBDA"}),
        (client.exceptions.ServiceQuotaExceededException, 402, GROUP_MEMBERS | {"serviceCode": "vpc-lattice"},
         client.create_target_group, {"name": "second", "type": "LAMBDA"}),
        (client.exceptions.ValidationException, 400, {"reason": "fieldValidationFailed"},
         client.create_target_group, {"name": "tg-orders", "type": "LAMBDA"}),
        (client.exceptions.ResourceNotFoundException, 404, GROUP_MEMBERS | {"resourceId": UNKNOWN},
         client.get_target_group, {"targetGroupIdentifier": UNKNOWN}),
    ]  # fmt: skip

    for error, status, members, call, params in cases:
        with pytest.raises(error) as raised:
            call(**params)
        response: Any = raised.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert members.items() <= response.items()

    assert [status for _, status in emulator.calls()] == [201, 409, 402, 400, 404]


def test_throttled_requests_are_retried(client: Any, emulator: Emulator) -> None:
    """boto3 retries throttled requests and finally raises a ThrottlingException."""
    emulator.inject("throttle", operation="ListTargetGroups", times=1)
    client.list_target_groups()
    emulator.inject("throttle", operation="GetTargetGroup", times=9, retry_after_seconds=7)

    with pytest.raises(client.exceptions.ThrottlingException) as raised:
        client.get_target_group(targetGroupIdentifier=UNKNOWN)

    response: Any = raised.value.response
    statuses = [status for operation, status in emulator.calls() if operation == "GetTargetGroup"]
    assert (response["retryAfterSeconds"], response["serviceCode"]) == (7, "vpc-lattice")
    assert response["ResponseMetadata"]["RetryAttempts"] == len(statuses) - 1
    assert set(statuses) == {429}
    assert emulator.calls()[:2] == [("ListTargetGroups", 429), ("ListTargetGroups", 200)]


def test_a_dropped_response_creates_one_group(client: Any, emulator: Emulator) -> None:
    """boto3 repeats the create request with the same token, and only one group exists."""
    emulator.inject("drop_response", operation="CreateTargetGroup")

    created = client.create_target_group(name="orders", type="LAMBDA")

    first, second = emulator.recorded_calls()
    assert first["params"] == second["params"]
    assert [item["id"] for item in client.list_target_groups()["items"]] == [created["id"]]


def test_a_dropped_response_without_retries_conflicts(emulator: Emulator) -> None:
    """If the caller repeats the creation, the new request has a new token and conflicts."""
    client = SESSION.client("vpc-lattice", endpoint_url=emulator.url, config=Config(retries={"total_max_attempts": 1}))
    emulator.inject("drop_response", operation="CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")
    with pytest.raises(client.exceptions.ConflictException, match="already exists"):
        client.create_target_group(name="orders", type="LAMBDA")
    client.close()

    assert emulator.calls() == [("CreateTargetGroup", None), ("CreateTargetGroup", 409)]


def test_accounts_and_regions_are_separate(client: Any, group: Any, emulator: Emulator) -> None:
    """Clients of another account or Region do not list the group."""
    for options in ({"region_name": "us-west-2"}, {"aws_access_key_id": "111122223333"}):
        other = SESSION.client("vpc-lattice", endpoint_url=emulator.url, aws_secret_access_key="any",
                               **{"aws_access_key_id": "testing"} | options)  # fmt: skip
        assert other.list_target_groups()["items"] == []
        other.close()

    assert len(client.list_target_groups()["items"]) == 1


def test_weights_move_between_groups(client: Any, group: Any, emulator: Emulator) -> None:
    """The weights of a default action and of a rule are changed, and faults apply to the requests."""
    green = client.create_target_group(name="green", type="IP", config=ROUTED)
    service = client.create_service(name="shop")["arn"]
    listener = {"serviceIdentifier": service}
    listener["listenerIdentifier"] = client.create_listener(
        **listener, name="http", protocol="HTTP", defaultAction=forward_with_weights({group["id"]: 100})
    )["arn"]
    rule = client.create_rule(
        **listener,
        name="get",
        priority=1,
        match={"httpMatch": {"method": "GET"}},
        action=forward_with_weights({group["arn"]: 999, green["arn"]: 0}),
    )["arn"]
    moved = forward_with_weights({group["id"]: 0, green["id"]: 999})
    emulator.inject("throttle", operation="UpdateListener", times=1)
    emulator.inject("drop_response", operation="BatchUpdateRule", times=1)

    client.update_listener(**listener, defaultAction=moved)
    batch = client.batch_update_rule(**listener, rules=[{"ruleIdentifier": rule, "priority": 2, "action": moved}])

    assert client.get_listener(**listener)["defaultAction"] == moved
    assert [(item["priority"], item["action"]) for item in batch["successful"]] == [(2, moved)]
    pages = list(client.get_paginator("list_rules").paginate(**listener, PaginationConfig={"PageSize": 1}))
    assert [[item["isDefault"] for item in page["items"]] for page in pages] == [[True], [False]]
    default = client.get_rule(**listener, ruleIdentifier=pages[0]["items"][0]["arn"])
    assert (default["isDefault"], default["action"], "match" in default) == (True, moved, False)
    assert client.get_target_group(targetGroupIdentifier=green["id"])["serviceArns"] == [service]
    statuses = [status for operation, status in emulator.calls() if operation in ("UpdateListener", "BatchUpdateRule")]
    assert statuses == [429, 200, None, 200]


def test_a_group_of_another_service_is_rejected(client: Any, group: Any) -> None:
    """boto3 finds the class and members of the error for a group that another service uses."""
    for name in ("shop", "stock"):
        service = client.create_service(name=name)["id"]
        params = {"serviceIdentifier": service, "name": "http", "protocol": "HTTP"}
        if name == "shop":
            client.create_listener(**params, defaultAction=forward_with_weights({group["id"]: 1}))

    with pytest.raises(client.exceptions.ConflictException) as raised:
        client.create_listener(**params, defaultAction=forward_with_weights({group["id"]: 1}))

    response: Any = raised.value.response
    assert (response["resourceId"], response["resourceType"]) == (group["id"], "TARGET_GROUP")


def test_groups_are_found_by_tag(group: Any, emulator: Emulator) -> None:
    """The Resource Groups Tagging API finds groups and changes their tags."""
    tagging = SESSION.client("resourcegroupstaggingapi", endpoint_url=emulator.url)

    failures = tagging.tag_resources(ResourceARNList=[group["arn"]], Tags={"stage": "test"})["FailedResourcesMap"]
    found = tagging.get_resources(ResourceTypeFilters=["vpc-lattice:targetgroup"], TagFilters=[{"Key": "stage"}])
    tagging.close()

    [item] = found["ResourceTagMappingList"]
    tags = {tag["Key"]: tag["Value"] for tag in item["Tags"]}
    assert (failures, item["ResourceARN"], tags) == ({}, group["arn"], {"team": "shop", "stage": "test"})


def forward_with_weights(weights: dict[str, int]) -> dict[str, Any]:
    """Return an action that forwards to groups with these weights."""
    groups = [{"targetGroupIdentifier": identifier, "weight": weight} for identifier, weight in weights.items()]
    return {"forward": {"targetGroups": groups}}
