"""Random deployments to a live group: a healthy target takes traffic at any time."""

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from lattice_tg import LatticeError, RetryPolicy, Target, TargetGroupClient
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.clients import create_client
from support.desired_states import ORDERS

pytestmark = pytest.mark.slow

POOL = [Target.ip(f"10.0.0.{number}", 80) for number in range(1, 9)]
SERVING = ("HEALTHY", "UNAVAILABLE")


def add_faults(lattice: VpcLatticeEmulator, rng: random.Random) -> None:
    """Make some of the next requests fail."""
    for operation in ("RegisterTargets", "DeregisterTargets", "ListTargets", "GetTargetGroup"):
        fault = rng.choice(["none", "none", "throttle", "fail", "drop", "deny"])
        if fault == "throttle":
            lattice.throttle(operation, times=rng.randint(1, 3))
        elif fault == "fail":
            lattice.fail(operation, "InternalServerException", times=rng.randint(1, 3))
        elif fault == "drop":
            lattice.drop_response(operation)
        elif fault == "deny":
            lattice.fail(operation, "AccessDeniedException")


@pytest.mark.parametrize("seed", range(12))
def test_a_live_group_never_loses_its_last_healthy_target(seed: int) -> None:
    """Whatever fails, a deregistration leaves a healthy target, and a run without faults reaches the desired state."""
    rng, clock = random.Random(seed), VirtualClock()
    with (
        mock_vpc_lattice(clock=clock, initial_seconds=30, propagation_seconds=90, drain_seconds=60) as lattice,
        create_client(region_name="eu-west-1", clock=clock, retry=RetryPolicy(max_attempts=3)) as client,
        TargetGroupClient(region_name="eu-west-1", clock=clock) as observer,
    ):
        group = client.ensure(ORDERS, targets=POOL[:2])
        lattice.attach_to_service(group.id)
        clock.advance(90)
        client.wait_until_healthy(group)
        unsafe: list[object] = []

        def check(params: Any, **_: object) -> None:
            """Record a deregistration that leaves no healthy target."""
            lattice.clear_faults()
            removed = {target["id"] for target in json.loads(params["body"])["targets"]}
            healthy = {item.id for item in observer.list_targets(group) if item.status in SERVING}
            if healthy and not healthy - removed:
                unsafe.append((healthy, removed))

        client.boto3_client.meta.events.register("before-call.vpc-lattice.DeregisterTargets", check)
        desired = POOL[:2]
        for _ in range(8):
            desired = rng.sample(POOL, rng.randint(1, 4))
            add_faults(lattice, rng)
            with suppress(LatticeError):
                client.ensure(ORDERS, targets=desired, prune=True, health_timeout_seconds=rng.choice([10.0, 300.0]))
            lattice.clear_faults()

        client.ensure(ORDERS, targets=desired, prune=True)

        listed = {item.id for item in client.list_targets(group) if item.status != "DRAINING"}
        assert (unsafe, listed) == ([], {target.id for target in desired})
