"""Which targets a group takes. The service answers for each target on its own, so these are rows of ``unsuccessful``.

That one target of the wrong kind or one too many is refused as ``UnsupportedTarget`` in its row, and not the whole
call, is a choice: the sources show that code for instances of another VPC only.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

from attrs import frozen

from lattice_tg.testing.target_group import TargetGroup

UNSUPPORTED = "UnsupportedTarget"
SINGLE_TARGET_TYPES = frozenset({"ALB", "LAMBDA"})
_FAMILIES = {4: "IPV4", 6: "IPV6"}
_LOAD_BALANCER = re.compile(r"arn:[a-z0-9-]+:elasticloadbalancing:([a-z0-9-]+):(\d{12}):loadbalancer/app/.+", re.ASCII)
_FUNCTION = re.compile(r"arn:[a-z0-9-]+:lambda:([a-z0-9-]+):(\d{12}):function:[^:]+(:[^:]+)?", re.ASCII)
_INSTANCE = re.compile(r"i-[0-9a-z]+", re.ASCII)


@frozen
class Owner:
    """Whose targets a group may have."""

    account: str
    region: str


def rejection_reason(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:
    """Why the group cannot have ``target``; None if it can."""
    return _BY_TYPE[group.type](group, owner, target)


def _ip(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001  (one signature)
    wanted = (group.config or {})["ipAddressType"]
    try:
        family = _FAMILIES[ip_address(target["id"]).version]
    except ValueError:
        return f"{target['id']} is not an IP address"
    return None if family == wanted else f"{target['id']} is {family}; the target group's IP address type is {wanted}"


def _instance(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return None if _INSTANCE.fullmatch(target["id"]) else f"{target['id']} is not an instance id"


def _alb(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return _owned(_LOAD_BALANCER, "the ARN of an Application Load Balancer", owner, target["id"])


def _lambda(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    if "port" in target:
        return "A Lambda function has no port"
    return _owned(_FUNCTION, "the ARN of a Lambda function", owner, target["id"])


def _owned(form: re.Pattern[str], what: str, owner: Owner, target_id: str) -> str | None:
    found = form.fullmatch(target_id)
    if not found:
        return f"{target_id} is not {what}"
    if (found[1], found[2]) != (owner.region, owner.account):
        return f"{target_id} is not in the account and Region of its target group"
    return None


_BY_TYPE: dict[str, Callable[[TargetGroup, Owner, Mapping[str, Any]], str | None]] = {
    "IP": _ip,
    "INSTANCE": _instance,
    "ALB": _alb,
    "LAMBDA": _lambda,
}
