"""Reading target groups and targets."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from lattice_tg.conversion import from_boto3, structure_list_fn, to_boto3
from lattice_tg.errors import InvalidArgumentError, ResourceNotFoundError
from lattice_tg.literals import TargetGroupType
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.runtime.base import Pages
from lattice_tg.sending.pagination import ResponsePages, chunked
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import GET_TARGET_GROUP, LIST_TARGET_GROUPS, LIST_TARGETS
from lattice_tg.validation import NAME_VALIDATOR, VPC_IDENTIFIER
from lattice_tg.validation.arguments import raise_if_any, validate_targets
from lattice_tg.validation.identifiers import (
    TargetGroupLike,
    group_port,
    is_identifier,
    known_arn,
    resolve_identifier,
)
from lattice_tg.validation.validators import may_be_new_literal, one_of

MAX_TARGET_FILTERS = 20
"""Maximum number of targets in one ListTargets request (service model, ListTargetsRequestTargetsList)."""


async def get(sender: RequestSender, target_group: TargetGroupLike, deadline: float | None = None) -> TargetGroup:
    """Return the details of a target group.

    Raises:
        ResourceNotFoundError: If the group does not exist.

    """
    request = {"targetGroupIdentifier": resolve_identifier(target_group)}
    return from_boto3(TargetGroup, await sender.send(GET_TARGET_GROUP, request, deadline=deadline))


async def get_or_none(
    sender: RequestSender, target_group: TargetGroupLike, deadline: float | None = None
) -> TargetGroup | None:
    """Return the details of a target group, or None if the group does not exist."""
    try:
        return await get(sender, target_group, deadline)
    except ResourceNotFoundError:
        return None


async def find(sender: RequestSender, name: str) -> TargetGroup | None:
    """Return the target group named ``name``, or None if no group has this name.

    Raises:
        InvalidArgumentError: If ``name`` cannot be the name of a group.

    """
    validate_name(name)
    return await find_by_name(sender, name)


async def find_by_name(sender: RequestSender, name: str) -> TargetGroup | None:
    """Return the target group named ``name``, or None if no group has this name.

    ``name`` must be valid. VPC Lattice cannot look up a group by name, so this function reads the list of all groups
    until the function finds the name.
    """
    pages = summary_pages(sender, {})
    while (page := await pages.next_page()) is not None:
        for summary in page:
            if summary.name == name:
                return await get_or_none(sender, summary)
    return None


def validate_name(name: str) -> None:
    """Raise an error if ``name`` cannot be the name of a target group.

    Raises:
        InvalidArgumentError: If ``name`` is an id, an ARN, or not a valid name.

    """
    if is_identifier(name):
        problem = Problem("name", name, "must be a name, not an id or ARN", "Pass ids and ARNs to get()")
        raise InvalidArgumentError((problem,))
    if rule := NAME_VALIDATOR(name):
        raise InvalidArgumentError((Problem("name", name, *rule),))


def list_target_groups(
    sender: RequestSender, group_type: str | None, vpc_identifier: str | None, *, allow_unknown: bool
) -> Pages[TargetGroupSummary]:
    """Return the target groups that match the type and the VPC.

    If a filter is None, it matches all groups.

    Raises:
        InvalidArgumentError: If a filter is invalid.

    """
    return summary_pages(sender, _make_filters(group_type, vpc_identifier, allow_unknown=allow_unknown))


def _make_filters(group_type: str | None, vpc_identifier: str | None, *, allow_unknown: bool) -> Mapping[str, str]:
    problems: list[Problem] = []
    if (
        group_type is not None
        and (rule := one_of(TargetGroupType)(group_type))
        and not (allow_unknown and may_be_new_literal(group_type))
    ):
        problems.append(Problem("type", group_type, *rule))
    if vpc_identifier is not None and (rule := VPC_IDENTIFIER(vpc_identifier)):
        problems.append(Problem("vpc_identifier", vpc_identifier, *rule))
    raise_if_any(problems, InvalidArgumentError)
    filters = {"targetGroupType": group_type, "vpcIdentifier": vpc_identifier}
    return {name: value for name, value in filters.items() if value is not None}


def summary_pages(sender: RequestSender, filters: Mapping[str, str]) -> Pages[TargetGroupSummary]:
    """Return the target groups that match ``filters``, requesting one page at a time."""
    return ResponsePages(partial(sender.send, LIST_TARGET_GROUPS), [filters], structure_list_fn(TargetGroupSummary))


def list_targets(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target]
) -> Pages[TargetSummary]:
    """Return summaries of ``targets``, or of all targets if ``targets`` is empty.

    Raises:
        InvalidSpecError: If some targets are invalid.

    """
    filters = unique_targets(validate_targets(targets), group_port(target_group))
    return target_pages(sender, resolve_identifier(target_group), filters)


def target_pages(
    sender: RequestSender, target_group: TargetGroupLike, targets: Sequence[Target] = (), deadline: float | None = None
) -> Pages[TargetSummary]:
    """Return summaries of registered targets, requesting one page at a time.

    Args:
        sender: The sender of the requests.
        target_group: The group.
        targets: The targets to list. Default: all targets of the group.
        deadline: Clock time after which no request is sent. Default: only the limits of the retry policy apply.

    """
    group = {"targetGroupIdentifier": resolve_identifier(target_group)}
    chunks = chunked(map(to_boto3, targets), MAX_TARGET_FILTERS)
    requests: Iterable[Mapping[str, Any]] = (
        ({**group, "targets": list(chunk)} for chunk in chunks) if targets else [group]
    )
    return ResponsePages(
        partial(sender.send, LIST_TARGETS, deadline=deadline), requests, structure_list_fn(TargetSummary)
    )


async def resolve_port(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target], deadline: float | None = None
) -> int | None:
    """Return the default port of a group, or None if the group has no port.

    If a target has no port and the port of the group is unknown, the function sends one GetTargetGroup request.
    """
    if isinstance(target_group, str) and any(target.port is None for target in targets):
        return (await get(sender, target_group, deadline)).config.port
    return group_port(target_group)


async def resolve_arn(sender: RequestSender, target_group: TargetGroupLike) -> str:
    """Return the ARN of a target group.

    If the ARN is unknown, the function sends one GetTargetGroup request.
    """
    return known_arn(target_group) or (await get(sender, target_group)).arn
