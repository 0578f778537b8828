"""The target groups of one account and Region, and the services that use these groups."""

import random
import string
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from attrs import define, evolve, field, frozen

from lattice_tg.testing.errors import (
    EmulatedServiceError,
    Violation,
    conflict,
    not_found,
    validation_error,
    wrong_status,
)
from lattice_tg.testing.faults import validate_seconds
from lattice_tg.testing.listeners import Listener, Rule, id_from_arn
from lattice_tg.testing.routing import Environment, Forward, Propagation, Routing, TrafficShare, distribute_traffic
from lattice_tg.testing.target_group import Failure, TargetGroup, with_stopped_instances

QuotaName = Literal["target_groups", "targets_per_target_group"]
TokenMismatch = Literal["ConflictException", "ValidationException"]
TOKEN_MISMATCH_DEFAULT: TokenMismatch = "ConflictException"  # noqa: S105  (an error code, not a password)
_ID_LENGTH = 17
_ID_ALPHABET = string.ascii_lowercase + string.digits


def _validate_duration(_: Any, attribute: Any, seconds: float) -> None:
    validate_seconds(seconds, attribute.name)


@frozen
class Durations:
    """Durations of the transitional statuses and of the propagation, in seconds on the emulator's clock."""

    create_seconds: float = field(default=0, validator=_validate_duration)
    initial_seconds: float = field(default=0, validator=_validate_duration)
    drain_seconds: float = field(default=0, validator=_validate_duration)
    delete_seconds: float = field(default=0, validator=_validate_duration)
    propagation_seconds: float = field(default=0, validator=_validate_duration)
    """Seconds until a change of listeners, rules or associations takes effect."""


NO_DELAYS = Durations()


@define
class Overrides:
    """Quotas, failing groups, rejected targets and stopped instances that a test has configured."""

    rejected_targets: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_creates: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_deletes: dict[str, Failure] = field(factory=dict[str, Failure])
    stopped_instances: set[str] = field(factory=set[str])
    quotas: dict[QuotaName, int] = field(factory=dict[QuotaName, int])


@define
class ServiceUsage:
    """The configured and the effective use of a backend's target groups by services."""

    attached: dict[str, tuple[Forward, ...]] = field(factory=dict[str, tuple[Forward, ...]])
    """The services that a test attached, keyed by group id."""
    ignored: dict[str, set[str]] = field(factory=dict[str, set[str]])
    """Ids of the groups that a test detached from a rule, keyed by rule id."""
    disassociated: set[str] = field(factory=set[str])
    """ARNs of the services without a service network."""
    propagation: Propagation = field(factory=Propagation)


@frozen
class IdempotencyRecord:
    """The first request with a particular clientToken, and the response to that request."""

    params: Mapping[str, Any]
    resource_id: str
    response: Mapping[str, Any]


@define
class RegionBackend:
    """The target groups, listeners and rules of one account in one Region."""

    account: str
    region: str
    partition: str
    durations: Durations
    overrides: Overrides
    token_mismatch_error: TokenMismatch
    epoch: datetime
    """The time when the emulator's clock read 0."""
    randomness: random.Random
    groups: dict[str, TargetGroup] = field(factory=dict[str, TargetGroup])
    ids_by_name: dict[str, str] = field(factory=dict[str, str])
    listeners: dict[str, Listener] = field(factory=dict[str, Listener])
    rules: dict[str, Rule] = field(factory=dict[str, Rule])
    """The rules of all listeners, including default rules."""
    creations: dict[tuple[str, str], IdempotencyRecord] = field(factory=dict[tuple[str, str], IdempotencyRecord])
    """The idempotency records of create requests, keyed by operation and clientToken."""
    environment: Environment = Environment()
    """The environment at the last refresh."""
    service_usage: ServiceUsage = field(factory=ServiceUsage)
    last_number: int = 0

    def next_number(self) -> int:
        """Return the next number for ordering and paginating groups and targets."""
        self.last_number += 1
        return self.last_number

    def new_id(self, prefix: str) -> str:
        """Return a new id that matches the pattern of the service."""
        return prefix + "".join(self.randomness.choices(_ID_ALPHABET, k=_ID_LENGTH))

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource of this account and Region."""
        return f"arn:{self.partition}:vpc-lattice:{self.region}:{self.account}:{resource}"

    def existing_groups(self, now: float) -> Iterator[TargetGroup]:
        """Return an iterator over the groups that exist at ``now``."""
        return (group for group in self.groups.values() if not group.is_deleted(now))

    def get_by_name(self, name: str, now: float) -> TargetGroup | None:
        """Return the newest group with this name, or None if it was deleted or never existed.

        Several groups can share a name because a group whose creation failed does not reserve its name.
        """
        group = self.groups.get(self.ids_by_name.get(name, ""))
        return None if group is None or group.is_deleted(now) else group

    def get(self, identifier: str, now: float) -> TargetGroup:
        """Return the group with this id or ARN.

        Raises:
            EmulatedServiceError: If no such group exists (404).

        """
        group = self.groups.get(identifier.rpartition("/")[2])
        if group is None or group.is_deleted(now) or identifier not in (group.id, group.arn):
            raise not_found(identifier)
        return group

    def get_active(self, identifier: str, now: float) -> TargetGroup:
        """Return the ACTIVE group with this id or ARN.

        Raises:
            EmulatedServiceError: If no such group exists (404) or the group is not ACTIVE (409).

        """
        group = self.get(identifier, now)
        if (status := group.status(now)) != "ACTIVE":
            raise wrong_status(group.id, status)
        return group

    def save(self, group: TargetGroup) -> TargetGroup:
        """Store ``group`` under its id, replacing the previous version, and return ``group``."""
        self.groups[group.id] = group
        self.ids_by_name[group.name] = group.id
        return group

    def tags_of(self, arn: str, now: float) -> Mapping[str, str]:
        """Return the tags of the target group, listener or rule with this ARN.

        Raises:
            EmulatedServiceError: If no such resource exists (404).

        """
        return self._find_resource(arn, now).tags

    def save_tags(self, arn: str, tags: Mapping[str, str], now: float) -> None:
        """Replace the tags of the target group, listener or rule with this ARN.

        Raises:
            EmulatedServiceError: If no such resource exists (404).

        """
        match self._find_resource(arn, now):
            case TargetGroup() as group:
                self.save(evolve(group, tags=tags))
            case Listener() as listener:
                self.listeners[listener.id] = evolve(listener, tags=tags)
            case rule:
                self.rules[rule.id] = evolve(rule, tags=tags)

    def _find_resource(self, arn: str, now: float) -> TargetGroup | Listener | Rule:
        resource_id = id_from_arn(arn)
        resource = self.rules.get(resource_id) or self.listeners.get(resource_id)
        return resource if resource is not None and resource.arn == arn else self.get(arn, now)

    def token_mismatch(self, resource_id: str) -> EmulatedServiceError:
        """Return the error for a clientToken that was used with other parameters."""
        message = "The clientToken was used with other parameters"
        if self.token_mismatch_error == TOKEN_MISMATCH_DEFAULT:
            return conflict(message, resource_id)
        return validation_error([Violation("clientToken", message)])

    def configured_services(self, group_id: str) -> tuple[str, ...]:
        """Return the ARNs of the services whose configuration names a group, whether or not it has taken effect."""
        return self.service_usage.propagation.configured.services_of(group_id)

    def find_service_arn(self, identifier: str) -> str | None:
        """Return the ARN of the service with this id or ARN, or None if the service is unknown.

        Services that a test attached are known while a group is attached.
        """
        if (service := self.environment.find_service(identifier)) is not None:
            return service.arn
        arns = (forward.service_arn for forward in self.service_usage.propagation.configured.forwards)
        return next((arn for arn in arns if identifier in (arn, id_from_arn(arn))), None)

    def traffic_shares(self, service_arn: str, at: float) -> tuple[TrafficShare, ...]:
        """Return the share of each target that receives requests of a service at the clock reading ``at``."""
        propagation = self.service_usage.propagation.copy()
        groups = {group.id: group for group in self.existing_groups(at)}
        propagation.adopt_due(groups, at)
        shares = distribute_traffic(propagation.effective, service_arn, groups, self.durations.initial_seconds, at)
        return tuple(shares)


def refresh(backend: RegionBackend, environment: Environment, now: float) -> None:
    """Adopt the changes of the routing and of the environment that are due at ``now``."""
    _refresh_instances(backend, environment, now)
    _refresh_associations(backend, environment)
    backend.environment = environment
    propagation = backend.service_usage.propagation
    propagation.configure(_configured_routing(backend), now + backend.durations.propagation_seconds)
    propagation.adopt_due(backend.groups, now)


def _configured_routing(backend: RegionBackend) -> Routing:
    usage = backend.service_usage
    attached = (forward for forwards in usage.attached.values() for forward in forwards)
    configured = (
        forward
        for rule in backend.rules.values()
        for forward in rule.forwards()
        if forward.group_id not in usage.ignored.get(rule.id, ())
    )
    return Routing((*attached, *configured), frozenset(usage.disassociated))


def _refresh_instances(backend: RegionBackend, environment: Environment, now: float) -> None:
    if environment.stopped_instances == backend.environment.stopped_instances:
        return
    for group in backend.groups.values():
        if group.type == "INSTANCE":
            backend.groups[group.id] = with_stopped_instances(group, environment.stopped_instances, now)


def _refresh_associations(backend: RegionBackend, environment: Environment) -> None:
    # A service that never had an association counts as associated, so that tests need not create a service network.
    previous = {service.arn: service.association_ids for service in backend.environment.services}
    for service in environment.services:
        known = previous.get(service.arn, frozenset())
        if service.association_ids - known:
            backend.service_usage.disassociated.discard(service.arn)
        elif known and not service.association_ids:
            backend.service_usage.disassociated.add(service.arn)


def attach_service(backend: RegionBackend, group: TargetGroup, service_arn: str | None) -> None:
    """Record that a service uses the group.

    If ``service_arn`` is None, the function generates an ARN.
    """
    arn = service_arn or backend.arn(f"service/{backend.new_id('svc-')}")
    attached = backend.service_usage.attached
    attached[group.id] = (*attached.get(group.id, ()), Forward(None, arn, group.id, 1))


def detach_services(backend: RegionBackend, group: TargetGroup) -> None:
    """Detach the group from all services.

    From now on, the existing rules no longer forward to the group.
    """
    usage = backend.service_usage
    usage.attached.pop(group.id, None)
    for rule in backend.rules.values():
        if any(forward.group_id == group.id for forward in rule.forwards()):
            usage.ignored.setdefault(rule.id, set()).add(group.id)
