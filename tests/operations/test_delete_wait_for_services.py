"""Deletion of groups that services use: ``wait_for_services``, and conflicts that end without a change."""

import pytest

from lattice_tg.errors import ConflictError, WaitTimeoutError
from lattice_tg.testing import VpcLatticeEmulator
from support.deletion import delete_group
from support.targets import (
    NOT_FOUND,
    conflict_response,
    create_client,
    create_ip_group,
    get_stub,
    make_stub_sender,
    make_targets,
    sent_operations,
    targets_response,
    wire_group,
)

IN_USE = conflict_response("TargetGroup is referenced in routing configuration, listeners or rules of service")
DELETED = {"id": "tg-0123456789abcdefg", "arn": "arn", "status": "DELETE_IN_PROGRESS"}
USED, UNUSED = wire_group(serviceArns=["svc"]), wire_group()
NOT_LISTED = targets_response()


@pytest.mark.vpc_lattice(clock="virtual", drain_seconds=60)
@pytest.mark.parametrize("drain", [True, False])
def test_deletion_waits_for_services(vpc_lattice: VpcLatticeEmulator, drain: bool) -> None:
    """With ``wait_for_services``, the deletion waits until no service uses the group."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    if drain:
        client.register_targets(group, make_targets(2))
    vpc_lattice.attach_to_service(group.id)

    with pytest.raises(WaitTimeoutError, match=r"waiting for .* to be used by no service"):
        client.delete(group, drain=drain, wait_for_services=True, timeout_seconds=20)
    assert "DeregisterTargets" not in sent_operations(vpc_lattice)
    vpc_lattice.detach_from_services(group.id)

    assert client.delete(group, drain=drain, wait_for_services=True, wait=True) is not None
    assert client.find("orders") is None


def test_a_group_in_use_is_rejected_at_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """By default, a deletion of a group in use fails at once and names the services."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    vpc_lattice.attach_to_service(group.id)

    with pytest.raises(ConflictError) as caught:
        client.delete(group, wait=True)

    assert (caught.value.kind, len(caught.value.service_arns)) == ("in_use", 1)


@pytest.mark.parametrize("options", [{"drain": True}, {"wait": True}, {"wait_for_services": True}])
def test_a_conflict_about_use_without_a_service_is_retried(options: dict[str, bool]) -> None:
    """A conflict about use is retried while ``service_arns`` is empty, if the caller waits for anything."""
    sender = make_stub_sender(
        delete_target_group=[IN_USE, IN_USE, DELETED],
        get_target_group=[UNUSED, UNUSED, UNUSED, NOT_FOUND],
        list_targets=[NOT_LISTED],
    )

    assert delete_group(sender, **options) is not None
    assert get_stub(sender).methods().count("delete_target_group") == 3


def test_without_waiting_a_conflict_is_raised() -> None:
    """Without ``drain``, ``wait`` and ``wait_for_services``, each conflict is raised."""
    sender = make_stub_sender(delete_target_group=[IN_USE], get_target_group=[UNUSED])

    with pytest.raises(ConflictError):
        delete_group(sender)


def test_registered_targets_are_a_conflict_unless_drained() -> None:
    """If the caller only waits, a conflict about registered targets is raised, because no one deregisters them."""
    has_targets = conflict_response("TargetGroup has targets registered with it")
    sender = make_stub_sender(delete_target_group=[has_targets], get_target_group=[UNUSED])

    with pytest.raises(ConflictError):
        delete_group(sender, wait=True)
