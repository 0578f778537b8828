"""What targets may be. Sources: API reference, Target; user guide, register targets."""

import ipaddress
from collections.abc import Iterator, Sequence

from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.validation.validators import (
    Rule,
    Validator,
    first_per_field,
    instance_of,
    integer,
    string,
    validate_fields,
)

_TARGET = instance_of(Target)
_ID = string(None, 1, 200, "must be a string of 1 to 200 characters")
_PORT = integer(1, 65535, zero=Rule("must be an integer from 1 to 65535", "Omit it to use the target group's port"))
_FORMS: dict[str, Validator] = {"id": _ID, "port": _PORT}

_ID_VALIDATORS: dict[str, Validator] = {
    "INSTANCE": string(r"i-[0-9a-z]+", 3, 200, "must be an instance's id (i-…) in an INSTANCE group"),
    "ALB": string(
        r"arn:[^:\s]+:elasticloadbalancing:[^:\s]+:[0-9]{12}:loadbalancer/app/\S+",
        1,
        200,
        "must be the ARN of an Application Load Balancer in an ALB group",
    ),
    "LAMBDA": string(
        r"arn:[^:\s]+:lambda:[^:\s]+:[0-9]{12}:function:\S+",
        1,
        200,
        "must be the ARN of a function, version or alias in a LAMBDA group",
    ),
}

SINGLE_TARGET_TYPES = ("ALB", "LAMBDA")
"""The types whose groups take one target (user guide, register targets)."""

_IP_VERSIONS = {"IPV4": 4, "IPV6": 6}


def target_problems(
    targets: Sequence[Target], group: TargetGroup | None = None, *, start: int = 0
) -> tuple[Problem, ...]:
    """All that is wrong with ``targets``, one problem a field.

    With the group's description: its type, address family and number of targets are held against them; without,
    only their form. ``start`` is the index of the first of them in the list that the user gave.
    """
    found = [
        problem
        for index, target in enumerate(targets, start)
        if not _is_valid(target, group)
        for problem in _problems_of(target, f"targets[{index}]", group)
    ]
    return first_per_field([*found, *_too_many(targets, group)])


def _is_valid(target: object, group: TargetGroup | None) -> bool:
    """Whether there is nothing to say: the quick look that nearly all of a hundred thousand targets pass."""
    return (
        isinstance(target, Target)
        and not _ID(target.id)
        and (target.port is None or not _PORT(target.port))
        and (group is None or next(_group_mismatches(target, "", group), None) is None)
    )


def _problems_of(target: Target, path: str, group: TargetGroup | None) -> Iterator[Problem]:
    if rule := _TARGET(target):
        yield Problem(path, target, f"{rule.text}, such as Target.ip('10.0.0.1')")
        return
    yield from validate_fields(target, _FORMS, f"{path}.")
    if target.id is None:  # pyright: ignore[reportUnnecessaryComparison] - a caller may be untyped
        yield Problem(f"{path}.id", None, "is required", "Set an address, an instance id or an ARN")
    if group is not None:
        yield from _group_mismatches(target, path, group)


def _group_mismatches(target: Target, path: str, group: TargetGroup) -> Iterator[Problem]:
    rule = _ip_rule(target.id, group) if group.type == "IP" else _ID_VALIDATORS.get(group.type, _accept_any)(target.id)
    if rule:
        yield Problem(f"{path}.id", target.id, *rule)
    if group.type == "LAMBDA" and target.port is not None:
        yield Problem(f"{path}.port", target.port, "is not supported for LAMBDA targets", "Remove it")


def _accept_any(_: object) -> None:
    """The form of a target in a group of a type that this library does not know."""


def _ip_rule(address: object, group: TargetGroup) -> Rule | None:
    """API reference, Target: an address of the group's family; which ranges the service takes is not documented."""
    family = group.config.ip_address_type or "IPV4"
    version = _ip_version(address)
    if version is None:
        return Rule(f"must be an IP address in an IP group, of the family {family}")
    if version != _IP_VERSIONS.get(family, version):
        return Rule(f"must be of the group's address family, {family}")
    return None


def _ip_version(address: object) -> int | None:
    try:
        return ipaddress.ip_address(address).version if isinstance(address, str) and "%" not in address else None
    except ValueError:
        return None


def _too_many(targets: Sequence[Target], group: TargetGroup | None) -> Iterator[Problem]:
    if group is None or group.type not in SINGLE_TARGET_TYPES:
        return
    well_formed = [target for target in targets if not _TARGET(target) and not _ID(target.id)]
    if len(unique_targets(well_formed, group.config.port)) > 1:
        yield Problem(
            "targets", len(targets), f"{group.type} target groups can have only one target", "Remove the others"
        )
