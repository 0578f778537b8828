"""Specs and groups, short to write, and what the rules say of them."""

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
    """A model with other fields, of any type at all."""
    return attrs.evolve(model, **fields)


def ip(**config: Any) -> TargetGroupSpec:
    fields: dict[str, Any] = {"protocol": "HTTP", "vpc_identifier": VPC, **config}
    return TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(**fields))


def checked(**health_check: Any) -> TargetGroupSpec:
    return ip(health_check=HealthCheck(**health_check))


def group(kind: str, **config: Any) -> TargetGroup:
    return attrs.evolve(TARGET_GROUP, type=kind, config=TargetGroupConfig(**config))


def messages(found: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in found]
