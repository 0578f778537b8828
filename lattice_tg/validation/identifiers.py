"""Identifiers of target groups, services, listeners and rules: ids and ARNs."""

import re

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup

TargetGroupLike = str | TargetGroup | TargetGroupSummary
"""A reference to a target group: its id, its ARN, or a model that the client returned."""

# Source: service model, TargetGroupIdentifier.
_ID = r"tg-[0-9a-z]{17}"
_IDENTIFIER = re.compile(rf"{_ID}|arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{{12}}:targetgroup/{_ID}", re.ASCII)


def resolve_identifier(target_group: TargetGroupLike) -> str:
    """Return the id or ARN of a target group.

    Raises:
        InvalidIdentifierError: If ``target_group`` is not an id, an ARN or a model. VPC Lattice does not accept names.

    """
    if isinstance(target_group, TargetGroup | TargetGroupSummary):
        return resolve_identifier(target_group.id)
    if not is_identifier(target_group):
        raise InvalidIdentifierError((identifier_problem("target_group", target_group),))
    return target_group


def resolve_id(target_group: TargetGroupLike) -> str:
    """Return the id of a target group.

    Raises:
        InvalidIdentifierError: If ``target_group`` is not an id, an ARN or a model.

    """
    return resolve_identifier(target_group).rpartition("/")[2]  # The last part of an ARN is the id.


def identifier_problem(field: str, value: object) -> Problem:
    """Return the problem of a value that is not an id, an ARN or a model of a target group."""
    if value is None:  # None is usually a result of client.find().
        return Problem(
            field,
            value,
            "must be the id or ARN of a target group, a TargetGroup or a TargetGroupSummary",
            "client.find(name) returns None if no target group in the client's account and Region has the name. Check "
            "the name, account and Region, or create the group",
        )
    return Problem(
        field,
        value,
        "must be the id (tg- followed by 17 characters from 0-9 and a-z) or ARN of a target group",
        "VPC Lattice does not accept names here. Pass the result of client.find(name)",
    )


def is_identifier(value: object) -> bool:
    """Return whether ``value`` has the format of the id or ARN of a target group."""
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def known_arn(target_group: TargetGroupLike) -> str | None:
    """Return the ARN of a target group, or None if only a request can determine the ARN."""
    if isinstance(target_group, TargetGroup | TargetGroupSummary):
        return target_group.arn or None
    return target_group if resolve_identifier(target_group).startswith("arn:") else None


def group_port(target_group: TargetGroupLike) -> int | None:
    """Return the default target port, or None if ``target_group`` does not contain the port."""
    match target_group:
        case TargetGroup():
            return target_group.config.port
        case TargetGroupSummary():
            return target_group.port
        case _:
            return None
