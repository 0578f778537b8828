"""Races with other clients between two requests of a run."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ApplyError, ConflictError, StalePlanError, TargetGroupFailedError
from lattice_tg.models.change import Change
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.targets import Target
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.batch import existing_names, names, specs
from support.desired_states import ORDERS, with_config
from support.virtual_time import create_client, list_changes, list_operations, read_state, virtual_service

A, B = Target.ip("10.0.0.1"), Target.ip("10.0.0.2")
CHECKED = with_config(ORDERS, health_check=HealthCheck(path="/ready"))
TAGGED = evolve(ORDERS, tags={"team": "shop"})


def call_before_first_request(client: TargetGroupClient, operation: str, action: Callable[[], object]) -> None:
    """Call ``action`` immediately before the client's first request of this operation."""
    pending = [action]

    def call_action(**_: object) -> None:
        if pending:
            pending.pop()()

    client.boto3_client.meta.events.register(f"before-call.vpc-lattice.{operation}", call_action)


def client_tokens(lattice: VpcLatticeEmulator) -> list[str]:
    """Return the client tokens of all CreateTargetGroup requests."""
    return [call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup"]


def test_a_created_group_that_is_being_deleted_is_recreated() -> None:
    """If another client deletes the created group, ensure() waits and creates a new group."""
    token = client_token_for(ORDERS, "run-1")
    with (
        virtual_service(create_seconds=0, delete_seconds=60) as (lattice, client),
        create_client(lattice) as other_client,
    ):
        call_before_first_request(
            client,
            "CreateTargetGroup",
            lambda: other_client.delete(other_client.create(ORDERS, client_token=token, wait=True)),
        )

        created = client.ensure(ORDERS, run_id="run-1")

        assert (client_tokens(lattice)[:2], len(client_tokens(lattice))) == ([token, token], 3)
        assert [summary.id for summary in client.list()] == [created.id]


def test_a_group_whose_deletion_failed_raises() -> None:
    """If another client's deletion of the created group failed, ensure() raises ApplyError."""
    token = client_token_for(ORDERS, "run-1")
    with virtual_service(create_seconds=0) as (lattice, client), create_client(lattice) as other_client:

        def fail_to_delete() -> None:
            group = other_client.create(ORDERS, client_token=token, wait=True)
            lattice.fail_next_delete(group.id, code="Oops")
            other_client.delete(group)
            with pytest.raises(TargetGroupFailedError):
                other_client.wait_until_deleted(group)

        call_before_first_request(client, "CreateTargetGroup", fail_to_delete)
        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS, run_id="run-1")

        assert isinstance(caught.value.error, TargetGroupFailedError)


def test_a_name_taken_after_planning_is_a_conflict() -> None:
    """If another client creates the group after planning, ensure() fails with ConflictError.

    The next run uses that group.
    """
    with virtual_service() as (lattice, client), create_client(lattice) as other_client:
        call_before_first_request(client, "CreateTargetGroup", lambda: other_client.create(ORDERS))

        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS)

        assert isinstance(caught.value.error, ConflictError)
        assert caught.value.error.kind == "name_exists"
        assert client.ensure(ORDERS).status == "ACTIVE"


@pytest.mark.parametrize("delete_seconds", [0, 60])
def test_a_group_deleted_after_listing_is_created_again(delete_seconds: float) -> None:
    """If a group is deleted after the groups were listed, ensure_all() creates the group again."""
    with (
        virtual_service(create_seconds=0, delete_seconds=delete_seconds) as (lattice, client),
        create_client(lattice) as other_client,
    ):
        first = [client.ensure(spec).id for spec in specs(2)]
        call_before_first_request(client, "GetTargetGroup", lambda: other_client.delete(first[1]))

        results = list(client.ensure_all(specs(2), max_workers=1))

        assert [result.error for result in results] == [None, None]
        kept = [result.target_group.id in first for result in results if result.target_group]
        assert (kept, existing_names(client)) == ([True, False], names(specs(2)))


def test_a_replacement_continues_if_the_old_group_is_deleted() -> None:
    """A replacement continues if another client deletes the old group."""
    with virtual_service(delete_seconds=0) as (lattice, client), create_client(lattice) as other_client:
        old = client.wait_until_active(client.ensure(ORDERS))
        call_before_first_request(client, "GetTargetGroup", lambda: other_client.delete(old))

        client.ensure(with_config(ORDERS, port=8080), replace=True)

        assert [(summary.id != old.id, summary.port) for summary in client.list()] == [(True, 8080)]


@pytest.mark.parametrize("desired", [{"spec": ORDERS, "targets": [A]}, {"spec": CHECKED}, {"spec": TAGGED}])
def test_a_plan_is_stale_if_the_group_was_recreated(desired: dict[str, Any]) -> None:
    """A plan that changes a group is stale if the group was deleted and created again.

    An empty plan can still be applied.
    """
    with (
        virtual_service(create_seconds=0, delete_seconds=0) as (lattice, client),
        create_client(lattice) as other_client,
    ):
        old = client.ensure(ORDERS)
        plan, empty = client.plan(**desired), client.plan(ORDERS)
        other_client.delete(old)
        new = other_client.create(ORDERS)
        start = len(lattice.calls)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert caught.value.changes == (Change("id", old.id, new.id),)
        assert client.apply(empty).id == new.id
        assert list_changes(lattice, start) == []


def test_target_deregistered_by_another_client_is_not_a_failure() -> None:
    """If another client already deregistered a target, its deregistration counts as success."""
    with virtual_service() as (lattice, client), create_client(lattice) as other_client:
        group = client.ensure(ORDERS, targets=[A, B])
        call_before_first_request(client, "DeregisterTargets", lambda: other_client.deregister_targets(group, [B]))

        client.ensure(ORDERS, targets=[A], prune=True)

        assert [targets for _, _, targets in read_state(client)] == [{("10.0.0.1", 80)}]


def test_a_group_being_deleted_is_not_read() -> None:
    """plan() sends no further request for a group that is being deleted."""
    with virtual_service(delete_seconds=60) as (lattice, client):
        client.delete(client.create(CHECKED, wait=True))
        start = len(lattice.calls)

        plan = client.plan(CHECKED, targets=[A], prune=True)

        assert (bool(plan), list_operations(lattice, start)) == (True, ["ListTargetGroups"])
