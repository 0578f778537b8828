"""Emulated target groups and their targets."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address
from typing import Any

from attrs import evolve, field, frozen

Config = Mapping[str, Any]
# The id and port together identify a target within its group (AWS Gateway API Controller).
TargetKey = tuple[str, int | None]

_SUMMARY_CONFIG = ("port", "protocol", "ipAddressType", "vpcIdentifier", "lambdaEventStructureVersion")
_DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}
_HEALTH_CHECK_DEFAULTS = {
    "path": "/",
    "healthCheckIntervalSeconds": 30,
    "healthCheckTimeoutSeconds": 5,
    "healthyThresholdCount": 5,
    "unhealthyThresholdCount": 2,
    "matcher": {"httpCode": "200"},
}


@frozen
class TargetHealth:
    """The status of a target and the reason code that ListTargets returns with it."""

    status: str
    reason_code: str | None = None


@frozen
class HealthContext:
    """The properties of a target group that determine the health of its targets."""

    in_service_since: float | None
    """Clock reading since when requests can reach the group through a service. None if no requests can."""
    health_check_enabled: bool
    initial_seconds: float
    """Seconds that a target stays INITIAL."""


@frozen
class Target:
    """A registered target. Times are readings of the emulator's clock in seconds."""

    id: str
    port: int | None
    number: int
    registered_at: float
    drained_at: float | None = None
    forced_health: TargetHealth | None = None
    is_stopped: bool = False
    """Whether the EC2 instance behind the target is not running."""

    def has_drained(self, now: float) -> bool:
        """Return whether the target was deregistered and has finished draining."""
        return self.drained_at is not None and now >= self.drained_at

    def is_draining(self, now: float) -> bool:
        """Return whether the target was deregistered and is still draining."""
        return self.drained_at is not None and now < self.drained_at

    def health(self, context: HealthContext, now: float) -> TargetHealth:
        """Return the health of the target at ``now``."""
        if self.forced_health is not None:
            return self.forced_health
        if self.is_draining(now):
            return TargetHealth("DRAINING")
        if context.in_service_since is None:
            return TargetHealth("UNUSED", "TargetGroupNotInUse")
        if self.is_stopped:
            return TargetHealth("UNUSED")
        if not context.health_check_enabled:
            return TargetHealth("UNAVAILABLE", "HealthCheckNotSupported")
        first_check_at = max(self.registered_at, context.in_service_since) + context.initial_seconds
        return TargetHealth("HEALTHY" if now >= first_check_at else "INITIAL")


def make_target_key(target: Mapping[str, Any], default_port: int | None) -> TargetKey:
    """Return the key of a target in a request. All spellings of an IPv6 address have the same key.

    ``default_port`` is the port of the target group.
    """
    target_id = target["id"]
    with suppress(ValueError):
        target_id = str(IPv6Address(target_id))
    return (target_id, target.get("port", default_port))


def target_to_wire(target_id: str, port: int | None) -> dict[str, Any]:
    """Return the API representation of a target, without ``port`` if ``port`` is None."""
    return {"id": target_id} if port is None else {"id": target_id, "port": port}


def failure_item(target: Mapping[str, Any], code: str, message: str) -> dict[str, Any]:
    """Return an ``unsuccessful`` item for a target in a request."""
    return {**target_to_wire(target["id"], target.get("port")), "failureCode": code, "failureMessage": message}


def target_item(target: Target, context: HealthContext, now: float) -> dict[str, Any]:
    """Return an item of a ListTargets response."""
    health = target.health(context, now)
    reason = {} if health.reason_code is None else {"reasonCode": health.reason_code}
    return {**target_to_wire(target.id, target.port), "status": health.status, **reason}


@frozen
class Failure:
    """The code and message of a failed creation, deletion or registration."""

    code: str
    message: str


@frozen
class Transition:
    """The creation or deletion of a target group.

    ``ends_at`` is a reading of the emulator's clock. ``failure`` is None if the creation or deletion succeeds.
    """

    ends_at: float
    failure: Failure | None = None

    def is_over(self, now: float) -> bool:
        """Return whether the transition has ended."""
        return now >= self.ends_at


@frozen
class TargetGroup:
    """A target group. Times are readings of the emulator's clock in seconds."""

    id: str
    arn: str
    name: str
    type: str
    config: Mapping[str, Any] | None
    number: int
    created_at: float
    updated_at: float
    creation: Transition
    deletion: Transition | None = None
    tags: Mapping[str, str] = field(factory=dict[str, str])
    targets: Mapping[TargetKey, Target] = field(factory=dict[TargetKey, Target])
    service_arns: tuple[str, ...] = ()
    in_service_since: float | None = None

    @property
    def port(self) -> int | None:
        """The port of targets that are registered without their own port."""
        return (self.config or {}).get("port")

    def status(self, now: float) -> str:
        """Return the status of the group at ``now``."""
        if self.deletion is not None:
            return "DELETE_FAILED" if self.deletion.is_over(now) else "DELETE_IN_PROGRESS"
        if not self.creation.is_over(now):
            return "CREATE_IN_PROGRESS"
        return "ACTIVE" if self.creation.failure is None else "CREATE_FAILED"

    def failure(self, now: float) -> Failure | None:
        """Return the failure of the last creation or deletion.

        If the creation or deletion succeeded or has not ended, the method returns None.
        """
        transition = self.deletion or self.creation
        return transition.failure if transition.is_over(now) else None

    def is_deleted(self, now: float) -> bool:
        """Return whether the group has been deleted."""
        return self.deletion is not None and self.deletion.failure is None and self.deletion.is_over(now)

    def health_context(self, initial_seconds: float) -> HealthContext:
        """Return the properties of the group that determine the health of its targets."""
        enabled = bool((self.config or {}).get("healthCheck", {}).get("enabled"))
        return HealthContext(self.in_service_since, enabled, initial_seconds)

    def existing_targets(self, now: float) -> dict[TargetKey, Target]:
        """Return the targets that exist at ``now``, including those that are draining."""
        return {key: target for key, target in self.targets.items() if not target.has_drained(now)}


def with_services(group: TargetGroup, service_arns: tuple[str, ...], now: float, *, is_reachable: bool) -> TargetGroup:
    """Return a copy of the group with ``service_arns`` as the services that use the group.

    Args:
        group: The target group.
        service_arns: The ARNs of the services, without duplicates.
        now: The reading of the emulator's clock.
        is_reachable: Whether requests can reach the group through one of the services.

    """
    since = (now if group.in_service_since is None else group.in_service_since) if is_reachable else None
    return evolve(group, service_arns=service_arns, in_service_since=since)


def with_stopped_instances(group: TargetGroup, instance_ids: frozenset[str], now: float) -> TargetGroup:
    """Return a copy of the group in which the targets in ``instance_ids`` are not running.

    After a restart, the health checks of a target start again.
    """
    targets = {key: _with_stopped(target, target.id in instance_ids, now) for key, target in group.targets.items()}
    return evolve(group, targets=targets)


def _with_stopped(target: Target, is_stopped: bool, now: float) -> Target:
    if is_stopped == target.is_stopped:
        return target
    return evolve(target, is_stopped=is_stopped, registered_at=target.registered_at if is_stopped else now)


def create_response(group: TargetGroup, status: str) -> dict[str, Any]:
    """Return the response to CreateTargetGroup and UpdateTargetGroup."""
    config = {} if group.config is None else {"config": dict(group.config)}
    return {"id": group.id, "arn": group.arn, "name": group.name, "type": group.type, **config, "status": status}


def get_response(group: TargetGroup, now: float, epoch: datetime) -> dict[str, Any]:
    """Return the response to GetTargetGroup.

    ``epoch`` is the time when the emulator's clock read 0.
    """
    failure = group.failure(now)
    reason = {} if failure is None else {"failureCode": failure.code, "failureMessage": failure.message}
    return {**create_response(group, group.status(now)), **_usage_and_timestamps(group, epoch), **reason}


def group_item(group: TargetGroup, now: float, epoch: datetime) -> dict[str, Any]:
    """Return an item of a ListTargetGroups response.

    The item has some members of the config at its top level.
    """
    config = group.config or {}
    members = {"id": group.id, "arn": group.arn, "name": group.name, "type": group.type, "status": group.status(now)}
    summary = {name: config[name] for name in _SUMMARY_CONFIG if name in config}
    return members | summary | _usage_and_timestamps(group, epoch)


def _usage_and_timestamps(group: TargetGroup, epoch: datetime) -> dict[str, Any]:
    return {
        "createdAt": format_time(group.created_at, epoch),
        "lastUpdatedAt": format_time(group.updated_at, epoch),
        "serviceArns": list(group.service_arns),
    }


def format_time(reading: float, epoch: datetime) -> str:
    """Return a clock reading as a timestamp of the API.

    ``epoch`` is the time when the emulator's clock read 0.
    """
    return (epoch + timedelta(seconds=reading)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def with_defaults(group_type: str, config: Config | None) -> Config | None:
    """Return ``config`` with the defaults that the service fills in.

    A LAMBDA group that was created without a config has no config.
    """
    if group_type == "LAMBDA":
        return config or None
    values = dict(config or {})
    full = _config_defaults(values)
    if group_type == "IP":
        full = {**full, "ipAddressType": values.get("ipAddressType", "IPV4")}
    if group_type == "ALB":
        return _without(full, "healthCheck")
    health_check = merge_health_check(_health_check_defaults(full), values.get("healthCheck", {}), full)
    return {**full, "healthCheck": health_check}


def merge_health_check(existing: Config, changes: Config, config: Config) -> Config:
    """Return the health check after an update.

    0 or "" resets a field to its default. AWS does not document whether omitted fields keep their values. The emulator
    assumes that omitted fields keep their values, because the reset values would otherwise be pointless.
    """
    defaults = _health_check_defaults(config)
    merged = {**existing, **changes}
    reset = [name for name, value in changes.items() if _is_reset_value(value)]
    if changes.get("matcher", {}).get("httpCode") == "":
        reset.append("matcher")
    return {**_without(merged, *reset), **{name: defaults[name] for name in reset if name in defaults}}


def _config_defaults(config: Config) -> Config:
    protocol = config["protocol"]
    version = {} if protocol == "TCP" else {"protocolVersion": config.get("protocolVersion", "HTTP1")}
    return {**config, **version, "port": config.get("port", _DEFAULT_PORTS.get(protocol))}


def _health_check_defaults(config: Config) -> Config:
    version = config.get("protocolVersion")
    if version is None:
        return {"enabled": False, **_HEALTH_CHECK_DEFAULTS}
    check_version = {} if version == "GRPC" else {"protocolVersion": "HTTP1"}
    # User Guide: HTTPS groups are also checked over HTTP. An AWS CLI example shows HTTPS instead.
    return {"enabled": version == "HTTP1", "protocol": "HTTP", **check_version, **_HEALTH_CHECK_DEFAULTS}


def _is_reset_value(value: Any) -> bool:
    return not isinstance(value, bool) and value in (0, "")


def _without(config: Config, *names: str) -> Config:
    return {name: value for name, value in config.items() if name not in names}
