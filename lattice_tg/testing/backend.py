"""The backend of one account and Region: its target groups, and the services that use them."""

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
TOKEN_MISMATCH_DEFAULT: TokenMismatch = "ConflictException"  # noqa: S105  (a clientToken, no password)
_ID_LENGTH = 17
_ID_ALPHABET = string.ascii_lowercase + string.digits


@frozen
class Durations:
    """How long each passing state lasts, in seconds."""

    create_seconds: float = 0
    initial_seconds: float = 0
    drain_seconds: float = 0
    delete_seconds: float = 0


NO_DELAYS = Durations()


@define
class Overrides:
    """What a test has asked the service to do to particular groups and targets."""

    refused_targets: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_creations: dict[str, Failure] = field(factory=dict[str, Failure])
    failing_deletions: dict[str, Failure] = field(factory=dict[str, Failure])
    quotas: dict[QuotaName, int] = field(factory=dict[QuotaName, int])


@frozen
class Forward:
    """A listener or rule that sends requests to a target group."""

    source: str
    group_id: str
    service_arn: str


@define
class ServiceUsage:
    """Which services use which groups: as a test says, and which listeners and rules it wants ignored."""

    attached: dict[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    ignored_sources: set[str] = field(factory=set[str])
    group_ids: set[str] = field(factory=set[str])


@frozen
class IdempotencyRecord:
    """What a clientToken was used for."""

    params: Mapping[str, Any]
    group_id: str
    reply: Mapping[str, Any]


@define
class RegionBackend:
    """The target groups of one account in one Region."""

    account: str
    region: str
    partition: str
    durations: Durations
    wishes: Overrides
    token_mismatch_error: TokenMismatch
    epoch: datetime
    randomness: random.Random
    groups: dict[str, TargetGroup] = field(factory=dict[str, TargetGroup])
    ids_by_name: dict[str, str] = field(factory=dict[str, str])
    creations: dict[str, IdempotencyRecord] = field(factory=dict[str, IdempotencyRecord])
    in_service: ServiceUsage = field(factory=ServiceUsage)
    last_number: int = 0

    def next_number(self) -> int:
        """A number that rows are ordered and paged by."""
        self.last_number += 1
        return self.last_number

    def new_id(self, prefix: str) -> str:
        """An id of the service's pattern."""
        return prefix + "".join(self.randomness.choices(_ID_ALPHABET, k=_ID_LENGTH))

    def arn(self, resource: str) -> str:
        """The ARN of a resource of this account and Region."""
        return f"arn:{self.partition}:vpc-lattice:{self.region}:{self.account}:{resource}"

    def existing_groups(self, now: float) -> Iterator[TargetGroup]:
        """The groups that are there at ``now``."""
        return (group for group in self.groups.values() if not group.is_gone(now))

    def get_by_name(self, name: str, now: float) -> TargetGroup | None:
        """The group that has this name; the newest, since one whose creation failed holds no name."""
        group = self.groups.get(self.ids_by_name.get(name, ""))
        return None if group is None or group.is_gone(now) else group

    def get(self, identifier: str, now: float) -> TargetGroup:
        """The group with this id or ARN."""
        group = self.groups.get(identifier.rpartition("/")[2])
        if group is None or group.is_gone(now) or identifier not in (group.id, group.arn):
            raise not_found(identifier)
        return group

    def get_active(self, identifier: str, now: float) -> TargetGroup:
        """The group with this id or ARN, which must be ACTIVE."""
        group = self.get(identifier, now)
        if (status := group.status(now)) != "ACTIVE":
            raise wrong_status(group.id, status)
        return group

    def save(self, group: TargetGroup) -> TargetGroup:
        """Put the group in the place of what was known under its id."""
        self.groups[group.id] = group
        self.ids_by_name[group.name] = group.id
        return group


def refresh_service_usage(realm: RegionBackend, forwards: Iterable[Forward], now: float) -> None:
    """Bring every group of the realm up to date with the services that use it at ``now``."""
    users: dict[str, list[str]] = {group_id: list(arns) for group_id, arns in realm.in_service.attached.items()}
    for forward in forwards:
        if forward.source not in realm.in_service.ignored_sources:
            users.setdefault(forward.group_id, []).append(forward.service_arn)
    for group_id in (users.keys() | realm.in_service.group_ids) & realm.groups.keys():
        realm.save(with_services(realm.groups[group_id], users.get(group_id, ()), now))
    realm.in_service.group_ids = set(users)


def attach_service(realm: RegionBackend, group: TargetGroup, service_arn: str | None) -> None:
    """Count the group as used by this service, or by one made up for it."""
    arn = service_arn or realm.arn(f"service/{realm.new_id('svc-')}")
    realm.in_service.attached[group.id] = (*realm.in_service.attached.get(group.id, ()), arn)


def detach_services(realm: RegionBackend, group: TargetGroup, forwards: Iterable[Forward]) -> None:
    """Count the group as unused, and take no more notice of what forwards to it now."""
    realm.in_service.attached.pop(group.id, None)
    realm.in_service.ignored_sources |= {forward.source for forward in forwards if forward.group_id == group.id}
