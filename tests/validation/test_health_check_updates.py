"""Tests of the validation of health check updates."""

from typing import Any

import pytest

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.validation import update_problems
from support.model_examples import HEALTH_CHECK
from support.validation import CODES_RULE, RESET, messages


def test_update_that_sets_or_resets_fields_is_valid() -> None:
    """A health check update may set fields, reset other fields, or do both."""
    problems = [
        update_problems(HEALTH_CHECK, ()),
        update_problems(HealthCheck(), ["port", "matcher"]),
        update_problems(HealthCheck(path="/ready"), {"port"}),
    ]

    assert problems == [(), (), ()]


@pytest.mark.parametrize(
    ("health_check", "reset", "expected"),
    [
        (
            HealthCheck(),
            (),
            [
                "health_check=HealthCheck(): has no fields to update. Set a field, or pass the fields to reset as reset=[...]."
            ],
        ),
        (HealthCheck(port=80), ("port",), ["reset[0]='port': is also set to 80. Either set or reset the field."]),
        (
            HealthCheck(),
            ("enabled",),
            [
                (
                    "reset[0]='enabled': must be one of port, path, interval_seconds, timeout_seconds, "
                    "healthy_threshold_count, unhealthy_threshold_count, matcher"
                ),
            ],
        ),
        (HealthCheck(port=0), (), [f"health_check.port=0: {RESET}"]),
        (
            HealthCheck(interval_seconds=1, matcher=Matcher(http_code="x")),
            ("path",),
            [
                "health_check.interval_seconds=1: must be an integer from 5 to 300",
                f"health_check.matcher.http_code='x': {CODES_RULE}",
            ],
        ),
        ({"port": 80}, (), ["health_check={'port': 80}: must be a HealthCheck"]),
    ],
)
def test_invalid_update_has_problems(health_check: Any, reset: Any, expected: list[str]) -> None:
    """An update must follow the health check rules, must not be empty, and must not set and reset the same field."""
    assert messages(update_problems(health_check, reset)) == expected


@pytest.mark.parametrize(
    ("group_type", "is_supported"), [("IP", True), ("INSTANCE", True), ("ALB", False), ("LAMBDA", False)]
)
def test_update_is_invalid_for_types_without_health_checks(group_type: str, is_supported: bool) -> None:
    """Health checks of ALB and LAMBDA groups cannot be updated."""
    check = HealthCheck(port=80)

    problems = [
        update_problems(check, (), group_type=group_type),
        update_problems(HealthCheck(), ["port"], group_type=group_type),
    ]

    rule = (
        f"is not supported for {group_type} target groups. Update health checks of IP and INSTANCE target groups only."
    )
    expected = [[f"health_check=HealthCheck(port=80): {rule}"], [f"health_check=HealthCheck(): {rule}"]]
    assert [messages(each) for each in problems] == ([[], []] if is_supported else expected)
