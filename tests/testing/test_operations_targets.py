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
    answer,
    code_and_message,
    fields,
    refusal,
    statuses,
)

pytestmark = pytest.mark.usefixtures("lattice")


def unsupported(target: dict[str, Any], message: str) -> dict[str, Any]:
    return {**target, "failureCode": "UnsupportedTarget", "failureMessage": message}


def registered(client: Any, group_id: str, *targets: dict[str, Any]) -> dict[str, Any]:
    return answer(client.register_targets(targetGroupIdentifier=group_id, targets=list(targets)))


def new_group(client: Any, group_type: str) -> str:
    config = {} if group_type == "LAMBDA" else {"config": ROUTED}
    return str(client.create_target_group(name=f"of-{group_type.lower()}", type=group_type, **config)["id"])


def test_a_target_without_port_has_the_groups(client: Any, group_id: str) -> None:
    """The reply and the list give each target its port; the same id on two ports is two targets."""
    reply = registered(client, group_id, {"id": "10.0.0.1"}, {"id": "10.0.0.1", "port": 81})

    rows = client.list_targets(targetGroupIdentifier=group_id)["items"]

    both = [{"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.1", "port": 81}]
    assert reply == {"successful": both, "unsuccessful": []}
    assert [{"id": row["id"], "port": row["port"]} for row in rows] == both


def test_registering_twice(client: Any, group_id: str) -> None:
    """A target that is registered already is registered without error, once."""
    registered(client, group_id, {"id": "10.0.0.1"})

    reply = registered(client, group_id, {"id": "10.0.0.1", "port": 80})

    assert reply == {"successful": [{"id": "10.0.0.1", "port": 80}], "unsuccessful": []}
    assert len(client.list_targets(targetGroupIdentifier=group_id)["items"]) == 1


def test_partial_failure(client: Any, group_id: str) -> None:
    """What cannot be registered is told in its own row; the rest is registered, and HTTP says 200."""
    reply = registered(client, group_id, {"id": "10.0.0.1"}, {"id": "2001:db8::1", "port": 81}, {"id": "web"})

    assert reply == {
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
def test_targets_of_the_wrong_kind(client: Any, group_type: str, target: dict[str, Any], message: str) -> None:
    """Each type of group takes targets of its own kind only."""
    reply = registered(client, new_group(client, group_type), target)

    assert reply == {"successful": [], "unsuccessful": [unsupported(target, message)]}


@pytest.mark.parametrize(
    ("group_type", "target", "successful"),
    [
        ("INSTANCE", {"id": "i-0123456789abcdef0"}, {"id": "i-0123456789abcdef0", "port": 80}),
        ("ALB", {"id": BALANCER}, {"id": BALANCER, "port": 80}),
        ("LAMBDA", {"id": FUNCTION}, {"id": FUNCTION}),
        ("LAMBDA", {"id": f"{FUNCTION}:live"}, {"id": f"{FUNCTION}:live"}),
    ],
)
def test_targets_of_the_right_kind(
    client: Any, group_type: str, target: dict[str, Any], successful: dict[str, Any]
) -> None:
    """Each type of group takes targets of its own kind; a function has no port."""
    reply = registered(client, new_group(client, group_type), target)

    assert reply == {"successful": [successful], "unsuccessful": []}


@pytest.mark.parametrize(("group_type", "first"), [("ALB", BALANCER), ("LAMBDA", FUNCTION)])
def test_one_target_only(client: Any, group_type: str, first: str) -> None:
    """A group of type ALB or LAMBDA has one target, which may be registered again."""
    group_id = new_group(client, group_type)
    registered(client, group_id, {"id": first})

    reply = registered(client, group_id, {"id": f"{first}-2"}, {"id": first})

    assert [target["id"] for target in reply["successful"]] == [first]
    assert reply["unsuccessful"] == [
        unsupported({"id": f"{first}-2"}, f"A target group of type {group_type} has one target")
    ]


def test_ipv6(client: Any) -> None:
    """A group of IP address type IPV6 takes IPv6 addresses."""
    config = {**ROUTED, "ipAddressType": "IPV6"}
    group_id = client.create_target_group(name="six", type="IP", config=config)["id"]

    reply = registered(client, group_id, {"id": "2001:db8::1"})

    assert reply["successful"] == [{"id": "2001:db8::1", "port": 80}]


def test_a_target_refused_on_request(client: Any, lattice: VpcLatticeEmulator, group_id: str) -> None:
    """A target that a test wants refused is refused with the code and message that it chose, each time."""
    lattice.reject_target("10.0.0.9", code="UnsupportedTarget", message="not in this VPC")

    replies = [registered(client, group_id, {"id": "10.0.0.8"}, {"id": "10.0.0.9"}) for _ in range(2)]

    refused = unsupported({"id": "10.0.0.9"}, "not in this VPC")
    assert replies == [{"successful": [{"id": "10.0.0.8", "port": 80}], "unsuccessful": [refused]}] * 2


def test_deregister(client: Any, group_id: str) -> None:
    """What is registered goes, by the port it has; what is not there is told in its own row."""
    registered(client, group_id, {"id": "10.0.0.1"}, {"id": "10.0.0.2"})
    gone = [{"id": "10.0.0.1"}, {"id": "10.0.0.2", "port": 81}]

    reply = answer(client.deregister_targets(targetGroupIdentifier=group_id, targets=gone))

    unknown = {"id": "10.0.0.2", "port": 81, "failureCode": "TargetNotFound"}
    assert reply == {
        "successful": [{"id": "10.0.0.1", "port": 80}],
        "unsuccessful": [unknown | {"failureMessage": "The target is not registered"}],
    }
    assert statuses(client, group_id) == {"10.0.0.2": "UNUSED"}


def test_list_some(client: Any, group_id: str) -> None:
    """The list can be narrowed to given targets; those that are not there are left out."""
    registered(client, group_id, *({"id": f"10.0.0.{last}"} for last in range(1, 4)))
    wanted = [{"id": "10.0.0.3"}, {"id": "10.0.0.1", "port": 80}, {"id": "10.0.0.2", "port": 81}]

    rows = client.list_targets(targetGroupIdentifier=group_id, targets=wanted)["items"]

    assert [row["id"] for row in rows] == ["10.0.0.1", "10.0.0.3"]


def test_too_many_at_once(client: Any, group_id: str) -> None:
    """A call takes a hundred targets, a filter twenty."""
    targets = [{"id": f"10.0.0.{last}"} for last in range(101)]

    refused = [
        fields(client.register_targets, targetGroupIdentifier=group_id, targets=targets),
        fields(client.deregister_targets, targetGroupIdentifier=group_id, targets=targets),
        fields(client.list_targets, targetGroupIdentifier=group_id, targets=targets[:21]),
    ]

    limits = [100, 100, 20]
    assert refused == [{"targets": f"Member must have length less than or equal to {limit}"} for limit in limits]


def test_quota_of_targets(client: Any, lattice: VpcLatticeEmulator, group_id: str) -> None:
    """Beyond a quota that a test sets the whole call is refused, and nothing is registered."""
    lattice.set_quota("targets_per_target_group", 1)

    refused = refusal(
        client.register_targets, targetGroupIdentifier=group_id, targets=[{"id": "10.0.0.1"}, {"id": "10.0.0.2"}]
    )

    assert refused["Error"]["Code"] == "ServiceQuotaExceededException"
    assert refused["resourceType"] == "TARGET"
    assert statuses(client, group_id) == {}


def test_a_forced_status(client: Any, lattice: VpcLatticeEmulator, group_id: str) -> None:
    """A status that a test sets stays until the target is registered anew."""
    registered(client, group_id, {"id": "10.0.0.1"}, {"id": "10.0.0.1", "port": 81}, {"id": "10.0.0.2"})
    lattice.set_target_status(group_id, "10.0.0.1", "UNHEALTHY", reason_code="HealthCheckFailed")
    lattice.set_target_status(group_id, "10.0.0.1", "HEALTHY", port=81)

    forced = client.list_targets(targetGroupIdentifier=group_id)["items"]
    client.deregister_targets(targetGroupIdentifier=group_id, targets=[{"id": "10.0.0.1"}])
    registered(client, group_id, {"id": "10.0.0.1"})

    assert [(row["port"], row["status"], row.get("reasonCode")) for row in forced] == [
        (80, "UNHEALTHY", "HealthCheckFailed"),
        (81, "HEALTHY", None),
        (80, "UNUSED", "TargetGroupNotInUse"),
    ]
    rows = client.list_targets(targetGroupIdentifier=group_id, targets=[{"id": "10.0.0.1"}])["items"]
    assert [row["status"] for row in rows] == ["UNUSED"]


def test_forcing_what_is_not_there(lattice: VpcLatticeEmulator, group_id: str) -> None:
    """A status is set on a registered target only, and must be one of the service's words."""
    with pytest.raises(ValueError, match=f"target_id='10.0.0.1': not registered with {group_id}; registered are"):
        lattice.set_target_status(group_id, "10.0.0.1", "HEALTHY")
    with pytest.raises(ValueError, match="status='SICK': not a target status; write one of DRAINING, UNAVAILABLE"):
        lattice.set_target_status(group_id, "10.0.0.1", "SICK")
    with pytest.raises(ValueError, match="target_group='orders': no such target group here; give the id or ARN"):
        lattice.set_target_status("orders", "10.0.0.1", "HEALTHY")


def test_a_target_needs_its_id(client: Any, group_id: str) -> None:
    """Limits of a target's members are those of the model."""
    targets = [{"id": "x" * 201, "port": 70000}]

    refused = fields(client.register_targets, targetGroupIdentifier=group_id, targets=targets)

    assert refused == {
        "targets[0].id": "Member must have length less than or equal to 200",
        "targets[0].port": "Member must have value less than or equal to 65535",
    }


def test_an_id_that_is_a_name(client: Any) -> None:
    """A name is not accepted where an id or ARN belongs."""
    refused = code_and_message(client.list_targets, targetGroupIdentifier="orders-of-the-shop")

    assert refused[0] == "ValidationException"
    assert refused[1].startswith("targetGroupIdentifier: Member must satisfy regular expression pattern: ")
