"""Which updates of a health check the rules take."""

from typing import Any

import pytest

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.validation import update_problems
from support.model_examples import HEALTH_CHECK
from support.validation import CODES_RULE, RESET, messages


def test_updates_that_are_legal() -> None:
    """An update may set fields, reset others, or both."""
    found = [
        update_problems(HEALTH_CHECK, ()),
        update_problems(HealthCheck(), ["port", "matcher"]),
        update_problems(HealthCheck(path="/ready"), {"port"}),
    ]

    assert found == [(), (), ()]


@pytest.mark.parametrize(
    ("health_check", "reset", "expected"),
    [
        (
            HealthCheck(),
            (),
            ["health_check=HealthCheck(): has no changes. Set a field, or name one in reset."],
        ),
        (HealthCheck(port=80), ("port",), ["reset[0]='port': is also set to 80. Either set it or reset it."]),
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
def test_updates_that_are_not(health_check: Any, reset: Any, expected: list[str]) -> None:
    """An update is held to the rules of health checks, and must say something, and nothing twice."""
    assert messages(update_problems(health_check, reset)) == expected


@pytest.mark.parametrize(("kind", "is_checked"), [("IP", True), ("INSTANCE", True), ("ALB", False), ("LAMBDA", False)])
def test_types_without_health_checks(kind: str, is_checked: bool) -> None:
    """A group whose targets the service does not check has no health check to change."""
    check = HealthCheck(port=80)

    found = [update_problems(check, (), kind=kind), update_problems(HealthCheck(), ["port"], kind=kind)]

    rule = f"is not supported for {kind} target groups. Do not update it."
    told = [[f"health_check=HealthCheck(port=80): {rule}"], [f"health_check=HealthCheck(): {rule}"]]
    assert [messages(problems) for problems in found] == ([[], []] if is_checked else told)
