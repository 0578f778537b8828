"""Deletion with drain=True, that is, after the targets are deregistered and drained."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from lattice_tg.errors import PartialFailureError, ResourceNotFoundError, WaitTimeoutError
from lattice_tg.models.responses import TargetGroupDeletion
from lattice_tg.testing import VpcLatticeEmulator
from support.deletion import HAS_TARGETS, delete_group, with_delays
from support.targets import (
    ARN,
    ID,
    NOT_FOUND,
    StubResponse,
    create_client,
    create_ip_group,
    error_response,
    get_stub,
    make_stub_sender,
    make_targets,
    sent_operations,
    targets_response,
    wire_group,
)

DELETE_RESPONSE = {"id": ID, "arn": ARN, "status": "DELETE_IN_PROGRESS"}
DELETION = TargetGroupDeletion(id=ID, arn=ARN, status="DELETE_IN_PROGRESS")


def create_draining_group(vpc_lattice: VpcLatticeEmulator, client: Any, count: int) -> Any:
    """Return a group with draining targets that no service uses any longer."""
    group = create_ip_group(client)
    vpc_lattice.clock.sleep(10)
    vpc_lattice.attach_to_service(group.id)
    client.register_targets(group, make_targets(count))
    client.deregister_targets(group, make_targets(count))
    vpc_lattice.detach_from_services(group.id)
    return group


@with_delays
def test_delete_drains_and_waits_in_virtual_time(vpc_lattice: VpcLatticeEmulator) -> None:
    """On a virtual clock, delete() waits for draining and deletion without taking real time."""
    client, real_started_at = create_client(vpc_lattice), time.monotonic()
    group = create_draining_group(vpc_lattice, client, 150)
    client.register_targets(group, [*make_targets(155)[150:]])
    started_at = vpc_lattice.clock.monotonic()

    deletion = client.delete(group.arn, drain=True, wait=True)

    assert deletion == TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")
    assert 330 <= vpc_lattice.clock.monotonic() - started_at < 380
    assert (client.find("orders"), time.monotonic() - real_started_at < 5) == (None, True)


@with_delays
def test_draining_targets_are_not_deregistered_again(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets that are already draining are waited for but not deregistered again."""
    client = create_client(vpc_lattice)
    group = create_draining_group(vpc_lattice, client, 2)
    client.register_targets(group, [make_targets(3)[2]])

    client.delete(group, drain=True)

    (first, second) = [call.params["targets"] for call in vpc_lattice.calls if call.operation == "DeregisterTargets"]
    assert ([target["id"] for target in first], second) == (
        ["10.0.0.0", "10.0.0.1"],
        [{"id": "10.0.0.2", "port": 80}],
    )


def test_empty_group_needs_no_deregistration(vpc_lattice: VpcLatticeEmulator) -> None:
    """For an empty group, delete(drain=True) sends no DeregisterTargets request."""
    client = create_client(vpc_lattice)

    client.delete(create_ip_group(client), drain=True)

    assert sent_operations(vpc_lattice) == ["CreateTargetGroup", "GetTargetGroup", "ListTargets", "DeleteTargetGroup"]


@with_delays
@pytest.mark.parametrize(
    ("timeout_seconds", "message"),
    [
        (100, r"^Timed out .* drained .* 10.0.0.0 port 80 is DRAINING"),
        (310, r"^Timed out .* waiting for tg-.* to be deleted "),
    ],
)
def test_draining_and_deletion_share_one_deadline(
    vpc_lattice: VpcLatticeEmulator, timeout_seconds: float, message: str
) -> None:
    """Draining and deletion share one deadline, and the error names the step that timed out."""
    client = create_client(vpc_lattice)
    group = create_draining_group(vpc_lattice, client, 1)
    started_at = vpc_lattice.clock.monotonic()

    with pytest.raises(WaitTimeoutError, match=message):
        client.delete(group, drain=True, wait=True, timeout_seconds=timeout_seconds)

    assert vpc_lattice.clock.monotonic() - started_at == pytest.approx(timeout_seconds, abs=1e-3)


def test_has_targets_conflict_after_draining_is_retried() -> None:
    """After draining, delete() retries conflicts over registered targets."""
    sender = make_stub_sender(
        get_target_group=[wire_group()],
        list_targets=[targets_response()],
        delete_target_group=[HAS_TARGETS, HAS_TARGETS, DELETE_RESPONSE],
    )

    assert delete_group(sender, drain=True) == DELETION
    assert 3 < sender.clock.monotonic() < 6


def test_persistent_has_targets_conflict_times_out() -> None:
    """If a conflict over registered targets persists until the deadline, delete() times out.

    The timeout error contains the service's message.
    """
    sender = make_stub_sender(
        get_target_group=[wire_group()], list_targets=[targets_response()], delete_target_group=[HAS_TARGETS]
    )

    with pytest.raises(WaitTimeoutError, match="TargetGroup has targets registered with it") as caught:
        delete_group(sender, drain=True, timeout_seconds=30)

    assert caught.value.waiting_for == f"{ID} to have no targets"
    assert sender.clock.monotonic() == pytest.approx(30, abs=1e-3)


def test_target_not_found_counts_as_deregistered() -> None:
    """If DeregisterTargets reports TargetNotFound, the target counts as deregistered."""
    not_found = {"unsuccessful": [{"id": "10.0.0.1", "port": 80, "failureCode": "TargetNotFound"}]}
    sender = make_stub_sender(
        get_target_group=[wire_group()],
        list_targets=[targets_response(("10.0.0.1", 80, "UNUSED")), targets_response()],
        deregister_targets=[not_found],
        delete_target_group=[DELETE_RESPONSE],
    )

    assert delete_group(sender, drain=True) == DELETION


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"unsuccessful": [{"id": "10.0.0.1", "port": 80, "failureCode": "Locked"}]}, PartialFailureError),
        (error_response("AccessDeniedException", 403), PartialFailureError),
        (NOT_FOUND, ResourceNotFoundError),
    ],
)
def test_failed_deregistration_keeps_the_group(response: StubResponse, error: type[Exception]) -> None:
    """If deregistration fails, delete() raises and does not delete the group."""
    sender = make_stub_sender(
        get_target_group=[wire_group()],
        list_targets=[targets_response(("10.0.0.1", 80, "UNUSED"))],
        deregister_targets=[response],
    )

    with pytest.raises(error):
        delete_group(sender, drain=True)

    assert get_stub(sender).methods() == ["get_target_group", "list_targets", "deregister_targets"]


def test_throttled_deregistration_stops_at_the_deadline() -> None:
    """If deregistration is throttled until the deadline, delete() raises PartialFailureError."""
    sender = make_stub_sender(
        get_target_group=[wire_group()],
        list_targets=[targets_response(("10.0.0.1", 80, "UNUSED"))],
        deregister_targets=[error_response("ThrottlingException", 429)],
    )

    with pytest.raises(PartialFailureError):
        delete_group(sender, drain=True, timeout_seconds=30)

    assert sender.clock.monotonic() <= 30


@pytest.mark.parametrize("step", range(4))
def test_group_deleted_by_another_client_is_accepted_with_missing_ok(step: int) -> None:
    """With missing_ok=True, delete() returns None if the group disappears at any step."""

    def replace_with_not_found(responses: list[tuple[int, StubResponse]]) -> Iterator[StubResponse]:
        yield from (NOT_FOUND if step <= index else response for index, response in responses)

    unused_target = targets_response(("10.0.0.1", 80, "UNUSED"))
    sender = make_stub_sender(
        get_target_group=list(replace_with_not_found([(0, wire_group())])),
        list_targets=list(replace_with_not_found([(1, unused_target), (3, unused_target)])),
        deregister_targets=list(replace_with_not_found([(2, {"successful": [{"id": "10.0.0.1", "port": 80}]})])),
    )

    assert delete_group(sender, missing_ok=True, drain=True, wait=True) is None
