"""Validation of the identifiers of routes, and the limits of the service model on routes and weights."""

import re
from typing import Any

import pytest

from lattice_tg.models.route import MAX_WEIGHT
from lattice_tg.validation.route import MAX_GROUPS, parse_weights, route_problems
from support.hostile_values import HOSTILE_VALUES
from support.service_model import service

SERVICE, OTHER_SERVICE = "svc-0123456789abcdefg", "svc-00000000000000000"
LISTENER, OTHER_LISTENER = "listener-0123456789abcdefg", "listener-00000000000000000"
RULE = "rule-0123456789abcdefg"
SERVICE_ARN = f"arn:aws:vpc-lattice:eu-west-1:123456789012:service/{SERVICE}"
LISTENER_ARN = f"{SERVICE_ARN}/listener/{LISTENER}"
RULE_ARN = f"{LISTENER_ARN}/rule/{RULE}"


def find_problems(service_id: object, listener: object, rule: object = None) -> list[str]:
    return [f"{problem.field}: {problem.rule}" for problem in route_problems(service_id, listener, rule)]


@pytest.mark.parametrize("service_id", [SERVICE, SERVICE_ARN])
@pytest.mark.parametrize("listener", [LISTENER, LISTENER_ARN])
@pytest.mark.parametrize("rule", [None, RULE, RULE_ARN])
def test_ids_and_arns_are_valid(service_id: str, listener: str, rule: str | None) -> None:
    """Ids and ARNs can be mixed, and the patterns of the service model match them."""
    assert find_problems(service_id, listener, rule) == []
    for name, value in (("Service", service_id), ("Listener", listener), ("Rule", rule or RULE)):
        shape: Any = service().shape_for(f"{name}Identifier")
        assert re.fullmatch(shape.metadata["pattern"], value)


@pytest.mark.parametrize(
    ("service_id", "listener", "rule", "expected"),
    [
        (OTHER_SERVICE, LISTENER_ARN, None, [f"listener: must belong to {OTHER_SERVICE}"]),
        (SERVICE, OTHER_LISTENER, RULE_ARN, [f"rule: must belong to {OTHER_LISTENER}"]),
        (
            SERVICE_ARN.replace(SERVICE, OTHER_SERVICE),
            LISTENER_ARN,
            RULE_ARN,
            [f"listener: must belong to {OTHER_SERVICE}", f"rule: must belong to {OTHER_SERVICE}"],
        ),
        (
            OTHER_SERVICE,
            OTHER_LISTENER,
            RULE_ARN,
            [f"rule: must belong to {OTHER_SERVICE}", f"rule: must belong to {OTHER_LISTENER}"],
        ),
    ],
)
def test_arns_must_belong_together(service_id: str, listener: str, rule: str | None, expected: list[str]) -> None:
    """The ARN of a listener or rule names its parents, which must be the parents that were passed."""
    assert find_problems(service_id, listener, rule) == expected


@pytest.mark.parametrize("value", ["shop", "", f"{SERVICE}\n", LISTENER, f" {SERVICE}", 5, b"svc", [], object()])
def test_other_values_are_invalid(value: object) -> None:
    """Only ids and ARNs of the right resource are identifiers."""
    listener = None if value == LISTENER else value

    assert [problem.partition(":")[0] for problem in find_problems(value, listener, listener or "")] == [
        "service",
        "listener",
        "rule",
    ]


@pytest.mark.parametrize("value", HOSTILE_VALUES.values(), ids=HOSTILE_VALUES)
def test_hostile_weights_are_problems(value: Any) -> None:
    """Any value that is not a mapping of weights is a problem and not an error."""
    assert parse_weights("weights", value).problems
    assert parse_weights("weights", {"tg-0123456789abcdefg": value}).problems


def test_limits_are_those_of_the_service_model() -> None:
    """The maximum weight and the maximum number of groups are those of the service model."""
    weight, groups = (service().shape_for(name).metadata for name in ("TargetGroupWeight", "WeightedTargetGroupList"))

    assert (weight["min"], weight["max"], groups["min"], groups["max"]) == (0, MAX_WEIGHT, 1, MAX_GROUPS)
