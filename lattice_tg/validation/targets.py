"""Validation of targets.

Sources: AWS API reference, Target; AWS user guide, "Register targets".
"""

import ipaddress
from collections.abc import Iterator, Sequence
from types import NoneType

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

_ID_LENGTHS = range(1, 201)
_PORTS = range(1, 65536)

_TARGET_VALIDATOR = instance_of(Target)
_ID_VALIDATOR = string(None, _ID_LENGTHS[0], _ID_LENGTHS[-1], "must be a string of 1 to 200 characters")
_PORT_VALIDATOR = integer(
    _PORTS[0], _PORTS[-1], zero=Rule("must be an integer from 1 to 65535", "Omit it to use the target group's port")
)
_FIELD_VALIDATORS: dict[str, Validator] = {"id": _ID_VALIDATOR, "port": _PORT_VALIDATOR}

_ID_VALIDATORS_BY_TYPE: dict[str, Validator] = {
    "INSTANCE": string(r"i-[0-9a-z]+", 3, 200, "must be an instance id (i-…) for INSTANCE target groups"),
    "ALB": string(
        r"arn:[^:\s]+:elasticloadbalancing:[^:\s]+:[0-9]{12}:loadbalancer/app/\S+",
        1,
        200,
        "must be the ARN of an Application Load Balancer for ALB target groups",
    ),
    "LAMBDA": string(
        r"arn:[^:\s]+:lambda:[^:\s]+:[0-9]{12}:function:\S+",
        1,
        200,
        "must be the ARN of a Lambda function, version or alias for LAMBDA target groups",
    ),
}

SINGLE_TARGET_TYPES = ("ALB", "LAMBDA")
"""The types of groups that can have only one target. Source: AWS user guide, "Register targets"."""

_IP_VERSIONS = {"IPV4": 4, "IPV6": 6}


def target_problems(
    targets: Sequence[Target], group: TargetGroup | None = None, *, start: int = 0
) -> tuple[Problem, ...]:
    """Return the problems in ``targets``, at most one per field.

    Args:
        targets: The targets to validate.
        group: The target group, or None if the group is unknown. If you pass a group, the targets are also validated
            against the type and the address family of the group. Default: None.
        start: Index of ``targets[0]`` in the caller's list, so that the problems contain the caller's indexes.
            Default: 0.

    """
    if not _are_well_formed(targets):
        find_problems = _problems_of
    elif group is not None:
        find_problems = _group_mismatches
    else:
        return ()
    problems = [
        problem
        for index, target in enumerate(targets, start)
        for problem in find_problems(target, f"targets[{index}]", group)
    ]
    return first_per_field([*problems, *_target_count_problems(targets, group)])


def _are_well_formed(targets: Sequence[Target]) -> bool:
    """Return whether all targets pass the checks that do not depend on the group.

    The result is False for unusual types, which the validators then check. These checks are faster than calling the
    validators for each target.
    """
    if not {*map(type, targets)} <= {Target}:
        return False
    ids, ports = [target.id for target in targets], [target.port for target in targets]
    return (
        {*map(type, ids)} <= {str}
        and all(length in _ID_LENGTHS for length in {*map(len, ids)})
        and {*map(type, ports)} <= {int, NoneType}
        and all(port in _PORTS for port in {*ports} if port is not None)
    )


def _problems_of(target: Target, path: str, group: TargetGroup | None) -> Iterator[Problem]:
    if rule := _TARGET_VALIDATOR(target):
        yield Problem(path, target, f"{rule.text}, such as Target.ip('10.0.0.1')")
        return
    yield from validate_fields(target, _FIELD_VALIDATORS, f"{path}.")
    if target.id is None:  # pyright: ignore[reportUnnecessaryComparison] - callers may not use type checking
        yield Problem(f"{path}.id", None, "is required", "Set an address, an instance id or an ARN")
    yield from _group_mismatches(target, path, group)


def _group_mismatches(target: Target, path: str, group: TargetGroup | None) -> Iterator[Problem]:
    if group is None:
        return
    rule = (
        _ip_rule(target.id, group)
        if group.type == "IP"
        else _ID_VALIDATORS_BY_TYPE.get(group.type, _accept_any)(target.id)
    )
    if rule:
        yield Problem(f"{path}.id", target.id, *rule)
    if group.type == "LAMBDA" and target.port is not None:
        yield Problem(f"{path}.port", target.port, "is not supported for LAMBDA targets", "Remove it")


def _accept_any(_: object) -> None:
    """Accept any target id for a group type that this library does not know."""


def _ip_rule(address: object, group: TargetGroup) -> Rule | None:
    """Return the rule that an address breaks in an IP group, or None if the address is valid.

    Source: AWS API reference, Target. The reference does not document the valid address ranges.
    """
    family = group.config.ip_address_type or "IPV4"
    version = _ip_version(address)
    if version is None:
        return Rule(f"must be an IP address ({family}) for IP target groups")
    if version != _IP_VERSIONS.get(family, version):
        return Rule(f"must match the target group's address family, {family}")
    return None


def _ip_version(address: object) -> int | None:
    try:
        return ipaddress.ip_address(address).version if isinstance(address, str) and "%" not in address else None
    except ValueError:
        return None


def _target_count_problems(targets: Sequence[Target], group: TargetGroup | None) -> Iterator[Problem]:
    if group is None or group.type not in SINGLE_TARGET_TYPES:
        return
    well_formed = [target for target in targets if not _TARGET_VALIDATOR(target) and not _ID_VALIDATOR(target.id)]
    if len(unique_targets(well_formed, group.config.port)) > 1:
        yield Problem(
            "targets", len(targets), f"{group.type} target groups can have only one target", "Remove the others"
        )
