"""Listeners and rules changed and deleted, which moto lacks: the way of a group out of service."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.testing.server import serve
from support.emulator_requests import ACCOUNT, REGION, answer, code_and_message, fields, refusal, statuses

NOT_FOUND = {"fixedResponse": {"statusCode": 404}}
MATCH = {"httpMatch": {"method": "GET"}}


def forward_to(*target_groups: str) -> dict[str, Any]:
    return {"forward": {"targetGroups": [{"targetGroupIdentifier": group, "weight": 1} for group in target_groups]}}


def listener_to(client: Any, action: dict[str, Any]) -> dict[str, str]:
    """A new listener of a new service, as requests name it."""
    service = client.create_service(name="shop")["id"]
    listener = client.create_listener(serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=action)
    return {"serviceIdentifier": service, "listenerIdentifier": listener["id"]}


def rule_to(client: Any, listener: dict[str, str], action: dict[str, Any]) -> dict[str, str]:
    """A new rule of a listener, as requests name it."""
    rule = client.create_rule(name="get", match=MATCH, priority=1, action=action, **listener)
    return {**listener, "ruleIdentifier": rule["id"]}


def is_used(client: Any, group_id: str) -> bool:
    return bool(client.get_target_group(targetGroupIdentifier=group_id)["serviceArns"])


def test_out_of_the_listener_and_then_deleted(client: Any, group_id: str) -> None:
    """A group that a listener forwards to is kept; once the listener forwards elsewhere, it can go."""
    listener = listener_to(client, forward_to(group_id))
    kept = code_and_message(client.delete_target_group, targetGroupIdentifier=group_id)[0]

    updated = answer(client.update_listener(defaultAction=NOT_FOUND, **listener))

    assert kept == "ConflictException"
    assert (updated["id"], updated["serviceId"], updated["name"], updated["port"], updated["defaultAction"]) == (
        listener["listenerIdentifier"],
        listener["serviceIdentifier"],
        "http",
        443,
        NOT_FOUND,
    )
    assert client.get_listener(**listener)["defaultAction"] == NOT_FOUND
    assert answer(client.delete_target_group(targetGroupIdentifier=group_id))["status"] == "DELETE_IN_PROGRESS"


def test_from_the_moment_of_the_update(
    slow: VpcLatticeEmulator, clock: VirtualClock, client: Any, slow_group_id: str
) -> None:
    """Targets are checked from when the listener names their group, not from when somebody looks."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=[{"id": "10.0.0.1"}])
    listener = listener_to(client, NOT_FOUND)

    client.update_listener(defaultAction=forward_to(slow_group_id), **listener)
    clock.advance(20)

    assert statuses(client, slow_group_id) == {"10.0.0.1": "HEALTHY"}


def test_a_deleted_listener_takes_its_rules_along(client: Any, group_id: str) -> None:
    """Its rules are deleted with it; those of another listener stay."""
    doomed, other = listener_to(client, NOT_FOUND), listener_to(client, NOT_FOUND)
    rule, stays = rule_to(client, doomed, forward_to(group_id)), rule_to(client, other, forward_to(group_id))

    assert answer(client.delete_listener(**doomed)) == {}

    assert code_and_message(client.delete_rule, **rule)[0] == "ResourceNotFoundException"
    assert is_used(client, group_id)
    client.delete_rule(**stays)
    assert not is_used(client, group_id)
    assert client.list_listeners(serviceIdentifier=doomed["serviceIdentifier"])["items"] == []


def test_a_rule_is_updated_in_what_is_said(client: Any, group_id: str) -> None:
    """What an update leaves out stays as it is."""
    rule = rule_to(client, listener_to(client, NOT_FOUND), forward_to(group_id))

    updated = answer(client.update_rule(priority=5, **rule))
    used = is_used(client, group_id)
    rerouted = answer(client.update_rule(action=NOT_FOUND, **rule))

    assert (updated["action"], updated["match"], updated["priority"], updated["isDefault"], used) == (
        forward_to(group_id),
        MATCH,
        5,
        False,
        True,
    )
    assert (rerouted["action"], rerouted["priority"], is_used(client, group_id)) == (NOT_FOUND, 5, False)


def test_named_by_their_arns(client: Any, group_id: str) -> None:
    """A service, a listener and a rule may be named by ARN."""
    listener = listener_to(client, NOT_FOUND)
    rule = client.create_rule(name="get", match=MATCH, priority=1, action=forward_to(group_id), **listener)
    service = client.get_service(serviceIdentifier=listener["serviceIdentifier"])["arn"]
    arn = client.get_listener(**listener)["arn"]

    client.delete_rule(serviceIdentifier=service, listenerIdentifier=arn, ruleIdentifier=rule["arn"])
    client.update_listener(serviceIdentifier=service, listenerIdentifier=arn, defaultAction=forward_to(group_id))

    assert is_used(client, group_id)


@pytest.mark.usefixtures("lattice")
def test_nothing_there_at_all(client: Any) -> None:
    """Where nothing was ever made, nothing is found."""
    named = {"serviceIdentifier": "svc-0123456789abcdefg", "listenerIdentifier": "listener-0123456789abcdefg"}
    refused = refusal(client.delete_listener, **named)

    assert (refused["Error"]["Code"], refused["ResponseMetadata"]["HTTPStatusCode"]) == (
        "ResourceNotFoundException",
        404,
    )
    assert (refused["resourceId"], refused["resourceType"]) == ("listener-0123456789abcdefg", "LISTENER")
    assert code_and_message(client.delete_rule, ruleIdentifier="rule-0123456789abcdefg", **named) == (
        "ResourceNotFoundException",
        "Rule rule-0123456789abcdefg not found",
    )


@pytest.mark.usefixtures("lattice")
def test_of_another_service_or_listener(client: Any) -> None:
    """A listener is found in its own service alone, and a rule in its own listener."""
    one, other = listener_to(client, NOT_FOUND), listener_to(client, NOT_FOUND)
    rule = rule_to(client, one, NOT_FOUND)
    elsewhere = {**one, "serviceIdentifier": other["serviceIdentifier"]}

    assert code_and_message(client.delete_listener, **elsewhere)[0] == "ResourceNotFoundException"
    assert code_and_message(client.update_rule, **{**rule, **other})[0] == "ResourceNotFoundException"
    client.delete_rule(**rule)


@pytest.mark.usefixtures("lattice")
def test_the_model_is_kept_to(unchecked_client: Any) -> None:
    """What the service's model does not allow is refused, but for the ids, since moto's own break its patterns."""
    listener = listener_to(unchecked_client, NOT_FOUND)

    assert fields(unchecked_client.update_listener, **listener) == {"defaultAction": "Member must not be null"}
    assert fields(unchecked_client.update_listener, defaultAction=forward_to("orders"), **listener).keys() == {
        "defaultAction.forward.targetGroups[0].targetGroupIdentifier"
    }


@pytest.mark.usefixtures("lattice")
def test_they_are_no_calls_of_the_emulator(lattice: VpcLatticeEmulator, client: Any) -> None:
    """As moto's own requests, they are not among the emulator's calls."""
    client.delete_listener(**listener_to(client, NOT_FOUND))

    assert lattice.calls == ()


def test_over_http(client: Any) -> None:
    """The server answers them, too: no content without a body, and nonsense with a 400."""
    with serve() as served:
        listener = listener_to(client, NOT_FOUND)
        path = "/services/{serviceIdentifier}/listeners/{listenerIdentifier}".format(**listener)
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/vpc-lattice/aws4_request"}

        def sent(method: str, body: bytes | None) -> tuple[int, bytes]:
            with urlopen(Request(served.url + path, method=method, data=body, headers=signed)) as reply:
                return reply.status, reply.read()

        changed = sent("PATCH", json.dumps({"defaultAction": NOT_FOUND}).encode())
        with pytest.raises(OSError, match="400"):
            sent("PATCH", b"no JSON")

        assert (changed[0], json.loads(changed[1])["id"]) == (200, listener["listenerIdentifier"])
        assert sent("DELETE", None) == (204, b"")
