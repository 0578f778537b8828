"""``apply``: order of steps, waits, changes since planning, and failures."""

import pickle
from typing import Any, cast

import pytest
from attrs import evolve

from lattice_tg.errors import (
    AccessDeniedError,
    ApplyError,
    InvalidArgumentError,
    InvalidSpecError,
    PartialFailureError,
    ServiceQuotaExceededError,
)
from lattice_tg.models.change import Change
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.plan_steps import (
    CreateStep,
    DeleteStep,
    DeregisterStep,
    RegisterStep,
    TagStep,
    UpdateHealthCheckStep,
    WaitHealthyStep,
)
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import Plan
from support.desired_states import ORDERS, with_config
from support.virtual_time import list_changes, list_operations, read_state, virtual_service

A, B, C = Target.ip("10.0.0.1"), Target.ip("10.0.0.2"), Target.ip("10.0.0.3")
TAGGED = evolve(with_config(ORDERS, health_check=HealthCheck(path="/ready")), tags={"team": "shop"})
OTHER_PORT = with_config(ORDERS, port=8080)


# applying plans


def test_planning_only_reads() -> None:
    """plan() sends no request that changes a group."""
    with virtual_service() as (lattice, client):
        plan = client.plan(TAGGED, targets=[A])

        assert (bool(plan), list_operations(lattice)) == (True, ["ListTargetGroups"])


def test_a_new_group_is_active_before_targets_are_registered() -> None:
    """A new group becomes ACTIVE before its targets are registered, and the next plan is empty."""
    with virtual_service(create_seconds=30) as (lattice, client):
        group = client.apply(client.plan(TAGGED, targets=[A, B]))

        assert (group.name, group.status) == ("orders", "ACTIVE")
        assert list_changes(lattice) == ["CreateTargetGroup", "RegisterTargets"]
        assert str(client.plan(TAGGED, targets=[A, B], prune=True)) == f"orders ({group.id}): nothing to do"


def test_a_new_group_without_targets_is_not_waited_for() -> None:
    """apply() does not wait for a new group to become ACTIVE if no step follows."""
    with virtual_service(create_seconds=30) as (_, client):
        assert client.apply(client.plan(ORDERS)).status == "CREATE_IN_PROGRESS"


def test_changes_are_applied_in_an_order_that_is_safe_for_traffic() -> None:
    """The health check and the tags are updated before targets are registered and deregistered.

    apply() does not wait until deregistered targets are drained.
    """
    with virtual_service() as (lattice, client):
        group = client.ensure(ORDERS, targets=[A, B])
        lattice.attach_to_service(group.id)
        plan, start = client.plan(TAGGED, targets=[B, C], prune=True), len(lattice.calls)

        changed = client.apply(plan)

        assert [type(step) for step in plan] == [
            UpdateHealthCheckStep,
            TagStep,
            RegisterStep,
            WaitHealthyStep,
            DeregisterStep,
        ]
        assert list_changes(lattice, start) == [
            "UpdateTargetGroup",
            "TagResource",
            "RegisterTargets",
            "DeregisterTargets",
        ]
        assert changed.config.health_check is not None
        assert (changed.id, changed.config.health_check.path) == (group.id, "/ready")
        assert {target.id: target.status for target in client.list_targets(group)}["10.0.0.1"] == "DRAINING"


def test_deregister_first_stays_within_the_quota() -> None:
    """``deregister_first`` stays within a quota that ``register_first`` exceeds.

    The error of ``register_first`` lists the completed, failed and pending steps.
    """
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS, targets=[A])
        lattice.set_quota("targets_per_target_group", 1)

        with pytest.raises(ApplyError) as caught:
            client.apply(client.plan(ORDERS, targets=[B], prune=True, order="register_first"))
        client.apply(client.plan(ORDERS, targets=[B], prune=True, order="deregister_first"))

        assert isinstance(caught.value.error, PartialFailureError)
        assert isinstance(caught.value.error.result.failed_requests[0].error, ServiceQuotaExceededError)
        assert (caught.value.completed, caught.value.failed, caught.value.pending) == (
            (),
            RegisterStep((B,)),
            (DeregisterStep((Target.ip("10.0.0.1", 80),)),),
        )
        assert not client.plan(ORDERS, targets=[B], prune=True)


def test_an_unknown_order_is_rejected() -> None:
    """An unknown order is rejected by each method before a request is sent."""
    order: Any = "both"
    with virtual_service() as (lattice, client):
        for call in (
            lambda: client.plan(ORDERS, order=order),
            lambda: client.ensure(ORDERS, order=order),
            lambda: client.plan_all([ORDERS], order=order),
            lambda: client.ensure_all([ORDERS], order=order),
        ):
            with pytest.raises(
                InvalidArgumentError,
                match=r"order='both': must be one of healthy_first, register_first, deregister_first",
            ):
                call()

        assert lattice.calls == ()


def test_a_plan_that_breaks_rules_is_rejected() -> None:
    """A plan that a user constructed is validated before a request is sent."""
    with virtual_service() as (lattice, client):
        plan = client.plan(ORDERS)
        invalid = evolve(plan, desired=evolve(plan.desired, spec=with_config(ORDERS, port=0)))
        start = len(lattice.calls)

        with pytest.raises(InvalidSpecError):
            client.apply(invalid)

        assert len(lattice.calls) == start


@pytest.mark.parametrize("plan", [None, "plan", ORDERS, DesiredState(ORDERS), Plan(desired=cast("Any", ORDERS))])
def test_a_non_plan_is_rejected(plan: Any) -> None:
    """A value that is not a plan raises InvalidArgumentError."""
    with virtual_service() as (lattice, client):
        with pytest.raises(InvalidArgumentError, match=r"plan=.*: must be a Plan\. Call client\.plan\(\)\."):
            client.apply(plan)

        assert lattice.calls == ()


def test_an_interrupt_notes_the_number_of_completed_steps() -> None:
    """The exception has a note with the number of completed steps, and the next run continues."""

    def interrupt(**_: object) -> None:
        """Raise KeyboardInterrupt."""
        raise KeyboardInterrupt

    with virtual_service() as (_, client):
        events = client.boto3_client.meta.events
        events.register("before-call.vpc-lattice.RegisterTargets", interrupt)

        with pytest.raises(KeyboardInterrupt) as caught:
            client.ensure(ORDERS, targets=[A], run_id="run-1")

        (group,) = client.list()
        assert caught.value.__notes__ == [
            (
                "RegisterTargets was interrupted: 0 successful, 0 unsuccessful, 1 unconfirmed\n"
                f"  1 target starting with 10.0.0.1 (sent, result unknown): RegisterTargets for {group.id} received no "
                "usable response: the call was interrupted before a response arrived. VPC Lattice may have processed the request. You can safely "
                "repeat the call. [attempts: 1]\n"
                "To resume, call the method again with the same targets. Repeating a request for a target is safe."
            ),
            "1 of 2 steps for target group 'orders' were completed before this error. To continue, make and apply a new plan.",
            (
                "Ensuring the state of target group 'orders' was interrupted. To resume, call ensure() with the same "
                "arguments and run_id='run-1'."
            ),
        ]
        events.unregister("before-call.vpc-lattice.RegisterTargets", interrupt)
        client.ensure(ORDERS, targets=[A])
        assert not client.plan(ORDERS, targets=[A], prune=True)


def test_a_draining_target_is_registered_again() -> None:
    """A desired target that is draining is registered again."""
    with virtual_service() as (lattice, client):
        group = client.ensure(ORDERS, targets=[A])
        lattice.attach_to_service(group.id)
        client.deregister_targets(group, [A])

        plan = client.plan(ORDERS, targets=[A])
        client.apply(plan)

        assert plan.steps == (RegisterStep((A,)),)
        assert [target.status for target in client.list_targets(group)] == ["HEALTHY"]


def test_tags_outside_the_spec_remain() -> None:
    """Tags that the spec does not name remain unchanged."""
    with virtual_service() as (_, client):
        group = client.ensure(TAGGED)
        client.tag(group, {"owner": "them", "team": "store"})

        client.apply(client.plan(TAGGED))

        assert client.tags(group) == {"owner": "them", "team": "shop"}


def test_a_rejected_target_is_reported_and_stops_deregistration() -> None:
    """If VPC Lattice rejects a target, apply() raises and deregisters no target.

    The error's result lists the targets that are registered.
    """
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS, targets=[A])
        lattice.reject_target(C.id, code="UnsupportedTarget", message="no")

        with pytest.raises(ApplyError) as caught:
            client.apply(client.plan(ORDERS, targets=[B, C], prune=True))

        assert isinstance(caught.value.error, PartialFailureError)
        assert [target.id for target in caught.value.error.result.successful] == [B.id]
        assert caught.value.pending == (DeregisterStep((Target.ip("10.0.0.1", 80),)),)
        assert [targets for _, _, targets in read_state(client)] == [{("10.0.0.1", 80), ("10.0.0.2", 80)}]


def test_a_pickled_plan_can_be_applied() -> None:
    """A plan can be applied after it was pickled and unpickled."""
    with virtual_service() as (_, client):
        plan = pickle.loads(pickle.dumps(client.plan(TAGGED, targets=[A])))

        client.apply(plan)

        assert not client.plan(TAGGED, targets=[A], prune=True)


# replacing groups


def test_a_replacement_drains_deletes_and_creates() -> None:
    """The old group is deleted before the new one is created, because the name is unique."""
    with virtual_service() as (lattice, client):
        old = client.ensure(ORDERS, targets=[A])
        plan, start = client.plan(OTHER_PORT, targets=[B], replace=True), len(lattice.calls)

        new = client.apply(plan)

        assert [type(step) for step in plan] == [DeleteStep, CreateStep, RegisterStep]
        assert list_changes(lattice, start) == [
            *("DeregisterTargets", "DeleteTargetGroup", "CreateTargetGroup", "RegisterTargets")
        ]
        assert (new.id != old.id, new.config.port) == (True, 8080)
        assert [targets for _, _, targets in read_state(client)] == [{("10.0.0.2", 8080)}]


def test_a_replacement_lists_the_targets_of_the_old_group() -> None:
    """The plan lists the old group's targets, even if the desired state names no targets."""
    with virtual_service() as (_, client):
        group = client.ensure(ORDERS, targets=[A])

        plan = client.plan(OTHER_PORT, replace=True)

        change = Change("config.port", 80, 8080)
        assert plan.steps == (DeleteStep(group.id, (change,), (Target.ip("10.0.0.1", 80),)), CreateStep(OTHER_PORT))


def test_a_failed_replacement_reports_the_deletion() -> None:
    """If a replacement's creation fails, the error lists the completed deletion.

    If the plan is applied again, the new group is created.
    """
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS)
        plan = client.plan(OTHER_PORT, targets=[A], replace=True)
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        with pytest.raises(ApplyError) as caught:
            client.apply(plan)

        error = caught.value
        assert isinstance(error.error, AccessDeniedError)
        assert error.__cause__ is error.error
        assert (*error.completed, error.failed, *error.pending) == plan.steps
        assert isinstance(error.failed, CreateStep)
        assert client.find("orders") is None
        assert client.apply(plan).config.port == 8080
