"""The targets of a group, all of them or some by name."""

from lattice_tg.models.targets import Target
from lattice_tg.testing import VpcLatticeEmulator
from support.target_results import problems_of
from support.targets import ID, client_of, ip_group, ips, sent


def test_listing_all(vpc_lattice: VpcLatticeEmulator) -> None:
    """All pages are read, as they are reached."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(250))
    done = len(vpc_lattice.calls)

    listing = client.list_targets(group.id)

    assert len(vpc_lattice.calls) == done
    assert next(listing).status == "UNUSED"
    assert sent(vpc_lattice)[done:] == ["ListTargets"]
    assert len(list(listing)) == 249


def test_listing_by_name(vpc_lattice: VpcLatticeEmulator) -> None:
    """Those named are asked for, 20 at a time, each once; what is not registered has no row."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(25))
    done = len(vpc_lattice.calls)

    rows = list(client.list_targets(group, [*ips(30), Target.ip("10.0.0.0", 80)]))

    assert [row.id for row in rows] == [target.id for target in ips(25)]
    assert [len(call.params["targets"]) for call in vpc_lattice.calls[done:]] == [20, 10]


def test_listing_wrong_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets of no form are refused at the call."""
    client = client_of(vpc_lattice)

    assert problems_of(lambda: client.list_targets(ID, [Target(id="", port=0)])) == [
        ("targets[0].id", ""),
        ("targets[0].port", 0),
    ]
