"""Deleting a group: the service's answer, or what became of it."""

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
from support.deletion import deleted, lasting
from support.targets import ID, NOT_FOUND, client_of, ip_group, refusal, scripted, sent


def test_the_services_answer(vpc_lattice: VpcLatticeEmulator) -> None:
    """A delete is one request, and gives what the service says."""
    client = client_of(vpc_lattice)
    group = ip_group(client)

    deletion = client.delete(group)

    assert deletion == TargetGroupDeletion(id=group.id, arn=group.arn, status="DELETE_IN_PROGRESS")
    assert sent(vpc_lattice) == ["CreateTargetGroup", "DeleteTargetGroup"]


@pytest.mark.parametrize("drain", [False, True])
@pytest.mark.parametrize("wait", [False, True])
def test_a_group_that_is_not_there(vpc_lattice: VpcLatticeEmulator, drain: bool, wait: bool) -> None:
    """That there is no such group is an error, unless that is allowed; then there is no deletion."""
    client = client_of(vpc_lattice)

    with pytest.raises(ResourceNotFoundError):
        client.delete(ID, drain=drain, wait=wait)

    assert client.delete(ID, missing_ok=True, drain=drain, wait=wait) is None


def test_wrong_arguments(vpc_lattice: VpcLatticeEmulator) -> None:
    """A name, and a time below nothing, are refused before anything is sent."""
    client = client_of(vpc_lattice)

    with pytest.raises(InvalidIdentifierError):
        client.delete("orders", missing_ok=True)
    with pytest.raises(InvalidArgumentError):
        client.delete(ID, timeout_seconds=-1)

    assert sent(vpc_lattice) == []


def test_no_time_at_all(vpc_lattice: VpcLatticeEmulator) -> None:
    """With no time to wait, a delete is sent all the same, once."""
    client = client_of(vpc_lattice)

    deletion = client.delete(ip_group(client), timeout_seconds=0)

    assert deletion is not None
    assert sent(vpc_lattice) == ["CreateTargetGroup", "DeleteTargetGroup"]


def test_a_lost_reply() -> None:
    """Where a repeat finds no group, the attempt that got no answer may have deleted it: that is done, not an error."""
    calls = scripted(delete_target_group=[refusal("InternalServerException", 500), NOT_FOUND])

    assert deleted(calls, wait=True) is None


def test_throttling_deletes_nothing() -> None:
    """Where a throttled request is repeated and finds no group, there was none."""
    calls = scripted(delete_target_group=[refusal("ThrottlingException", 429), NOT_FOUND])

    with pytest.raises(ResourceNotFoundError):
        deleted(calls)


def test_a_lost_reply_in_the_emulator(vpc_lattice: VpcLatticeEmulator) -> None:
    """A delete whose reply got lost deletes once, and is no error."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.drop_response("DeleteTargetGroup")

    assert client.delete(group, drain=True, wait=True) is None


@lasting
def test_a_group_that_is_being_created(vpc_lattice: VpcLatticeEmulator) -> None:
    """The conflict of a group that is still being created is waited out."""
    client, began = client_of(vpc_lattice), vpc_lattice.clock.monotonic()

    deletion = client.delete(ip_group(client))

    assert deletion is not None
    assert 10 <= vpc_lattice.clock.monotonic() - began < 40


def test_no_answer_to_the_delete(vpc_lattice: VpcLatticeEmulator) -> None:
    """Where no attempt to delete is answered, that is the error, with or without draining."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.fail("DeleteTargetGroup", "InternalServerException", times=7)
    vpc_lattice.drop_response("DeleteTargetGroup", times=1)

    with pytest.raises(TransportError) as caught:
        client.delete(group, drain=True)

    assert caught.value.attempts == 8


@lasting
def test_a_deletion_that_fails_is_asked_for_again(vpc_lattice: VpcLatticeEmulator) -> None:
    """A deletion that failed is told when it has, and a second delete begins it again."""
    client = client_of(vpc_lattice)
    group = client.wait_until_active(ip_group(client))
    vpc_lattice.fail_next_delete(group.id, code="Busy", message="try again")

    with pytest.raises(TargetGroupFailedError, match="it is DELETE_FAILED: Busy: try again; delete it again"):
        client.delete(group, wait=True)
    again = client.delete(group, drain=True, wait=True)

    assert again is not None
    assert client.find("orders") is None


@lasting
def test_a_group_that_is_going_already(vpc_lattice: VpcLatticeEmulator) -> None:
    """A delete of a group that is being deleted is no error, and waits for its end."""
    client = client_of(vpc_lattice)
    group = client.wait_until_active(ip_group(client))
    client.delete(group)

    deletion = client.delete(group, drain=True, wait=True)

    assert deletion is not None
    assert client.find("orders") is None
