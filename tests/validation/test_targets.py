"""Tests of the validation of targets against their target group."""

from typing import Any

import pytest

from lattice_tg.models.targets import Target
from lattice_tg.validation import target_problems
from support.model_examples import ALB_ARN, LAMBDA_ARN
from support.validation import changed, group, messages


@pytest.mark.parametrize(
    ("target", "group_type", "config"),
    [
        (Target.ip("10.0.0.1"), "IP", {}),
        (Target.ip("10.0.0.1", 8080), "IP", {"ip_address_type": "IPV4"}),
        (Target.ip("2001:db8::1"), "IP", {"ip_address_type": "IPV6"}),
        (Target.ip("2001:db8::1"), "IP", {"ip_address_type": "IPV7"}),
        (Target.ip("203.0.113.9"), "IP", {}),
        (Target.instance("i-0123456789abcdef0", 80), "INSTANCE", {}),
        (Target.alb(ALB_ARN, 443), "ALB", {}),
        (Target.alb(ALB_ARN.replace("arn:aws:", "arn:aws-cn:")), "ALB", {}),
        (Target.lambda_(LAMBDA_ARN), "LAMBDA", {}),
        (Target.lambda_(LAMBDA_ARN.removesuffix(":live")), "LAMBDA", {}),
        (Target(id="anything"), "POD", {}),
    ],
)
def test_target_that_matches_its_group_has_no_problems(target: Target, group_type: str, config: dict[str, Any]) -> None:
    """A target that matches the type and the address family is valid. Unknown types accept any target."""
    assert target_problems([target], group(group_type, **config)) == target_problems([target]) == ()


@pytest.mark.parametrize(
    ("target", "group_type", "config", "expected"),
    [
        (
            Target.ip("10.0.0.256"),
            "IP",
            {},
            ["targets[0].id='10.0.0.256': must be an IP address (IPV4) for IP target groups"],
        ),
        (
            Target.ip("fe80::1%eth0"),
            "IP",
            {"ip_address_type": "IPV6"},
            ["targets[0].id='fe80::1%eth0': must be an IP address (IPV6) for IP target groups"],
        ),
        (
            Target.ip("2001:db8::1"),
            "IP",
            {},
            ["targets[0].id='2001:db8::1': must match the target group's address family, IPV4"],
        ),
        (
            Target.ip("10.0.0.1"),
            "IP",
            {"ip_address_type": "IPV6"},
            ["targets[0].id='10.0.0.1': must match the target group's address family, IPV6"],
        ),
        (
            Target.ip("10.0.0.1"),
            "INSTANCE",
            {},
            ["targets[0].id='10.0.0.1': must be an instance id (i-…) for INSTANCE target groups"],
        ),
        (
            Target.lambda_(LAMBDA_ARN),
            "ALB",
            {},
            [f"targets[0].id='{LAMBDA_ARN}': must be the ARN of an Application Load Balancer for ALB target groups"],
        ),
        (
            Target.alb(ALB_ARN.replace("/app/", "/net/")),
            "ALB",
            {},
            [
                f"targets[0].id='{ALB_ARN.replace('/app/', '/net/')}'"[:93]
                + "…: must be the ARN of an Application Load Balancer for ALB target groups",
            ],
        ),
        (
            Target.instance("i-0a", 80),
            "LAMBDA",
            {},
            [
                "targets[0].id='i-0a': must be the ARN of a Lambda function, version or alias for LAMBDA target groups",
                "targets[0].port=80: is not supported for LAMBDA targets. Remove it.",
            ],
        ),
    ],
)
def test_target_that_does_not_match_its_group_has_problems(
    target: Target, group_type: str, config: dict[str, Any], expected: list[str]
) -> None:
    """If the group is known, targets are validated against the group's type, address family and port."""
    assert messages(target_problems([target], group(group_type, **config))) == expected
    assert target_problems([target]) == ()


def test_problems_of_all_targets_are_returned_with_their_index() -> None:
    """All targets are validated, and each problem has the index of the target in the list."""
    targets: list[Any] = [
        Target.ip("10.0.0.1"),
        Target(id=""),
        Target(id="x" * 201, port=0),
        changed(Target(id=""), id=None),
        "10.0.0.1",
    ]

    assert messages(target_problems(targets, start=100)) == [
        "targets[101].id='': must be a string of 1 to 200 characters",
        f"targets[102].id='{'x' * 78}…: must be a string of 1 to 200 characters",
        "targets[102].port=0: must be an integer from 1 to 65535. Omit it to use the target group's port.",
        "targets[103].id=None: is required. Set an address, an instance id or an ARN.",
        "targets[104]='10.0.0.1': must be a Target, such as Target.ip('10.0.0.1')",
    ]


@pytest.mark.parametrize(
    ("group_type", "target"), [("ALB", Target.alb(ALB_ARN)), ("LAMBDA", Target.lambda_(LAMBDA_ARN))]
)
def test_alb_and_lambda_groups_can_have_only_one_target(group_type: str, target: Target) -> None:
    """In an ALB or LAMBDA group, two different targets are a problem. Duplicates are counted once."""
    other = changed(target, id=target.id.replace("123456789012", "210987654321"))

    assert target_problems([target, target], group(group_type)) == target_problems([target, other]) == ()
    assert messages(target_problems([target, other], group(group_type))) == [
        f"targets=2: {group_type} target groups can have only one target. Remove the others."
    ]


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE", "POD"])
def test_other_groups_can_have_several_targets(group_type: str) -> None:
    """IP groups, INSTANCE groups and groups of unknown types accept any number of targets."""
    targets = {"IP": [Target.ip("10.0.0.1"), Target.ip("10.0.0.2")]}.get(
        group_type, [Target.instance("i-0a"), Target.instance("i-0b")]
    )

    assert target_problems(targets, group(group_type)) == target_problems([], group(group_type)) == ()
