"""Emulated targets."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

TargetKey = tuple[str, int | None]


@frozen
class TargetHealth:
    """A target's status and the reason code that goes with it."""

    status: str
    reason_code: str | None = None


@frozen
class Target:
    """The facts about one registered target; times are readings of the emulator's clock."""

    id: str
    port: int | None
    number: int
    registered_at: float
    drained_at: float | None = None
    forced: TargetHealth | None = None

    @property
    def key(self) -> TargetKey:
        """What tells targets of one group apart (the Gateway API Controller keys on both)."""
        return (self.id, self.port)

    def is_gone(self, now: float) -> bool:
        """Whether the target has been drained to its end."""
        return self.drained_at is not None and now >= self.drained_at

    def is_draining(self, now: float) -> bool:
        """Whether the target was deregistered and still serves what it had."""
        return self.drained_at is not None and now < self.drained_at


@frozen
class HealthContext:
    """What a group means for the status of its targets: is it used, are they checked, how long is the first check."""

    in_service_since: float | None
    checked: bool
    initial_seconds: float


def target_health(target: Target, watch: HealthContext, now: float) -> TargetHealth:
    """The status of ``target`` at ``now``."""
    if target.forced is not None:
        return target.forced
    if target.is_draining(now):
        return TargetHealth("DRAINING")
    if watch.in_service_since is None:
        return TargetHealth("UNUSED", "TargetGroupNotInUse")
    if not watch.checked:
        return TargetHealth("UNAVAILABLE", "HealthCheckNotSupported")
    first_check_at = max(target.registered_at, watch.in_service_since) + watch.initial_seconds
    return TargetHealth("HEALTHY" if now >= first_check_at else "INITIAL")


def to_wire(target: Mapping[str, Any] | Target) -> dict[str, Any]:
    """The wire form of a target: its id, and its port where it has one."""
    target_id, port = key_of(target)
    return {"id": target_id} if port is None else {"id": target_id, "port": port}


def key_of(target: Mapping[str, Any] | Target, default_port: int | None = None) -> TargetKey:
    """The key of a target of either form; a target without a port has the group's."""
    if isinstance(target, Target):
        return target.key
    return (target["id"], target.get("port", default_port))


def failure_item(target: Mapping[str, Any], code: str, message: str) -> dict[str, Any]:
    """A row of ``unsuccessful``."""
    return {**to_wire(target), "failureCode": code, "failureMessage": message}


def target_item(target: Target, watch: HealthContext, now: float) -> dict[str, Any]:
    """A row of ListTargets."""
    seen = target_health(target, watch, now)
    reason = {} if seen.reason_code is None else {"reasonCode": seen.reason_code}
    return {**to_wire(target), "status": seen.status, **reason}
