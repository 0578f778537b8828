"""Which services use a group: those a test names, and those whose listeners and rules forward to it."""

from collections.abc import Iterable

from lattice_tg.testing.groups import TargetGroup, with_services
from lattice_tg.testing.realm import Forward, RegionBackend


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
