"""The backend of one account and Region: its target groups and the services that use them."""

import random
import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from attrs import define, field, frozen

from lattice_tg.testing.errors import not_found, wrong_status
from lattice_tg.testing.target_group import Failure, TargetGroup, with_services

QuotaName = Literal["target_groups", "targets_per_target_group"]
TokenMismatch = Literal["ConflictException", "ValidationException"]
TOKEN_MISMATCH_DEFAULT: TokenMismatch = "ConflictException"  # noqa: S105  (an error code, not a password)
_ID_LENGTH = 17
_ID_ALPHABET = string.ascii_lowercase + string.digits


@frozen
class Durations:
    """The durations of the transitional statuses, in seconds of the emulator's clock."""

    create_seconds: float = 0
    initial_seconds: float = 0
    drain_seconds: float = 0
    delete_seconds: float = 0


NO_DELAYS = Durations()


@define
class Overrides:
    """The quotas, and the failures of particular groups and targets, that a test has set."""

    rejected_targets: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_creates: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_deletes: dict[str, Failure] = field(factory=dict[str, Failure])
    quotas: dict[QuotaName, int] = field(factory=dict[QuotaName, int])


@frozen
class Forward:
    """A forward action: a listener or rule (``source``) sends requests to a target group."""

    source: str
    group_id: str
    service_arn: str


@define
class ServiceUsage:
    """The services that use the target groups of a backend."""

    attached: dict[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    """ARNs of services that a test attached, by group ID."""
    ignored_sources: set[str] = field(factory=set[str])
    """ARNs of listeners and rules that a test detached."""
    group_ids: set[str] = field(factory=set[str])
    """IDs of the groups that were in use at the last refresh."""


@frozen
class IdempotencyRecord:
    """The request that a clientToken was used for, and its response."""

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
    """The creations by clientToken."""
    service_usage: ServiceUsage = field(factory=ServiceUsage)
    last_number: int = 0

    def next_number(self) -> int:
        """Return the next number for ordering and paginating groups and targets."""
        self.last_number += 1
        return self.last_number

    def new_id(self, prefix: str) -> str:
        """Return a new ID that matches the pattern of the service."""
        return prefix + "".join(self.randomness.choices(_ID_ALPHABET, k=_ID_LENGTH))

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource of this account and Region."""
        return f"arn:{self.partition}:vpc-lattice:{self.region}:{self.account}:{resource}"

    def existing_groups(self, now: float) -> Iterator[TargetGroup]:
        """Return an iterator over the groups that exist at ``now``."""
        return (group for group in self.groups.values() if not group.is_gone(now))

    def get_by_name(self, name: str, now: float) -> TargetGroup | None:
        """Return the newest group with this name, or None if no such group exists.

        Only the newest group counts, because a group whose creation failed does not reserve its name.
        """
        group = self.groups.get(self.ids_by_name.get(name, ""))
        return None if group is None or group.is_gone(now) else group

    def get(self, identifier: str, now: float) -> TargetGroup:
        """Return the group with this ID or ARN.

        Raises:
            EmulatedServiceError: If no such group exists (404).

        """
        group = self.groups.get(identifier.rpartition("/")[2])
        if group is None or group.is_gone(now) or identifier not in (group.id, group.arn):
            raise not_found(identifier)
        return group

    def get_active(self, identifier: str, now: float) -> TargetGroup:
        """Return the ACTIVE group with this ID or ARN.

        Raises:
            EmulatedServiceError: If no such group exists (404) or it is not ACTIVE (409).

        """
        group = self.get(identifier, now)
        if (status := group.status(now)) != "ACTIVE":
            raise wrong_status(group.id, status)
        return group

    def save(self, group: TargetGroup) -> TargetGroup:
        """Store ``group`` under its ID, replacing the previous version, and return it."""
        self.groups[group.id] = group
        self.ids_by_name[group.name] = group.id
        return group


def refresh_service_usage(backend: RegionBackend, forwards: Iterable[Forward], now: float) -> None:
    """Update every group of the backend with the services that use it at ``now``."""
    usage = backend.service_usage
    arns_by_group = {group_id: list(arns) for group_id, arns in usage.attached.items()}
    for forward in forwards:
        if forward.source not in usage.ignored_sources:
            arns_by_group.setdefault(forward.group_id, []).append(forward.service_arn)
    for group_id in (arns_by_group.keys() | usage.group_ids) & backend.groups.keys():
        backend.save(with_services(backend.groups[group_id], arns_by_group.get(group_id, ()), now))
    usage.group_ids = set(arns_by_group)


def attach_service(backend: RegionBackend, group: TargetGroup, service_arn: str | None) -> None:
    """Record that a service uses the group. If ``service_arn`` is None, make up an ARN."""
    arn = service_arn or backend.arn(f"service/{backend.new_id('svc-')}")
    attached = backend.service_usage.attached
    attached[group.id] = (*attached.get(group.id, ()), arn)


def detach_services(backend: RegionBackend, group: TargetGroup, forwards: Iterable[Forward]) -> None:
    """Record that no service uses the group, and ignore the ``forwards`` to it from now on."""
    backend.service_usage.attached.pop(group.id, None)
    sources = {forward.source for forward in forwards if forward.group_id == group.id}
    backend.service_usage.ignored_sources |= sources
