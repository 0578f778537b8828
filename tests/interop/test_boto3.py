"""Plain boto3 with the emulator in another process."""

from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]

from interop.conftest import SESSION
from interop.helpers import Emulator

ROUTED = {"protocol": "HTTP", "vpcIdentifier": "vpc-12345678"}
UNKNOWN = "tg-00000000000000000"
NAMED = {"resourceType": "TARGET_GROUP"}


@pytest.fixture
def group(client: Any) -> Any:
    """Create a group."""
    return client.create_target_group(name="orders", type="IP", config=ROUTED, tags={"team": "shop"})


def test_create_and_pagination(client: Any) -> None:
    """Groups are created and listed page by page."""
    made = [client.create_target_group(name=name, type="LAMBDA")["id"] for name in ("apples", "pears", "plums")]

    pages = client.get_paginator("list_target_groups").paginate(PaginationConfig={"PageSize": 2})

    assert [[row["id"] for row in page["items"]] for page in pages] == [made[:2], made[2:]]


def test_targets(client: Any, group: Any) -> None:
    """Targets are registered, listed in pages and deregistered."""
    named = {"targetGroupIdentifier": group["arn"]}
    client.register_targets(**named, targets=[{"id": f"10.0.0.{number}"} for number in range(1, 6)])

    gone = client.deregister_targets(**named, targets=[{"id": "10.0.0.1"}, {"id": "10.0.0.9"}])
    pages = list(client.get_paginator("list_targets").paginate(**named, PaginationConfig={"PageSize": 3}))

    assert gone["successful"] == [{"id": "10.0.0.1", "port": 80}]
    assert [row["failureCode"] for row in gone["unsuccessful"]] == ["TargetNotFound"]
    assert [[row["id"] for row in page["items"]] for page in pages] == [
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

    left = client.list_target_groups()["items"]

    assert (tags, updated["config"]["healthCheck"]["path"], left) == ({"stage": "test"}, "/ready", [])


def test_errors_have_class_status_and_members(client: Any, group: Any, emulator: Emulator) -> None:
    """Each error has its class, status and members, and is not retried."""
    emulator.inject("set_quota", quota="target_groups", limit=1)
    wanted: list[tuple[Any, ...]] = [
        (client.exceptions.ConflictException, 409, NAMED | {"resourceId": group["id"]},
         client.create_target_group, {"name": "orders", "type": "LAMBDA"}),
        (client.exceptions.ServiceQuotaExceededException, 402, NAMED | {"serviceCode": "vpc-lattice"},
         client.create_target_group, {"name": "second", "type": "LAMBDA"}),
        (client.exceptions.ValidationException, 400, {"reason": "fieldValidationFailed"},
         client.create_target_group, {"name": "tg-orders", "type": "LAMBDA"}),
        (client.exceptions.ResourceNotFoundException, 404, NAMED | {"resourceId": UNKNOWN},
         client.get_target_group, {"targetGroupIdentifier": UNKNOWN}),
    ]  # fmt: skip

    for error, status, members, call, params in wanted:
        with pytest.raises(error) as raised:
            call(**params)
        response: Any = raised.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert members.items() <= response.items()

    assert [status for _, status in emulator.calls()] == [201, 409, 402, 400, 404]


def test_throttled_requests_are_retried_three_times(client: Any, emulator: Emulator) -> None:
    """boto3's retries succeed after one throttle, and give up after three attempts."""
    emulator.inject("throttle", operation="ListTargetGroups", times=1)
    client.list_target_groups()
    emulator.inject("throttle", operation="GetTargetGroup", times=9, retry_after_seconds=7)

    with pytest.raises(client.exceptions.ThrottlingException) as raised:
        client.get_target_group(targetGroupIdentifier=UNKNOWN)

    response: Any = raised.value.response
    tried = [status for operation, status in emulator.calls() if operation == "GetTargetGroup"]
    assert (response["retryAfterSeconds"], response["serviceCode"]) == (7, "vpc-lattice")
    assert response["ResponseMetadata"]["RetryAttempts"] == len(tried) - 1
    assert set(tried) == {429}
    assert emulator.calls()[:2] == [("ListTargetGroups", 429), ("ListTargetGroups", 200)]


def test_a_dropped_response_creates_one_group(client: Any, emulator: Emulator) -> None:
    """boto3 repeats the create with the same token, and one group exists."""
    emulator.inject("drop_response", operation="CreateTargetGroup")

    made = client.create_target_group(name="orders", type="LAMBDA")

    first, second = emulator.recorded_calls()
    assert first["params"] == second["params"]
    assert [row["id"] for row in client.list_target_groups()["items"]] == [made["id"]]


def test_a_dropped_response_without_retries_conflicts(emulator: Emulator) -> None:
    """A second create by the caller has another token and conflicts with the group of the first."""
    client = SESSION.client("vpc-lattice", endpoint_url=emulator.url, config=Config(retries={"total_max_attempts": 1}))
    emulator.inject("drop_response", operation="CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")
    with pytest.raises(client.exceptions.ConflictException, match="already exists"):
        client.create_target_group(name="orders", type="LAMBDA")
    client.close()

    assert emulator.calls() == [("CreateTargetGroup", None), ("CreateTargetGroup", 409)]


def test_accounts_and_regions_are_separate(client: Any, group: Any, emulator: Emulator) -> None:
    """Another account and another Region do not list the group."""
    for other_region in ({"region_name": "us-west-2"}, {"aws_access_key_id": "111122223333"}):
        other = SESSION.client("vpc-lattice", endpoint_url=emulator.url, aws_secret_access_key="any",
                               **{"aws_access_key_id": "testing"} | other_region)  # fmt: skip
        assert other.list_target_groups()["items"] == []
        other.close()

    assert len(client.list_target_groups()["items"]) == 1
