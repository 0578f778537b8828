"""Targets are checked before the first call: against the group, or by their form."""

from typing import Any

import pytest

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.testing import VpcLatticeEmulator
from support.target_results import A, problems_of
from support.targets import (
    BALANCER,
    FUNCTION,
    client_of,
    described,
    ip_group,
    ips,
    script_of,
    scripted,
    sent,
    taking_all,
)


@pytest.mark.parametrize("verb", ["register_targets", "deregister_targets"])
def test_all_problems_at_once(vpc_lattice: VpcLatticeEmulator, verb: str) -> None:
    """Every target that does not fit the group is named, and nothing is sent, not even what is right."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    targets = [*ips(150), Target.instance("i-0a"), Target.ip("2001:db8::1"), Target.ip("10.0.0.1", 0)]

    found = problems_of(lambda: getattr(client, verb)(group, targets))

    assert found == [("targets[150].id", "i-0a"), ("targets[151].id", "2001:db8::1"), ("targets[152].port", 0)]
    assert sent(vpc_lattice) == ["CreateTargetGroup"]


@pytest.mark.parametrize(
    ("group", "targets", "found"),
    [
        (described(ip_address_type="IPV6"), [Target.ip(A)], [("targets[0].id", A)]),
        (described("INSTANCE"), [Target.ip(A)], [("targets[0].id", A)]),
        (described("ALB"), [Target.lambda_(FUNCTION)], [("targets[0].id", FUNCTION)]),
        (
            described("LAMBDA"),
            [Target.lambda_(FUNCTION), Target(id=f"{FUNCTION}2", port=80)],
            [("targets[1].port", 80), ("targets", 2)],
        ),
        (described("ALB"), [Target.alb(BALANCER), Target.alb(f"{BALANCER}2")], [("targets", 2)]),
    ],
)
def test_targets_are_held_against_the_group(group: Any, targets: list[Target], found: list[Any]) -> None:
    """Given the group's description, its type, family and number of targets count."""
    calls = scripted(register_targets=[taking_all])

    assert problems_of(lambda: TargetBatcher.for_register(calls, group).run(targets)) == found
    assert script_of(calls).requests == []


def test_by_id_only_the_form_is_checked(vpc_lattice: VpcLatticeEmulator) -> None:
    """Given an id, the service is the one to say that an instance is no address."""
    client = client_of(vpc_lattice)
    group_id = ip_group(client).id

    report = client.register_targets(group_id, [Target.instance("i-0a", 80)])

    assert [(failure.id, failure.failure_code) for failure in report.unsuccessful] == [("i-0a", "UnsupportedTarget")]
    assert problems_of(lambda: client.register_targets(group_id, [Target(id="")])) == [("targets[0].id", "")]
    assert sent(vpc_lattice) == ["CreateTargetGroup", "RegisterTargets"]


@pytest.mark.parametrize("verb", ["register_targets", "iter_register_targets", "deregister_targets", "list_targets"])
def test_names_are_refused_at_the_call(vpc_lattice: VpcLatticeEmulator, verb: str) -> None:
    """A name in the place of an id is refused when the method is called, were there no targets at all."""
    client = client_of(vpc_lattice)

    with pytest.raises(InvalidIdentifierError):
        getattr(client, verb)("orders", [])

    assert sent(vpc_lattice) == []


@pytest.mark.parametrize("verb", ["register_targets", "iter_register_targets", "deregister_targets", "list_targets"])
@pytest.mark.parametrize("alone", [Target.ip(A), A])
def test_one_where_several_belong(vpc_lattice: VpcLatticeEmulator, verb: str, alone: Any) -> None:
    """One target, or the text of one, in the place of several is refused when the method is called."""
    client = client_of(vpc_lattice)
    group = ip_group(client)

    assert problems_of(lambda: getattr(client, verb)(group, alone)) == [("targets", alone)]
    assert sent(vpc_lattice) == ["CreateTargetGroup"]
