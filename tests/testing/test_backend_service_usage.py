"""Usage of groups by services that a test attaches, and by moto's listeners and rules."""

from typing import Any

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import code_and_message, statuses

SERVICE = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"


def service_arns(client: Any, group_id: str) -> list[str]:
    """Return the services that use a group."""
    [item] = [item for item in client.list_target_groups()["items"] if item["id"] == group_id]
    arns = client.get_target_group(targetGroupIdentifier=group_id)["serviceArns"]
    assert item["serviceArns"] == arns
    return list(arns)


def forward_to(*target_groups: str) -> dict[str, Any]:
    """Return an action that forwards to the given groups."""
    named = [{"targetGroupIdentifier": target_group, "weight": 10} for target_group in target_groups]
    return {"forward": {"targetGroups": named}}


NOT_FOUND = {"fixedResponse": {"statusCode": 404}}
MATCH = {"httpMatch": {"method": "GET"}}


@pytest.fixture
def service(lattice: VpcLatticeEmulator, client: Any) -> dict[str, Any]:
    """Create a service and return the response."""
    return dict(client.create_service(name="shop"))


def test_attach_to_service_uses_the_given_or_a_generated_arn(
    lattice: VpcLatticeEmulator, client: Any, group_id: str
) -> None:
    """attach_to_service() uses the given ARN. Without an ARN, it generates the ARN of a service."""
    lattice.attach_to_service(group_id, SERVICE)
    named = service_arns(client, group_id)
    lattice.attach_to_service(group_id, SERVICE)
    lattice.attach_to_service(group_id)
    generated = service_arns(client, group_id)

    lattice.detach_from_services(group_id)

    assert named == [SERVICE]
    assert generated[0] == SERVICE
    assert generated[1].startswith("arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-")
    assert len(generated) == 2
    assert service_arns(client, group_id) == []


def test_a_listener_uses_its_group(client: Any, group_id: str, service: dict[str, Any]) -> None:
    """A group is in use if the default action of a listener forwards to it."""
    client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward_to(group_id)
    )

    assert service_arns(client, group_id) == [service["arn"]]
    assert code_and_message(client.delete_target_group, targetGroupIdentifier=group_id)[0] == "ConflictException"


def test_a_rule_uses_its_group(client: Any, group_id: str, service: dict[str, Any]) -> None:
    """A group is in use if a rule forwards to the ARN of the group."""
    listener = client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=NOT_FOUND
    )
    arn = client.get_target_group(targetGroupIdentifier=group_id)["arn"]

    client.create_rule(
        serviceIdentifier=service["arn"],
        listenerIdentifier=listener["id"],
        name="get",
        match=MATCH,
        priority=1,
        action=forward_to(arn),
    )

    assert service_arns(client, group_id) == [service["arn"]]


def test_a_rule_of_an_unknown_service_uses_its_group(client: Any, group_id: str) -> None:
    """If moto does not know the service of a rule, the identifier in the rule is listed instead."""
    client.create_rule(
        serviceIdentifier="svc-0123456789abcdefg",
        listenerIdentifier="listener-0123456789abcdefg",
        name="get",
        match=MATCH,
        priority=1,
        action=forward_to(group_id),
    )

    assert service_arns(client, group_id) == ["svc-0123456789abcdefg"]


def test_a_service_is_listed_once(client: Any, group_id: str, service: dict[str, Any]) -> None:
    """A service with two listeners that forward to a group is listed once."""
    for name in ("http", "https"):
        client.create_listener(
            serviceIdentifier=service["id"], name=name, protocol="HTTP", defaultAction=forward_to(group_id)
        )

    assert service_arns(client, group_id) == [service["arn"]]


def test_detached_groups_stay_detached(
    lattice: VpcLatticeEmulator, client: Any, group_id: str, service: dict[str, Any]
) -> None:
    """A detached group ignores existing listeners, but a new listener can use the group."""
    forward = {"serviceIdentifier": service["id"], "protocol": "HTTP", "defaultAction": forward_to(group_id)}
    client.create_listener(name="http", **forward)
    lattice.detach_from_services(group_id)
    detached = service_arns(client, group_id)

    client.create_listener(name="https", **forward)

    assert (detached, service_arns(client, group_id)) == ([], [service["arn"]])


def test_health_checks_start_with_the_listener(
    slow: VpcLatticeEmulator, clock: VirtualClock, client: Any, slow_group_id: str
) -> None:
    """Health checks start when the listener is created, not with the next request."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=[{"id": "10.0.0.1"}])
    service = client.create_service(name="shop")
    client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward_to(slow_group_id)
    )
    clock.advance(20)

    assert statuses(client, slow_group_id) == {"10.0.0.1": "HEALTHY"}


def test_a_listener_of_an_unknown_group_is_accepted(
    lattice: VpcLatticeEmulator, client: Any, service: dict[str, Any]
) -> None:
    """A listener may forward to a group that the emulator does not know."""
    client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward_to("tg-00000000000000000")
    )

    assert client.list_target_groups()["items"] == []
