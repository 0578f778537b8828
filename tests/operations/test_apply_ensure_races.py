"""Races: what other clients action between two requests of a run."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ApplyError, ConflictError, StalePlanError, TargetGroupFailedError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.plan_steps import Change
from lattice_tg.models.targets import Target
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.batch import existing_names, names, specs
from support.desired_states import ORDERS, with_config
from support.virtual_time import create_client, list_changes, list_operations, read_state, virtual_service

A, B = Target.ip("10.0.0.1"), Target.ip("10.0.0.2")
CHECKED = with_config(ORDERS, health_check=HealthCheck(path="/ready"))
TAGGED = evolve(ORDERS, tags={"team": "shop"})


def before_first(client: TargetGroupClient, operation: str, action: Callable[[], object]) -> None:
    """Call ``action`` just before ``client`` sends this operation for the first time."""
    left = [action]

    def once(**_: object) -> None:
        if left:
            left.pop()()

    client.boto3_client.meta.events.register(f"before-call.vpc-lattice.{operation}", once)


def client_tokens(lattice: VpcLatticeEmulator) -> list[str]:
    """Return the client client_tokens of all CreateTargetGroup requests."""
    return [call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup"]


def test_a_response_about_a_group_being_deleted_is_not_trusted() -> None:
    """If another worker deletes the created group, its deletion is waited for and a new group is created."""
    token = client_token_for(ORDERS, "run-1")
    with virtual_service(create_seconds=0, delete_seconds=60) as (lattice, client), create_client(lattice) as rival:
        before_first(
            client, "CreateTargetGroup", lambda: rival.delete(rival.create(ORDERS, client_token=token, wait=True))
        )

        made = client.ensure(ORDERS, run_id="run-1")

        assert (client_tokens(lattice)[:2], len(client_tokens(lattice))) == ([token, token], 3)
        assert [row.id for row in client.list()] == [made.id]


def test_a_group_in_delete_failed_is_not_adopted() -> None:
    """The name is taken, and the creation says why."""
    token = client_token_for(ORDERS, "run-1")
    with virtual_service(create_seconds=0) as (lattice, client), create_client(lattice) as rival:

        def fail_to_delete() -> None:
            group = rival.create(ORDERS, client_token=token, wait=True)
            lattice.fail_next_delete(group.id, code="Oops")
            rival.delete(group)
            with pytest.raises(TargetGroupFailedError):
                rival.wait_until_deleted(group)

        before_first(client, "CreateTargetGroup", fail_to_delete)
        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS, run_id="run-1")

        assert isinstance(caught.value.error, TargetGroupFailedError)


def test_a_name_taken_after_planning_is_a_conflict() -> None:
    """A group that another client created after planning is not adopted. The next run finds it."""
    with virtual_service() as (lattice, client), create_client(lattice) as rival:
        before_first(client, "CreateTargetGroup", lambda: rival.create(ORDERS))

        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS)

        assert isinstance(caught.value.error, ConflictError)
        assert caught.value.error.kind == "name_exists"
        assert client.ensure(ORDERS).status == "ACTIVE"


@pytest.mark.parametrize("delete_seconds", [0, 60])
def test_a_stale_list_is_not_trusted(delete_seconds: float) -> None:
    """A group that was deleted after the list was read is created again."""
    with (
        virtual_service(create_seconds=0, delete_seconds=delete_seconds) as (lattice, client),
        create_client(lattice) as rival,
    ):
        first = [client.ensure(spec).id for spec in specs(2)]
        before_first(client, "GetTargetGroup", lambda: rival.delete(first[1]))

        outcomes = list(client.ensure_all(specs(2), max_workers=1))

        assert [outcome.error for outcome in outcomes] == [None, None]
        kept = [outcome.target_group.id in first for outcome in outcomes if outcome.target_group]
        assert (kept, existing_names(client)) == ([True, False], names(specs(2)))


def test_a_replacement_continues_if_the_old_group_is_deleted() -> None:
    """A replacement continues if another client deletes the old group."""
    with virtual_service(delete_seconds=0) as (lattice, client), create_client(lattice) as rival:
        old = client.wait_until_active(client.ensure(ORDERS))
        before_first(client, "GetTargetGroup", lambda: rival.delete(old))

        client.ensure(with_config(ORDERS, port=8080), replace=True)

        assert [(row.id != old.id, row.port) for row in client.list()] == [(True, 8080)]


@pytest.mark.parametrize("desired", [{"spec": ORDERS, "targets": [A]}, {"spec": CHECKED}, {"spec": TAGGED}])
def test_a_plan_is_not_applied_to_another_group(desired: dict[str, Any]) -> None:
    """A group of the same name that was created after planning makes the plan stale, unless it needs no change."""
    with virtual_service(create_seconds=0, delete_seconds=0) as (lattice, client), create_client(lattice) as rival:
        old = client.ensure(ORDERS)
        plan, empty = client.plan(**desired), client.plan(ORDERS)
        rival.delete(old)
        new = rival.create(ORDERS)
        start = len(lattice.calls)

        with pytest.raises(StalePlanError) as caught:
            client.apply(plan)

        assert caught.value.changes == (Change("id", old.id, new.id),)
        assert client.apply(empty).id == new.id
        assert list_changes(lattice, start) == []


def test_a_target_deregistered_by_others_is_no_failure() -> None:
    """A target that should be deregistered and already is counts as success."""
    with virtual_service() as (lattice, client), create_client(lattice) as rival:
        group = client.ensure(ORDERS, targets=[A, B])
        before_first(client, "DeregisterTargets", lambda: rival.deregister_targets(group, [B]))

        client.ensure(ORDERS, targets=[A], prune=True)

        assert [facts[2] for facts in read_state(client)] == [{("10.0.0.1", 80)}]


def test_a_group_being_deleted_is_not_read() -> None:
    """A group that is being deleted costs no further request."""
    with virtual_service(delete_seconds=60) as (lattice, client):
        client.delete(client.create(CHECKED, wait=True))
        start = len(lattice.calls)

        plan = client.plan(CHECKED, targets=[A], prune=True)

        assert (bool(plan), list_operations(lattice, start)) == (True, ["ListTargetGroups"])
