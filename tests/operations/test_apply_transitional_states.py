"""Groups that are being created, are being deleted or have failed, and stale plans."""

import pytest
from attrs import evolve

from lattice_tg.errors import (
    ApplyError,
    ReplacementRequiredError,
    StalePlanError,
    TargetGroupFailedError,
    WaitTimeoutError,
)
from lattice_tg.models.change import Change
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.plan_steps import CreateStep, DeleteStep, RegisterStep
from lattice_tg.models.targets import Target
from support.desired_states import ORDERS, with_config
from support.virtual_time import list_changes, virtual_service

A, B = Target.ip("10.0.0.1"), Target.ip("10.0.0.2")
CHECKED = with_config(ORDERS, health_check=HealthCheck(path="/ready"))
OTHER_PORT = with_config(ORDERS, port=8080)


def test_a_group_being_created_is_waited_for() -> None:
    """apply() waits until a new group is ACTIVE, even if the plan is empty.

    plan() does not wait.
    """
    with virtual_service(create_seconds=200) as (lattice, client):
        created = client.create(ORDERS)
        empty, full = client.plan(ORDERS), client.plan(CHECKED, targets=[A])

        assert str(empty) == f"orders ({created.id}, CREATE_IN_PROGRESS): nothing to do"
        assert client.apply(empty).status == "ACTIVE"
        assert client.apply(full).id == created.id
        assert list_changes(lattice) == ["CreateTargetGroup", "UpdateTargetGroup", "RegisterTargets"]


def test_the_wait_for_a_creation_times_out() -> None:
    """If the group is not ACTIVE after 300 s, ensure() raises WaitTimeoutError."""
    with virtual_service(create_seconds=400) as (_, client):
        client.create(ORDERS)

        with pytest.raises(WaitTimeoutError, match=r"^Timed out after 300 s waiting for .* ACTIVE"):
            client.ensure(ORDERS)


def test_a_creation_that_fails_during_the_wait_raises() -> None:
    """If the creation fails during the wait, ensure() raises before the first step."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="VpcNotFound")
        client.create(ORDERS)

        with pytest.raises(TargetGroupFailedError, match=r"the target group is CREATE_FAILED \(VpcNotFound: "):
            client.ensure(CHECKED)


def test_a_group_being_deleted_is_waited_for() -> None:
    """apply() waits until the old group is deleted, and then creates the group again."""
    with virtual_service(delete_seconds=200) as (_, client):
        old = client.ensure(OTHER_PORT)
        client.delete(client.wait_until_active(old))

        plan = client.plan(CHECKED)
        new = client.apply(plan)

        assert plan.steps == (CreateStep(CHECKED, after=old.id),)
        assert [(summary.id, summary.status) for summary in client.list()] == [(new.id, "CREATE_IN_PROGRESS")]


def test_a_failed_deletion_fails_the_creation() -> None:
    """If the old group's deletion fails, the create step fails.

    A later run with ``replace`` recreates the group.
    """
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


def test_a_failed_creation_fails_the_register_step() -> None:
    """Targets cannot be registered with a group whose creation failed."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="VpcNotFound", message="There is no such VPC")

        with pytest.raises(ApplyError, match="VpcNotFound: There is no such VPC") as caught:
            client.ensure(ORDERS, targets=[A])

        assert (caught.value.completed, caught.value.failed) == ((CreateStep(ORDERS),), RegisterStep((A,)))


def test_a_failed_group_is_recreated_only_with_replace() -> None:
    """Without ``replace``, a failed group is not deleted and ReplacementRequiredError is raised."""
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="Oops")
        failed = client.create(ORDERS)
        with pytest.raises(TargetGroupFailedError):
            client.wait_until_active(failed)

        with pytest.raises(ReplacementRequiredError, match="status: 'CREATE_FAILED' -> 'ACTIVE'"):
            client.plan(CHECKED)
        plan = client.plan(CHECKED, replace=True)
        created = client.apply(plan)

        assert plan.steps == (
            DeleteStep(failed.id, (Change("status", "CREATE_FAILED", "ACTIVE"),)),
            CreateStep(CHECKED),
        )
        assert [summary.id for summary in client.list()] == [created.id]


def test_a_failed_group_is_ignored_beside_an_active_one() -> None:
    """If a failed and an active group share a name, the active group is used.

    The failed group is not deleted.
    """
    with virtual_service() as (lattice, client):
        lattice.fail_next_create("orders", code="Oops")
        failed = client.create(ORDERS)
        with pytest.raises(TargetGroupFailedError):
            client.wait_until_active(failed)
        plan = client.plan(CHECKED, replace=True)
        created = client.create(CHECKED, wait=True)

        assert client.plan(CHECKED).target_group == client.get(created)
        assert client.apply(plan).id == created.id
        assert {summary.id for summary in client.list()} == {failed.id, created.id}


# stale plans


def stale_changes(error: StalePlanError) -> tuple[Change, ...]:
    """Return the changes of a StalePlanError, and check the name of its group."""
    assert error.name == "orders"
    return error.changes


def test_a_changed_field_makes_a_plan_stale() -> None:
    """The error lists the planned and the current value of each field, and no step is applied."""
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
        assert stale_changes(caught.value) == (
            Change("config.health_check.path", "/", "/other"),
            Change("config.health_check.interval_seconds", 30, 99),
            Change("tags['team']", None, "store"),
        )


def test_changed_targets_make_a_plan_stale() -> None:
    """The error lists targets that were registered or deregistered after planning."""
    with virtual_service() as (_, client):
        group = client.ensure(ORDERS, targets=[A])
        plan = client.plan(ORDERS, targets=[A], prune=True)
        client.deregister_targets(group, [A])
        client.register_targets(group, [B])

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale_changes(caught.value) == (
            Change("targets['10.0.0.1']", "registered", None),
            Change("targets['10.0.0.2', port 80]", None, "registered"),
        )


def test_a_deleted_group_makes_a_plan_stale() -> None:
    """If the group was deleted after planning, apply() raises and does not create the group."""
    with virtual_service() as (_, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(CHECKED)
        client.delete(group, wait=True)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale_changes(caught.value) == (Change("id", group.id, None),)


def test_a_new_group_makes_a_plan_stale() -> None:
    """If the group was created after planning, apply() raises and does not change the group."""
    with virtual_service() as (_, client):
        plan = client.plan(evolve(CHECKED, tags={"team": "shop"}))
        group = client.create(ORDERS)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale_changes(caught.value) == (Change("id", None, group.id),)


@pytest.mark.parametrize("in_use", [False, True])
def test_a_group_that_requires_replacement_makes_a_plan_stale(in_use: bool) -> None:
    """If the existing group requires replacement, the error lists the fields that cannot change."""
    with virtual_service() as (lattice, client):
        plan = client.plan(OTHER_PORT, replace=in_use)
        group = client.create(ORDERS)
        if in_use:
            lattice.attach_to_service(group.id)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale_changes(caught.value) == (Change("config.port", 8080, 80),)


def test_a_replacement_of_another_group_is_stale() -> None:
    """If the group was recreated after planning, apply() does not delete the new group."""
    with virtual_service() as (_, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(OTHER_PORT, replace=True)
        client.delete(group, wait=True)
        other = client.create(ORDERS)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale_changes(caught.value) == (Change("id", group.id, other.id), Change("config.port", 8080, 80))


def test_a_group_in_use_is_not_replaced() -> None:
    """If a service uses the group after planning, the error names the service."""
    with virtual_service() as (lattice, client):
        group = client.wait_until_active(client.ensure(ORDERS))
        plan = client.plan(OTHER_PORT, replace=True)
        lattice.attach_to_service(group.id)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert stale_changes(caught.value) == (Change("service_arns", (), client.get(group).service_arns),)
