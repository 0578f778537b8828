"""Compatibility of the AWS CLI with the emulator."""

import json
from collections.abc import Callable

import pytest

from interop.helpers import Emulator, FinishedProgram

Aws = Callable[..., FinishedProgram]
CONFIG = "protocol=HTTP,vpcIdentifier=vpc-12345678"
UNKNOWN = "tg-00000000000000000"


@pytest.fixture
def group_id(aws: Aws) -> str:
    """Create a group and return its id."""
    created = aws("create-target-group", "--name", "orders", "--type", "IP", "--config", CONFIG, "--tags", "team=shop")
    return str(created.json()["id"])


def test_create(aws: Aws, group_id: str) -> None:
    """A group is created in the Region of the CLI and in the account of its access key."""
    group = aws("get-target-group", "--target-group-identifier", group_id).json()

    assert group["arn"] == f"arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/{group_id}"
    assert (group["name"], group["status"], group["config"]["port"]) == ("orders", "ACTIVE", 80)


def test_pagination(aws: Aws) -> None:
    """The CLI reads all pages, or continues from the token of a previous page."""
    for name in ("apples", "pears", "plums"):
        aws("create-target-group", "--name", name, "--type", "LAMBDA").json()
    names = ("list-target-groups", "--query", "[items[].name, NextToken]")

    everything = aws(*names, "--page-size", "2").json()
    first, token = aws(*names, "--max-items", "2", "--page-size", "2").json()
    rest = aws(*names, "--starting-token", token).json()

    assert everything == [["apples", "pears", "plums"], None]
    assert (first, rest) == (["apples", "pears"], [["plums"], None])


def test_targets(aws: Aws, group_id: str) -> None:
    """Targets are registered, listed and deregistered. Rejected targets are listed separately."""
    identifier = ("--target-group-identifier", group_id)

    registered = aws("register-targets", *identifier, "--targets", "id=10.0.0.1", "id=10.0.0.2,port=81", "id=db").json()
    deregistered = aws("deregister-targets", *identifier, "--targets", "id=10.0.0.1").json()
    listed = aws("list-targets", *identifier).json()

    rejected = {"id": "db", "failureCode": "UnsupportedTarget", "failureMessage": "db is not an IP address"}
    assert registered == {
        "successful": [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2", "port": 81}],
        "unsuccessful": [rejected],
    }
    assert deregistered == {"successful": [{"id": "10.0.0.1", "port": 80}], "unsuccessful": []}
    assert listed["items"] == [{"id": "10.0.0.2", "port": 81, "status": "UNUSED", "reasonCode": "TargetGroupNotInUse"}]


def test_tags(aws: Aws, group_id: str) -> None:
    """Tags are set at creation, added and removed."""
    arn = f"arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/{group_id}"

    aws("tag-resource", "--resource-arn", arn, "--tags", "stage=test,owner=ann").json()
    aws("untag-resource", "--resource-arn", arn, "--tag-keys", "owner", "stage").json()
    aws("tag-resource", "--resource-arn", arn, "--tags", '{"cost center": "7"}').json()

    assert aws("list-tags-for-resource", "--resource-arn", arn).json()["tags"] == {"team": "shop", "cost center": "7"}


def test_update_and_delete(aws: Aws, group_id: str) -> None:
    """A health check is updated, and a deleted group is not found."""
    identifier = ("--target-group-identifier", group_id)

    updated = aws(
        "update-target-group", *identifier, "--health-check", "path=/ready,healthCheckIntervalSeconds=10"
    ).json()
    deleted = aws("delete-target-group", *identifier).json()
    not_found = aws("get-target-group", *identifier)

    check = updated["config"]["healthCheck"]
    assert (check["path"], check["healthCheckIntervalSeconds"], check["healthCheckTimeoutSeconds"]) == ("/ready", 10, 5)
    assert deleted["status"] == "DELETE_IN_PROGRESS"
    assert not_found.errors == (
        "An error occurred (ResourceNotFoundException) when calling the GetTargetGroup operation: "
        f"Target group {group_id} not found"
    )


@pytest.mark.parametrize(
    ("arguments", "error", "status"),
    [
        (("create-target-group", "--name", "orders", "--type", "LAMBDA"), "ConflictException", 409),
        (("create-target-group", "--name", "second", "--type", "LAMBDA"), "ServiceQuotaExceededException", 402),
        (("create-target-group", "--name", "tg-orders", "--type", "LAMBDA"), "ValidationException", 400),
        (("get-target-group", "--target-group-identifier", UNKNOWN), "ResourceNotFoundException", 404),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("group_id")
def test_rejected_requests_are_not_retried(
    aws: Aws, emulator: Emulator, arguments: tuple[str, ...], error: str, status: int
) -> None:
    """A rejected request is not retried, and the CLI prints the error code."""
    emulator.inject("set_quota", quota="target_groups", limit=1)

    rejected = aws(*arguments)

    assert rejected.status != 0
    assert rejected.errors.startswith(f"An error occurred ({error}) when calling the ")
    assert [call_status for _, call_status in emulator.calls()] == [201, status]


def test_throttled_requests_are_retried(aws: Aws, emulator: Emulator) -> None:
    """The CLI retries a throttled request successfully."""
    emulator.inject("throttle", operation="ListTargetGroups")

    listed = aws("list-target-groups").json()

    assert listed == {"items": []}
    assert emulator.calls() == [("ListTargetGroups", 429), ("ListTargetGroups", 200)]


def test_endless_throttling_is_reported(aws: Aws, emulator: Emulator) -> None:
    """If every attempt is throttled, the CLI reports the throttling."""
    emulator.inject("throttle", operation="*", times=9)

    throttled = aws("list-target-groups", AWS_RETRY_MODE="standard", AWS_MAX_ATTEMPTS="2")

    assert throttled.errors == (
        "An error occurred (ThrottlingException) when calling the ListTargetGroups operation "
        "(reached max retries: 1): Rate exceeded"
    )
    assert emulator.calls() == [("ListTargetGroups", 429)] * 2


def test_a_dropped_response_creates_one_group(aws: Aws, emulator: Emulator) -> None:
    """The CLI repeats the create request with the same token, and only one group exists."""
    emulator.inject("drop_response", operation="CreateTargetGroup")

    created = aws("create-target-group", "--name", "orders", "--type", "LAMBDA").json()
    listed = aws("list-target-groups", "--query", "items[].id").json()

    first, second, _ = emulator.recorded_calls()
    assert (first["status"], second["status"]) == (None, 201)
    assert first["params"] == second["params"]
    assert listed == [created["id"]]


def test_weights_move_between_groups(aws: Aws, group_id: str) -> None:
    """The CLI changes the weights of a default action and of a rule, and lists the default rule."""
    green = aws("create-target-group", "--name", "green", "--type", "IP", "--config", CONFIG).json()["id"]
    service = ("--service-identifier", aws("create-service", "--name", "shop").json()["id"])
    blue_only = forward_with_weights({group_id: 1})
    created = aws(
        "create-listener", *service, "--name", "http", "--protocol", "HTTP", "--default-action", blue_only
    ).json()
    listener = (*service, "--listener-identifier", created["id"])
    match = json.dumps({"httpMatch": {"method": "GET"}})
    rule = aws(
        "create-rule", *listener, "--name", "get", "--priority", "1", "--match", match, "--action", blue_only
    ).json()["id"]
    moved = forward_with_weights({group_id: 0, green: 999})

    aws("update-listener", *listener, "--default-action", moved).json()
    updated = aws("update-rule", *listener, "--rule-identifier", rule, "--action", moved).json()
    batch = aws("batch-update-rule", *listener, "--rules", f"ruleIdentifier={rule},priority=2").json()

    assert aws("get-listener", *listener).json()["defaultAction"] == updated["action"] == json.loads(moved)
    assert ([item["priority"] for item in batch["successful"]], batch["unsuccessful"]) == ([2], [])
    items = aws("list-rules", *listener, "--query", "items[].[id, isDefault]").json()
    assert [is_default for _, is_default in items] == [True, False]
    default = aws("get-rule", *listener, "--rule-identifier", items[0][0]).json()
    assert default["action"] == json.loads(moved)


def forward_with_weights(weights: dict[str, int]) -> str:
    """Return an action that forwards to groups with these weights, as JSON."""
    groups = [{"targetGroupIdentifier": identifier, "weight": weight} for identifier, weight in weights.items()]
    return json.dumps({"forward": {"targetGroups": groups}})
