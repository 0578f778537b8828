"""Emulated target groups and their targets."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve, field, frozen

Config = Mapping[str, Any]
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


_PORTS = {"HTTP": 80, "HTTPS": 443}
_HEALTH_CHECK_DEFAULTS = {
    "path": "/",
    "healthCheckIntervalSeconds": 30,
    "healthCheckTimeoutSeconds": 5,
    "healthyThresholdCount": 5,
    "unhealthyThresholdCount": 2,
    "matcher": {"httpCode": "200"},
}


def with_defaults(group_type: str, config: Config | None) -> Config | None:
    """The config as the service answers it; a LAMBDA group without one has none."""
    if group_type == "LAMBDA":
        return config or None
    given = dict(config or {})
    full = _config_defaults(given)
    if group_type == "IP":
        full = {**full, "ipAddressType": given.get("ipAddressType", "IPV4")}
    if group_type == "ALB":
        return _without(full, "healthCheck")
    return {**full, "healthCheck": merge_health_check(_health_check_defaults(full), given.get("healthCheck", {}), full)}


def merge_health_check(present: Config, changes: Config, config: Config) -> Config:
    """A health check after an update: what is not sent stays, 0 and "" go back to the default.

    That the service merges is not documented; its resetting values suggest it.
    """
    default = _health_check_defaults(config)
    kept = {**present, **changes}
    reset = [name for name, value in changes.items() if _is_reset_value(value)]
    if changes.get("matcher", {}).get("httpCode") == "":
        reset.append("matcher")
    return {**_without(kept, *reset), **{name: default[name] for name in reset if name in default}}


def _config_defaults(config: Config) -> Config:
    protocol = config["protocol"]
    version = {} if protocol == "TCP" else {"protocolVersion": config.get("protocolVersion", "HTTP1")}
    return {**config, **version, "port": config.get("port", _PORTS.get(protocol))}


def _health_check_defaults(config: Config) -> Config:
    version = config.get("protocolVersion")
    if version is None:
        return {"enabled": False, **_HEALTH_CHECK_DEFAULTS}
    spoken = {} if version == "GRPC" else {"protocolVersion": "HTTP1"}
    # HTTP for HTTPS groups too: the User Guide says so, a CLI example shows otherwise
    return {"enabled": version == "HTTP1", "protocol": "HTTP", **spoken, **_HEALTH_CHECK_DEFAULTS}


def _is_reset_value(value: Any) -> bool:
    return not isinstance(value, bool) and value in (0, "")


def _without(config: Config, *names: str) -> Config:
    return {name: value for name, value in config.items() if name not in names}


SUMMARY_CONFIG = ("port", "protocol", "ipAddressType", "vpcIdentifier", "lambdaEventStructureVersion")


@frozen
class Failure:
    """Why a group's creation or deletion failed."""

    code: str
    message: str


@frozen
class Transition:
    """A creation or deletion under way: when it ends, and whether it fails then."""

    ends_at: float
    failure: Failure | None = None

    def is_over(self, now: float) -> bool:
        """Whether it has ended."""
        return now >= self.ends_at


@frozen
class TargetGroup:
    """The facts about one target group; times are readings of the emulator's clock."""

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
        """The port of targets that are registered without one."""
        return (self.config or {}).get("port")

    def status(self, now: float) -> str:
        """The group's status at ``now``."""
        if self.deletion is not None:
            return "DELETE_FAILED" if self.deletion.is_over(now) else "DELETE_IN_PROGRESS"
        if not self.creation.is_over(now):
            return "CREATE_IN_PROGRESS"
        return "ACTIVE" if self.creation.failure is None else "CREATE_FAILED"

    def failure(self, now: float) -> Failure | None:
        """Why the group is in a failed status, if it is."""
        passage = self.deletion or self.creation
        return passage.failure if passage.is_over(now) else None

    def is_gone(self, now: float) -> bool:
        """Whether the group's deletion has come to its end."""
        return self.deletion is not None and self.deletion.failure is None and self.deletion.is_over(now)

    def health_context(self, initial_seconds: float) -> HealthContext:
        """What the group means for the status of its targets."""
        checked = bool((self.config or {}).get("healthCheck", {}).get("enabled"))
        return HealthContext(self.in_service_since, checked, initial_seconds)

    def existing_targets(self, now: float) -> dict[TargetKey, Target]:
        """The targets that are there at ``now``, draining ones among them."""
        return {key: target for key, target in self.targets.items() if not target.is_gone(now)}


def with_services(group: TargetGroup, service_arns: Iterable[str], now: float) -> TargetGroup:
    """The group as it is once exactly these services use it."""
    arns = tuple(dict.fromkeys(service_arns))
    since = (now if group.in_service_since is None else group.in_service_since) if arns else None
    return evolve(group, service_arns=arns, in_service_since=since)


def create_response(group: TargetGroup, status: str) -> dict[str, Any]:
    """The answer to Create and Update."""
    config = {} if group.config is None else {"config": dict(group.config)}
    return {"id": group.id, "arn": group.arn, "name": group.name, "type": group.type, **config, "status": status}


def get_response(group: TargetGroup, now: float, zero: datetime) -> dict[str, Any]:
    """The answer to Get."""
    failure = group.failure(now)
    failed = {} if failure is None else {"failureCode": failure.code, "failureMessage": failure.message}
    return {**create_response(group, group.status(now)), **_timestamps(group, zero), **failed}


def group_item(group: TargetGroup, now: float, zero: datetime) -> dict[str, Any]:
    """A row of ListTargetGroups: no config, but some of its members."""
    config = group.config or {}
    own = {"id": group.id, "arn": group.arn, "name": group.name, "type": group.type, "status": group.status(now)}
    return own | {name: config[name] for name in SUMMARY_CONFIG if name in config} | _timestamps(group, zero)


def _timestamps(group: TargetGroup, zero: datetime) -> dict[str, Any]:
    return {
        "createdAt": timestamp(group.created_at, zero),
        "lastUpdatedAt": timestamp(group.updated_at, zero),
        "serviceArns": list(group.service_arns),
    }


def timestamp(reading: float, zero: datetime) -> str:
    """A clock's reading as the service writes times; ``zero`` is the moment at which the clock read 0."""
    return (zero + timedelta(seconds=reading)).astimezone(UTC).isoformat().replace("+00:00", "Z")
