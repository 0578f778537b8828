"""Which targets a plan lets in and out, in which order, and what is wrong with a wish."""

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.plan_steps import CreateStep, DeregisterStep, PlanStep, RegisterStep
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import ApplyOrder, Plan, validate_desired
from support.desired_states import ORDERS, RESIZE, existing_group, plan_steps, target_summary, with_config
from support.model_examples import ALB_ARN, LAMBDA_ARN, VPC

A, B, C = Target.ip("10.0.0.1"), Target.ip("10.0.0.2"), Target.ip("10.0.0.3")


def test_targets_that_are_not_named_are_left_alone() -> None:
    """None says nothing about targets, even with ``prune``."""
    assert (
        plan_steps(DesiredState(ORDERS, None, prune=True), existing_group(), targets=[target_summary("10.0.0.1")]) == []
    )


def test_targets_of_others_stay() -> None:
    """Without ``prune`` a plan lets targets in, and none out."""
    assert plan_steps(DesiredState(ORDERS, [A]), existing_group(), targets=[target_summary("10.0.0.2")]) == [
        RegisterStep((A,))
    ]


def test_prune_takes_out_what_is_not_named() -> None:
    """Those that are named and there are left as they are."""
    found = plan_steps(
        DesiredState(ORDERS, [C, A], prune=True),
        existing_group(),
        targets=[target_summary("10.0.0.1"), target_summary("10.0.0.2")],
    )

    assert found == [RegisterStep((C,)), DeregisterStep((Target.ip("10.0.0.2", 80),))]


def test_no_targets_with_prune_removes_all() -> None:
    """An empty list is not the same as none."""
    rows = [target_summary("10.0.0.1"), target_summary("10.0.0.1", 81)]

    assert plan_steps(DesiredState(ORDERS, []), existing_group(), targets=rows) == []
    assert plan_steps(DesiredState(ORDERS, [], prune=True), existing_group(), targets=rows) == [
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
def test_a_target_without_a_port_has_that_of_the_group(target: Target, observed: object) -> None:
    """The same target in another spelling is the same target."""
    assert plan_steps(DesiredState(ORDERS, [target], prune=True), existing_group(), targets=[observed]) == []  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def test_the_port_of_the_group_that_is_there_counts() -> None:
    """A spec without a port takes a group of any port, and its targets have that one."""
    group = existing_group(with_config(ORDERS, port=8080))

    found = plan_steps(
        DesiredState(ORDERS, [A, B], prune=True),
        group,
        targets=[target_summary("10.0.0.1", 8080), target_summary("10.0.0.2", 80)],
    )

    assert found == [RegisterStep((B,)), DeregisterStep((Target.ip("10.0.0.2", 80),))]


def test_one_address_on_two_ports_is_two_targets() -> None:
    """A target is its id and its port."""
    found = plan_steps(
        DesiredState(ORDERS, [Target.ip("10.0.0.1", 81)], prune=True),
        existing_group(),
        targets=[target_summary("10.0.0.1", 80)],
    )

    assert found == [RegisterStep((Target.ip("10.0.0.1", 81),)), DeregisterStep((Target.ip("10.0.0.1", 80),))]


def test_draining_targets_are_not_current() -> None:
    """One that is wanted is registered again, and one that is not is leaving already."""
    rows = [target_summary("10.0.0.1", status="DRAINING"), target_summary("10.0.0.2", status="DRAINING")]

    assert plan_steps(DesiredState(ORDERS, [A], prune=True), existing_group(), targets=rows) == [RegisterStep((A,))]


@pytest.mark.parametrize("status", ["INITIAL", "HEALTHY", "UNHEALTHY", "UNUSED", "UNAVAILABLE", "NEW_WORD"])
def test_targets_in_every_other_status_are_current(status: str) -> None:
    """Whether a target is well is not what a plan is about."""
    assert (
        plan_steps(
            DesiredState(ORDERS, [A], prune=True), existing_group(), targets=[target_summary("10.0.0.1", status=status)]
        )
        == []
    )


@pytest.mark.parametrize("group", [None, existing_group()])
def test_a_target_named_twice_is_registered_once(group: None) -> None:
    """Where it first stands, as it was first written; also where the group's port has yet to be given."""
    found = plan_steps(DesiredState(ORDERS, [B, A, Target.ip("10.0.0.2", 80), A]), group)

    assert found[-1] == RegisterStep((B, A))


def test_a_function_has_no_port() -> None:
    """A Lambda target is its ARN."""
    wish = DesiredState(RESIZE, [Target.lambda_(LAMBDA_ARN)], prune=True)

    assert plan_steps(wish, existing_group(RESIZE), targets=[target_summary(LAMBDA_ARN, None, "UNAVAILABLE")]) == []


# order


ALB = TargetGroupSpec(name="alb", type="ALB", config=TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC))


@pytest.mark.parametrize(
    ("spec", "order", "last"),
    [
        (ORDERS, "register_first", DeregisterStep),
        (ORDERS, "deregister_first", RegisterStep),
        (ALB, "register_first", RegisterStep),
        (RESIZE, "register_first", RegisterStep),
        (RESIZE, "deregister_first", RegisterStep),
    ],
)
def test_targets_go_in_before_others_go_out(spec: TargetGroupSpec, order: ApplyOrder, last: type[PlanStep]) -> None:
    """The other way round only if asked for, or where there can be one target only; all else comes before."""
    first, second = RegisterStep((A,)), DeregisterStep((B,))
    plan = Plan(desired=DesiredState(spec), steps=(CreateStep(spec), first, second))

    assert plan.steps_for(order) == (CreateStep(spec), *((second, first) if last is RegisterStep else (first, second)))


# mistakes


def test_all_mistakes_of_a_wish_are_told_at_once() -> None:
    """Targets are held against the rules of their form where the spec is wrong itself."""
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
def test_targets_are_held_against_the_spec(spec: TargetGroupSpec, targets: list[Target], field: str) -> None:
    """Family, type and number are known before there is a group."""
    with pytest.raises(InvalidSpecError) as caught:
        validate_desired(DesiredState(spec, targets))

    assert [problem.field for problem in caught.value.problems] == [field]


def test_unknown_words_are_let_pass_if_allowed() -> None:
    """A client for a newer service may have wishes that this library does not know."""
    newer = with_config(ORDERS, protocol="QUIC")

    validate_desired(DesiredState(newer, [A]), allow_unknown=True)

    with pytest.raises(InvalidSpecError):
        validate_desired(DesiredState(newer, [A]))
