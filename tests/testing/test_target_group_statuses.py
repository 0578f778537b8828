"""How statuses pass, on a clock that takes no time."""

from datetime import timedelta
from typing import Any

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import ROUTED, answer, code_and_message, refusal, statuses

TARGETS = [{"id": "10.0.0.1"}]


def status(client: Any, group_id: str) -> str:
    return str(client.get_target_group(targetGroupIdentifier=group_id)["status"])


def test_creation_takes_its_time(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A group is CREATE_IN_PROGRESS until ``create_seconds`` are over, and ACTIVE from then on."""
    group_id = client.create_target_group(name="orders", type="LAMBDA")["id"]

    seen = list[str]()
    for _ in range(3):
        seen.append(status(client, group_id))
        clock.advance(5)

    assert seen == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "ACTIVE"]


def test_a_group_in_creation_is_not_touched(slow: VpcLatticeEmulator, client: Any) -> None:
    """Update, register and delete are refused with the status in the message while a group is being created."""
    group_id = client.create_target_group(name="orders", type="IP", config=ROUTED)["id"]
    named = {"targetGroupIdentifier": group_id}

    refused = [
        code_and_message(client.register_targets, **named, targets=TARGETS),
        code_and_message(client.update_target_group, **named, healthCheck={"path": "/up"}),
        code_and_message(client.delete_target_group, **named),
    ]

    text = f"Invalid resource status for this operation, resource id {group_id}, status: CREATE_IN_PROGRESS."
    assert refused == [("ConflictException", text)] * 3


def test_a_failed_creation(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A creation that a test lets fail ends in CREATE_FAILED and says why; the next of that name does not fail."""
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


def test_a_failed_group_can_be_deleted(lattice: VpcLatticeEmulator, client: Any) -> None:
    """CREATE_FAILED is final, but such a group can be deleted, and takes no targets."""
    lattice.fail_next_create("orders", code="InternalFailure")
    group_id = client.create_target_group(name="orders", type="IP", config=ROUTED)["id"]

    refused = code_and_message(client.register_targets, targetGroupIdentifier=group_id, targets=TARGETS)
    client.delete_target_group(targetGroupIdentifier=group_id)

    text = f"Invalid resource status for this operation, resource id {group_id}, status: CREATE_FAILED."
    assert refused == ("ConflictException", text)
    assert client.list_target_groups()["items"] == []


def test_deletion_takes_its_time(slow_group_id: str, clock: VirtualClock, client: Any) -> None:
    """A group is DELETE_IN_PROGRESS until ``delete_seconds`` are over, holds its name, and is gone then."""
    client.delete_target_group(targetGroupIdentifier=slow_group_id)
    clock.advance(29)
    seen = status(client, slow_group_id)
    name_taken = code_and_message(client.create_target_group, name="orders", type="LAMBDA")[0]
    clock.advance(1)

    gone = code_and_message(client.get_target_group, targetGroupIdentifier=slow_group_id)[0]

    assert (seen, name_taken, gone) == ("DELETE_IN_PROGRESS", "ConflictException", "ResourceNotFoundException")


def test_deleting_again_changes_nothing(slow_group_id: str, clock: VirtualClock, client: Any) -> None:
    """A second delete is answered like the first, and the deletion ends when it would have ended."""
    first = answer(client.delete_target_group(targetGroupIdentifier=slow_group_id))
    clock.advance(20)

    second = answer(client.delete_target_group(targetGroupIdentifier=slow_group_id))
    clock.advance(10)

    assert second == first
    assert client.list_target_groups()["items"] == []


def test_a_group_in_deletion_takes_nothing(slow_group_id: str, client: Any) -> None:
    """Targets are refused while a group is being deleted."""
    client.delete_target_group(targetGroupIdentifier=slow_group_id)

    refused = code_and_message(client.register_targets, targetGroupIdentifier=slow_group_id, targets=TARGETS)

    text = f"Invalid resource status for this operation, resource id {slow_group_id}, status: DELETE_IN_PROGRESS."
    assert refused == ("ConflictException", text)


def test_a_failed_deletion(slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A deletion that a test lets fail ends in DELETE_FAILED and says why; a second one succeeds."""
    slow.fail_next_delete(slow_group_id, code="InternalFailure", message="try again")
    client.delete_target_group(targetGroupIdentifier=slow_group_id)
    clock.advance(30)

    failed = client.get_target_group(targetGroupIdentifier=slow_group_id)
    client.delete_target_group(targetGroupIdentifier=slow_group_id)
    clock.advance(30)

    told = {name: failed[name] for name in ("status", "failureCode", "failureMessage")}
    assert told == {"status": "DELETE_FAILED", "failureCode": "InternalFailure", "failureMessage": "try again"}
    assert client.list_target_groups()["items"] == []


def test_an_update_is_dated(slow_group_id: str, client: Any, clock: VirtualClock) -> None:
    """``lastUpdatedAt`` is the moment of the update, on the emulator's clock."""
    clock.advance(50)

    client.update_target_group(targetGroupIdentifier=slow_group_id, healthCheck={"path": "/up"})

    got = client.get_target_group(targetGroupIdentifier=slow_group_id)
    assert got["lastUpdatedAt"] - got["createdAt"] == timedelta(seconds=60)


def test_a_target_becomes_healthy(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """In a group that is used, a target is INITIAL until ``initial_seconds`` are over, and HEALTHY then."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(19)
    before = statuses(client, slow_group_id)
    clock.advance(1)

    after = statuses(client, slow_group_id)

    assert (before, after) == ({"10.0.0.1": "INITIAL"}, {"10.0.0.1": "HEALTHY"})


def test_the_first_check_waits_for_service(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A target is UNUSED while no service uses its group; ``initial_seconds`` begin when one does."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(1000)
    [unused] = client.list_targets(targetGroupIdentifier=slow_group_id)["items"]
    slow.attach_to_service(slow_group_id)
    clock.advance(19)

    seen = [statuses(client, slow_group_id)]
    clock.advance(1)
    seen.append(statuses(client, slow_group_id))

    assert unused == {"id": "10.0.0.1", "port": 80, "status": "UNUSED", "reasonCode": "TargetGroupNotInUse"}
    assert seen == [{"10.0.0.1": "INITIAL"}, {"10.0.0.1": "HEALTHY"}]


def test_checks_switched_off(slow_group_id: str, slow: VpcLatticeEmulator, client: Any) -> None:
    """Where health checks are off a target is UNAVAILABLE, and says that they are not supported."""
    client.update_target_group(targetGroupIdentifier=slow_group_id, healthCheck={"enabled": False})
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    [row] = client.list_targets(targetGroupIdentifier=slow_group_id)["items"]

    assert row == {"id": "10.0.0.1", "port": 80, "status": "UNAVAILABLE", "reasonCode": "HealthCheckNotSupported"}


def test_draining_takes_its_time(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A target of a used group drains until ``drain_seconds`` are over, and is gone then."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(59)
    before = statuses(client, slow_group_id)
    clock.advance(1)

    after = statuses(client, slow_group_id)

    assert (before, after) == ({"10.0.0.1": "DRAINING"}, {})


def test_an_unused_target_goes_at_once(slow_group_id: str, client: Any) -> None:
    """A target of a group that no service uses does not drain."""
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    assert statuses(client, slow_group_id) == {}


def test_deregistering_again(slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A target that drains already is deregistered without error, and drains no longer for it."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(50)

    again = answer(client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS))
    clock.advance(10)

    assert again == {"successful": [{"id": "10.0.0.1", "port": 80}], "unsuccessful": []}
    assert statuses(client, slow_group_id) == {}


def test_registering_a_draining_target(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A target that drains can be registered again, and is INITIAL once more."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    clock.advance(20)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)

    seen = statuses(client, slow_group_id)
    clock.advance(60)

    assert (seen, statuses(client, slow_group_id)) == ({"10.0.0.1": "INITIAL"}, {"10.0.0.1": "HEALTHY"})


def test_a_draining_target_out_of_service(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """Targets that drain when their group is taken out of service drain to their time."""
    slow.attach_to_service(slow_group_id)
    client.register_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    client.deregister_targets(targetGroupIdentifier=slow_group_id, targets=TARGETS)
    slow.detach_from_services(slow_group_id)

    seen = statuses(client, slow_group_id)
    clock.advance(60)

    assert (seen, statuses(client, slow_group_id)) == ({"10.0.0.1": "DRAINING"}, {})


def test_a_group_with_targets_is_not_deleted(
    slow_group_id: str, slow: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """A group that has targets, draining ones among them, is not deleted; once they are gone it is."""
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


def test_a_used_group_is_not_deleted(lattice: VpcLatticeEmulator, group_id: str, client: Any) -> None:
    """A group that a service uses is not deleted; the conflict names the service."""
    arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"
    lattice.attach_to_service(group_id, arn)

    refused = refusal(client.delete_target_group, targetGroupIdentifier=group_id)

    assert refused["Error"] == {
        "Code": "ConflictException",
        "Message": f"TargetGroup {group_id} is in use by {arn}",
    }
    assert refused["resourceId"] == group_id
