"""Updating and deleting listeners and rules, which moto does not implement."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.testing.server import serve
from support.emulator_requests import ACCOUNT, REGION, code_and_message, error_response, fields, members_of, statuses

NOT_FOUND = {"fixedResponse": {"statusCode": 404}}
MATCH = {"httpMatch": {"method": "GET"}}


def forward_to(*target_groups: str) -> dict[str, Any]:
    """Return an action that forwards to the given groups."""
    return {"forward": {"targetGroups": [{"targetGroupIdentifier": group, "weight": 1} for group in target_groups]}}


def create_listener(client: Any, action: dict[str, Any]) -> dict[str, str]:
    """Create a service with a listener and return the parameters that identify the listener."""
    service = client.create_service(name="shop")["id"]
    listener = client.create_listener(serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=action)
    return {"serviceIdentifier": service, "listenerIdentifier": listener["id"]}


def create_rule(client: Any, listener: dict[str, str], action: dict[str, Any]) -> dict[str, str]:
    """Create a rule and return the parameters that identify the rule."""
    rule = client.create_rule(name="get", match=MATCH, priority=1, action=action, **listener)
    return {**listener, "ruleIdentifier": rule["id"]}


def is_used(client: Any, group_id: str) -> bool:
    """Return whether a service uses a group."""
    return bool(client.get_target_group(targetGroupIdentifier=group_id)["serviceArns"])


def test_a_group_can_be_deleted_after_a_listener_update(client: Any, group_id: str) -> None:
    """A group can be deleted after its listener has stopped forwarding to the group."""
    listener = create_listener(client, forward_to(group_id))
    error_code = code_and_message(client.delete_target_group, targetGroupIdentifier=group_id)[0]

    updated = members_of(client.update_listener(defaultAction=NOT_FOUND, **listener))

    assert error_code == "ConflictException"
    assert (updated["id"], updated["serviceId"], updated["name"], updated["port"], updated["defaultAction"]) == (
        listener["listenerIdentifier"],
        listener["serviceIdentifier"],
        "http",
        443,
        NOT_FOUND,
    )
    assert client.get_listener(**listener)["defaultAction"] == NOT_FOUND
    assert members_of(client.delete_target_group(targetGroupIdentifier=group_id))["status"] == "DELETE_IN_PROGRESS"


def test_health_checks_start_with_the_update(
    slow: VpcLatticeEmulator, clock: VirtualClock, client: Any, slow_group_id: str
) -> None:
    """Health checks start when a listener update makes the listener forward to the group."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=[{"id": "10.0.0.1"}])
    listener = create_listener(client, NOT_FOUND)

    client.update_listener(defaultAction=forward_to(slow_group_id), **listener)
    clock.advance(20)

    assert statuses(client, slow_group_id) == {"10.0.0.1": "HEALTHY"}


def test_deleting_a_listener_deletes_its_rules(client: Any, group_id: str) -> None:
    """The rules of a deleted listener are deleted. The rules of another listener remain."""
    deleted_listener, other_listener = create_listener(client, NOT_FOUND), create_listener(client, NOT_FOUND)
    rule, remaining_rule = (
        create_rule(client, deleted_listener, forward_to(group_id)),
        create_rule(client, other_listener, forward_to(group_id)),
    )

    assert members_of(client.delete_listener(**deleted_listener)) == {}

    assert code_and_message(client.delete_rule, **rule)[0] == "ResourceNotFoundException"
    assert is_used(client, group_id)
    client.delete_rule(**remaining_rule)
    assert not is_used(client, group_id)
    assert client.list_listeners(serviceIdentifier=deleted_listener["serviceIdentifier"])["items"] == []


def test_a_rule_update_keeps_omitted_members(client: Any, group_id: str) -> None:
    """Members that an update omits stay unchanged."""
    rule = create_rule(client, create_listener(client, NOT_FOUND), forward_to(group_id))

    updated = members_of(client.update_rule(priority=5, **rule))
    used = is_used(client, group_id)
    redirected = members_of(client.update_rule(action=NOT_FOUND, **rule))

    assert (updated["action"], updated["match"], updated["priority"], updated["isDefault"], used) == (
        forward_to(group_id),
        MATCH,
        5,
        False,
        True,
    )
    assert (redirected["action"], redirected["priority"], is_used(client, group_id)) == (NOT_FOUND, 5, False)


def test_arns_identify_services_listeners_and_rules(client: Any, group_id: str) -> None:
    """Services, listeners and rules can be identified by ARN."""
    listener = create_listener(client, NOT_FOUND)
    rule = client.create_rule(name="get", match=MATCH, priority=1, action=forward_to(group_id), **listener)
    service = client.get_service(serviceIdentifier=listener["serviceIdentifier"])["arn"]
    arn = client.get_listener(**listener)["arn"]

    client.delete_rule(serviceIdentifier=service, listenerIdentifier=arn, ruleIdentifier=rule["arn"])
    client.update_listener(serviceIdentifier=service, listenerIdentifier=arn, defaultAction=forward_to(group_id))

    assert is_used(client, group_id)


@pytest.mark.usefixtures("lattice")
def test_unknown_resources_are_not_found(client: Any) -> None:
    """Requests for unknown listeners and rules fail with ResourceNotFoundException."""
    identifiers = {"serviceIdentifier": "svc-0123456789abcdefg", "listenerIdentifier": "listener-0123456789abcdefg"}
    rejected = error_response(client.delete_listener, **identifiers)

    assert (rejected["Error"]["Code"], rejected["ResponseMetadata"]["HTTPStatusCode"]) == (
        "ResourceNotFoundException",
        404,
    )
    assert (rejected["resourceId"], rejected["resourceType"]) == ("listener-0123456789abcdefg", "LISTENER")
    assert code_and_message(client.delete_rule, ruleIdentifier="rule-0123456789abcdefg", **identifiers) == (
        "ResourceNotFoundException",
        "Rule rule-0123456789abcdefg not found",
    )


@pytest.mark.usefixtures("lattice")
def test_listeners_and_rules_belong_to_their_parent(client: Any) -> None:
    """A listener is found only in its service, and a rule only in its listener."""
    listener, other_listener = create_listener(client, NOT_FOUND), create_listener(client, NOT_FOUND)
    rule = create_rule(client, listener, NOT_FOUND)
    mismatched = {**listener, "serviceIdentifier": other_listener["serviceIdentifier"]}

    assert code_and_message(client.delete_listener, **mismatched)[0] == "ResourceNotFoundException"
    assert code_and_message(client.update_rule, **{**rule, **other_listener})[0] == "ResourceNotFoundException"
    client.delete_rule(**rule)


@pytest.mark.usefixtures("lattice")
def test_requests_are_validated_against_the_model(unchecked_client: Any) -> None:
    """Requests that violate the service model are rejected.

    Ids are not validated, because the ids that moto generates violate the model's patterns.
    """
    listener = create_listener(unchecked_client, NOT_FOUND)

    assert fields(unchecked_client.update_listener, **listener) == {"defaultAction": "Member must not be null"}
    assert fields(unchecked_client.update_listener, defaultAction=forward_to("orders"), **listener).keys() == {
        "defaultAction.forward.targetGroups[0].targetGroupIdentifier"
    }


@pytest.mark.usefixtures("lattice")
def test_listener_requests_are_not_recorded(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Listener requests are not recorded, as with all requests that the emulator passes to moto."""
    client.delete_listener(**create_listener(client, NOT_FOUND))

    assert lattice.calls == ()


def test_listener_requests_over_http(client: Any) -> None:
    """The server responds to deletions with 204 and no body, and to invalid requests with 400."""
    with serve() as served:
        listener = create_listener(client, NOT_FOUND)
        path = "/services/{serviceIdentifier}/listeners/{listenerIdentifier}".format(**listener)
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/vpc-lattice/aws4_request"}

        def send(method: str, body: bytes | None) -> tuple[int, bytes]:
            with urlopen(Request(served.url + path, method=method, data=body, headers=signed)) as response:
                return response.status, response.read()

        updated = send("PATCH", json.dumps({"defaultAction": NOT_FOUND}).encode())
        with pytest.raises(OSError, match="400"):
            send("PATCH", b"no JSON")

        assert (updated[0], json.loads(updated[1])["id"]) == (200, listener["listenerIdentifier"])
        assert send("DELETE", None) == (204, b"")
