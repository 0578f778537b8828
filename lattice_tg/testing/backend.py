"""The target groups of one account and Region, and the services that use these groups."""

import random
import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from attrs import define, field, frozen

from lattice_tg.testing.errors import not_found, wrong_status
from lattice_tg.testing.faults import validate_seconds
from lattice_tg.testing.target_group import Failure, TargetGroup, with_services

QuotaName = Literal["target_groups", "targets_per_target_group"]
TokenMismatch = Literal["ConflictException", "ValidationException"]
TOKEN_MISMATCH_DEFAULT: TokenMismatch = "ConflictException"  # noqa: S105  (an error code, not a password)
_ID_LENGTH = 17
_ID_ALPHABET = string.ascii_lowercase + string.digits


def _validate_duration(_: Any, attribute: Any, seconds: float) -> None:
    validate_seconds(seconds, attribute.name)


@frozen
class Durations:
    """Durations of the transitional statuses, in seconds on the emulator's clock."""

    create_seconds: float = field(default=0, validator=_validate_duration)
    initial_seconds: float = field(default=0, validator=_validate_duration)
    drain_seconds: float = field(default=0, validator=_validate_duration)
    delete_seconds: float = field(default=0, validator=_validate_duration)


NO_DELAYS = Durations()


@define
class Overrides:
    """Quotas, failing groups and rejected targets that a test has configured."""

    rejected_targets: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_creates: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_deletes: dict[str, Failure] = field(factory=dict[str, Failure])
    quotas: dict[QuotaName, int] = field(factory=dict[QuotaName, int])


@frozen
class Forward:
    """A forward action from a listener or rule (``source``) to a target group."""

    source: str
    group_id: str
    service_arn: str


@define
class ServiceUsage:
    """The services that use the target groups of a backend."""

    attached: dict[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    """ARNs of the services that a test attached, keyed by group id."""
    ignored_sources: set[str] = field(factory=set[str])
    """ARNs of the listeners and rules that a test detached."""
    group_ids: set[str] = field(factory=set[str])
    """Ids of the groups that were in use at the last refresh."""


@frozen
class IdempotencyRecord:
    """The first request with a particular clientToken, and the response to that request."""

    params: Mapping[str, Any]
    group_id: str
    response: Mapping[str, Any]


@define
class RegionBackend:
    """The target groups of one account in one Region."""

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
    creations: dict[str, IdempotencyRecord] = field(factory=dict[str, IdempotencyRecord])
    """The idempotency records of create requests, keyed by clientToken."""
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


def refresh_service_usage(backend: RegionBackend, forwards: Iterable[Forward], now: float) -> None:
    """Record which services use each group of the backend at ``now``."""
    usage = backend.service_usage
    arns_by_group = {group_id: list(arns) for group_id, arns in usage.attached.items()}
    for forward in forwards:
        if forward.source not in usage.ignored_sources:
            arns_by_group.setdefault(forward.group_id, []).append(forward.service_arn)
    for group_id in (arns_by_group.keys() | usage.group_ids) & backend.groups.keys():
        backend.save(with_services(backend.groups[group_id], arns_by_group.get(group_id, ()), now))
    usage.group_ids = set(arns_by_group)


def attach_service(backend: RegionBackend, group: TargetGroup, service_arn: str | None) -> None:
    """Record that a service uses the group.

    If ``service_arn`` is None, the function generates an ARN.
    """
    arn = service_arn or backend.arn(f"service/{backend.new_id('svc-')}")
    attached = backend.service_usage.attached
    attached[group.id] = (*attached.get(group.id, ()), arn)


def detach_services(backend: RegionBackend, group: TargetGroup, forwards: Iterable[Forward]) -> None:
    """Detach the group from all services.

    From now on, the ``forwards`` that lead to the group are ignored.
    """
    backend.service_usage.attached.pop(group.id, None)
    sources = {forward.source for forward in forwards if forward.group_id == group.id}
    backend.service_usage.ignored_sources |= sources
