"""Groups that take one target: what is one."""

import pytest

from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig
from lattice_tg.models.targets import Target
from lattice_tg.validation import target_problems
from support.targets import BALANCER, ID

OTHER = f"{BALANCER}0"


@pytest.mark.parametrize(
    ("targets", "fits"),
    [
        ([Target.alb(BALANCER), Target.alb(BALANCER, 80)], True),
        ([Target.alb(BALANCER, 80), Target.alb(BALANCER), Target.alb(BALANCER)], True),
        ([Target.alb(BALANCER), Target.alb(BALANCER, 8080)], False),
        ([Target.alb(BALANCER), Target.alb(OTHER)], False),
    ],
)
def test_a_target_without_a_port_has_the_groups(targets: list[Target], fits: bool) -> None:
    """An ALB, and the same with the group's port beside it, are one target."""
    config = TargetGroupConfig(port=80, protocol="HTTP")
    group = TargetGroup(id=ID, arn="arn", name="web", type="ALB", status="ACTIVE", config=config)

    messages = [str(problem) for problem in target_problems(targets, group)]

    assert messages == (
        [] if fits else [f"targets={len(targets)}: ALB target groups can have only one target. Remove the others."]
    )
