"""Tests of plans and plan steps: strings, equality, pickling and immutability."""

import copy
import pickle

import pytest

from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.change import Change
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.plan_steps import (
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
    (CreateStep(RESIZE, after=ID), f"+ create resize (LAMBDA) after {ID} is deleted"),
    (
        DeleteStep(ID, (Change("config.port", 80, 8080), Change("config.ip_address_type", None, "IPV4"))),
        (
            f"- drain and delete {ID} because these fields cannot be updated:\n"
            "-   config.port: 80\n+   config.port: 8080\n+   config.ip_address_type: 'IPV4'"
        ),
    ),
    (
        DeleteStep(
            ID, (Change("status", "CREATE_FAILED", "ACTIVE"),), (Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2"))
        ),
        (
            f"- drain and delete {ID} because these fields cannot be updated:\n"
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
    """A step is printed as diff lines: old values after a minus sign, new values after a plus sign."""
    assert str(step) == text


def test_plan_str_has_name_then_steps() -> None:
    """The string of a plan shows the name and id of the target group, and then the steps in order."""
    plan = Plan(desired=DesiredState(SPEC), steps=(UPDATE, RegisterStep((Target.ip("fd00::1"),))), target_group=FOUND)

    assert str(plan) == f"orders ({ID}):\n{UPDATE}\n+ target fd00::1"


def test_plan_str_marks_a_new_group() -> None:
    """If no target group has the name, the first line of the plan says "new"."""
    assert (
        str(Plan(desired=DesiredState(RESIZE), steps=(CreateStep(RESIZE),)))
        == "resize (new):\n+ create resize (LAMBDA)"
    )


def test_plan_str_has_the_status_of_an_inactive_group() -> None:
    """If the target group is not ACTIVE, the first line of the plan shows the status."""
    assert (
        str(Plan(desired=DesiredState(SPEC), target_group=TARGET_GROUP))
        == f"orders ({ID}, CREATE_FAILED): nothing to do"
    )


def test_empty_plan_is_falsy_and_prints_nothing_to_do() -> None:
    """An empty plan is falsy, has no steps, and prints "nothing to do"."""
    plan = Plan(desired=DesiredState(SPEC), target_group=FOUND)

    assert (bool(plan), len(plan), list(plan), str(plan)) == (False, 0, [], f"orders ({ID}): nothing to do")


def test_plan_is_a_collection_of_its_steps() -> None:
    """Iterating over a plan yields the steps, and the length of a plan is the number of steps."""
    assert (bool(FULL), len(FULL), list(FULL)) == (True, len(STEPS), [step for step, _ in STEPS])


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickled_and_copied_plans_are_equal(protocol: int) -> None:
    """An unpickled or copied plan is equal to the original and has the same hash."""
    copies = [pickle.loads(pickle.dumps(FULL, protocol)), copy.deepcopy(FULL), copy.copy(FULL)]

    assert copies == [FULL] * 3
    assert {hash(each) for each in copies} == {hash(FULL)}


def test_plan_is_immutable() -> None:
    """The steps of a plan cannot be replaced."""
    with pytest.raises(AttributeError):
        FULL.steps = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_desired_state_converts_targets_to_a_tuple() -> None:
    """A desired state converts any iterable of targets to a tuple, but does not convert None."""
    desired = DesiredState(SPEC, iter([Target.ip("fd00::1")]))

    assert (desired.targets, DesiredState(SPEC).targets) == ((Target.ip("fd00::1"),), None)


def test_create_step_str_omits_unset_fields() -> None:
    """The string of a create step shows only the fields that are set."""
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
