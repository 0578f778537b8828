"""Specs, target groups and expected messages for the tests of validation."""

from typing import Any

import attrs

from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from support.model_examples import TARGET_GROUP, VPC

RESET = "is reserved for resetting the field to its default. Omit the field, or call update_health_check(reset=...) to reset an existing target group."
NAME_RULE = "must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-"
CODES_RULE = "must be HTTP status codes such as '200', '200,202' or '200-299'"


def changed(model: Any, **fields: Any) -> Any:
    """Return a copy of a model with changed fields. The new values may have any type."""
    return attrs.evolve(model, **fields)


def ip(**config: Any) -> TargetGroupSpec:
    """Return the spec of an HTTP group of type IP with these config fields."""
    fields: dict[str, Any] = {"protocol": "HTTP", "vpc_identifier": VPC, **config}
    return TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(**fields))


def checked(**health_check: Any) -> TargetGroupSpec:
    """Return the spec of an HTTP group of type IP with these health check fields."""
    return ip(health_check=HealthCheck(**health_check))


def group(group_type: str, **config: Any) -> TargetGroup:
    """Return an existing target group of this type with these config fields."""
    return attrs.evolve(TARGET_GROUP, type=group_type, config=TargetGroupConfig(**config))


def messages(problems: tuple[Problem, ...]) -> list[str]:
    """Return the messages of ``problems``."""
    return [str(problem) for problem in problems]
