"""Statuses of groups and targets over time, on a virtual clock."""

from datetime import timedelta
from typing import Any

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import ROUTED, code_and_message, error_response, members_of, statuses

TARGETS = [{"id": "10.0.0.1"}]


def status(client: Any, group_id: str) -> str:
    """Return the status of a group."""
    return str(client.get_target_group(targetGroupIdentifier=group_id)["status"])


def test_creation_lasts_create_seconds(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A group is CREATE_IN_PROGRESS for ``create_seconds`` and then ACTIVE."""
    group_id = client.create_target_group(name="orders", type="LAMBDA")["id"]

    observed = list[str]()
    for _ in range(3):
        observed.append(status(client, group_id))
        clock.advance(5)

    assert observed == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "ACTIVE"]


def test_a_group_being_created_rejects_changes(slow: VpcLatticeEmulator, client: Any) -> None:
    """While a group is being created, changes are rejected with the status in the message."""
    group_id = client.create_target_group(name="orders", type="IP", config=ROUTED)["id"]
    named = {"targetGroupIdentifier": group_id}

    rejected = [
        code_and_message(client.register_targets, **named, targets=TARGETS),
        code_and_message(client.update_target_group, **named, healthCheck={"path": "/up"}),
        code_and_message(client.delete_target_group, **named),
    ]

    text = f"Invalid resource status for this operation, resource id {group_id}, status: CREATE_IN_PROGRESS."
    assert rejected == [("ConflictException", text)] * 3


def test_fail_next_create_ends_in_create_failed(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """The next creation ends in CREATE_FAILED with a reason, and the second creation succeeds."""
    slow.fail_next_create("orders", code="InternalFailure", message="no capacity")
    group_id = client.create_target_group(name="orders", type="LAMBDA")["id"]
    before = client.get_target_group(targetGroupIdentifier=group_id)
    clock.advance(10)

    after = client.get_target_group(targetGroupIdentifier=group_id)
    again = client.create_target_group(name="orders", type="LAMBDA")["id"]
    clock.advance(10)

    assert (before["status"], "failureCode" in before) == ("CREATE_IN_PROGRESS", False)
    assert (after["status"], after["failureCode"], after["failureMessage"]) == (
        "CREATE_FAILED",
        "InternalFailure",
        "no capacity",
    )
    assert status(client, again) == "ACTIVE"


def test_a_failed_group_can_only_be_deleted(lattice: VpcLatticeEmulator, client: Any) -> None:
    """CREATE_FAILED is final. Such a group can be deleted and accepts no targets."""
    lattice.fail_next_create("orders", code="InternalFailure")
    group_id = client.create_target_group(name="orders", type="IP", config=ROUTED)["id"]

    rejected = code_and_message(client.register_targets, targetGroupIdentifier=group_id, targets=TARGETS)
    client.delete_target_group(targetGroupIdentifier=group_id)

    text = f"Invalid resource status for this operation, resource id {group_id}, status: CREATE_FAILED."
    assert rejected == ("ConflictException", text)
    assert client.list_target_groups()["items"] == []


def test_deletion_lasts_delete_seconds(slow_group_id: str, clock: VirtualClock, client: Any) -> None:
    """For ``delete_seconds``, a group is DELETE_IN_PROGRESS and its name is not available."""
    client.delete_target_group(targetGroupIdentifier=slow_group_id)
    clock.advance(29)
    observed = status(client, slow_group_id)
    name_taken = code_and_message(client.create_target_group, name="orders", type="LAMBDA")[0]
    clock.advance(1)

    not_found = code_and_message(client.get_target_group, targetGroupIdentifier=slow_group_id)[0]

    assert (observed, name_taken, not_found) == ("DELETE_IN_PROGRESS", "ConflictException", "ResourceNotFoundException")


def test_deleting_twice_changes_nothing(slow_group_id: str, clock: VirtualClock, client: Any) -> None:
    """A second delete request has the same response and does not prolong the deletion."""
    first = members_of(client.delete_target_group(targetGroupIdentifier=slow_group_id))
    clock.advance(20)

    second = members_of(client.delete_target_group(targetGroupIdentifier=slow_group_id))
    clock.advance(10)

    assert second == first
    assert client.list_target_groups()["items"] == []


def test_a_group_being_deleted_rejects_targets(slow_group_id: str, client: Any) -> None:
    """While a group is being deleted, target registrations are rejected."""
    client.delete_target_group(targetGroupIdentifier=slow_group_id)

    rejected = code_and_message(client.register_targets, targetGroupIdentifier=slow_group_id, targets=TARGETS)

    text = f"Invalid resource status for this operation, resource id {slow_group_id}, status: DELETE_IN_PROGRESS."
    assert rejected == ("ConflictException", text)


def test_fail_next_delete_ends_in_delete_failed(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """The next deletion ends in DELETE_FAILED with a reason, and the second deletion succeeds."""
    slow.fail_next_delete(slow_group_id, code="InternalFailure", message="try again")
    client.delete_target_group(targetGroupIdentifier=slow_group_id)
    clock.advance(30)

    failed = client.get_target_group(targetGroupIdentifier=slow_group_id)
    client.delete_target_group(targetGroupIdentifier=slow_group_id)
    clock.advance(30)

    reported = {name: failed[name] for name in ("status", "failureCode", "failureMessage")}
    assert reported == {"status": "DELETE_FAILED", "failureCode": "InternalFailure", "failureMessage": "try again"}
    assert client.list_target_groups()["items"] == []


def test_an_update_sets_last_updated_at(slow_group_id: str, client: Any, clock: VirtualClock) -> None:
    """``lastUpdatedAt`` is the time of the update on the clock of the emulator."""
    clock.advance(50)

    client.update_target_group(targetGroupIdentifier=slow_group_id, healthCheck={"path": "/up"})

    got = client.get_target_group(targetGroupIdentifier=slow_group_id)
    assert got["lastUpdatedAt"] - got["createdAt"] == timedelta(seconds=60)


def test_a_target_is_initial_and_then_healthy(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """In a group in use, a target is INITIAL for ``initial_seconds`` and then HEALTHY."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(19)
    before = statuses(client, slow_group_id)
    clock.advance(1)

    after = statuses(client, slow_group_id)

    assert (before, after) == ({"10.0.0.1": "INITIAL"}, {"10.0.0.1": "HEALTHY"})


def test_a_target_is_unused_until_a_service_uses_its_group(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A target is UNUSED until a service uses its group, and is then INITIAL."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(1000)
    [unused] = client.list_targets(targetGroupIdentifier=slow_group_id)["items"]
    slow.attach_to_service(slow_group_id)
    clock.advance(19)

    observed = [statuses(client, slow_group_id)]
    clock.advance(1)
    observed.append(statuses(client, slow_group_id))

    assert unused == {"id": "10.0.0.1", "port": 80, "status": "UNUSED", "reasonCode": "TargetGroupNotInUse"}
    assert observed == [{"10.0.0.1": "INITIAL"}, {"10.0.0.1": "HEALTHY"}]


def test_a_target_without_health_checks_is_unavailable(
    slow_group_id: str, slow: VpcLatticeEmulator, client: Any
) -> None:
    """With health checks disabled, a target is UNAVAILABLE with HealthCheckNotSupported."""
    client.update_target_group(targetGroupIdentifier=slow_group_id, healthCheck={"enabled": False})
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    [item] = client.list_targets(targetGroupIdentifier=slow_group_id)["items"]

    assert item == {"id": "10.0.0.1", "port": 80, "status": "UNAVAILABLE", "reasonCode": "HealthCheckNotSupported"}


def test_draining_lasts_drain_seconds(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A target of a group in use drains for ``drain_seconds`` and is then deregistered."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(59)
    before = statuses(client, slow_group_id)
    clock.advance(1)

    after = statuses(client, slow_group_id)

    assert (before, after) == ({"10.0.0.1": "DRAINING"}, {})


def test_an_unused_target_does_not_drain(slow_group_id: str, client: Any) -> None:
    """A target of a group that no service uses is deregistered immediately."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    assert statuses(client, slow_group_id) == {}


def test_deregistering_twice_changes_nothing(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A draining target can be deregistered again without error and does not drain longer."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(50)

    again = members_of(client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS))
    clock.advance(10)

    assert again == {"successful": [{"id": "10.0.0.1", "port": 80}], "unsuccessful": []}
    assert statuses(client, slow_group_id) == {}


def test_registering_a_draining_target_restarts_it(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A draining target can be registered again and is then INITIAL."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(20)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    observed = statuses(client, slow_group_id)
    clock.advance(60)

    assert (observed, statuses(client, slow_group_id)) == ({"10.0.0.1": "INITIAL"}, {"10.0.0.1": "HEALTHY"})


def test_detaching_a_group_does_not_end_draining(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """Draining targets keep draining when their group is detached from its services."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    slow.detach_from_services(slow_group_id)

    observed = statuses(client, slow_group_id)
    clock.advance(60)

    assert (observed, statuses(client, slow_group_id)) == ({"10.0.0.1": "DRAINING"}, {})


def test_a_group_with_targets_cannot_be_deleted(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A group cannot be deleted while it has registered or draining targets."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    slow.detach_from_services(slow_group_id)
    with_targets = code_and_message(client.delete_target_group, targetGroupIdentifier=slow_group_id)
    slow.attach_to_service(slow_group_id)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    slow.detach_from_services(slow_group_id)
    draining = code_and_message(client.delete_target_group, targetGroupIdentifier=slow_group_id)
    clock.advance(60)

    deleted = client.delete_target_group(targetGroupIdentifier=slow_group_id)

    text = "TargetGroup has targets registered with it"
    assert (with_targets, draining) == (("ConflictException", text), ("ConflictException", text))
    assert deleted["status"] == "DELETE_IN_PROGRESS"


def test_a_group_in_use_cannot_be_deleted(lattice: VpcLatticeEmulator, group_id: str, client: Any) -> None:
    """A group that a service uses cannot be deleted, and the error names the service."""
    arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"
    lattice.attach_to_service(group_id, arn)

    rejected = error_response(client.delete_target_group, targetGroupIdentifier=group_id)

    assert rejected["Error"] == {
        "Code": "ConflictException",
        "Message": f"TargetGroup {group_id} is in use by {arn}",
    }
    assert rejected["resourceId"] == group_id
