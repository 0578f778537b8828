"""Groups that can have only one target, which is drained before a new target is registered."""

import pytest

from lattice_tg.errors import InvalidSpecError, StalePlanError
from lattice_tg.models.change import Change
from lattice_tg.models.targets import Target
from support.desired_states import RESIZE
from support.virtual_time import list_changes, virtual_service


def lambda_target(name: str) -> Target:
    """Return a Lambda target."""
    return Target.lambda_(f"arn:aws:lambda:eu-west-1:123456789012:function:{name}")


def test_a_second_target_without_prune_is_rejected() -> None:
    """Without ``prune``, a plan that would register a second target is rejected."""
    with virtual_service() as (lattice, client):
        group = client.ensure(RESIZE)
        early = client.plan(RESIZE, targets=[lambda_target("new")])
        client.register_targets(group, [lambda_target("old")])
        start = len(lattice.calls)

        with pytest.raises(InvalidSpecError) as caught:
            client.plan(RESIZE, targets=[lambda_target("new")])
        with pytest.raises(StalePlanError) as stale:
            client.apply(early)

        field = f"targets[{lambda_target('old').id!r}]"
        rule = "a LAMBDA target group can have only one target. Pass prune=True to deregister this target."
        assert [str(problem) for problem in caught.value.problems] == [f"{field}='registered': {rule}"]
        assert stale.value.changes == (Change(field, None, "registered"),)
        assert list_changes(lattice, start) == []


def test_the_old_target_drains_first() -> None:
    """The old target is drained before the new target is registered."""
    with virtual_service() as (lattice, client):
        group = client.ensure(RESIZE, targets=[lambda_target("old")])
        lattice.attach_to_service(group.id)
        plan, start = client.plan(RESIZE, targets=[lambda_target("new")], prune=True), len(lattice.calls)

        client.apply(plan)

        assert list_changes(lattice, start) == ["DeregisterTargets", "RegisterTargets"]
        assert [target.id for target in client.list_targets(group)] == [lambda_target("new").id]


def test_a_desired_draining_target_is_registered_immediately() -> None:
    """A desired target that is draining is registered again without a wait."""
    with virtual_service(drain_seconds=10_000) as (lattice, client):
        group = client.ensure(RESIZE, targets=[lambda_target("old")])
        lattice.attach_to_service(group.id)
        client.deregister_targets(group, [lambda_target("old")])

        client.ensure(RESIZE, targets=[lambda_target("old")])

        assert [target.status for target in client.list_targets(group)] == ["UNAVAILABLE"]
