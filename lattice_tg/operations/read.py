"""What there is: one group, all groups, the targets and tags of a group."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from lattice_tg.conversion import from_boto3, structure_fn, to_boto3
from lattice_tg.errors import ResourceNotFoundError
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.sending.pagination import chunked, paginate
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import GET_TARGET_GROUP, LIST_TAGS_FOR_RESOURCE, LIST_TARGET_GROUPS, LIST_TARGETS
from lattice_tg.validation.identifiers import TargetGroupLike, known_arn, resolve_identifier

MAX_TARGET_FILTERS = 20
"""Targets that one ListTargets can be asked for (service model, ListTargetsRequestTargetsList)."""


def get(sender: RequestSender, target_group: TargetGroupLike, deadline: float | None = None) -> TargetGroup:
    """The group's description."""
    request = {"targetGroupIdentifier": resolve_identifier(target_group)}
    return from_boto3(TargetGroup, sender.send(GET_TARGET_GROUP, request, deadline=deadline))


def get_or_none(
    sender: RequestSender, target_group: TargetGroupLike, deadline: float | None = None
) -> TargetGroup | None:
    """The group's description, or None where there is no such group."""
    try:
        return get(sender, target_group, deadline)
    except ResourceNotFoundError:
        return None


def iter_summaries(sender: RequestSender, filters: Mapping[str, str]) -> Iterator[TargetGroupSummary]:
    """Every group that the filters let through, page by page."""
    return paginate(partial(sender.send, LIST_TARGET_GROUPS), filters, structure_fn(TargetGroupSummary))


def find(sender: RequestSender, name: str) -> TargetGroup | None:
    """The group of this name. The service cannot look one up by name, so all pages are read until it is found."""
    for summary in iter_summaries(sender, {}):
        if summary.name == name:
            return get_or_none(sender, summary)
    return None


def iter_targets(
    sender: RequestSender, target_group: TargetGroupLike, targets: Sequence[Target] = (), deadline: float | None = None
) -> Iterator[TargetSummary]:
    """The registered targets, page by page: all, or those asked for."""
    for chunk in chunked(targets, MAX_TARGET_FILTERS) if targets else [()]:
        request: dict[str, Any] = {"targetGroupIdentifier": resolve_identifier(target_group)}
        if chunk:
            request["targets"] = [to_boto3(target) for target in chunk]
        send = partial(sender.send, LIST_TARGETS, deadline=deadline)
        yield from paginate(send, request, structure_fn(TargetSummary))


def resolve_arn(sender: RequestSender, target_group: TargetGroupLike) -> str:
    """The group's ARN, which costs a Get where only the id is known."""
    return known_arn(target_group) or get(sender, target_group).arn


def tags(sender: RequestSender, target_group: TargetGroupLike) -> Mapping[str, str]:
    """The group's tags."""
    request = {"resourceArn": resolve_arn(sender, target_group)}
    return FrozenMapping(sender.send(LIST_TAGS_FOR_RESOURCE, request).get("tags"))
