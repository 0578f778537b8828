"""Listing all or selected targets of a group."""

from lattice_tg.models.targets import Target
from lattice_tg.testing import VpcLatticeEmulator
from support.target_results import get_problems
from support.targets import ID, create_client, create_ip_group, make_targets, sent_operations


def test_list_targets_reads_pages_lazily(vpc_lattice: VpcLatticeEmulator) -> None:
    """list_targets() requests a page when the iteration reaches it."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(250))
    requests_before = len(vpc_lattice.calls)

    listing = client.list_targets(group.id)

    assert len(vpc_lattice.calls) == requests_before
    assert next(listing).status == "UNUSED"
    assert sent_operations(vpc_lattice)[requests_before:] == ["ListTargets"]
    assert len(list(listing)) == 249


def test_list_targets_requests_selected_targets_in_batches(vpc_lattice: VpcLatticeEmulator) -> None:
    """Selected targets are requested 20 at a time, without duplicates.

    Targets that are not registered are omitted from the result.
    """
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(25))
    requests_before = len(vpc_lattice.calls)

    listed = list(client.list_targets(group, [*make_targets(30), Target.ip("10.0.0.0", 80)]))

    assert [target.id for target in listed] == [target.id for target in make_targets(25)]
    assert [len(call.params["targets"]) for call in vpc_lattice.calls[requests_before:]] == [20, 10]


def test_list_targets_rejects_invalid_targets_at_the_call(vpc_lattice: VpcLatticeEmulator) -> None:
    """list_targets() rejects malformed targets immediately."""
    client = create_client(vpc_lattice)

    assert get_problems(lambda: client.list_targets(ID, [Target(id="", port=0)])) == [
        ("targets[0].id", ""),
        ("targets[0].port", 0),
    ]
