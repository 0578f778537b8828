"""Killed at any request, and run again: the same end, and one group."""

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
"""Before the request has left, or when the service has done what it asks for and nobody has heard."""

Run = Callable[[TargetGroupClient], object]


class Kill(BaseException):
    """What ends a process; nothing in the library catches it."""


@contextmanager
def killed_at(client: TargetGroupClient, request: int, moment: Moment) -> Generator[None, None, None]:
    """Kill whoever sends the request of this number, counted from 1."""
    sent: list[object] = []

    def kill(**_: Any) -> None:
        sent.append(None)
        if len(sent) == request:
            raise Kill

    events, name = client.boto3_client.meta.events, f"{moment}.vpc-lattice"
    events.register_first(name, kill)
    try:
        yield
    finally:
        events.unregister(name, kill)


def nothing(_: VpcLatticeEmulator, __: TargetGroupClient) -> None:
    """No group is there."""


def another_group(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """A group that serves is there, with others' tags and targets, one of which is leaving."""
    group = client.create(THEIRS, wait=True)
    lattice.attach_to_service(group.id, SERVICE_ARN)
    client.register_targets(group, [A, B])
    client.deregister_targets(group, [B])


def a_group_of_another_port(_: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """A group with targets is there that cannot be changed."""
    client.register_targets(client.create(with_config(THEIRS, port=8080), wait=True), [A, B])


def a_group_that_goes(_: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """A group is being deleted."""
    client.delete(client.create(THEIRS, wait=True))


def a_function(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """A Lambda group serves."""
    group = client.create(RESIZE, wait=True)
    lattice.attach_to_service(group.id, SERVICE_ARN)
    client.register_targets(group, [function("old")])


def function(name: str) -> Target:
    return Target.lambda_(f"arn:aws:lambda:eu-west-1:123456789012:function:{name}")


def wish(client: TargetGroupClient, begin: Callable[..., object]) -> dict[str, Any]:
    if begin is a_function:
        return {"spec": RESIZE, "targets": [function("new")], "prune": True, "replace": True}
    spec = with_config(WANTED, port=80)
    return {"spec": spec, "targets": [B, C], "prune": True, "replace": True}


def ensured(begin: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Each run plans and applies by itself."""
    return lambda client: lambda again: again.ensure(**wish(client, begin))


def ensured_with_a_salt(begin: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Each run plans and applies by itself, and resumes the creation of the one before."""
    return lambda client: lambda again: again.ensure(**wish(client, begin), run_id="run-1")


def applied(begin: Callable[..., object]) -> Callable[[TargetGroupClient], Run]:
    """Each run applies the one plan that was made at first."""

    def planned(client: TargetGroupClient) -> Run:
        plan = client.plan(**wish(client, begin))
        return lambda again: again.apply(plan)

    return planned


BEGINNINGS = [nothing, another_group, a_group_of_another_port, a_group_that_goes, a_function]
WAYS = [ensured, ensured_with_a_salt, applied]


@pytest.mark.parametrize("moment", ["before-send", "after-call"])
@pytest.mark.parametrize("begin", BEGINNINGS)
@pytest.mark.parametrize("way", WAYS)
def test_a_run_that_is_killed_anywhere_can_be_run_again(
    way: Callable[..., Any], begin: Callable[..., object], moment: Moment
) -> None:
    """For every request of a run: killed at it, the next run ends where an undisturbed one does, with one group."""
    with virtual_service(create_seconds=1, drain_seconds=4, delete_seconds=1) as (lattice, client):
        begin(lattice, client)
        way(begin)(client)(client)
        undisturbed, kills = read_state(client), 0

        while True:
            lattice.reset()
            begin(lattice, client)
            run = way(begin)(client)
            with killed_at(client, kills + 1, moment):
                try:
                    run(client)
                    break
                except Kill:
                    kills += 1
            run(client)
            assert read_state(client) == undisturbed

        assert len(undisturbed) == 1
        assert kills >= 5
