"""Comparison of the emulator with a model of a group, for random sequences of operations."""

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
from support.targets import create_client, create_ip_group

CREATE_SECONDS, INITIAL_SECONDS, DRAIN_SECONDS, DELETE_SECONDS = 10, 20, 300, 30

Key = tuple[str, int]

target_lists = st.lists(
    st.builds(Target, id=st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"]), port=st.sampled_from([None, 80, 81])),
    min_size=1,
    max_size=5,
)


def to_key(target: Target) -> Key:
    """Return the id and the effective port of a target."""
    return target.id, target.port or 80


def remove_duplicates(targets: list[Target]) -> list[Target]:
    """Return the targets without repetitions of the same id and effective port."""
    first_targets: dict[Key, Target] = {}
    for target in targets:
        first_targets.setdefault(to_key(target), target)
    return list(first_targets.values())


def make_not_found(target: Target) -> TargetFailure:
    """Return the failure that the service reports for a target that is not registered."""
    message = "The target is not registered"
    return TargetFailure(id=target.id, port=target.port, failure_code="TargetNotFound", failure_message=message)


@define
class ExpectedGroup:
    """The expected group, with the times at which its targets are registered or drained."""

    active_at: float
    in_service_since: float | None = None
    registered: dict[Key, float] = field(factory=dict[Key, float])
    draining: dict[Key, float] = field(factory=dict[Key, float])

    def statuses(self, now: float) -> dict[Key, str]:
        """Return the status of every target that should be listed."""
        since = self.in_service_since
        statuses = dict.fromkeys(self.registered, "UNUSED" if since is None else "HEALTHY")
        if since is not None:
            statuses |= {
                key: "INITIAL"
                for key, registered_at in self.registered.items()
                if now < max(registered_at, since) + INITIAL_SECONDS
            }
        return statuses | {key: "DRAINING" for key, drained_at in self.draining.items() if now < drained_at}


class GroupLifecycle(RuleBasedStateMachine):
    """A state machine that compares a group in the emulator with the expected group."""

    lattice: VpcLatticeEmulator
    client: TargetGroupClient

    def __init__(self) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.lattice.reset()
        self.clock = self.lattice.clock
        self.group: Any = None
        self.expected: ExpectedGroup | None = None

    @property
    def current(self) -> ExpectedGroup:
        assert self.expected is not None
        now = self.clock.monotonic()
        self.expected.draining = {
            key: drained_at for key, drained_at in self.expected.draining.items() if now < drained_at
        }
        return self.expected

    @rule()
    @precondition(lambda self: self.expected is None)
    def create(self) -> None:
        self.group = create_ip_group(self.client)
        self.expected = ExpectedGroup(self.clock.monotonic() + CREATE_SECONDS)

    @rule(selection=target_lists, by_id=st.booleans())
    @precondition(lambda self: self.expected is not None)
    def register(self, selection: list[Target], by_id: bool) -> None:
        result = self.client.register_targets(self.group.id if by_id else self.group, selection)

        now = self.clock.monotonic()
        assert now >= self.current.active_at
        assert {to_key(target) for target in result.successful} == {to_key(target) for target in selection}
        assert (result.unsuccessful, result.failed_requests) == ((), ())
        for target in selection:
            self.current.draining.pop(to_key(target), None)
            self.current.registered.setdefault(to_key(target), now)

    @rule(selection=target_lists, wait=st.booleans(), lose_response=st.booleans())
    @precondition(lambda self: self.expected is not None)
    def deregister(self, selection: list[Target], wait: bool, lose_response: bool) -> None:
        existing = self.current.registered.keys() | self.current.draining.keys()
        unique = remove_duplicates(selection)
        missing = [target for target in unique if to_key(target) not in existing and not lose_response]
        if lose_response:
            self.lattice.drop_response("DeregisterTargets")
        now = self.clock.monotonic()

        result = self.client.deregister_targets(self.group, selection, wait=wait)

        assert result == TargetsResult(
            tuple(target for target in unique if target not in missing), tuple(map(make_not_found, missing))
        )
        for target in unique:
            if (
                self.current.registered.pop(to_key(target), None) is not None
                and self.current.in_service_since is not None
            ):
                self.current.draining[to_key(target)] = now + DRAIN_SECONDS
        if wait:
            assert not {to_key(target) for target in result.successful} & self.current.draining.keys()

    @rule()
    @precondition(lambda self: self.expected is not None and self.expected.in_service_since is None)
    def attach_to_service(self) -> None:
        self.lattice.attach_to_service(self.group.id)
        self.current.in_service_since = self.clock.monotonic()

    @rule()
    @precondition(lambda self: self.expected is not None and self.expected.in_service_since is not None)
    def detach_from_services(self) -> None:
        self.lattice.detach_from_services(self.group.id)
        self.current.in_service_since = None

    @rule(seconds=st.sampled_from([1, 15, 100, 300]))
    def advance_clock(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    @rule()
    @precondition(lambda self: self.expected is not None)
    def wait_until_healthy(self) -> None:
        if not self.current.registered:
            return
        if self.current.in_service_since is None:
            with pytest.raises(WaitFailedError):
                self.client.wait_until_healthy(self.group)
            return

        healthy = self.client.wait_until_healthy(self.group)

        assert {(target.id, target.port): target.status for target in healthy} == dict.fromkeys(
            self.current.registered, "HEALTHY"
        )

    @rule()
    @precondition(lambda self: self.expected is not None)
    def wait_until_drained(self) -> None:
        self.client.wait_until_drained(self.group)

        assert self.current.draining == {}

    @rule(drain=st.booleans(), wait=st.booleans())
    @precondition(lambda self: self.expected is not None)
    def delete(self, drain: bool, wait: bool) -> None:
        kind = None
        if self.current.in_service_since is not None:
            kind = "in_use"
        elif not drain and (self.current.registered or self.current.draining):
            kind = "has_targets"
        if kind is not None and self.clock.monotonic() >= self.current.active_at:
            with pytest.raises(ConflictError) as caught:
                self.client.delete(self.group, drain=drain, wait=wait)
            assert caught.value.kind == kind
        elif kind is None:
            self.client.delete(self.group, drain=drain, wait=wait)
            self.expected = None
            self.client.wait_until_deleted(self.group)

    @invariant()
    def emulator_matches_expected_group(self) -> None:
        if self.expected is None:
            assert list(self.client.list()) == []
            return
        now = self.clock.monotonic()
        listed = {(target.id, target.port): target.status for target in self.client.list_targets(self.group)}
        assert listed == self.current.statuses(now)


@pytest.mark.vpc_lattice(
    clock=VirtualClock(),
    create_seconds=CREATE_SECONDS,
    initial_seconds=INITIAL_SECONDS,
    drain_seconds=DRAIN_SECONDS,
    delete_seconds=DELETE_SECONDS,
)
def test_group_lifecycle_matches_the_model(vpc_lattice: VpcLatticeEmulator) -> None:
    """After any sequence of operations, the emulator and all results match the model."""

    class EmulatedGroupLifecycle(GroupLifecycle):
        lattice = vpc_lattice
        client = create_client(vpc_lattice)

    run_state_machine_as_test(
        EmulatedGroupLifecycle,
        settings=settings(
            derandomize=True,
            database=None,
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
