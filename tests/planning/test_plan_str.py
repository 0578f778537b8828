"""What plans look like: exact texts, and that they are plain values."""

import copy
import pickle

import pytest

from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.plan_steps import (
    Change,
    CreateStep,
    DeleteStep,
    DeregisterStep,
    PlanStep,
    RegisterStep,
    TagStep,
    UpdateHealthCheckStep,
)
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import Plan
from support.model_examples import ARN, ID, LAMBDA_ARN, SPEC, TARGET_GROUP, VPC

RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")
FOUND = TargetGroupSummary(id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE")

CREATE = CreateStep(SPEC)
CREATE_TEXT = f"""\
+ create orders (IP)
+   config.port: 443
+   config.protocol: 'HTTPS'
+   config.protocol_version: 'HTTP1'
+   config.vpc_identifier: '{VPC}'
+   config.ip_address_type: 'IPV6'
+   config.lambda_event_structure_version: 'V2'
+   config.health_check.enabled: True
+   config.health_check.protocol: 'HTTPS'
+   config.health_check.protocol_version: 'HTTP2'
+   config.health_check.port: 8443
+   config.health_check.path: '/ready'
+   config.health_check.interval_seconds: 10
+   config.health_check.timeout_seconds: 4
+   config.health_check.healthy_threshold_count: 3
+   config.health_check.unhealthy_threshold_count: 4
+   config.health_check.matcher: Matcher(http_code='200-299')
+   tags['team']: 'shop'
+   tags['empty']: ''"""

UPDATE = UpdateHealthCheckStep(
    (
        Change("config.health_check.interval_seconds", 30, 10),
        Change("config.health_check.port", None, 8443),
        Change("config.health_check.enabled", old=True, new=False),
    ),
    HealthCheck(interval_seconds=10, port=8443, enabled=False),
)

STEPS: tuple[tuple[PlanStep, str], ...] = (
    (CREATE, CREATE_TEXT),
    (CreateStep(RESIZE), "+ create resize (LAMBDA)"),
    (CreateStep(RESIZE, after=ID), f"+ create resize (LAMBDA) once {ID} is gone"),
    (
        DeleteStep(ID, (Change("config.port", 80, 8080), Change("config.ip_address_type", None, "IPV4"))),
        (
            f"- drain and delete {ID}, since these cannot change:\n"
            "-   config.port: 80\n+   config.port: 8080\n+   config.ip_address_type: 'IPV4'"
        ),
    ),
    (
        DeleteStep(
            ID, (Change("status", "CREATE_FAILED", "ACTIVE"),), (Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2"))
        ),
        (
            f"- drain and delete {ID}, since these cannot change:\n"
            "-   status: 'CREATE_FAILED'\n+   status: 'ACTIVE'\n"
            "-   target 10.0.0.1 port 80\n-   target 10.0.0.2"
        ),
    ),
    (
        UPDATE,
        (
            "- config.health_check.interval_seconds: 30\n+ config.health_check.interval_seconds: 10\n"
            "+ config.health_check.port: 8443\n"
            "- config.health_check.enabled: True\n+ config.health_check.enabled: False"
        ),
    ),
    (
        TagStep(
            (Change("tags['team']", "", "store"), Change("tags['cost']", None, "")),
            FrozenMapping({"team": "store", "cost": ""}),
        ),
        "- tags['team']: ''\n+ tags['team']: 'store'\n+ tags['cost']: ''",
    ),
    (
        RegisterStep((Target.ip("10.0.0.1"), Target.ip("fd00::1", 8080))),
        "+ target 10.0.0.1\n+ target fd00::1 port 8080",
    ),
    (DeregisterStep((Target.lambda_(LAMBDA_ARN),)), f"- target {LAMBDA_ARN}"),
    (
        DeregisterStep((Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80))),
        "- target 10.0.0.1 port 80\n- target 10.0.0.2 port 80",
    ),
)

FULL = Plan(
    desired=DesiredState(SPEC, [Target.ip("fd00::1")], prune=True),
    steps=tuple(step for step, _ in STEPS),
    target_group=FOUND,
)


@pytest.mark.parametrize(("step", "text"), STEPS, ids=[type(step).__name__ for step, _ in STEPS])
def test_steps_read_like_a_diff(step: PlanStep, text: str) -> None:
    """What goes stands after a minus and what comes after a plus, at the start of a line, which colours it."""
    assert str(step) == text


def test_a_plan_is_its_steps_under_the_name_of_the_group() -> None:
    """A plan prints the group and then its steps, in order."""
    plan = Plan(desired=DesiredState(SPEC), steps=(UPDATE, RegisterStep((Target.ip("fd00::1"),))), target_group=FOUND)

    assert str(plan) == f"orders ({ID}):\n{UPDATE}\n+ target fd00::1"


def test_a_plan_for_a_new_group_says_so() -> None:
    """Where there is no group of the name, the head says new."""
    assert (
        str(Plan(desired=DesiredState(RESIZE), steps=(CreateStep(RESIZE),)))
        == "resize (new):\n+ create resize (LAMBDA)"
    )


def test_a_plan_says_the_status_of_a_group_that_is_not_active() -> None:
    """The status that apply waits for, or that stands in the way, is told."""
    assert (
        str(Plan(desired=DesiredState(SPEC), target_group=TARGET_GROUP))
        == f"orders ({ID}, CREATE_FAILED): nothing to do"
    )


def test_a_plan_with_nothing_to_do_is_false_and_says_so() -> None:
    """An empty plan is false, has no steps, and is no empty text."""
    plan = Plan(desired=DesiredState(SPEC), target_group=FOUND)

    assert (bool(plan), len(plan), list(plan), str(plan)) == (False, 0, [], f"orders ({ID}): nothing to do")


def test_a_plan_is_iterated_step_by_step() -> None:
    """A plan is a collection of its steps."""
    assert (bool(FULL), len(FULL), list(FULL)) == (True, len(STEPS), [step for step, _ in STEPS])


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_plans_travel(protocol: int) -> None:
    """A plan comes out of a pickle, and of a copy, equal and with the same hash."""
    travelled = [pickle.loads(pickle.dumps(FULL, protocol)), copy.deepcopy(FULL), copy.copy(FULL)]

    assert travelled == [FULL] * 3
    assert {hash(each) for each in travelled} == {hash(FULL)}


def test_plans_cannot_change() -> None:
    """A plan that was read and approved stays what it is."""
    with pytest.raises(AttributeError):
        FULL.steps = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_targets_are_kept_as_they_were_given() -> None:
    """Any iterable of targets is taken once; None stays None."""
    kept = DesiredState(SPEC, iter([Target.ip("fd00::1")]))

    assert (kept.targets, DesiredState(SPEC).targets) == ((Target.ip("fd00::1"),), None)


def test_what_is_not_set_is_not_shown() -> None:
    """A creation shows the settings that are made, and no others."""
    spec = TargetGroupSpec(
        name="web",
        type="IP",
        config=TargetGroupConfig(
            protocol="TCP", port=0, health_check=HealthCheck(enabled=False, matcher=Matcher(http_code="200"))
        ),
    )

    assert str(CreateStep(spec)).splitlines() == [
        "+ create web (IP)",
        "+   config.port: 0",
        "+   config.protocol: 'TCP'",
        "+   config.health_check.enabled: False",
        "+   config.health_check.matcher: Matcher(http_code='200')",
    ]
