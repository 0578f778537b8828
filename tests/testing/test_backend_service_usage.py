"""Groups that services use: because a test says so, or through moto's listeners and rules."""

from typing import Any

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import code_and_message, statuses

SERVICE = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"


def service_arns(client: Any, group_id: str) -> list[str]:
    [row] = [row for row in client.list_target_groups()["items"] if row["id"] == group_id]
    arns = client.get_target_group(targetGroupIdentifier=group_id)["serviceArns"]
    assert row["serviceArns"] == arns
    return list(arns)


def forward_to(*target_groups: str) -> dict[str, Any]:
    named = [{"targetGroupIdentifier": target_group, "weight": 10} for target_group in target_groups]
    return {"forward": {"targetGroups": named}}


NOT_FOUND = {"fixedResponse": {"statusCode": 404}}
MATCH = {"httpMatch": {"method": "GET"}}


@pytest.fixture
def service(lattice: VpcLatticeEmulator, client: Any) -> dict[str, Any]:
    return dict(client.create_service(name="shop"))


def test_by_request(lattice: VpcLatticeEmulator, client: Any, group_id: str) -> None:
    """A group is in service with the services that a test names, or one that is made up."""
    lattice.attach_to_service(group_id, SERVICE)
    named = service_arns(client, group_id)
    lattice.attach_to_service(group_id, SERVICE)
    lattice.attach_to_service(group_id)
    made_up = service_arns(client, group_id)

    lattice.detach_from_services(group_id)

    assert named == [SERVICE]
    assert made_up[0] == SERVICE
    assert made_up[1].startswith("arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-")
    assert len(made_up) == 2
    assert service_arns(client, group_id) == []


def test_by_a_listener(client: Any, group_id: str, service: dict[str, Any]) -> None:
    """A listener made through moto whose default action forwards to a group puts it in service."""
    client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward_to(group_id)
    )

    assert service_arns(client, group_id) == [service["arn"]]
    assert code_and_message(client.delete_target_group, targetGroupIdentifier=group_id)[0] == "ConflictException"


def test_by_a_rule(client: Any, group_id: str, service: dict[str, Any]) -> None:
    """So does a rule, which may name the group by its ARN."""
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


def test_a_rule_of_an_unknown_service(client: Any, group_id: str) -> None:
    """moto lets a rule name a service that it does not know; then that name is all there is to tell."""
    client.create_rule(
        serviceIdentifier="svc-0123456789abcdefg",
        listenerIdentifier="listener-0123456789abcdefg",
        name="get",
        match=MATCH,
        priority=1,
        action=forward_to(group_id),
    )

    assert service_arns(client, group_id) == ["svc-0123456789abcdefg"]


def test_once_for_each_service(client: Any, group_id: str, service: dict[str, Any]) -> None:
    """A service with two listeners that forward to a group is one service."""
    for name in ("http", "https"):
        client.create_listener(
            serviceIdentifier=service["id"], name=name, protocol="HTTP", defaultAction=forward_to(group_id)
        )

    assert service_arns(client, group_id) == [service["arn"]]


def test_out_of_service_for_good(
    lattice: VpcLatticeEmulator, client: Any, group_id: str, service: dict[str, Any]
) -> None:
    """Taken out of service, a group stays out though moto's listener is still there; a new listener counts."""
    forward = {"serviceIdentifier": service["id"], "protocol": "HTTP", "defaultAction": forward_to(group_id)}
    client.create_listener(name="http", **forward)
    lattice.detach_from_services(group_id)
    out = service_arns(client, group_id)

    client.create_listener(name="https", **forward)

    assert (out, service_arns(client, group_id)) == ([], [service["arn"]])


def test_in_service_from_the_moment_of_the_listener(
    slow: VpcLatticeEmulator, clock: VirtualClock, client: Any, slow_group_id: str
) -> None:
    """The first health checks begin when the listener is made, not when the group is next looked at."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=[{"id": "10.0.0.1"}])
    service = client.create_service(name="shop")
    client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward_to(slow_group_id)
    )
    clock.advance(20)

    assert statuses(client, slow_group_id) == {"10.0.0.1": "HEALTHY"}


def test_a_listener_before_its_group(lattice: VpcLatticeEmulator, client: Any, service: dict[str, Any]) -> None:
    """A listener that forwards to what is no group of the emulator does no harm."""
    client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=forward_to("tg-00000000000000000")
    )

    assert client.list_target_groups()["items"] == []
