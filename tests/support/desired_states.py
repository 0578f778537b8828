"""Wishes and groups that fit them, for the tests of plans."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve

from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.plan_steps import PlanStep
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.planning.defaults import predict_created_group
from lattice_tg.planning.plan import make_plan
from support.model_examples import ARN, ID, VPC

CONFIG = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC)
ORDERS = TargetGroupSpec(name="orders", type="IP", config=CONFIG)
RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")


def with_config(spec: TargetGroupSpec, **config: Any) -> TargetGroupSpec:
    return evolve(spec, config=evolve(spec.config, **config))


def there(spec: TargetGroupSpec = ORDERS, **facts: Any) -> TargetGroup:
    """The group that the service has once it has made ``spec``."""
    return evolve(predict_created_group(spec), id=ID, arn=ARN, **{"status": "ACTIVE", **facts})


def row(target_id: str, port: int | None = 80, status: str = "HEALTHY") -> TargetSummary:
    return TargetSummary(id=target_id, port=port, status=status)


def steps(
    desired: TargetGroupSpec | DesiredState,
    group: TargetGroup | TargetGroupSummary | None = None,
    tags: Mapping[str, str] | None = None,
    targets: Sequence[TargetSummary] = (),
) -> list[PlanStep]:
    wish = desired if isinstance(desired, DesiredState) else DesiredState(desired)
    return list(make_plan(wish, group, tags or {}, targets))


def required(desired: DesiredState, group: TargetGroup) -> ReplacementRequiredError:
    with pytest.raises(ReplacementRequiredError) as caught:
        make_plan(desired, group)
    return caught.value
