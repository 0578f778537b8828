"""Keys that identify targets by id and effective port."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from lattice_tg.models.targets import Target

Key = tuple[str, int | None]
T = TypeVar("T", bound="TargetLike")


class TargetLike(Protocol):
    """Any object with the id and port of a target."""

    @property
    def id(self) -> str:
        """IP address, instance id or ARN."""
        ...

    @property
    def port(self) -> int | None:
        """Port. None if the port was not set."""
        ...


def target_key(target: TargetLike, default_port: int | None) -> Key:
    """Return the id and port that identify a target, with IPv6 addresses in canonical form.

    Args:
        target: The target.
        default_port: The port to use if ``target.port`` is None.

    """
    target_id, port = target.id, target.port
    if ":" in target_id and is_ipv6(target):
        target_id = _canonical_ipv6(target_id)
    return target_id, default_port if port is None else port


def to_target(target: TargetLike) -> Target:
    """Return a ``Target`` with the id and port of ``target``."""
    return Target(id=target.id, port=target.port)


def is_ipv6(target: TargetLike) -> bool:
    """Return whether the id of ``target`` looks like an IPv6 address.

    The same IPv6 address can have several spellings.
    """
    return ":" in target.id and not target.id.startswith("arn:")


def unique_targets(targets: Iterable[Target], default_port: int | None) -> tuple[Target, ...]:
    """Return the targets without duplicates, keeping the first of several equal targets."""
    return tuple(targets_by_key(tuple(targets), default_port).values())


def targets_by_key(targets: Sequence[T], default_port: int | None) -> dict[Key, T]:
    """Map each key to its target, keeping the first of several targets with the same key."""
    plain = {(target.id, default_port if target.port is None else target.port): target for target in targets}
    # In the usual case there are no duplicates and no IPv6 addresses, so the keys need no normalization.
    if len(plain) == len(targets) and ":" not in "".join([target_id for target_id, _ in plain]):
        return plain
    firsts: dict[Key, T] = {}
    for target in targets:
        firsts.setdefault(target_key(target, default_port), target)
    return firsts


def _canonical_ipv6(target_id: str) -> str:
    try:
        return str(ipaddress.IPv6Address(target_id))
    except ValueError:
        return target_id
