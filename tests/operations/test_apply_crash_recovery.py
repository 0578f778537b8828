"""Crash recovery: a run can be repeated after it was killed at any of its requests."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.targets import Target
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.desired_states import ORDERS, RESIZE, with_config
from support.model_examples import SERVICE_ARN
from support.virtual_time import read_state, virtual_service

pytestmark = pytest.mark.slow

A, B, C = Target.ip("10.0.0.1"), Target.ip("10.0.0.2"), Target.ip("10.0.0.3")
DESIRED_SPEC = evolve(
    with_config(ORDERS, health_check=HealthCheck(path="/ready", interval_seconds=10)), tags={"team": "shop"}
)
EXISTING_SPEC = evolve(ORDERS, tags={"team": "store", "owner": "other"})

Moment = Literal["before-send", "after-call"]
"""The time of the kill: before a request is sent, or after the service processes it."""

Run = Callable[[TargetGroupClient], object]


class Kill(BaseException):
    """An exception that represents the end of the process and that the library does not catch."""


@contextmanager
def kill_at(client: TargetGroupClient, request: int, moment: Moment) -> Generator[None, None, None]:
    """Raise Kill at the request with this number. The first request is number 1."""
    sent: list[object] = []

    def kill(**_: Any) -> None:
        """Count the requests, and raise Kill at request number ``request``."""
        sent.append(None)
        if len(sent) == request:
            raise Kill

    events, name = client.boto3_client.meta.events, f"{moment}.vpc-lattice"
    events.register_first(name, kill)
    try:
        yield
    finally:
        events.unregister(name, kill)


def no_group(_: VpcLatticeEmulator, __: TargetGroupClient) -> None:
    """Create no group."""


def group_with_differences(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a group in use whose tags and targets differ from the desired state.

    One of the targets is draining.
    """
    group = client.create(EXISTING_SPEC, wait=True)
    lattice.attach_to_service(group.id, SERVICE_ARN)
    client.register_targets(group, [A, B])
    client.deregister_targets(group, [B])


def group_with_another_port(_: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a group with targets on another port, so that it requires replacement."""
    client.register_targets(client.create(with_config(EXISTING_SPEC, port=8080), wait=True), [A, B])


def group_being_deleted(_: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a group and start its deletion."""
    client.delete(client.create(EXISTING_SPEC, wait=True))


def lambda_group(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a LAMBDA group in use with one target."""
    group = client.create(RESIZE, wait=True)
    lattice.attach_to_service(group.id, SERVICE_ARN)
    client.register_targets(group, [lambda_target("old")])


def lambda_target(name: str) -> Target:
    """Return a Lambda target."""
    return Target.lambda_(f"arn:aws:lambda:eu-west-1:123456789012:function:{name}")


def desired_arguments(client: TargetGroupClient, create_existing: Callable[..., object]) -> dict[str, Any]:
    """Return the arguments of ``ensure`` that are tested with this existing state."""
    if create_existing is lambda_group:
        return {"spec": RESIZE, "targets": [lambda_target("new")], "prune": True, "replace": True}
    spec = with_config(DESIRED_SPEC, port=80)
    return {"spec": spec, "targets": [B, C], "prune": True, "replace": True}


def ensure_run(create_existing: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Return a function that returns a run of ``ensure``."""
    return lambda _: lambda client: client.ensure(**desired_arguments(client, create_existing))


def ensure_run_with_run_id(create_existing: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Return a function that returns a run of ``ensure`` with a fixed run ID."""
    return lambda _: lambda client: client.ensure(**desired_arguments(client, create_existing), run_id="run-1")


def apply_run(create_existing: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Return a function that makes a plan and returns a run that applies the plan."""

    def make_plan_once(client: TargetGroupClient) -> Run:
        """Make a plan and return a run that applies the plan."""
        plan = client.plan(**desired_arguments(client, create_existing))
        return lambda client: client.apply(plan)

    return make_plan_once


EXISTING_STATES = [no_group, group_with_differences, group_with_another_port, group_being_deleted, lambda_group]
RUNS = [ensure_run, ensure_run_with_run_id, apply_run]


@pytest.mark.parametrize("moment", ["before-send", "after-call"])
@pytest.mark.parametrize("create_existing", EXISTING_STATES)
@pytest.mark.parametrize("make_run", RUNS)
def test_a_killed_run_can_be_repeated(
    make_run: Callable[..., Any], create_existing: Callable[..., object], moment: Moment
) -> None:
    """If a run is killed at any request, the next run ends in the same state, with one group."""
    with virtual_service(create_seconds=1, drain_seconds=4, delete_seconds=1) as (lattice, client):
        create_existing(lattice, client)
        make_run(create_existing)(client)(client)
        expected_state, kills = read_state(client), 0

        while True:
            lattice.reset()
            create_existing(lattice, client)
            run = make_run(create_existing)(client)
            with kill_at(client, kills + 1, moment):
                try:
                    run(client)
                    break
                except Kill:
                    kills += 1
            run(client)
            assert read_state(client) == expected_state

        assert len(expected_state) == 1
        assert kills >= 5
