"""``healthy_first``: a healthy target takes traffic at any time, and a failed wait can be repeated."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ApplyError, InvalidArgumentError, StalePlanError, WaitTimeoutError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.plan_steps import DeregisterStep, RegisterStep, WaitHealthyStep
from lattice_tg.models.targets import Target
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.batch import specs
from support.clients import create_client
from support.desired_states import ORDERS, with_config
from support.virtual_time import list_changes

OLD, NEW = Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80)


@contextmanager
def live_group() -> Generator[tuple[VpcLatticeEmulator, TargetGroupClient]]:
    """Yield an emulator with the group ``orders``, whose target ``OLD`` is healthy and takes traffic."""
    clock = VirtualClock()
    with (
        mock_vpc_lattice(clock=clock, initial_seconds=30, drain_seconds=60) as lattice,
        create_client(region_name="eu-west-1", clock=clock) as client,
    ):
        group = client.ensure(ORDERS, targets=[OLD])
        lattice.attach_to_service(group.id)
        client.wait_until_healthy(group)
        yield lattice, client


def statuses(client: TargetGroupClient) -> dict[str, str]:
    """Return the status of each target of the group ``orders``."""
    group = client.find("orders")
    assert group is not None
    return {target.id: target.status for target in client.list_targets(group)}


def test_the_old_target_stays_until_the_new_target_is_healthy() -> None:
    """When the old target is deregistered, the new target is HEALTHY."""
    with live_group() as (lattice, client):
        start = len(lattice.calls)

        client.ensure(ORDERS, targets=[NEW], prune=True)

        assert list_changes(lattice, start) == ["RegisterTargets", "DeregisterTargets"]
        registered, deregistered = (
            call
            for call in lattice.calls[start:]
            if call.operation.endswith("registerTargets") or call.operation == "RegisterTargets"
        )
        assert deregistered.time - registered.time >= 30
        assert statuses(client) == {OLD.id: "DRAINING", NEW.id: "HEALTHY"}


@pytest.mark.parametrize("again", ["ensure", "apply"])
def test_a_wait_that_timed_out_is_repeated(again: str) -> None:
    """If the new target does not become healthy, the old target stays. The next run waits again."""
    with live_group() as (_, client):
        plan = client.plan(ORDERS, targets=[NEW], prune=True)

        with pytest.raises(ApplyError) as caught:
            client.apply(plan, health_timeout_seconds=20)

        error = caught.value
        assert (error.completed, error.failed, error.pending) == (
            (RegisterStep((NEW,)),),
            WaitHealthyStep((NEW,)),
            (DeregisterStep((OLD,)),),
        )
        assert isinstance(error.error, WaitTimeoutError)
        assert statuses(client)[OLD.id] == "HEALTHY"

        if again == "apply":
            client.apply(plan)
        else:
            client.ensure(ORDERS, targets=[NEW], prune=True)
        assert statuses(client) == {OLD.id: "DRAINING", NEW.id: "HEALTHY"}


def test_a_missing_or_additional_wait_makes_no_plan_stale() -> None:
    """A plan without a wait can be applied after the old target has started to take traffic, which adds a wait."""
    with live_group() as (lattice, client):
        group = client.find("orders")
        assert group is not None
        lattice.detach_from_services(group.id)
        plan = client.plan(ORDERS, targets=[NEW], prune=True)
        assert [type(step) for step in plan] == [RegisterStep, DeregisterStep]
        lattice.attach_to_service(group.id)

        client.apply(plan)

        assert statuses(client) == {OLD.id: "DRAINING", NEW.id: "HEALTHY"}


def test_the_start_of_a_wait_is_logged(info_log: pytest.LogCaptureFixture) -> None:
    """The log names the group, the number of targets and the timeout before each wait."""
    with live_group() as (_, client):
        client.ensure(ORDERS, targets=[NEW], prune=True, health_timeout_seconds=120)

    messages = [record.getMessage() for record in info_log.records]
    assert "Waiting up to 120 s until 1 targets of target group 'orders' are healthy." in messages


@pytest.mark.parametrize("value", [-1, "60", float("nan")])
def test_health_timeout_is_validated(value: float) -> None:
    """An invalid health_timeout_seconds is rejected by each method before a request is sent."""
    with live_group() as (lattice, client):
        plan, start = client.plan(ORDERS), len(lattice.calls)
        for call in (
            lambda: client.apply(plan, health_timeout_seconds=value),
            lambda: client.ensure(ORDERS, health_timeout_seconds=value),
            lambda: client.ensure_all([ORDERS], health_timeout_seconds=value),
            lambda: client.apply_all([plan], health_timeout_seconds=value),
        ):
            with pytest.raises(InvalidArgumentError, match=r"health_timeout_seconds=.*: must be a number of seconds"):
                call()

        assert len(lattice.calls) == start


def test_apply_all_applies_plans_of_plan_all() -> None:
    """Plans of ``plan_all`` can be applied together. A stale plan fails only its own group."""
    with live_group() as (_, client):
        plans = [result.plan for result in client.plan_all([DesiredState(spec, []) for spec in specs(3)])]
        client.create(with_config(specs(3)[1], vpc_identifier="vpc-0fedcba9876543210"))

        results = {result.desired.spec.name: result for result in client.apply_all([p for p in plans if p])}

        assert [type(results[f"orders-{number}"].error) for number in range(3)] == [
            type(None),
            StalePlanError,
            type(None),
        ]
        with pytest.raises(StalePlanError):
            results["orders-1"].raise_for_error()
        results["orders-0"].raise_for_error()


def test_apply_all_rejects_values_that_are_not_plans() -> None:
    """A value that is not a plan is rejected before a request is sent."""
    with live_group() as (lattice, client):
        start = len(lattice.calls)

        with pytest.raises(InvalidArgumentError, match=r"plan=None: must be a Plan"):
            client.apply_all([None])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]

        assert len(lattice.calls) == start


@pytest.mark.parametrize("run_id", [None, "run-1"])
def test_a_new_group_is_read_again_only_with_a_run_id(run_id: str | None) -> None:
    """``ensure`` and ``ensure_all`` read a new group after creating it only if the caller passed ``run_id``."""
    with live_group() as (lattice, client):
        start = len(lattice.calls)

        client.ensure(specs(1)[0], run_id=run_id)
        list(client.ensure_all(specs(2)[1:], run_id=run_id))

        reads = [] if run_id is None else ["GetTargetGroup"]
        assert [call.operation for call in lattice.calls[start:]] == [
            "ListTargetGroups",
            "CreateTargetGroup",
            *reads,
            "ListTargetGroups",
            "CreateTargetGroup",
            *reads,
        ]
