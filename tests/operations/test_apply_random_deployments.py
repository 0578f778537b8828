"""Random deployments to a live group, with faults, interrupts and targets that never become healthy.

``pytest --deployments=1000`` runs more of them. The deployments to a group depend only on the number of the group.
"""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from attrs import define, field, frozen

from lattice_tg import (
    ApplyError,
    DeregisterStep,
    LatticeError,
    RegisterStep,
    RetryPolicy,
    Target,
    TargetGroup,
    TargetGroupClient,
)
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.clients import MakeClient
from support.clocks import InterruptError, MonitoredClock
from support.desired_states import ORDERS
from support.random_faults import add_random_faults, retry

pytestmark = pytest.mark.slow

CHUNKS = 4
DEPLOYMENTS_PER_GROUP = 8
SAMPLE_SECONDS = 10.0
SERVICE = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"
POOL = [f"10.0.0.{number}" for number in range(1, 9)]
SERVING = ("HEALTHY", "UNAVAILABLE")


@frozen(kw_only=True)
class Scenario:
    """What happens in a deployment."""

    desired: tuple[str, ...]
    fault_probability: float
    is_denied: bool
    """Whether a random request is denied."""
    max_attempts: int
    interrupt_in: int | None
    """The reading of the clock at which the deployment is interrupted."""
    health_timeout_seconds: float


LAST_SCENARIO = Scenario(
    desired=tuple(POOL[:2]),
    fault_probability=0,
    is_denied=False,
    max_attempts=1,
    interrupt_in=None,
    health_timeout_seconds=300.0,
)
"""A deployment of healthy targets without faults and interrupts."""


def make_scenario(random: Random) -> Scenario:
    """Return a random scenario."""
    return Scenario(
        desired=tuple(random.sample(POOL, random.randint(1, 4))),
        fault_probability=random.choice([0, 0, 0.05, 0.3]),
        is_denied=random.random() < 0.2,
        max_attempts=random.choice([1, 3, 8]),
        interrupt_in=random.choice([None, random.randint(1, 80)]),
        health_timeout_seconds=random.choice([10.0, 300.0]),
    )


@define
class LiveGroup:
    """A group that serves requests, and a monitor of its targets."""

    lattice: VpcLatticeEmulator
    make_client: MakeClient
    boto3_client: Any
    group: TargetGroup
    never_healthy: Sequence[str]
    """Targets that fail each health check."""
    seed: int
    was_healthy: bool = False
    violations: list[str] = field(factory=list[str])

    def watch(self, seconds: float) -> None:
        """Check the targets from now until ``seconds`` from now."""
        for target, status in self.list_statuses().items():
            if target in self.never_healthy and status == "INITIAL":
                self.lattice.set_target_status(self.group.id, target, "UNHEALTHY")
        now = self.lattice.clock.monotonic()
        for sample in range(int(seconds / SAMPLE_SECONDS) + 1):
            self._check(now + sample * SAMPLE_SECONDS)
        self._check(now + seconds)

    def _check(self, at: float) -> None:
        shares = self.lattice.traffic_shares(SERVICE, at=at)
        is_healthy = any(share.status in SERVING for share in shares)
        if self.was_healthy and not is_healthy:
            self.violations.append(f"only {shares} receive requests at {at}")
        self.was_healthy |= is_healthy

    def deploy(self, number: int, scenario: Scenario) -> str:
        """Change the targets in a new process, and return how the deployment ended."""
        clock, before = MonitoredClock(self.lattice.clock, self.watch), self.list_targets()
        client = self.make_client(clock=clock, retry=RetryPolicy(max_attempts=scenario.max_attempts))
        client.boto3_client.meta.events.register("after-call.vpc-lattice.DeregisterTargets", self._on_deregister)
        seed = self.seed * DEPLOYMENTS_PER_GROUP + number
        add_random_faults(self.lattice, scenario.fault_probability, seed)
        if scenario.is_denied:
            self.lattice.fail("*", "AccessDeniedException", times=1, probability=0.1, seed=seed + 3)
        clock.interrupt_in = scenario.interrupt_in
        try:
            self._ensure(client, scenario)
        except ApplyError as error:
            self.lattice.clear_faults()
            verify_steps(error, before, self.list_targets())
            return "failed"
        except LatticeError:
            self.lattice.clear_faults()
            assert self.list_targets() == before
            return "not started"
        except InterruptError as error:
            return verify_note(error)
        finally:
            clock.interrupt_in = None
            self.lattice.clear_faults()
            self.watch(0)
            client.close()
        assert self.list_targets() == set(scenario.desired)
        return "succeeded"

    def _on_deregister(self, **_: object) -> None:
        self.watch(0)

    def _ensure(self, client: TargetGroupClient, scenario: Scenario) -> None:
        client.ensure(
            ORDERS,
            targets=[Target.ip(target, 80) for target in scenario.desired],
            prune=True,
            health_timeout_seconds=scenario.health_timeout_seconds,
        )

    def list_targets(self) -> set[str]:
        """Return the ids of the targets that are not draining."""
        return {target for target, status in self.list_statuses().items() if status != "DRAINING"}

    def list_statuses(self) -> dict[str, str]:
        """Return the status of each target, read without the library."""
        response = retry(lambda: self.boto3_client.list_targets(targetGroupIdentifier=self.group.id))
        return {item["id"]: item["status"] for item in response["items"]}


def verify_note(error: BaseException) -> str:
    """Check that an interrupt says how to continue."""
    assert "To resume" in "".join(error.__notes__)
    return "interrupted"


def verify_steps(error: ApplyError, before: set[str], after: set[str]) -> None:
    """Check that the completed steps were executed and that the pending steps were not."""
    for step in error.completed:
        match step:
            case RegisterStep():
                assert {target.id for target in step.targets} <= after
            case DeregisterStep():
                assert after.isdisjoint(target.id for target in step.targets)
            case _:
                pass
    for step in error.pending:
        match step:
            case RegisterStep():
                assert after & {target.id for target in step.targets} <= before
            case DeregisterStep():
                assert {target.id for target in step.targets} <= after
            case _:
                pass


def open_live_group(
    lattice: VpcLatticeEmulator, make_client: MakeClient, boto3_client: Any, random: Random, seed: int
) -> LiveGroup:
    """Create a group that has two healthy targets and receives the requests of a service."""
    client = make_client(clock=lattice.clock)
    group = client.ensure(ORDERS, targets=[Target.ip(target, 80) for target in POOL[:2]])
    lattice.attach_to_service(group.id, SERVICE)
    lattice.clock.advance(90)
    client.wait_until_healthy(group)
    return LiveGroup(lattice, make_client, boto3_client, group, random.sample(POOL[2:], 2), seed)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_live_group_never_loses_its_last_healthy_target(
    chunk: int,
    request: pytest.FixtureRequest,
    make_client: MakeClient,
    boto3_client: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever fails, a healthy target takes traffic, and each deployment ends in a state that it reports."""
    outcomes = Counter[str]()
    count: Any = request.config.getoption("--deployments")
    for seed in range(chunk, count // DEPLOYMENTS_PER_GROUP, CHUNKS):
        random, clock = Random(seed), VirtualClock()
        monkeypatch.setattr("lattice_tg.runtime.randomness.random", Random(seed))
        with mock_vpc_lattice(clock=clock, initial_seconds=30, propagation_seconds=90, drain_seconds=60) as lattice:
            live = open_live_group(lattice, make_client, boto3_client, random, seed)
            scenarios = [make_scenario(random) for _ in range(DEPLOYMENTS_PER_GROUP)]
            try:
                for number, scenario in enumerate(scenarios):
                    outcomes[live.deploy(number, scenario)] += 1
                assert live.deploy(DEPLOYMENTS_PER_GROUP, LAST_SCENARIO) == "succeeded"
                assert live.violations == []
            except BaseException as error:
                error.add_note(f"Group {seed}, never healthy: {live.never_healthy}, deployments: {scenarios}")
                raise

    assert {"failed", "interrupted", "succeeded"} <= outcomes.keys(), "too few deployments"
