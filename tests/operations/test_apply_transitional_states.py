"""Groups that are coming, going or failed, and plans that are out of date."""

import pytest
from attrs import evolve

from lattice_tg.errors import (
    ApplyError,
    ReplacementRequiredError,
    StalePlanError,
    TargetGroupFailedError,
    WaitTimeoutError,
)
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.plan_steps import Change, CreateStep, DeleteStep, RegisterStep
from lattice_tg.models.targets import Target
from support.desired_states import ORDERS, with_config
from support.virtual_time import list_changes, virtual_service

A, B = Target.ip("10.0.0.1"), Target.ip("10.0.0.2")
CHECKED = with_config(ORDERS, health_check=HealthCheck(path="/ready"))
OTHER_PORT = with_config(ORDERS, port=8080)


def test_a_group_that_is_being_created_is_waited_for() -> None:
    """Planning does not wait, and applying does, even where there is nothing else to do."""
    with virtual_service(create_seconds=200) as (lattice, client):
        made = client.create(ORDERS)
        empty, full = client.plan(ORDERS), client.plan(CHECKED, targets=[A])

        assert str(empty) == f"orders ({made.id}, CREATE_IN_PROGRESS): nothing to do"
        assert client.apply(empty).status == "ACTIVE"
        assert client.apply(full).id == made.id
        assert list_changes(lattice) == ["CreateTargetGroup", "UpdateTargetGroup", "RegisterTargets"]


def test_a_creation_is_waited_for_in_bounds() -> None:
    """A group that is not ACTIVE in 300 s ends it, before anything was done."""
    with virtual_service(create_seconds=400) as (_, client):
        client.create(ORDERS)

        with pytest.raises(WaitTimeoutError, match="to be ACTIVE did not come in 300 s"):
            client.ensure(ORDERS)


def test_a_creation_that_fails_while_it_is_waited_for_is_told() -> None:
    """Nothing was done, so no step is told of."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="VpcNotFound")
        client.create(ORDERS)

        with pytest.raises(TargetGroupFailedError, match="it is CREATE_FAILED: VpcNotFound"):
            client.ensure(CHECKED)


def test_a_group_that_is_being_deleted_is_waited_for() -> None:
    """Its name is taken until it is gone; then the group is made anew."""
    with virtual_service(delete_seconds=200) as (_, client):
        old = client.ensure(OTHER_PORT)
        client.delete(client.wait_until_active(old))

        plan = client.plan(CHECKED)
        new = client.apply(plan)

        assert plan.steps == (CreateStep(CHECKED, after=old.id),)
        assert [(row.id, row.status) for row in client.list()] == [(new.id, "CREATE_IN_PROGRESS")]


def test_a_deletion_that_fails_is_a_failed_creation() -> None:
    """The step that needed the name says why it could not be had; the way out is ``replace``."""
    with virtual_service(delete_seconds=20) as (lattice, client):
        old = client.wait_until_active(client.ensure(ORDERS))
        lattice.fail_next_delete(old.id, code="Oops")
        client.delete(old)

        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS)

        assert isinstance(caught.value.error, TargetGroupFailedError)
        assert (caught.value.completed, caught.value.failed) == ((), CreateStep(ORDERS, after=old.id))
        with pytest.raises(ReplacementRequiredError, match="status: 'DELETE_FAILED' -> 'ACTIVE'"):
            client.ensure(ORDERS)
        assert client.ensure(ORDERS, replace=True).id != old.id


def test_a_creation_that_fails_is_told_by_the_step_that_waits() -> None:
    """Targets cannot be registered with a group that came to nothing."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="VpcNotFound", message="There is no such VPC")

        with pytest.raises(ApplyError, match="VpcNotFound: There is no such VPC") as caught:
            client.ensure(ORDERS, targets=[A])

        assert (caught.value.completed, caught.value.failed) == ((CreateStep(ORDERS),), RegisterStep((A,)))


def test_a_group_that_failed_is_made_again_only_with_replace() -> None:
    """Nothing is deleted that was not asked to be."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="Oops")
        failed = client.create(ORDERS)
        with pytest.raises(TargetGroupFailedError):
            client.wait_until_active(failed)

        with pytest.raises(ReplacementRequiredError, match="status: 'CREATE_FAILED' -> 'ACTIVE'"):
            client.plan(CHECKED)
        plan = client.plan(CHECKED, replace=True)
        made = client.apply(plan)

        assert plan.steps == (
            DeleteStep(failed.id, (Change("status", "CREATE_FAILED", "ACTIVE"),)),
            CreateStep(CHECKED),
        )
        assert [row.id for row in client.list()] == [made.id]


def test_a_failed_group_gives_way_to_one_that_is_there() -> None:
    """A failed creation holds no name: the group that has it is the one that counts, and the other stays."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="Oops")
        failed = client.create(ORDERS)
        with pytest.raises(TargetGroupFailedError):
            client.wait_until_active(failed)
        stale = client.plan(CHECKED, replace=True)
        made = client.create(CHECKED, wait=True)

        assert client.plan(CHECKED).target_group == client.get(made)
        assert client.apply(stale).id == made.id
        assert {row.id for row in client.list()} == {failed.id, made.id}


# stale plans


def stale(error: StalePlanError) -> tuple[Change, ...]:
    assert error.name == "orders"
    return error.changes


def test_a_field_that_moved_makes_a_plan_stale() -> None:
    """The error says what the plan was made against, or held right, and what is there; nothing is done."""
    spec = evolve(
        with_config(ORDERS, health_check=HealthCheck(path="/ready", interval_seconds=30)), tags={"team": "shop"}
    )
    with virtual_service() as (lattice, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(spec)
        client.update_health_check(group, HealthCheck(path="/other", interval_seconds=99))
        client.tag(group, {"team": "store"})
        start = len(lattice.calls)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert list_changes(lattice, start) == []
        assert stale(caught.value) == (
            Change("config.health_check.path", "/", "/other"),
            Change("config.health_check.interval_seconds", 30, 99),
            Change("tags['team']", None, "store"),
        )


def test_targets_that_moved_make_a_plan_stale() -> None:
    """One that was there and is gone would have to come, one that came would have to go: neither was foreseen."""
    with virtual_service() as (_, client):
        group = client.ensure(ORDERS, targets=[A])
        plan = client.plan(ORDERS, targets=[A], prune=True)
        client.deregister_targets(group, [A])
        client.register_targets(group, [B])

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale(caught.value) == (
            Change("targets['10.0.0.1']", "registered", None),
            Change("targets['10.0.0.2', port 80]", None, "registered"),
        )


def test_a_group_that_is_gone_makes_a_plan_stale() -> None:
    """A plan that changes a group does not create one."""
    with virtual_service() as (_, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(CHECKED)
        client.delete(group, wait=True)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale(caught.value) == (Change("id", group.id, None),)


def test_a_group_that_came_makes_a_plan_stale() -> None:
    """A plan that creates a group does not change one that others made."""
    with virtual_service() as (_, client):
        plan = client.plan(evolve(CHECKED, tags={"team": "shop"}))
        group = client.create(ORDERS)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale(caught.value) == (Change("id", None, group.id),)


@pytest.mark.parametrize("in_use", [False, True])
def test_a_group_of_another_kind_makes_a_plan_stale(in_use: bool) -> None:
    """Where no plan can be made any more, the fields that are in the way are what moved."""
    with virtual_service() as (lattice, client):
        plan = client.plan(OTHER_PORT, replace=in_use)
        group = client.create(ORDERS)
        if in_use:
            lattice.attach_to_service(group.id)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale(caught.value) == (Change("config.port", 8080, 80),)


def test_a_replacement_of_another_group_was_not_planned() -> None:
    """What is deleted is what was shown, or nothing."""
    with virtual_service() as (_, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(OTHER_PORT, replace=True)
        client.delete(group, wait=True)
        other = client.create(ORDERS)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale(caught.value) == (Change("id", group.id, other.id), Change("config.port", 8080, 80))


def test_a_group_that_came_into_use_is_not_replaced() -> None:
    """The error says which service uses it by now."""
    with virtual_service() as (lattice, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(OTHER_PORT, replace=True)
        lattice.attach_to_service(group.id)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale(caught.value) == (Change("service_arns", (), client.get(group).service_arns),)
