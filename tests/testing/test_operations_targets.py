"""Registering, deregistering and listing targets."""

from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import (
    ACCOUNT,
    BALANCER,
    FUNCTION,
    REGION,
    ROUTED,
    code_and_message,
    error_response,
    fields,
    members_of,
    statuses,
)

pytestmark = pytest.mark.usefixtures("lattice")


def unsupported(target: dict[str, Any], message: str) -> dict[str, Any]:
    """Return an ``unsuccessful`` item for an unsupported target."""
    return {**target, "failureCode": "UnsupportedTarget", "failureMessage": message}


def register(client: Any, group_id: str, *targets: dict[str, Any]) -> dict[str, Any]:
    """Register targets and return the response."""
    return members_of(client.register_targets(targetGroupIdentifier=group_id, targets=list(targets)))


def create_group(client: Any, group_type: str) -> str:
    """Create a group of a type and return its id."""
    config = {} if group_type == "LAMBDA" else {"config": ROUTED}
    return str(client.create_target_group(name=f"of-{group_type.lower()}", type=group_type, **config)["id"])


def test_a_target_without_a_port_has_the_group_port(client: Any, group_id: str) -> None:
    """A target without a port gets the group's port. One id with two ports is two targets."""
    response = register(client, group_id, {"id": "10.0.0.1"}, {"id": "10.0.0.1", "port": 81})

    items = client.list_targets(targetGroupIdentifier=group_id)["items"]

    targets = [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.1", "port": 81}]
    assert response == {"successful": targets, "unsuccessful": []}
    assert [{"id": item["id"], "port": item["port"]} for item in items] == targets


def test_registering_twice_succeeds(client: Any, group_id: str) -> None:
    """A registered target can be registered again without error and is listed once."""
    register(client, group_id, {"id": "10.0.0.1"})

    response = register(client, group_id, {"id": "10.0.0.1", "port": 80})

    assert response == {"successful": [{"id": "10.0.0.1", "port": 80}], "unsuccessful": []}
    assert len(client.list_targets(targetGroupIdentifier=group_id)["items"]) == 1


def test_partial_failure_is_reported_per_target(client: Any, group_id: str) -> None:
    """Rejected targets are reported separately, and all other targets are registered."""
    response = register(client, group_id, {"id": "10.0.0.1"}, {"id": "2001:db8::1", "port": 81}, {"id": "web"})

    assert response == {
        "successful": [{"id": "10.0.0.1", "port": 80}],
        "unsuccessful": [
            unsupported(
                {"id": "2001:db8::1", "port": 81}, "2001:db8::1 is IPV6; the target group's IP address type is IPV4"
            ),
            unsupported({"id": "web"}, "web is not an IP address"),
        ],
    }
    assert statuses(client, group_id) == {"10.0.0.1": "UNUSED"}


@pytest.mark.parametrize(
    ("group_type", "target", "message"),
    [
        ("INSTANCE", {"id": "10.0.0.1"}, "10.0.0.1 is not an instance id"),
        ("ALB", {"id": FUNCTION}, f"{FUNCTION} is not the ARN of an Application Load Balancer"),
        ("LAMBDA", {"id": BALANCER}, f"{BALANCER} is not the ARN of a Lambda function"),
        ("LAMBDA", {"id": FUNCTION, "port": 80}, "A Lambda function has no port"),
        (
            "LAMBDA",
            {"id": FUNCTION.replace(REGION, "us-west-2")},
            f"{FUNCTION.replace(REGION, 'us-west-2')} is not in the account and Region of its target group",
        ),
        (
            "ALB",
            {"id": BALANCER.replace(ACCOUNT, "1" * 12)},
            f"{BALANCER.replace(ACCOUNT, '1' * 12)} is not in the account and Region of its target group",
        ),
    ],
)
def test_targets_of_another_type_are_rejected(
    client: Any, group_type: str, target: dict[str, Any], message: str
) -> None:
    """Groups reject targets that do not match the group type."""
    response = register(client, create_group(client, group_type), target)

    assert response == {"successful": [], "unsuccessful": [unsupported(target, message)]}


@pytest.mark.parametrize(
    ("group_type", "target", "successful"),
    [
        ("INSTANCE", {"id": "i-0123456789abcdef0"}, {"id": "i-0123456789abcdef0", "port": 80}),
        ("ALB", {"id": BALANCER}, {"id": BALANCER, "port": 80}),
        ("LAMBDA", {"id": FUNCTION}, {"id": FUNCTION}),
        ("LAMBDA", {"id": f"{FUNCTION}:live"}, {"id": f"{FUNCTION}:live"}),
    ],
)
def test_targets_of_the_group_type_are_accepted(
    client: Any, group_type: str, target: dict[str, Any], successful: dict[str, Any]
) -> None:
    """Groups accept targets that match the group type, and Lambda functions have no port."""
    response = register(client, create_group(client, group_type), target)

    assert response == {"successful": [successful], "unsuccessful": []}


@pytest.mark.parametrize(("group_type", "first"), [("ALB", BALANCER), ("LAMBDA", FUNCTION)])
def test_alb_and_lambda_groups_have_one_target(client: Any, group_type: str, first: str) -> None:
    """An ALB or LAMBDA group has one target, and this target can be registered again."""
    group_id = create_group(client, group_type)
    register(client, group_id, {"id": first})

    response = register(client, group_id, {"id": f"{first}-2"}, {"id": first})

    assert [target["id"] for target in response["successful"]] == [first]
    assert response["unsuccessful"] == [
        unsupported({"id": f"{first}-2"}, f"A target group of type {group_type} has one target")
    ]


def test_ipv6_groups_accept_ipv6_addresses(client: Any) -> None:
    """A group with IP address type IPV6 accepts IPv6 addresses."""
    config = {**ROUTED, "ipAddressType": "IPV6"}
    group_id = client.create_target_group(name="six", type="IP", config=config)["id"]

    response = register(client, group_id, {"id": "2001:db8::1"})

    assert response["successful"] == [{"id": "2001:db8::1", "port": 80}]


def test_reject_target_rejects_each_time(client: Any, lattice: VpcLatticeEmulator, group_id: str) -> None:
    """reject_target() rejects a target in every request with the given code and message."""
    lattice.reject_target("10.0.0.9", code="UnsupportedTarget", message="not in this VPC")

    responses = [register(client, group_id, {"id": "10.0.0.8"}, {"id": "10.0.0.9"}) for _ in range(2)]

    rejected = unsupported({"id": "10.0.0.9"}, "not in this VPC")
    assert responses == [{"successful": [{"id": "10.0.0.8", "port": 80}], "unsuccessful": [rejected]}] * 2


def test_deregister(client: Any, group_id: str) -> None:
    """A registered target is deregistered, and a target with an unknown port is reported."""
    register(client, group_id, {"id": "10.0.0.1"}, {"id": "10.0.0.2"})
    deregistered = [{"id": "10.0.0.1"}, {"id": "10.0.0.2", "port": 81}]

    response = members_of(client.deregister_targets(targetGroupIdentifier=group_id, targets=deregistered))

    unknown = {"id": "10.0.0.2", "port": 81, "failureCode": "TargetNotFound"}
    assert response == {
        "successful": [{"id": "10.0.0.1", "port": 80}],
        "unsuccessful": [unknown | {"failureMessage": "The target is not registered"}],
    }
    assert statuses(client, group_id) == {"10.0.0.2": "UNUSED"}


def test_list_targets_filter(client: Any, group_id: str) -> None:
    """The list can be filtered by target, and unknown targets are omitted."""
    register(client, group_id, *({"id": f"10.0.0.{last}"} for last in range(1, 4)))
    filters = [{"id": "10.0.0.3"}, {"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2", "port": 81}]

    items = client.list_targets(targetGroupIdentifier=group_id, targets=filters)["items"]

    assert [item["id"] for item in items] == ["10.0.0.1", "10.0.0.3"]


def test_request_limits(client: Any, group_id: str) -> None:
    """A request can contain at most 100 targets, and a filter at most 20 targets."""
    targets = [{"id": f"10.0.0.{last}"} for last in range(101)]

    rejected = [
        fields(client.register_targets, targetGroupIdentifier=group_id, targets=targets),
        fields(client.deregister_targets, targetGroupIdentifier=group_id, targets=targets),
        fields(client.list_targets, targetGroupIdentifier=group_id, targets=targets[:21]),
    ]

    limits = [100, 100, 20]
    assert rejected == [{"targets": f"Member must have length less than or equal to {limit}"} for limit in limits]


def test_target_quota_rejects_the_whole_request(client: Any, lattice: VpcLatticeEmulator, group_id: str) -> None:
    """If a request would exceed the quota, no target of the request is registered."""
    lattice.set_quota("targets_per_target_group", 1)

    rejected = error_response(
        client.register_targets, targetGroupIdentifier=group_id, targets=[{"id": "10.0.0.1"}, {"id": "10.0.0.2"}]
    )

    assert rejected["Error"]["Code"] == "ServiceQuotaExceededException"
    assert rejected["resourceType"] == "TARGET"
    assert statuses(client, group_id) == {}


def test_a_forced_status_lasts_until_registration(client: Any, lattice: VpcLatticeEmulator, group_id: str) -> None:
    """A status set by set_target_status() lasts until the target is registered again."""
    register(client, group_id, {"id": "10.0.0.1"}, {"id": "10.0.0.1", "port": 81}, {"id": "10.0.0.2"})
    lattice.set_target_status(group_id, "10.0.0.1", "UNHEALTHY", reason_code="HealthCheckFailed")
    lattice.set_target_status(group_id, "10.0.0.1", "HEALTHY", port=81)

    forced = client.list_targets(targetGroupIdentifier=group_id)["items"]
    client.deregister_targets(targetGroupIdentifier=group_id, targets=[{"id": "10.0.0.1"}])
    register(client, group_id, {"id": "10.0.0.1"})

    assert [(item["port"], item["status"], item.get("reasonCode")) for item in forced] == [
        (80, "UNHEALTHY", "HealthCheckFailed"),
        (81, "HEALTHY", None),
        (80, "UNUSED", "TargetGroupNotInUse"),
    ]
    items = client.list_targets(targetGroupIdentifier=group_id, targets=[{"id": "10.0.0.1"}])["items"]
    assert [item["status"] for item in items] == ["UNUSED"]


def test_set_target_status_requires_a_registered_target(lattice: VpcLatticeEmulator, group_id: str) -> None:
    """set_target_status() rejects unknown targets, statuses and groups."""
    with pytest.raises(ValueError, match=f"target_id='10.0.0.1': must be registered with {group_id}. Use one of"):
        lattice.set_target_status(group_id, "10.0.0.1", "HEALTHY")
    with pytest.raises(
        ValueError, match=r"status='SICK': must be a target status of the API\. Use one of DRAINING, UNAVAILABLE"
    ):
        lattice.set_target_status(group_id, "10.0.0.1", "SICK")
    with pytest.raises(
        ValueError, match=r"target_group='orders': must be an existing target group\. Pass the id or ARN"
    ):
        lattice.set_target_status("orders", "10.0.0.1", "HEALTHY")


def test_target_members_are_validated(client: Any, group_id: str) -> None:
    """The members of a target are validated against the limits of the service model."""
    targets = [{"id": "x" * 201, "port": 70000}]

    rejected = fields(client.register_targets, targetGroupIdentifier=group_id, targets=targets)

    assert rejected == {
        "targets[0].id": "Member must have length less than or equal to 200",
        "targets[0].port": "Member must have value less than or equal to 65535",
    }


def test_a_name_is_not_an_identifier(client: Any) -> None:
    """A name is rejected where an id or ARN is required."""
    rejected = code_and_message(client.list_targets, targetGroupIdentifier="orders-of-the-shop")

    assert rejected[0] == "ValidationException"
    assert rejected[1].startswith("targetGroupIdentifier: Member must satisfy regular expression pattern: ")
