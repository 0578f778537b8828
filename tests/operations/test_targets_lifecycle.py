"""The life of groups and their targets: whatever is done to them, in whatever order, is what is there afterwards."""

from typing import Any

import pytest
from attrs import define, field
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,  # pyright: ignore[reportUnknownVariableType]
)

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ConflictError, WaitFailedError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.targets import client_of, ip_group

CREATE, INITIAL, DRAIN, DELETE = 10, 20, 300, 30

Key = tuple[str, int]

some_targets = st.lists(
    st.builds(Target, id=st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"]), port=st.sampled_from([None, 80, 81])),
    min_size=1,
    max_size=5,
)


def key(target: Target) -> Key:
    return target.id, target.port or 80


def each_once(targets: list[Target]) -> list[Target]:
    """Each target as it was first written."""
    firsts: dict[Key, Target] = {}
    for target in targets:
        firsts.setdefault(key(target), target)
    return list(firsts.values())


def not_found(target: Target) -> TargetFailure:
    """The refusal of a target that is to be deregistered and is not there."""
    message = "The target is not registered"
    return TargetFailure(id=target.id, port=target.port, failure_code="TargetNotFound", failure_message=message)


@define
class Expected:
    """What should be there: targets with the time at which they were registered, or will have drained."""

    active_at: float
    in_service_since: float | None = None
    registered: dict[Key, float] = field(factory=dict[Key, float])
    draining: dict[Key, float] = field(factory=dict[Key, float])

    def statuses(self, now: float) -> dict[Key, str]:
        """The status of every target that should be listed."""
        since = self.in_service_since
        up = dict.fromkeys(self.registered, "UNUSED" if since is None else "HEALTHY")
        if since is not None:
            up |= {at: "INITIAL" for at, begun in self.registered.items() if now < max(begun, since) + INITIAL}
        return up | {at: "DRAINING" for at, gone in self.draining.items() if now < gone}


class Life(RuleBasedStateMachine):
    """One group in the emulator, beside what should be there."""

    lattice: VpcLatticeEmulator
    client: TargetGroupClient

    def __init__(self) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.lattice.reset()
        self.clock = self.lattice.clock
        self.group: Any = None
        self.expected: Expected | None = None

    @property
    def there(self) -> Expected:
        assert self.expected is not None
        now = self.clock.monotonic()
        self.expected.draining = {at: gone for at, gone in self.expected.draining.items() if now < gone}
        return self.expected

    @rule()
    @precondition(lambda self: self.expected is None)
    def create(self) -> None:
        self.group = ip_group(self.client)
        self.expected = Expected(self.clock.monotonic() + CREATE)

    @rule(some=some_targets, by_id=st.booleans())
    @precondition(lambda self: self.expected is not None)
    def register(self, some: list[Target], by_id: bool) -> None:
        report = self.client.register_targets(self.group.id if by_id else self.group, some)

        now = self.clock.monotonic()
        assert now >= self.there.active_at
        assert {key(target) for target in report.successful} == {key(target) for target in some}
        assert (report.unsuccessful, report.failed_requests) == ((), ())
        for target in some:
            self.there.draining.pop(key(target), None)
            self.there.registered.setdefault(key(target), now)

    @rule(some=some_targets, wait=st.booleans(), lost=st.booleans())
    @precondition(lambda self: self.expected is not None)
    def deregister(self, some: list[Target], wait: bool, lost: bool) -> None:
        known = self.there.registered.keys() | self.there.draining.keys()
        once = each_once(some)
        refused = [target for target in once if key(target) not in known and not lost]
        if lost:
            self.lattice.drop_response("DeregisterTargets")
        now = self.clock.monotonic()

        report = self.client.deregister_targets(self.group, some, wait=wait)

        assert report == TargetsResult(
            tuple(target for target in once if target not in refused), tuple(map(not_found, refused))
        )
        for target in once:
            if self.there.registered.pop(key(target), None) is not None and self.there.in_service_since is not None:
                self.there.draining[key(target)] = now + DRAIN
        if wait:
            assert not {key(target) for target in report.successful} & self.there.draining.keys()

    @rule()
    @precondition(lambda self: self.expected is not None and self.expected.in_service_since is None)
    def attach_to_service(self) -> None:
        self.lattice.attach_to_service(self.group.id)
        self.there.in_service_since = self.clock.monotonic()

    @rule()
    @precondition(lambda self: self.expected is not None and self.expected.in_service_since is not None)
    def detach_from_services(self) -> None:
        self.lattice.detach_from_services(self.group.id)
        self.there.in_service_since = None

    @rule(seconds=st.sampled_from([1, 15, 100, 300]))
    def time_passes(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    @rule()
    @precondition(lambda self: self.expected is not None)
    def wait_until_healthy(self) -> None:
        if not self.there.registered:
            return
        if self.there.in_service_since is None:
            with pytest.raises(WaitFailedError):
                self.client.wait_until_healthy(self.group)
            return

        seen = self.client.wait_until_healthy(self.group)

        assert {(row.id, row.port): row.status for row in seen} == dict.fromkeys(self.there.registered, "HEALTHY")

    @rule()
    @precondition(lambda self: self.expected is not None)
    def wait_until_drained(self) -> None:
        self.client.wait_until_drained(self.group)

        assert self.there.draining == {}

    @rule(drain=st.booleans(), wait=st.booleans())
    @precondition(lambda self: self.expected is not None)
    def delete(self, drain: bool, wait: bool) -> None:
        kind = None
        if self.there.in_service_since is not None:
            kind = "in_use"
        elif not drain and (self.there.registered or self.there.draining):
            kind = "has_targets"
        if kind is not None and self.clock.monotonic() >= self.there.active_at:
            with pytest.raises(ConflictError) as caught:
                self.client.delete(self.group, drain=drain, wait=wait)
            assert caught.value.kind == kind
        elif kind is None:
            self.client.delete(self.group, drain=drain, wait=wait)
            self.expected = None
            self.client.wait_until_deleted(self.group)

    @invariant()
    def what_is_there_is_what_should_be(self) -> None:
        if self.expected is None:
            assert list(self.client.list()) == []
            return
        now = self.clock.monotonic()
        listed = {(row.id, row.port): row.status for row in self.client.list_targets(self.group)}
        assert listed == self.there.statuses(now)


@pytest.mark.vpc_lattice(
    clock=VirtualClock(),
    create_seconds=CREATE,
    initial_seconds=INITIAL,
    drain_seconds=DRAIN,
    delete_seconds=DELETE,
)
def test_a_life_of_any_kind(vpc_lattice: VpcLatticeEmulator) -> None:
    """In any order of events the service has what a plain dict says, at every moment, and every report is right."""

    class LifeHere(Life):
        lattice = vpc_lattice
        client = client_of(vpc_lattice)

    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            derandomize=True,
            database=None,
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
