"""Groups that can have only one target."""

import pytest

from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig
from lattice_tg.models.targets import Target
from lattice_tg.validation import target_problems
from support.targets import ALB_ARN, ID

OTHER_ALB_ARN = f"{ALB_ARN}0"


@pytest.mark.parametrize(
    ("targets", "is_valid"),
    [
        ([Target.alb(ALB_ARN), Target.alb(ALB_ARN, 80)], True),
        ([Target.alb(ALB_ARN, 80), Target.alb(ALB_ARN), Target.alb(ALB_ARN)], True),
        ([Target.alb(ALB_ARN), Target.alb(ALB_ARN, 8080)], False),
        ([Target.alb(ALB_ARN), Target.alb(OTHER_ALB_ARN)], False),
    ],
)
def test_alb_with_and_without_group_port_is_one_target(targets: list[Target], is_valid: bool) -> None:
    """An ALB without a port and the same ALB with the group's port are one target."""
    config = TargetGroupConfig(port=80, protocol="HTTP")
    group = TargetGroup(id=ID, arn="arn", name="web", type="ALB", status="ACTIVE", config=config)

    messages = [str(problem) for problem in target_problems(targets, group)]

    assert messages == (
        [] if is_valid else [f"targets={len(targets)}: ALB target groups can have only one target. Remove the others."]
    )
