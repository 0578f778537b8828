"""Deletion of target groups."""

import pytest

from lattice_tg.errors import (
    InvalidArgumentError,
    InvalidIdentifierError,
    ResourceNotFoundError,
    TargetGroupFailedError,
    TransportError,
)
from lattice_tg.models.responses import TargetGroupDeletion
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.deletion import delete_group, with_delays
from support.targets import (
    ID,
    NOT_FOUND,
    create_client,
    create_ip_group,
    error_response,
    make_stub_sender,
    sent_operations,
)


def test_delete_sends_one_request_and_returns_the_response(vpc_lattice: VpcLatticeEmulator) -> None:
    """delete() sends one request and returns the service's response."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)

    deletion = client.delete(group)

    assert deletion == TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup", "DeleteTargetGroup"]


@pytest.mark.parametrize("drain", [False, True])
@pytest.mark.parametrize("wait", [False, True])
def test_delete_of_missing_group_raises_unless_missing_ok(
    vpc_lattice: VpcLatticeEmulator, drain: bool, wait: bool
) -> None:
    """delete() raises for a missing group, or returns None with missing_ok=True."""
    client = create_client(vpc_lattice)

    with pytest.raises(ResourceNotFoundError):
        client.delete(ID, drain=drain, wait=wait)

    assert client.delete(ID, missing_ok=True, drain=drain, wait=wait) is None


def test_invalid_arguments_are_rejected(vpc_lattice: VpcLatticeEmulator) -> None:
    """A group name or a negative timeout is rejected before a request is sent."""
    client = create_client(vpc_lattice)

    with pytest.raises(InvalidIdentifierError):
        client.delete("orders", missing_ok=True)
    with pytest.raises(InvalidArgumentError):
        client.delete(ID, timeout_seconds=-1)

    assert sent_operations(vpc_lattice) == []


def test_delete_with_zero_timeout_sends_one_request(vpc_lattice: VpcLatticeEmulator) -> None:
    """With timeout_seconds=0, delete() still sends one request."""
    client = create_client(vpc_lattice)

    deletion = client.delete(create_ip_group(client), timeout_seconds=0)

    assert deletion is not None
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup", "DeleteTargetGroup"]


def test_not_found_after_server_error_returns_none() -> None:
    """If a retry after a 500 gets a 404, delete() returns None.

    The first attempt may have deleted the group.
    """
    sender = make_stub_sender(delete_target_group=[error_response("InternalServerException", 500), NOT_FOUND])

    assert delete_group(sender, wait=True) is None


def test_not_found_after_throttling_raises() -> None:
    """If a retry after throttling gets a 404, delete() raises.

    The throttled attempt cannot have deleted the group.
    """
    sender = make_stub_sender(delete_target_group=[error_response("ThrottlingException", 429), NOT_FOUND])

    with pytest.raises(ResourceNotFoundError):
        delete_group(sender)


def test_delete_with_lost_response_returns_none(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the response is lost and the retry finds no group, delete() returns None."""
    client = create_client(vpc_lattice, clock=VirtualClock())
    group = create_ip_group(client)
    vpc_lattice.drop_response("DeleteTargetGroup")

    assert client.delete(group, drain=True, wait=True) is None


@with_delays
def test_delete_waits_while_group_is_being_created(vpc_lattice: VpcLatticeEmulator) -> None:
    """delete() retries the conflict while the group is still being created."""
    client, started_at = create_client(vpc_lattice), vpc_lattice.clock.monotonic()

    deletion = client.delete(create_ip_group(client))

    assert deletion is not None
    assert 10 <= vpc_lattice.clock.monotonic() - started_at < 40


def test_delete_raises_if_every_attempt_fails(vpc_lattice: VpcLatticeEmulator) -> None:
    """If every attempt fails, delete(drain=True) raises the last error."""
    client = create_client(vpc_lattice, clock=VirtualClock())
    group = create_ip_group(client)
    vpc_lattice.fail("DeleteTargetGroup", "InternalServerException", times=7)
    vpc_lattice.drop_response("DeleteTargetGroup", times=1)

    with pytest.raises(TransportError) as caught:
        client.delete(group, drain=True)

    assert caught.value.attempts == 8


@with_delays
def test_failed_deletion_raises_and_can_be_repeated(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the deletion fails, delete() raises, and a second delete() starts a new deletion."""
    client = create_client(vpc_lattice)
    group = client.wait_until_active(create_ip_group(client))
    vpc_lattice.fail_next_delete(group.id, code="Busy", message="try again")

    with pytest.raises(
        TargetGroupFailedError, match=r"the target group is DELETE_FAILED \(Busy: try again\)\. Delete it again"
    ):
        client.delete(group, wait=True)
    deletion = client.delete(group, drain=True, wait=True)

    assert deletion is not None
    assert client.find("orders") is None


@with_delays
def test_delete_of_group_being_deleted_waits(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the group is already being deleted, delete() waits until the group is deleted."""
    client = create_client(vpc_lattice)
    group = client.wait_until_active(create_ip_group(client))
    client.delete(group)

    deletion = client.delete(group, drain=True, wait=True)

    assert deletion is not None
    assert client.find("orders") is None
