"""Creating, reading, updating and deleting listeners and rules."""

import json
import re
from typing import Any
from urllib.request import Request, urlopen

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.testing.server import serve
from lattice_tg.testing.service_model import service_model
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
        80,
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
    deleted_listener = create_listener(client, NOT_FOUND)
    service = deleted_listener["serviceIdentifier"]
    created = client.create_listener(
        serviceIdentifier=service, name="second", protocol="HTTP", port=81, defaultAction=NOT_FOUND
    )
    other_listener = {"serviceIdentifier": service, "listenerIdentifier": created["id"]}
    rule, remaining_rule = (
        create_rule(client, deleted_listener, forward_to(group_id)),
        create_rule(client, other_listener, forward_to(group_id)),
    )

    assert members_of(client.delete_listener(**deleted_listener)) == {}

    assert code_and_message(client.delete_rule, **rule)[0] == "ResourceNotFoundException"
    assert is_used(client, group_id)
    client.delete_rule(**remaining_rule)
    assert not is_used(client, group_id)
    listed = client.list_listeners(serviceIdentifier=service)["items"]
    assert [item["id"] for item in listed] == [other_listener["listenerIdentifier"]]


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

    Ids are not validated against patterns, so that an unknown id of any format is not found.
    """
    listener = create_listener(unchecked_client, NOT_FOUND)

    assert fields(unchecked_client.update_listener, **listener) == {"defaultAction": "Member must not be null"}
    assert fields(unchecked_client.update_listener, defaultAction=forward_to("orders"), **listener).keys() == {
        "defaultAction.forward.targetGroups[0].targetGroupIdentifier"
    }


def test_listener_requests_are_recorded_and_can_fail(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Listener requests are recorded, and faults apply to them. Requests about services are passed to moto."""
    listener = create_listener(client, NOT_FOUND)
    lattice.throttle("UpdateListener", retry_after_seconds=7)

    rejected = error_response(client.update_listener, defaultAction=NOT_FOUND, **listener)

    assert (rejected["Error"]["Code"], rejected["retryAfterSeconds"]) == ("ThrottlingException", 7)
    assert [(call.operation, call.status) for call in lattice.calls] == [
        ("CreateListener", 201),
        ("UpdateListener", 429),
    ]
    assert lattice.calls[1].params == {**listener, "defaultAction": NOT_FOUND}


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
        new_listener = {"name": "https", "protocol": "HTTPS", "defaultAction": NOT_FOUND}
        body = json.dumps(new_listener).encode()
        collection = f"/services/{listener['serviceIdentifier']}/listeners"
        with urlopen(Request(served.url + collection, method="POST", data=body, headers=signed)) as response:
            assert (response.status, json.load(response)["name"]) == (201, "https")


def forward_with_weights(weights: dict[str, int]) -> dict[str, Any]:
    """Return an action that forwards to groups with these weights."""
    groups = [{"targetGroupIdentifier": group, "weight": weight} for group, weight in weights.items()]
    return {"forward": {"targetGroups": groups}}


def create_group(client: Any, name: str, protocol: str = "HTTP") -> str:
    """Create an IP group and return its id."""
    config = {"protocol": protocol, "port": 80, "vpcIdentifier": "vpc-12345678"}
    return str(client.create_target_group(name=name, type="IP", config=config)["id"])


@pytest.mark.usefixtures("lattice")
def test_ids_and_arns_match_the_service_model(client: Any) -> None:
    """The ids and ARNs of services, listeners and rules match the patterns of the service model."""
    service = client.create_service(name="shop", tags={"team": "shop"})
    listener = create_listener(client, NOT_FOUND)
    rule = client.create_rule(name="get", match=MATCH, priority=1, action=NOT_FOUND, **listener)

    resources = [("Service", service), ("Listener", client.get_listener(**listener)), ("Rule", rule)]
    for name, resource in resources:
        for member in ("id", "arn"):
            pattern = service_model().shape_for(f"{name}{member.capitalize()}").metadata["pattern"]
            assert re.fullmatch(pattern, resource[member])
    assert client.list_tags_for_resource(resourceArn=service["arn"])["tags"] == {"team": "shop"}
    assert members_of(client.get_service(serviceIdentifier=service["arn"]))["id"] == service["id"]


@pytest.mark.usefixtures("lattice")
def test_a_listener_has_a_default_rule(client: Any) -> None:
    """ListRules and GetRule return the default rule, whose action is the listener's default action."""
    listener = create_listener(client, NOT_FOUND)
    created = client.create_rule(name="get", match=MATCH, priority=1, action=NOT_FOUND, **listener)
    server_error = {"fixedResponse": {"statusCode": 500}}
    client.update_listener(defaultAction=server_error, **listener)

    default, other = client.list_rules(**listener)["items"]
    default_rule = members_of(client.get_rule(ruleIdentifier=default["id"], **listener))

    assert (default["isDefault"], default["name"], other["isDefault"], other["id"]) == (
        True,
        "default",
        False,
        created["id"],
    )
    assert default.keys() == {"arn", "id", "name", "isDefault", "priority", "createdAt", "lastUpdatedAt"}
    assert default_rule == default | {"action": server_error, "lastUpdatedAt": default_rule["lastUpdatedAt"]}


@pytest.mark.usefixtures("lattice")
def test_a_default_rule_cannot_be_changed_or_deleted(client: Any) -> None:
    """UpdateRule and DeleteRule reject a default rule, and BatchUpdateRule lists it under ``unsuccessful``."""
    listener = create_listener(client, NOT_FOUND)
    [default] = client.list_rules(**listener)["items"]
    rule = {**listener, "ruleIdentifier": default["id"]}

    response = client.batch_update_rule(rules=[{"ruleIdentifier": default["id"], "priority": 5}], **listener)

    message = "You can't modify a default listener rule. To modify a default listener rule, use UpdateListener"
    assert fields(client.update_rule, action=NOT_FOUND, **rule) == {"ruleIdentifier": message}
    assert fields(client.delete_rule, **rule) == {"ruleIdentifier": "You cannot delete the default rule"}
    assert members_of(response) == {
        "successful": [],
        "unsuccessful": [
            {
                "ruleIdentifier": default["id"],
                "failureCode": "ValidationException",
                "failureMessage": f"ruleIdentifier: {message}",
            }
        ],
    }


@pytest.mark.usefixtures("lattice")
def test_pages_of_listeners_and_rules(client: Any) -> None:
    """Listeners and rules are listed page by page."""
    listener = create_listener(client, NOT_FOUND)
    names = ["default", "first", "second"]
    for priority, name in enumerate(names[1:], start=1):
        client.create_rule(name=name, match=MATCH, priority=priority, action=NOT_FOUND, **listener)
    service = {"serviceIdentifier": listener["serviceIdentifier"]}
    client.create_listener(name="https", protocol="HTTPS", defaultAction=NOT_FOUND, **service)

    def pages(operation: str, size: int, **params: Any) -> list[list[str]]:
        paginator = client.get_paginator(operation)
        found = paginator.paginate(PaginationConfig={"PageSize": size}, **params)
        return [[item["name"] for item in page["items"]] for page in found]

    assert pages("list_rules", 2, **listener) == [names[:2], names[2:]]
    assert pages("list_listeners", 1, **service) == [["http"], ["https"]]
    [http, https] = client.list_listeners(**service)["items"]
    assert (http["port"], https["port"], https["protocol"]) == (80, 443, "HTTPS")


@pytest.mark.usefixtures("lattice")
def test_a_batch_update_can_swap_priorities(client: Any) -> None:
    """BatchUpdateRule updates several rules, compares priorities afterwards, and reports unknown rules."""
    listener = create_listener(client, NOT_FOUND)
    first = create_rule(client, listener, NOT_FOUND)["ruleIdentifier"]
    second = client.create_rule(name="second", match=MATCH, priority=2, action=NOT_FOUND, **listener)["id"]
    unknown = "rule-00000000000000000"

    response = client.batch_update_rule(
        rules=[
            {"ruleIdentifier": first, "priority": 2},
            {"ruleIdentifier": second, "priority": 1, "action": {"fixedResponse": {"statusCode": 500}}},
            {"ruleIdentifier": unknown, "priority": 9},
        ],
        **listener,
    )

    assert [(item["id"], item["priority"], item["isDefault"]) for item in response["successful"]] == [
        (first, 2, False),
        (second, 1, False),
    ]
    assert response["unsuccessful"] == [
        {
            "ruleIdentifier": unknown,
            "failureCode": "ResourceNotFoundException",
            "failureMessage": f"Rule {unknown} not found",
        }
    ]
    stored = client.get_rule(ruleIdentifier=second, **listener)
    assert (stored["priority"], stored["action"]) == (1, {"fixedResponse": {"statusCode": 500}})
    assert client.get_listener(**listener)["defaultAction"] == NOT_FOUND


@pytest.mark.usefixtures("lattice")
def test_names_and_priorities_are_unique(client: Any) -> None:
    """A listener name is unique in its service. The name and priority of a rule are unique in its listener."""
    listener = create_listener(client, NOT_FOUND)
    rule = create_rule(client, listener, NOT_FOUND)
    other = client.create_rule(name="post", match=MATCH, priority=2, action=NOT_FOUND, **listener)["id"]
    new_rule = {"match": MATCH, "action": NOT_FOUND, **listener}
    new_listener = {"serviceIdentifier": listener["serviceIdentifier"], "protocol": "HTTP", "defaultAction": NOT_FOUND}
    swap = {"ruleIdentifier": other, "priority": 1}

    assert [
        code_and_message(client.create_listener, name="http", **new_listener),
        code_and_message(client.create_rule, name="get", priority=3, **new_rule),
        code_and_message(client.create_rule, name="put", priority=1, **new_rule),
        code_and_message(client.update_rule, **{**rule, "priority": 2}),
        code_and_message(client.batch_update_rule, rules=[swap], **listener),
    ] == [
        ("ConflictException", "Listener with name http already exists"),
        ("ConflictException", "Rule with name get already exists"),
        ("ConflictException", "Rule with priority 1 already exists"),
        ("ConflictException", "Rule with priority 2 already exists"),
        ("ConflictException", "Rule with priority 1 already exists"),
    ]
    assert client.update_rule(**{**rule, "priority": 1})["priority"] == 1


def test_a_lost_response_creates_one_listener_and_one_rule(
    lattice: VpcLatticeEmulator, session: Any, client: Any
) -> None:
    """A repeated create request with the same token returns the first listener or rule."""
    retrying = session.client("vpc-lattice")
    lattice.drop_response("CreateListener")
    lattice.drop_response("CreateRule")

    listener = create_listener(retrying, NOT_FOUND)
    create_rule(retrying, listener, NOT_FOUND)

    token = {"clientToken": "token", **listener, "name": "put", "match": MATCH, "action": NOT_FOUND}
    created = client.create_rule(priority=8, **token)
    assert client.create_rule(priority=8, **token)["id"] == created["id"]
    assert code_and_message(client.create_rule, priority=9, **token)[0] == "ConflictException"
    assert [item["name"] for item in client.list_rules(**listener)["items"]] == ["default", "get", "put"]
    assert len(client.list_listeners(serviceIdentifier=listener["serviceIdentifier"])["items"]) == 1


@pytest.mark.usefixtures("lattice")
def test_weights_and_groups_are_limited(unchecked_client: Any) -> None:
    """A weight is between 0 and 999, and an action forwards to 1 to 10 groups, each with a weight."""
    client = unchecked_client
    groups = [create_group(client, f"orders-{number}") for number in range(11)]
    listener = create_listener(client, forward_with_weights(dict.fromkeys(groups[:10], 999)))
    names = "defaultAction.forward.targetGroups"
    without_weight = {"forward": {"targetGroups": [{"targetGroupIdentifier": group} for group in groups[:2]]}}

    def update(action: dict[str, Any]) -> dict[str, str]:
        return fields(client.update_listener, defaultAction=action, **listener)

    assert update(forward_with_weights({groups[0]: 1000, groups[1]: -1})) == {
        f"{names}[0].weight": "Member must have value less than or equal to 999",
        f"{names}[1].weight": "Member must have value greater than or equal to 0",
    }
    assert update(forward_with_weights(dict.fromkeys(groups, 1))) == {
        names: "Member must have length less than or equal to 10"
    }
    assert update(without_weight) == {
        f"{names}[{position}].weight": "Required if the action forwards to several target groups" for position in (0, 1)
    }
    assert update({}) == {"defaultAction": "Exactly one member must be set"}
    assert update({**NOT_FOUND, **forward_to(groups[0])}) == {"defaultAction": "Exactly one member must be set"}
    assert update({"fixedResponse": {"statusCode": 418}}) == {
        "defaultAction.fixedResponse.statusCode": "Only 404 and 500 status codes are supported"
    }


def test_a_group_serves_one_service(lattice: VpcLatticeEmulator, client: Any, group_id: str) -> None:
    """A listener or rule of a second service cannot use a group, not even with weight 0."""
    listener = create_listener(client, forward_with_weights({group_id: 0}))
    other_listener = create_listener(client, NOT_FOUND)
    rule = {"name": "get", "match": MATCH, "priority": 1}
    attached = create_group(client, "attached")
    lattice.attach_to_service(attached)

    client.create_rule(action=forward_to(group_id), **rule, **listener)

    message = f"TargetGroup {group_id} has been associated with other services"
    rejected = [
        code_and_message(client.update_listener, defaultAction=forward_to(group_id), **other_listener),
        code_and_message(client.create_rule, action=forward_to(group_id), **rule, **other_listener),
    ]
    assert rejected == [("ConflictException", message)] * 2
    assert code_and_message(client.update_listener, defaultAction=forward_to(attached), **listener) == (
        "ConflictException",
        f"TargetGroup {attached} has been associated with other services",
    )


@pytest.mark.usefixtures("lattice")
def test_tcp_groups_need_tls_passthrough(client: Any, group_id: str) -> None:
    """A TCP group is only available behind a TLS_PASSTHROUGH listener, which accepts no other group or rule."""
    tcp_group = create_group(client, "tcp", "TCP")
    service = client.create_service(name="shop")["id"]
    passthrough = {"serviceIdentifier": service, "name": "tls", "protocol": "TLS_PASSTHROUGH", "port": 8443}
    created = client.create_listener(defaultAction=forward_to(tcp_group), **passthrough)
    listener = {"serviceIdentifier": service, "listenerIdentifier": created["id"]}
    name = "defaultAction.forward.targetGroups[0].targetGroupIdentifier"
    new_rule = {"name": "get", "match": MATCH, "priority": 1, "action": forward_to(tcp_group)}

    assert fields(client.update_listener, defaultAction=forward_to(group_id), **listener) == {
        name: f"A TLS_PASSTHROUGH listener cannot forward to target group {group_id} with protocol HTTP"
    }
    assert fields(client.update_listener, defaultAction=NOT_FOUND, **listener) == {
        "defaultAction.fixedResponse": "Not supported if the listener protocol is TLS_PASSTHROUGH"
    }
    assert fields(client.create_rule, **new_rule, **listener) == {
        "listenerIdentifier": "A TLS_PASSTHROUGH listener has only a default rule"
    }
    assert fields(
        client.create_listener,
        serviceIdentifier=service,
        name="http",
        protocol="HTTP",
        defaultAction=forward_to(tcp_group),
    ) == {name: f"A HTTP listener cannot forward to target group {tcp_group} with protocol TCP"}


def test_an_update_cannot_name_an_unknown_group(client: Any, group_id: str) -> None:
    """An update that names a group that was deleted or never existed is not found."""
    listener = create_listener(client, NOT_FOUND)
    client.delete_target_group(targetGroupIdentifier=group_id)

    for unknown in (group_id, "tg-00000000000000000"):
        rejected = error_response(client.update_listener, defaultAction=forward_to(unknown), **listener)
        assert (rejected["Error"]["Code"], rejected["resourceId"]) == ("ResourceNotFoundException", unknown)
    assert client.get_listener(**listener)["defaultAction"] == NOT_FOUND


@pytest.mark.usefixtures("lattice")
def test_a_listener_needs_a_service(client: Any) -> None:
    """Listeners of an unknown service cannot be created or listed."""
    service = {"serviceIdentifier": "svc-0123456789abcdefg"}

    assert [
        code_and_message(client.list_listeners, **service),
        code_and_message(client.create_listener, name="http", protocol="HTTP", defaultAction=NOT_FOUND, **service),
    ] == [("ResourceNotFoundException", "Service svc-0123456789abcdefg not found")] * 2


def test_a_rule_of_an_unknown_listener_can_be_updated(client: Any, group_id: str) -> None:
    """A rule whose listener does not exist can be updated and deleted."""
    listener = {"serviceIdentifier": "svc-0123456789abcdefg", "listenerIdentifier": "listener-0123456789abcdefg"}
    rule = create_rule(client, listener, NOT_FOUND)

    client.update_rule(action=forward_to(group_id), **rule)

    assert is_used(client, group_id)
    client.delete_rule(**rule)
    assert not is_used(client, group_id)


@pytest.mark.usefixtures("lattice")
def test_tags_of_listeners_and_rules(client: Any) -> None:
    """Listeners and rules have tags, which can be added and removed."""
    service = client.create_service(name="shop")["id"]
    listener = client.create_listener(
        serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=NOT_FOUND, tags={"team": "shop"}
    )
    rule = client.create_rule(
        serviceIdentifier=service,
        listenerIdentifier=listener["id"],
        name="get",
        match=MATCH,
        priority=1,
        action=NOT_FOUND,
        tags={"team": "shop"},
    )

    for arn in (listener["arn"], rule["arn"]):
        client.tag_resource(resourceArn=arn, tags={"stage": "test"})
        client.untag_resource(resourceArn=arn, tagKeys=["team"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test"}
    unknown = f"{listener['arn']}/rule/rule-00000000000000000"
    assert code_and_message(client.list_tags_for_resource, resourceArn=unknown)[0] == "ResourceNotFoundException"


def test_reset_removes_listeners(lattice: VpcLatticeEmulator, client: Any) -> None:
    """``reset()`` removes listeners and rules, and the services remain."""
    listener = create_listener(client, NOT_FOUND)

    lattice.reset()

    assert client.list_listeners(serviceIdentifier=listener["serviceIdentifier"])["items"] == []
