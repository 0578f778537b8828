"""The routing of requests from services to target groups and targets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from attrs import define, field, frozen

from lattice_tg.testing.target_group import HealthContext, Target, TargetGroup, with_services

# User Guide, "Health checks": if all targets are unhealthy, all targets receive traffic ("fail open").
_ROUTABLE = frozenset({"HEALTHY", "UNAVAILABLE"})
_FAIL_OPEN = frozenset({"INITIAL", "UNHEALTHY"})


@frozen
class Service:
    """A VPC Lattice service."""

    id: str
    arn: str
    association_ids: frozenset[str] = frozenset()
    """The ids of the service's associations with service networks."""


@frozen
class Environment:
    """The resources of an account and Region that exist outside the emulator."""

    services: tuple[Service, ...] = ()
    stopped_instances: frozenset[str] = frozenset()
    """Ids of the EC2 instances that are not running."""

    def find_service(self, identifier: str) -> Service | None:
        """Return the service with this id or ARN, or None if no such service exists."""
        return next((service for service in self.services if identifier in (service.id, service.arn)), None)


@frozen
class Forward:
    """One target group of a forward action."""

    rule_id: str | None
    """The id of the rule. None if a test attached the group to the service."""
    service_arn: str
    group_id: str
    weight: int


@frozen
class Routing:
    """The forward actions of an account and Region at one time."""

    forwards: tuple[Forward, ...] = ()
    disassociated: frozenset[str] = frozenset()
    """ARNs of the services without a service network."""

    def services_of(self, group_id: str) -> tuple[str, ...]:
        """Return the ARNs of the services that forward to a group."""
        return tuple(dict.fromkeys(forward.service_arn for forward in self.forwards if forward.group_id == group_id))

    def usages(self) -> dict[str, "GroupUsage"]:
        """Return how services use each target group, by group id."""
        arns_by_group = defaultdict[str, dict[str, None]](dict)
        for forward in self.forwards:
            arns_by_group[forward.group_id][forward.service_arn] = None
        return {
            group_id: GroupUsage(tuple(arns), not self.disassociated.issuperset(arns))
            for group_id, arns in arns_by_group.items()
        }


@frozen
class GroupUsage:
    """The use of a target group by services."""

    service_arns: tuple[str, ...] = ()
    is_reachable: bool = False
    """Whether requests can reach the group, which requires a service with a service network."""


@define
class Propagation:
    """The configured routing, and the routing that the data plane has adopted."""

    configured: Routing = Routing()
    effective: Routing = Routing()
    pending: list[tuple[float, Routing]] = field(factory=list[tuple[float, Routing]])
    """Routings in the order of the clock readings at which they take effect."""

    def configure(self, routing: Routing, effective_at: float) -> None:
        """Schedule ``routing`` unless it is already configured."""
        if routing != self.configured:
            self.configured = routing
            self.pending.append((effective_at, routing))

    def adopt_due(self, groups: dict[str, TargetGroup], now: float) -> None:
        """Adopt the routings that are due, and update the groups that start or stop being used."""
        while self.pending and self.pending[0][0] <= now:
            effective_at, routing = self.pending.pop(0)
            for group_id, usage in _changed_usages(self.effective, routing):
                if group_id in groups:
                    groups[group_id] = with_services(
                        groups[group_id], usage.service_arns, effective_at, is_reachable=usage.is_reachable
                    )
            self.effective = routing

    def copy(self) -> "Propagation":
        """Return a copy that can adopt routings independently."""
        return Propagation(self.configured, self.effective, list(self.pending))


def _changed_usages(before: Routing, after: Routing) -> Iterator[tuple[str, GroupUsage]]:
    old, new = before.usages(), after.usages()
    for group_id in old.keys() | new.keys():
        usage = new.get(group_id, GroupUsage())
        if usage != old.get(group_id):
            yield group_id, usage


@frozen(kw_only=True)
class TrafficShare:
    """The share of a rule's requests that one target receives."""

    rule_id: str | None
    """The id of the rule, which may be a default rule. None if a test attached the group to the service."""
    target_group_id: str
    target_id: str
    port: int | None
    """The port of the target. None for a Lambda function."""
    status: str
    """The status of the target, such as ``"HEALTHY"``."""
    share: float
    """The fraction of the rule's requests, more than 0 and at most 1."""


def distribute_traffic(
    routing: Routing, service_arn: str, groups: Mapping[str, TargetGroup], initial_seconds: float, now: float
) -> Iterator[TrafficShare]:
    """Yield the share of each target that receives requests of a service.

    The weights determine the share of a group within its rule, and the group's targets receive equal parts of this
    share. A group without a target that can receive requests keeps its share, so that the sum for the rule is below 1.

    Args:
        routing: The routing that the data plane has adopted.
        service_arn: The ARN of the service.
        groups: The target groups that exist, by id.
        initial_seconds: Seconds that a target stays INITIAL.
        now: The reading of the emulator's clock.

    """
    if service_arn in routing.disassociated:
        return
    forwards = [forward for forward in routing.forwards if forward.service_arn == service_arn]
    for _, action in groupby(forwards, lambda forward: forward.rule_id or forward.group_id):
        members = list(action)
        total = sum(forward.weight for forward in members)
        for forward in members:
            if forward.weight and (group := groups.get(forward.group_id)):
                yield from _shares_of_group(forward, group, forward.weight / total, initial_seconds, now)


def _shares_of_group(
    forward: Forward, group: TargetGroup, share: float, initial_seconds: float, now: float
) -> Iterator[TrafficShare]:
    receivers = _receivers(group.existing_targets(now).values(), group.health_context(initial_seconds), now)
    for target, status in receivers:
        yield TrafficShare(
            rule_id=forward.rule_id,
            target_group_id=group.id,
            target_id=target.id,
            port=target.port,
            status=status,
            share=share / len(receivers),
        )


def _receivers(targets: Iterable[Target], context: HealthContext, now: float) -> list[tuple[Target, str]]:
    statuses = [(target, target.health(context, now).status) for target in targets]
    routable = [(target, status) for target, status in statuses if status in _ROUTABLE]
    return routable or [(target, status) for target, status in statuses if status in _FAIL_OPEN]
