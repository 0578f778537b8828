"""Targets in plans: registration, deregistration, order of steps, and problems."""

import pytest
from attrs import evolve

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.plan_steps import DeregisterStep, PlanStep, RegisterStep, WaitHealthyStep
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import ApplyOrder, make_plan, validate_desired
from support.desired_states import ORDERS, RESIZE, existing_group, plan_steps, target_summary, with_config
from support.model_examples import ALB_ARN, LAMBDA_ARN, VPC

A, B, C = Target.ip("10.0.0.1"), Target.ip("10.0.0.2"), Target.ip("10.0.0.3")


def test_targets_none_changes_no_targets() -> None:
    """With ``targets=None``, no target is registered or deregistered, even with ``prune``."""
    assert (
        plan_steps(DesiredState(ORDERS, None, prune=True), existing_group(), targets=[target_summary("10.0.0.1")]) == []
    )


def test_other_targets_stay_without_prune() -> None:
    """Without ``prune``, a plan registers targets but deregisters no targets."""
    assert plan_steps(DesiredState(ORDERS, [A]), existing_group(), targets=[target_summary("10.0.0.2")]) == [
        RegisterStep((A,))
    ]


def test_prune_deregisters_other_targets() -> None:
    """With ``prune``, a plan deregisters only targets that are not desired."""
    steps = plan_steps(
        DesiredState(ORDERS, [C, A], prune=True),
        existing_group(),
        targets=[target_summary("10.0.0.1"), target_summary("10.0.0.2")],
    )

    assert steps == [RegisterStep((C,)), WaitHealthyStep((C, A)), DeregisterStep((Target.ip("10.0.0.2", 80),))]


def test_empty_targets_with_prune_deregister_all() -> None:
    """With ``prune``, an empty list of targets deregisters all targets."""
    summaries = [target_summary("10.0.0.1"), target_summary("10.0.0.1", 81)]

    assert plan_steps(DesiredState(ORDERS, []), existing_group(), targets=summaries) == []
    assert plan_steps(DesiredState(ORDERS, [], prune=True), existing_group(), targets=summaries) == [
        DeregisterStep((Target.ip("10.0.0.1", 80), Target.ip("10.0.0.1", 81)))
    ]


@pytest.mark.parametrize(
    ("target", "observed"),
    [
        (Target.ip("10.0.0.1"), target_summary("10.0.0.1", 80)),
        (Target.ip("10.0.0.1", 80), target_summary("10.0.0.1", 80)),
        (Target.ip("10.0.0.1", 80), target_summary("10.0.0.1", None)),
        (Target.ip("fd00:0::1"), target_summary("fd00::1", 80)),
    ],
)
def test_a_target_without_a_port_has_the_group_port(target: Target, observed: object) -> None:
    """A target without a port matches a target on the group's port, in any spelling."""
    assert plan_steps(DesiredState(ORDERS, [target], prune=True), existing_group(), targets=[observed]) == []  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def test_the_port_of_the_existing_group_counts() -> None:
    """If the spec has no port, a target without a port has the port of the existing group."""
    group = existing_group(with_config(ORDERS, port=8080))

    steps = plan_steps(
        DesiredState(ORDERS, [A, B], prune=True),
        group,
        targets=[target_summary("10.0.0.1", 8080), target_summary("10.0.0.2", 80)],
    )

    assert steps == [RegisterStep((B,)), WaitHealthyStep((A, B)), DeregisterStep((Target.ip("10.0.0.2", 80),))]


def test_one_address_on_two_ports_is_two_targets() -> None:
    """A target is identified by its id and its port."""
    steps = plan_steps(
        DesiredState(ORDERS, [Target.ip("10.0.0.1", 81)], prune=True),
        existing_group(),
        targets=[target_summary("10.0.0.1", 80)],
    )

    new, old = Target.ip("10.0.0.1", 81), Target.ip("10.0.0.1", 80)
    assert steps == [RegisterStep((new,)), WaitHealthyStep((new,)), DeregisterStep((old,))]


def test_draining_targets_count_as_deregistered() -> None:
    """Only draining targets that are desired are registered again."""
    summaries = [target_summary("10.0.0.1", status="DRAINING"), target_summary("10.0.0.2", status="DRAINING")]

    assert plan_steps(DesiredState(ORDERS, [A], prune=True), existing_group(), targets=summaries) == [
        RegisterStep((A,))
    ]


@pytest.mark.parametrize("status", ["INITIAL", "HEALTHY", "UNHEALTHY", "UNUSED", "UNAVAILABLE", "NEW_WORD"])
def test_targets_in_every_other_status_count_as_registered(status: str) -> None:
    """A target in any status except DRAINING counts as registered."""
    assert (
        plan_steps(
            DesiredState(ORDERS, [A], prune=True), existing_group(), targets=[target_summary("10.0.0.1", status=status)]
        )
        == []
    )


@pytest.mark.parametrize("group", [None, existing_group()])
def test_a_duplicate_target_is_registered_once(group: None) -> None:
    """A duplicate target is registered once, in its first spelling."""
    steps = plan_steps(DesiredState(ORDERS, [B, A, Target.ip("10.0.0.2", 80), A]), group)

    assert steps[-1] == RegisterStep((B, A))


def test_a_lambda_target_has_no_port() -> None:
    """A Lambda target is identified by its ARN."""
    desired = DesiredState(RESIZE, [Target.lambda_(LAMBDA_ARN)], prune=True)

    assert plan_steps(desired, existing_group(RESIZE), targets=[target_summary(LAMBDA_ARN, None, "UNAVAILABLE")]) == []


# order


ALB = TargetGroupSpec(name="alb", type="ALB", config=TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC))


NEW, OLD = Target.ip("10.0.0.1"), target_summary("10.0.0.2", 80)
REGISTER, WAIT, DEREGISTER = RegisterStep((NEW,)), WaitHealthyStep((NEW,)), DeregisterStep((Target.ip("10.0.0.2", 80),))


@pytest.mark.parametrize(
    ("order", "steps"),
    [
        ("healthy_first", (REGISTER, WAIT, DEREGISTER)),
        ("register_first", (REGISTER, DEREGISTER)),
        ("deregister_first", (DEREGISTER, REGISTER)),
    ],
)
def test_order_of_registration_and_deregistration(order: ApplyOrder, steps: tuple[PlanStep, ...]) -> None:
    """The order determines the steps, and the plan and its text contain the order."""
    group = existing_group()
    plan = make_plan(DesiredState(ORDERS, [NEW], prune=True), group, targets=[OLD], order=order)

    assert (plan.steps, plan.order) == (steps, order)
    assert str(plan).startswith(f"orders ({group.id}), {order}:\n")


@pytest.mark.parametrize("status", ["INITIAL", "HEALTHY", "UNHEALTHY", "UNAVAILABLE", "UNUSED"])
def test_a_wait_precedes_a_deregistration_that_takes_traffic_away(status: str) -> None:
    """The plan waits for all desired targets even if it registers none, unless the other targets are UNUSED."""
    targets = [target_summary("10.0.0.1", 80), target_summary("10.0.0.2", 80, status)]
    steps = plan_steps(DesiredState(ORDERS, [NEW], prune=True), existing_group(), targets=targets)

    assert steps == ([DEREGISTER] if status == "UNUSED" else [WAIT, DEREGISTER])


@pytest.mark.parametrize("order", ["healthy_first", "register_first", "deregister_first"])
@pytest.mark.parametrize("services", [(), ("arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1",)])
def test_single_target_groups_deregister_first(order: ApplyOrder, services: tuple[str, ...]) -> None:
    """A group that can have only one target deregisters first. The text warns if a service uses the group."""
    new, old = Target.lambda_(LAMBDA_ARN), target_summary(LAMBDA_ARN + "2", None, "UNAVAILABLE")
    group = evolve(existing_group(RESIZE), service_arns=services)
    plan = make_plan(DesiredState(RESIZE, [new], prune=True), group, targets=[old], order=order)

    assert (plan.steps, plan.order) == (
        (DeregisterStep((Target.lambda_(LAMBDA_ARN + "2"),)), RegisterStep((new,))),
        "deregister_first",
    )
    warning = (
        "! traffic is interrupted: LAMBDA target groups can have only one target. To avoid the interruption, create "
        "another target group and move the traffic with route.shift()."
    )
    assert (warning in str(plan)) is bool(services)


# problems


def test_all_problems_of_a_desired_state_are_reported_together() -> None:
    """Problems of the spec and of the targets are reported in one error."""
    with pytest.raises(InvalidSpecError) as caught:
        validate_desired(DesiredState(with_config(ORDERS, port=0, vpc_identifier="x"), [Target.ip("", port=0)]))

    assert [problem.field for problem in caught.value.problems] == [
        "config.port",
        "config.vpc_identifier",
        "targets[0].id",
        "targets[0].port",
    ]


@pytest.mark.parametrize(
    ("spec", "targets", "field"),
    [
        (ORDERS, [Target.ip("fd00::1")], "targets[0].id"),
        (RESIZE, [Target(id=LAMBDA_ARN, port=80)], "targets[0].port"),
        (ALB, [Target.alb(ALB_ARN), Target.alb(ALB_ARN + "0")], "targets"),
    ],
)
def test_targets_are_validated_against_the_spec(spec: TargetGroupSpec, targets: list[Target], field: str) -> None:
    """The address family, port and number of targets are validated against the spec."""
    with pytest.raises(InvalidSpecError) as caught:
        validate_desired(DesiredState(spec, targets))

    assert [problem.field for problem in caught.value.problems] == [field]


def test_allow_unknown_applies_to_desired_states() -> None:
    """With allow_unknown=True, validation accepts unknown enum values."""
    newer = with_config(ORDERS, protocol="QUIC")

    validate_desired(DesiredState(newer, [A]), allow_unknown=True)

    with pytest.raises(InvalidSpecError):
        validate_desired(DesiredState(newer, [A]))
