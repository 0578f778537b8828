"""Validation of targets before the first request."""

from typing import Any

import pytest

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.api import REGISTER_TARGETS
from support.clients import run
from support.target_results import A, get_problems
from support.targets import (
    ALB_ARN,
    FUNCTION_ARN,
    accept_all_targets,
    create_client,
    create_ip_group,
    get_stub,
    make_stub_sender,
    make_target_group,
    make_targets,
    sent_operations,
)


@pytest.mark.parametrize("method", ["register_targets", "deregister_targets"])
def test_all_problems_are_reported_and_nothing_is_sent(vpc_lattice: VpcLatticeEmulator, method: str) -> None:
    """All invalid targets are reported, and no request is sent, not even for the valid targets."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    targets = [*make_targets(150), Target.instance("i-0a"), Target.ip("2001:db8::1"), Target.ip("10.0.0.1", 0)]

    problems = get_problems(lambda: getattr(client, method)(group, targets))

    assert problems == [("targets[150].id", "i-0a"), ("targets[151].id", "2001:db8::1"), ("targets[152].port", 0)]
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup"]


@pytest.mark.parametrize(
    ("group", "targets", "problems"),
    [
        (make_target_group(ip_address_type="IPV6"), [Target.ip(A)], [("targets[0].id", A)]),
        (make_target_group("INSTANCE"), [Target.ip(A)], [("targets[0].id", A)]),
        (make_target_group("ALB"), [Target.lambda_(FUNCTION_ARN)], [("targets[0].id", FUNCTION_ARN)]),
        (
            make_target_group("LAMBDA"),
            [Target.lambda_(FUNCTION_ARN), Target(id=f"{FUNCTION_ARN}2", port=80)],
            [("targets[1].port", 80), ("targets", 2)],
        ),
        (make_target_group("ALB"), [Target.alb(ALB_ARN), Target.alb(f"{ALB_ARN}2")], [("targets", 2)]),
    ],
)
def test_targets_are_validated_against_the_group(group: Any, targets: list[Target], problems: list[Any]) -> None:
    """If a group is passed, the targets are validated against the group.

    The type, the address family and the maximum number of targets are validated.
    """
    sender = make_stub_sender(register_targets=[accept_all_targets])

    assert get_problems(lambda: run(TargetBatcher(sender, REGISTER_TARGETS, group).run, targets)) == problems
    assert get_stub(sender).requests == []


def test_only_the_format_is_validated_for_an_id(vpc_lattice: VpcLatticeEmulator) -> None:
    """If only an id is passed, the client validates only the format of the targets.

    VPC Lattice rejects unsupported targets.
    """
    client = create_client(vpc_lattice)
    group_id = create_ip_group(client).id

    result = client.register_targets(group_id, [Target.instance("i-0a", 80)])

    assert [(failure.id, failure.failure_code) for failure in result.unsuccessful] == [("i-0a", "UnsupportedTarget")]
    assert get_problems(lambda: client.register_targets(group_id, [Target(id="")])) == [("targets[0].id", "")]
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup", "RegisterTargets"]


@pytest.mark.parametrize("method", ["register_targets", "iter_register_targets", "deregister_targets", "list_targets"])
def test_group_name_is_rejected_at_the_call(vpc_lattice: VpcLatticeEmulator, method: str) -> None:
    """A group name is rejected immediately, even if the list of targets is empty."""
    client = create_client(vpc_lattice)

    with pytest.raises(InvalidIdentifierError):
        getattr(client, method)("orders", [])

    assert sent_operations(vpc_lattice) == []


@pytest.mark.parametrize("method", ["register_targets", "iter_register_targets", "deregister_targets", "list_targets"])
@pytest.mark.parametrize("target", [Target.ip(A), A])
def test_single_target_instead_of_an_iterable_is_rejected(
    vpc_lattice: VpcLatticeEmulator, method: str, target: Any
) -> None:
    """A single target or a target id, passed instead of an iterable, is rejected immediately."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)

    assert get_problems(lambda: getattr(client, method)(group, target)) == [("targets", target)]
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup"]
