"""Emulated listeners and rules."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from lattice_tg.testing.errors import Violation
from lattice_tg.testing.routing import Forward
from lattice_tg.testing.target_group import TargetGroup, format_time

Action = Mapping[str, Any]
TLS_PASSTHROUGH = "TLS_PASSTHROUGH"

# The API reference gives 100 for an action with one group, and 1 for actions with several groups.
_DEFAULT_WEIGHT = 100
_FIXED_STATUS_CODES = (404, 500)  # API reference, FixedResponseAction.
_DEFAULT_PORTS = {"HTTP": 80}  # API reference, CreateListener. No default is documented for TLS_PASSTHROUGH.


@frozen(kw_only=True)
class Listener:
    """A listener. The action of its default rule is the default action of the listener."""

    id: str
    arn: str
    name: str
    protocol: str
    port: int
    service_id: str
    service_arn: str
    number: int
    created_at: float
    updated_at: float
    tags: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class Rule:
    """A rule of a listener."""

    id: str
    arn: str
    name: str
    priority: int
    match: Mapping[str, Any] | None
    """The conditions of the rule. None for a default rule, which has no conditions."""
    action: Action
    listener_id: str
    service_arn: str
    number: int
    created_at: float
    updated_at: float
    tags: Mapping[str, str] = field(factory=dict[str, str])

    @property
    def is_default(self) -> bool:
        """Whether the rule is the default rule of its listener."""
        return self.match is None

    def forwards(self) -> Iterator[Forward]:
        """Yield the target groups of the rule's forward action."""
        for group in weighted_groups(self.action):
            weight = group.get("weight", _DEFAULT_WEIGHT)
            yield Forward(self.id, self.service_arn, id_from_arn(group["targetGroupIdentifier"]), weight)


def weighted_groups(action: Action) -> list[Mapping[str, Any]]:
    """Return the target groups of a forward action, or an empty list for another action."""
    groups: list[Mapping[str, Any]] = action.get("forward", {}).get("targetGroups", [])
    return groups


def id_from_arn(identifier: str) -> str:
    """Return the id at the end of an ARN, or ``identifier`` itself if it is already an id."""
    return identifier.rpartition("/")[2]


def default_port(protocol: str) -> int:
    """Return the port of a listener that is created without a port."""
    return _DEFAULT_PORTS.get(protocol, 443)


def listener_response(listener: Listener, action: Action) -> dict[str, Any]:
    """Return the response to CreateListener and UpdateListener."""
    return {
        "arn": listener.arn,
        "id": listener.id,
        "name": listener.name,
        "protocol": listener.protocol,
        "port": listener.port,
        "serviceArn": listener.service_arn,
        "serviceId": listener.service_id,
        "defaultAction": action,
    }


def listener_item(listener: Listener, epoch: datetime) -> dict[str, Any]:
    """Return an item of a ListListeners response."""
    members = {"arn": listener.arn, "id": listener.id, "name": listener.name, "port": listener.port}
    return members | {"protocol": listener.protocol} | timestamps(listener, epoch)


def rule_response(rule: Rule) -> dict[str, Any]:
    """Return the response to CreateRule and UpdateRule, without ``isDefault``."""
    match = {} if rule.match is None else {"match": rule.match}
    members = {"arn": rule.arn, "id": rule.id, "name": rule.name, "priority": rule.priority, "action": rule.action}
    return members | match


def rule_item(rule: Rule, epoch: datetime) -> dict[str, Any]:
    """Return an item of a ListRules response."""
    members = {"arn": rule.arn, "id": rule.id, "name": rule.name, "priority": rule.priority}
    return members | {"isDefault": rule.is_default} | timestamps(rule, epoch)


def timestamps(resource: Listener | Rule, epoch: datetime) -> dict[str, str]:
    """Return the ``createdAt`` and ``lastUpdatedAt`` members of a resource."""
    times = {"createdAt": resource.created_at, "lastUpdatedAt": resource.updated_at}
    return {name: format_time(reading, epoch) for name, reading in times.items()}


def action_violations(path: str, action: Action, protocol: str | None) -> Iterator[Violation]:
    """Yield each violation in an action.

    Args:
        path: The name of the action in the request, such as ``"defaultAction"``.
        action: The action, which matches its shape in the service model.
        protocol: The protocol of the listener. None if the listener is unknown.

    """
    if len(action) != 1:
        yield Violation(path, "Exactly one member must be set")
    if "fixedResponse" in action:
        yield from _fixed_response_violations(path, action["fixedResponse"], protocol)
    groups = weighted_groups(action)
    for position, group in enumerate(groups):
        # User Guide, "Forward actions": with several target groups, each group must have a weight.
        if len(groups) > 1 and "weight" not in group:
            name = f"{path}.forward.targetGroups[{position}].weight"
            yield Violation(name, "Required if the action forwards to several target groups")


def _fixed_response_violations(path: str, response: Mapping[str, Any], protocol: str | None) -> Iterator[Violation]:
    if response["statusCode"] not in _FIXED_STATUS_CODES:
        yield Violation(f"{path}.fixedResponse.statusCode", "Only 404 and 500 status codes are supported")
    if protocol == TLS_PASSTHROUGH:
        yield Violation(f"{path}.fixedResponse", f"Not supported if the listener protocol is {TLS_PASSTHROUGH}")


def protocol_violation(path: str, group: TargetGroup, protocol: str | None) -> Violation | None:
    """Return the violation if a listener with this protocol cannot forward to the group.

    If the listener is unknown, ``protocol`` is None and the function returns None.
    """
    group_protocol = (group.config or {}).get("protocol")
    if protocol is None or (protocol == TLS_PASSTHROUGH) == (group_protocol == "TCP"):
        return None
    # User Guide, "TLS listeners": only TCP target groups, and these groups only behind such listeners.
    message = f"A {protocol} listener cannot forward to target group {group.id} with protocol {group_protocol}"
    return Violation(path, message)
