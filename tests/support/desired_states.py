"""Desired states and matching target groups for the tests of plans."""

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


def existing_group(spec: TargetGroupSpec = ORDERS, **fields: Any) -> TargetGroup:
    """Return the target group that the service creates for ``spec``."""
    return evolve(predict_created_group(spec), id=ID, arn=ARN, **{"status": "ACTIVE", **fields})


def target_summary(target_id: str, port: int | None = 80, status: str = "HEALTHY") -> TargetSummary:
    return TargetSummary(id=target_id, port=port, status=status)


def plan_steps(
    desired: TargetGroupSpec | DesiredState,
    group: TargetGroup | TargetGroupSummary | None = None,
    tags: Mapping[str, str] | None = None,
    targets: Sequence[TargetSummary] = (),
) -> list[PlanStep]:
    state = desired if isinstance(desired, DesiredState) else DesiredState(desired)
    return list(make_plan(state, group, tags or {}, targets))


def replacement_error(desired: DesiredState, group: TargetGroup) -> ReplacementRequiredError:
    with pytest.raises(ReplacementRequiredError) as caught:
        make_plan(desired, group)
    return caught.value
