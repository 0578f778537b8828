"""Crash recovery: a run that is killed at any request can be repeated."""

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

A, B, C = Target.ip("10.0.0.1"), Target.ip("10.0.0.2"), Target.ip("10.0.0.3")
WANTED = evolve(
    with_config(ORDERS, health_check=HealthCheck(path="/ready", interval_seconds=10)), tags={"team": "shop"}
)
THEIRS = evolve(ORDERS, tags={"team": "store", "owner": "them"})

Moment = Literal["before-send", "after-call"]
"""Before the request is sent, or after the service has processed it and before the response arrives."""

Run = Callable[[TargetGroupClient], object]


class Kill(BaseException):
    """The end of a process. The library does not catch it."""


@contextmanager
def kill_at(client: TargetGroupClient, request: int, moment: Moment) -> Generator[None, None, None]:
    """Kill the sender of the request with this number, counted from 1."""
    sent: list[object] = []

    def kill(**_: Any) -> None:
        """Raise Kill at the given request."""
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
    """Leave the emulator without a group."""


def group_with_differences(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a group in use with other tags and targets, one of which is draining."""
    group = client.create(THEIRS, wait=True)
    lattice.attach_to_service(group.id, SERVICE_ARN)
    client.register_targets(group, [A, B])
    client.deregister_targets(group, [B])


def group_with_another_port(_: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a group with targets that requires replacement."""
    client.register_targets(client.create(with_config(THEIRS, port=8080), wait=True), [A, B])


def group_being_deleted(_: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a group and start its deletion."""
    client.delete(client.create(THEIRS, wait=True))


def lambda_group(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create a LAMBDA group in use."""
    group = client.create(RESIZE, wait=True)
    lattice.attach_to_service(group.id, SERVICE_ARN)
    client.register_targets(group, [lambda_target("old")])


def lambda_target(name: str) -> Target:
    """Return a Lambda target."""
    return Target.lambda_(f"arn:aws:lambda:eu-west-1:123456789012:function:{name}")


def desired_arguments(client: TargetGroupClient, begin: Callable[..., object]) -> dict[str, Any]:
    """Return the arguments of ``ensure`` for an existing state."""
    if begin is lambda_group:
        return {"spec": RESIZE, "targets": [lambda_target("new")], "prune": True, "replace": True}
    spec = with_config(WANTED, port=80)
    return {"spec": spec, "targets": [B, C], "prune": True, "replace": True}


def ensure_run(begin: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Return a run that plans and applies."""
    return lambda client: lambda again: again.ensure(**desired_arguments(client, begin))


def ensure_run_with_run_id(begin: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Return a run that plans and applies, and resumes the creation of an earlier run."""
    return lambda client: lambda again: again.ensure(**desired_arguments(client, begin), run_id="run-1")


def apply_run(begin: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Return a run that applies the plan that was made first."""

    def make_plan_once(client: TargetGroupClient) -> Run:
        """Plan once and return a run that applies the plan."""
        plan = client.plan(**desired_arguments(client, begin))
        return lambda again: again.apply(plan)

    return make_plan_once


BEGINNINGS = [no_group, group_with_differences, group_with_another_port, group_being_deleted, lambda_group]
WAYS = [ensure_run, ensure_run_with_run_id, apply_run]


@pytest.mark.parametrize("moment", ["before-send", "after-call"])
@pytest.mark.parametrize("begin", BEGINNINGS)
@pytest.mark.parametrize("way", WAYS)
def test_a_killed_run_can_be_repeated(way: Callable[..., Any], begin: Callable[..., object], moment: Moment) -> None:
    """For every request of a run: if it is killed there, the next run ends in the same state, with one group."""
    with virtual_service(create_seconds=1, drain_seconds=4, delete_seconds=1) as (lattice, client):
        begin(lattice, client)
        way(begin)(client)(client)
        undisturbed, kills = read_state(client), 0

        while True:
            lattice.reset()
            begin(lattice, client)
            run = way(begin)(client)
            with kill_at(client, kills + 1, moment):
                try:
                    run(client)
                    break
                except Kill:
                    kills += 1
            run(client)
            assert read_state(client) == undisturbed

        assert len(undisturbed) == 1
        assert kills >= 5
