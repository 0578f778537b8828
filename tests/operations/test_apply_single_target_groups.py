"""Groups that can have one target: the old one goes before the new one comes."""

import pytest

from lattice_tg.errors import InvalidSpecError, StalePlanError
from lattice_tg.models.plan_steps import Change
from lattice_tg.models.targets import Target
from support.desired_states import RESIZE
from support.virtual_time import list_changes, virtual_service


def function(name: str) -> Target:
    return Target.lambda_(f"arn:aws:lambda:eu-west-1:123456789012:function:{name}")


def test_a_function_that_is_in_the_way_is_told_of() -> None:
    """There can be one: without ``prune`` no plan is made that could not be carried out."""
    with virtual_service() as (lattice, client):
        group = client.ensure(RESIZE)
        early = client.plan(RESIZE, targets=[function("new")])
        client.register_targets(group, [function("old")])
        start = len(lattice.calls)

        with pytest.raises(InvalidSpecError) as caught:
            client.plan(RESIZE, targets=[function("new")])
        with pytest.raises(StalePlanError) as stale:
            client.apply(early)

        field = f"targets[{function('old').id!r}]"
        rule = "a LAMBDA target group can have only one target. Pass prune=True to deregister this one."
        assert [str(problem) for problem in caught.value.problems] == [f"{field}='registered': {rule}"]
        assert stale.value.changes == (Change(field, None, "registered"),)
        assert list_changes(lattice, start) == []


def test_a_function_makes_room_for_the_next_one() -> None:
    """A group that can have one target lets the old one drain before the new one comes, whatever the order."""
    with virtual_service() as (lattice, client):
        group = client.ensure(RESIZE, targets=[function("old")])
        lattice.attach_to_service(group.id)
        plan, start = client.plan(RESIZE, targets=[function("new")], prune=True), len(lattice.calls)

        client.apply(plan)

        assert list_changes(lattice, start) == ["DeregisterTargets", "RegisterTargets"]
        assert [row.id for row in client.list_targets(group)] == [function("new").id]


def test_a_function_that_drains_comes_back_at_once() -> None:
    """The one target is not waited out where it is the wanted one."""
    with virtual_service(drain_seconds=10_000) as (lattice, client):
        group = client.ensure(RESIZE, targets=[function("old")])
        lattice.attach_to_service(group.id)
        client.deregister_targets(group, [function("old")])

        client.ensure(RESIZE, targets=[function("old")])

        assert [row.status for row in client.list_targets(group)] == ["UNAVAILABLE"]
