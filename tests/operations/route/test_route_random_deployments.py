"""Random deployments with faults, interrupts and other tools that move weights.

``pytest --deployments=1000`` runs more of them. Each deployment depends only on its number.
"""

from collections import Counter
from random import Random
from typing import Any

import pytest
from attrs import define, field, frozen
from botocore.config import Config

from lattice_tg import InvalidArgumentError, LatticeError, RetryPolicy, Shift, ShiftError, ShiftStep, StaleRouteError
from lattice_tg.testing import TrafficShare, VirtualClock, mock_vpc_lattice
from support.clients import MakeClient
from support.clocks import InterruptError, MonitoredClock
from support.random_faults import add_random_faults, retry
from support.routes import GREEN_TARGET, Shop, forward, open_shop

pytestmark = pytest.mark.slow

SAMPLE_SECONDS = 10.0
CHUNKS = 8


@define
class TrafficMonitor:
    """A monitor of the targets that receive requests of a service."""

    shop: Shop
    passed: set[str] = field(factory=set[str])
    """Targets that have passed a health check, whether or not they received requests at that time."""
    violations: list[str] = field(factory=list[str])

    def watch(self, seconds: float) -> None:
        """Check the traffic from now until ``seconds`` from now."""
        now = self.shop.clock.monotonic()
        for sample in range(int(seconds / SAMPLE_SECONDS) + 1):
            self._check(now + sample * SAMPLE_SECONDS)
        self._check(now + seconds)

    def record_passed(self, target_group: str) -> None:
        """Record the targets of a group that are healthy now. Call this method before healthy targets turn unhealthy."""
        list_targets = self.shop.boto3_client.list_targets
        items = retry(lambda: list_targets(targetGroupIdentifier=target_group))["items"]
        self.passed |= {item["id"] for item in items if item["status"] == "HEALTHY"}

    def _check(self, at: float) -> None:
        shares = self.shop.lattice.traffic_shares(self.shop.service, at=at)
        self.passed |= {share.target_id for share in shares if share.status == "HEALTHY"}
        by_rule: dict[str | None, list[TrafficShare]] = {}
        for share in shares:
            by_rule.setdefault(share.rule_id, []).append(share)
        for rule, members in by_rule.items():
            if self.passed.isdisjoint(share.target_id for share in members):
                self.violations.append(f"{rule} sends requests only to {members} at {at}")


@frozen(kw_only=True)
class Scenario:
    """What happens in a deployment."""

    uses_rule: bool
    steps: tuple[int, ...]
    fault_probability: float
    max_attempts: int
    interrupts: tuple[int | None, ...]
    """The readings of the clock at which each attempt is interrupted."""
    health: str
    """Whether the new target is healthy, never becomes healthy, or turns unhealthy."""
    unhealthy_in: int
    """Number of health checks until the new target turns unhealthy."""
    meddles_in: int | None
    """Number of health checks until another tool moves weights. None if no other tool does."""
    moved: tuple[int, int]
    """Weights of the other tool."""
    leaves_after: int | None
    """Percentage after which the first attempt leaves the loop."""


def make_scenario(random: Random) -> Scenario:
    """Return a random scenario."""
    return Scenario(
        uses_rule=random.random() < 0.3,
        steps=random.choice([(1, 10, 50, 100), (100,), (50, 100), (1, 100), (25, 50, 75, 100)]),
        fault_probability=random.choice([0, 0, 0.05, 0.3]),
        max_attempts=random.choice([1, 3, 8]),
        interrupts=tuple(random.choice([None, random.randint(1, 150)]) for _ in range(3)),
        health=random.choice(["healthy", "healthy", "never", "turns unhealthy"]),
        unhealthy_in=random.randint(20, 60),
        meddles_in=random.choice([None, None, random.randint(1, 50)]),
        moved=(random.randint(1, 999), random.randint(0, 999)),
        leaves_after=random.choice([None, None, 1, 50]),
    )


@define
class Deployment:
    """A deployment that an operator repeats until the traffic has moved forward or back."""

    scenario: Scenario
    shop: Shop
    make_client: MakeClient
    seed: int
    monitor: TrafficMonitor = field(init=False)
    rule: str | None = None
    checks: int = 0
    """Number of health checks of the new target."""
    was_moved: bool = False
    """Whether another tool has moved the weights."""

    def __attrs_post_init__(self) -> None:
        self.monitor = TrafficMonitor(self.shop)

    @property
    def moved_weights(self) -> dict[str, int]:
        """The weights of the other tool."""
        return self.shop.weights(*self.scenario.moved)

    def run(self) -> str:
        """Run up to three attempts, and return how the deployment ended."""
        if self.scenario.uses_rule:
            self.rule = self.shop.create_rule(forward({self.shop.blue.id: 100}))
            self.shop.clock.advance(90)
        if self.scenario.health == "never":
            self._fail_green()
        original = self.get_weights()
        add_random_faults(self.shop.lattice, self.scenario.fault_probability, self.seed)
        outcome = "stopped"
        for interrupt in self.scenario.interrupts:
            was_moved = self.was_moved
            outcome = self._attempt(original, interrupt)
            if self.was_moved and not was_moved:
                assert self.get_weights() == self.moved_weights, "the weights of the other tool are kept"
            if outcome in ("forward", "back"):
                break
        self.shop.lattice.clear_faults()
        self.monitor.watch(200)
        self._verify(outcome, original)
        return outcome

    def _attempt(self, original: dict[str, int], interrupt: int | None) -> str:
        """Start a shift in a new process, and return how the shift ended."""
        clock, checks = MonitoredClock(self.shop.clock, self.monitor.watch), self.checks
        client = self.make_client(clock=clock, retry=RetryPolicy(max_attempts=self.scenario.max_attempts))
        client.boto3_client.meta.events.register("before-call.vpc-lattice.ListTargets", self._on_health_check)
        route = client.route(service=self.shop.service, listener=self.shop.listener, rule=self.rule)
        shift = route.shift(self.shop.blue, self.shop.green, steps=self.scenario.steps, original_weights=original)
        clock.interrupt_in = interrupt
        try:
            return self._iterate(shift)
        except ShiftError as error:
            return self._verify_failed(error, original)
        except StaleRouteError as error:
            return self._verify_stale(error)
        except InvalidArgumentError:
            raise
        except (LatticeError, InterruptError) as error:
            return "stopped" if self.checks == checks else self._verify_note(error)
        finally:
            clock.interrupt_in = None
            client.close()

    def _iterate(self, shift: Shift) -> str:
        for step in shift:
            assert step.weights == self.get_weights()
            assert {target.status for target in step.targets} == {"HEALTHY"}
            self._verify_settled(step)
            if step.percent == self.scenario.leaves_after and not self.was_moved:
                return "stopped"
        return "forward"

    def _verify_settled(self, step: ShiftStep) -> None:
        """Check that the requests follow the weights of a step."""
        total = sum(step.weights.values())
        expected = {group: weight / total for group, weight in step.weights.items() if weight}
        shares = {
            share.target_group_id: share.share
            for share in self.shop.lattice.traffic_shares(self.shop.service)
            if self.rule in (None, share.rule_id)
        }
        assert shares == expected

    def _on_health_check(self, **_: object) -> None:
        self.checks += 1
        if self.checks == self.scenario.meddles_in:
            self.was_moved = True
            self._move(self.moved_weights)
        if self.scenario.health == "turns unhealthy" and self.checks == self.scenario.unhealthy_in:
            self._fail_green()

    def _fail_green(self) -> None:
        self.monitor.record_passed(self.shop.green.id)
        self.shop.lattice.set_target_status(self.shop.green.id, GREEN_TARGET, "UNHEALTHY")

    def _verify_failed(self, error: ShiftError, original: dict[str, int]) -> str:
        """Check that a failed shift restored the weights unless a fault or another tool prevented the rollback."""
        if error.rolled_back:
            return "back"
        assert self.scenario.fault_probability or self.was_moved
        assert self.was_moved or self.get_weights() in (
            error.weights,
            self.shop.weights(original[self.shop.blue.id], 0),
        )
        return "stopped"

    def _verify_stale(self, error: StaleRouteError) -> str:
        """Check that another tool moved the weights, and that the shift left them unchanged."""
        assert self.was_moved
        assert error.actual == self.get_weights() != error.expected
        return "stopped"

    def _verify_note(self, error: BaseException) -> str:
        """Check that the weights that are set are among the weights that the note says.

        An attempt that has not checked the health of the targets has moved no requests and need not have a note.
        """
        pair = {group: self.get_weights().get(group, 0) for group in (self.shop.blue.id, self.shop.green.id)}
        notes = "".join(getattr(error, "__notes__", ()))
        is_unchanged = pair[self.shop.green.id] == 0
        is_named = str(pair) in notes or str(self.get_weights()) in notes
        assert is_unchanged or is_named or self.was_moved, f"{pair} is not in {error!r} {notes}"
        return "stopped"

    def _verify(self, outcome: str, original: dict[str, int]) -> None:
        weights = self.get_weights()
        if outcome == "forward":
            assert weights[self.shop.blue.id] == 0 < weights[self.shop.green.id]
            assert self.scenario.health != "never"
        if outcome == "back":
            assert {group: weight for group, weight in weights.items() if weight} == original
            assert self.scenario.health != "healthy"
        assert self.monitor.violations == []

    def get_weights(self) -> dict[str, int]:
        """Return the weights that are set, read without the library."""
        identifiers = self._identify()
        if self.rule is None:
            action = retry(lambda: self.shop.boto3_client.get_listener(**identifiers))["defaultAction"]
        else:
            action = retry(lambda: self.shop.boto3_client.get_rule(**identifiers))["action"]
        return {group["targetGroupIdentifier"]: group["weight"] for group in action["forward"]["targetGroups"]}

    def _move(self, weights: dict[str, int]) -> None:
        action, identifiers = forward(weights), self._identify()
        if self.rule is None:
            retry(lambda: self.shop.boto3_client.update_listener(**identifiers, defaultAction=action))
        else:
            retry(lambda: self.shop.boto3_client.update_rule(**identifiers, action=action))

    def _identify(self) -> dict[str, str]:
        parents = {"serviceIdentifier": self.shop.service, "listenerIdentifier": self.shop.listener}
        return parents if self.rule is None else {**parents, "ruleIdentifier": self.rule}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_deployments_are_safe_and_end_in_a_known_state(
    chunk: int,
    request: pytest.FixtureRequest,
    make_client: MakeClient,
    session: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No action ever sends requests only to unproven targets, and each shift ends in a state that it reports."""
    outcomes = Counter[str]()
    count: Any = request.config.getoption("--deployments")
    for seed in range(chunk, count, CHUNKS):
        clock = VirtualClock()
        monkeypatch.setattr("lattice_tg.runtime.randomness.random", Random(seed))
        with mock_vpc_lattice(initial_seconds=30, propagation_seconds=90, clock=clock) as lattice:
            boto3_client = session.client("vpc-lattice", config=Config(retries={"total_max_attempts": 1}))
            shop = open_shop(lattice, make_client(clock=clock), boto3_client)
            deployment = Deployment(make_scenario(Random(seed)), shop, make_client, seed)
            try:
                outcomes[deployment.run()] += 1
            except BaseException as error:
                error.add_note(f"Deployment {seed}: {deployment.scenario}")
                raise

    assert {"forward", "back"} <= outcomes.keys(), "too few deployments"
