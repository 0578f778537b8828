"""Target group identifiers: ids and ARNs."""

import re

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup

TargetGroupLike = str | TargetGroup | TargetGroupSummary
"""What names a target group to the client: its id, its ARN, or what the client said about it."""

# service model, TargetGroupIdentifier
_ID = r"tg-[0-9a-z]{17}"
_IDENTIFIER = re.compile(rf"{_ID}|arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{{12}}:targetgroup/{_ID}", re.ASCII)


def resolve_identifier(target_group: TargetGroupLike) -> str:
    """The id or ARN of a target group.

    Raises:
        InvalidIdentifierError: It is neither; a name will not do, as the service takes none.

    """
    if isinstance(target_group, TargetGroup | TargetGroupSummary):
        return resolve_identifier(target_group.id)
    if not is_identifier(target_group):
        raise InvalidIdentifierError((_identifier_problem(target_group),))
    return target_group


def _identifier_problem(value: object) -> Problem:
    if value is None:  # most often the result of find()
        return Problem(
            "target_group",
            value,
            "must be an id, an ARN or a model of a target group",
            "client.find(name) returns None if no target group of the client's account and Region has the name. Check "
            "the three, or create the group",
        )
    return Problem(
        "target_group",
        value,
        "must be a target group's id (tg- and 17 of 0-9, a-z) or ARN",
        "VPC Lattice does not accept names here. Call client.find(name) and pass what it returns",
    )


def is_identifier(value: object) -> bool:
    """Whether ``value`` has the form of a target group's id or ARN."""
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def known_arn(target_group: TargetGroupLike) -> str | None:
    """The ARN of a target group, where it is known without asking the service."""
    if isinstance(target_group, TargetGroup | TargetGroupSummary):
        return target_group.arn or None
    return target_group if resolve_identifier(target_group).startswith("arn:") else None


def group_port(target_group: TargetGroupLike) -> int | None:
    """The port of the group's targets, where it is known without asking the service."""
    match target_group:
        case TargetGroup():
            return target_group.config.port
        case TargetGroupSummary():
            return target_group.port
        case _:
            return None
