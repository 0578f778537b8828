"""Target identity: the id and the effective port."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from lattice_tg.models.targets import Target

Key = tuple[str, int | None]
T = TypeVar("T", bound="TargetLike")


class TargetLike(Protocol):
    """A target in any of its forms."""

    @property
    def id(self) -> str:
        """Address, instance id or ARN."""
        ...

    @property
    def port(self) -> int | None:
        """Port, where one is given."""
        ...


def target_key(target: TargetLike, default_port: int | None) -> Key:
    """The id, in the one spelling of an address that has several, and the port."""
    target_id, port = target.id, target.port
    if ":" in target_id and is_ipv6(target):
        target_id = _canonical_ipv6(target_id)
    return target_id, default_port if port is None else port


def is_ipv6(target: TargetLike) -> bool:
    """Whether the id is an IPv6 address: ``2001:db8::1`` and ``2001:DB8:0::1`` are the same."""
    return ":" in target.id and not target.id.startswith("arn:")


def unique_targets(targets: Iterable[Target], default_port: int | None) -> tuple[Target, ...]:
    """Each target once, where it first stands and as it is written there."""
    return tuple(targets_by_key(tuple(targets), default_port).values())


def targets_by_key(targets: Sequence[T], default_port: int | None) -> dict[Key, T]:
    """The same, each under what makes it that target."""
    plain = {(target.id, default_port if target.port is None else target.port): target for target in targets}
    if len(plain) == len(targets) and not any(":" in target_id for target_id, _ in plain):
        return plain  # as nearly always: each is another one, and none is spelt in one of several ways
    firsts: dict[Key, T] = {}
    for target in targets:
        firsts.setdefault(target_key(target, default_port), target)
    return firsts


def _canonical_ipv6(target_id: str) -> str:
    try:
        return str(ipaddress.IPv6Address(target_id))
    except ValueError:
        return target_id
