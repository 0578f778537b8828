"""Tests of ReprMixin: ``repr()`` and ``rich`` output of public classes."""

from datetime import datetime
from typing import Any

import attrs
import pytest
from rich.pretty import pretty_repr

import lattice_tg
from lattice_tg import (
    ApplyResult,
    BatchProgress,
    Change,
    CreateStep,
    DeleteStep,
    DeregisterStep,
    DesiredState,
    FailedRequest,
    FullJitter,
    InternalServerError,
    LatticeError,
    Plan,
    Problem,
    RegisterStep,
    RetryEvent,
    RetryPolicy,
    SystemClock,
    TagStep,
    Target,
    TargetsResult,
    UpdateHealthCheckStep,
    WaitProgress,
)
from lattice_tg.models.health_check import HealthCheck
from support.desired_states import ORDERS, existing_group
from support.model_examples import ID

TARGETS = (Target.ip("10.0.0.1"), Target.ip("10.0.0.2", 8080))
CHANGE = Change("config.port", 80, 443)
PLAN = Plan(desired=DesiredState(ORDERS, TARGETS, prune=True), steps=(CreateStep(ORDERS), RegisterStep(TARGETS)))
ERROR = InternalServerError(operation="GetTargetGroup", code="Internal", message="again", http_status=500)

VALUES: tuple[tuple[object, str], ...] = (
    (CHANGE, "Change(field='config.port', old=80, new=443)"),
    (Problem("name", "A", "wrong"), "Problem(field='name', value='A', rule='wrong')"),
    (DesiredState(ORDERS), f"DesiredState(spec={ORDERS!r})"),
    (CreateStep(ORDERS, after=ID), f"CreateStep(spec={ORDERS!r}, after={ID!r})"),
    (DeleteStep(ID, (CHANGE,)), f"DeleteStep(target_group_id={ID!r}, changes=({CHANGE!r},))"),
    (
        UpdateHealthCheckStep((CHANGE,), HealthCheck.disabled()),
        f"UpdateHealthCheckStep(changes=({CHANGE!r},), health_check=HealthCheck(enabled=False))",
    ),
    (TagStep((CHANGE,), {"team": "shop"}), f"TagStep(changes=({CHANGE!r},), tags={{'team': 'shop'}})"),
    (RegisterStep(TARGETS[:1]), "RegisterStep(targets=(Target(id='10.0.0.1'),))"),
    (DeregisterStep(TARGETS[:1]), "DeregisterStep(targets=(Target(id='10.0.0.1'),))"),
    (Plan(desired=DesiredState(ORDERS)), f"Plan(desired=DesiredState(spec={ORDERS!r}))"),
    (PLAN, f"Plan(desired={PLAN.desired!r}, steps={PLAN.steps!r})"),
    (TargetsResult(TARGETS[:1]), "TargetsResult(successful=(Target(id='10.0.0.1'),))"),
    (
        FailedRequest(TARGETS[:1], ERROR, sent=True),
        f"FailedRequest(targets=(Target(id='10.0.0.1'),), error={ERROR!r}, sent=True)",
    ),
    (
        WaitProgress(waiting_for="orders to be ACTIVE", counts={"ACTIVE": 1}, elapsed_seconds=2.5),
        "WaitProgress(waiting_for='orders to be ACTIVE', counts={'ACTIVE': 1}, elapsed_seconds=2.5)",
    ),
    (
        BatchProgress(total=4, done=1, failed=1, pending=2, throttle_count=0),
        "BatchProgress(total=4, done=1, failed=1, pending=2, throttle_count=0)",
    ),
)
"""Values and the expected repr of each value, which omits fields with default values."""

NAMES: dict[str, Any] = {**{name: getattr(lattice_tg, name) for name in lattice_tg.__all__}, "datetime": datetime}


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_repr_omits_default_values(value: object, expected: str) -> None:
    """The repr contains only fields that differ from their defaults, in the order of their definition."""
    assert repr(value) == expected


@pytest.mark.parametrize("value", [CHANGE, PLAN, DesiredState(ORDERS, TARGETS), DeleteStep(ID, (CHANGE,), TARGETS)])
def test_evaluated_repr_equals_the_value(value: object) -> None:
    """Evaluating the repr or the rich output of a value returns an equal value."""
    assert [eval(repr(value), NAMES), eval(pretty_repr(value, max_width=60), NAMES)] == [value, value]


def test_rich_repr_yields_field_values() -> None:
    """``__rich_repr__`` yields field values instead of strings, so that rich can format nested values."""
    result = ApplyResult(
        DesiredState(ORDERS),
        PLAN,
        existing_group(),
        None,
        attempts=1,
        elapsed_seconds=0.5,
        throttle_count=0,
        run_id="run-1",
    )
    event = RetryEvent(
        operation="GetTargetGroup",
        target_group=ID,
        attempts=1,
        wait_seconds=0.1,
        elapsed_seconds=0.2,
        error=ERROR,
    )

    yielded = list(result.__rich_repr__()), dict(event.__rich_repr__())

    assert yielded == (
        [(field.name, getattr(result, field.name)) for field in attrs.fields(ApplyResult)],
        attrs.asdict(event, recurse=False),
    )


def test_public_values_support_rich() -> None:
    """Every public attrs class has ``__rich_repr__``, except settings classes, whose repr contains all fields."""
    classes = {cls for cls in NAMES.values() if isinstance(cls, type) and attrs.has(cls)}

    without_rich_repr = {
        cls for cls in classes if not issubclass(cls, LatticeError) and not hasattr(cls, "__rich_repr__")
    }

    assert without_rich_repr == {RetryPolicy, FullJitter, SystemClock}
