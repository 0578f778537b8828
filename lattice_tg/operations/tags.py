"""Tags of target groups."""

from collections.abc import Iterable, Mapping

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.problem import Problem
from lattice_tg.operations import read
from lattice_tg.operations.interruption import note_unknown_outcome
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import LIST_TAGS_FOR_RESOURCE, TAG_RESOURCE, UNTAG_RESOURCE
from lattice_tg.validation import tag_key_problems, tag_problems
from lattice_tg.validation.arguments import raise_if_any, to_tuple
from lattice_tg.validation.identifiers import TargetGroupLike


async def get_tags(sender: RequestSender, target_group: TargetGroupLike) -> Mapping[str, str]:
    """Return the tags of a target group."""
    request = {"resourceArn": await read.resolve_arn(sender, target_group)}
    response = await sender.send(LIST_TAGS_FOR_RESOURCE, request)
    return FrozenMapping(response.get("tags"))


async def add_tags(sender: RequestSender, target_group: TargetGroupLike, tags: Mapping[str, str]) -> None:
    """Add tags to a target group, replacing the values of existing keys.

    Raises:
        InvalidSpecError: If ``tags`` is empty or breaks a rule.

    """
    if not tags:
        raise InvalidSpecError((Problem("tags", tags, "must not be empty", "Pass at least one tag"),))
    raise_if_any(tag_problems(tags))
    await send_tags(sender, target_group, tags)


async def send_tags(sender: RequestSender, target_group: TargetGroupLike, tags: Mapping[str, str]) -> None:
    """Send a TagResource request with tags that have been validated."""
    request = {"resourceArn": await read.resolve_arn(sender, target_group), "tags": dict(tags)}
    with note_unknown_outcome(TAG_RESOURCE):
        await sender.send(TAG_RESOURCE, request)


async def remove_tags(sender: RequestSender, target_group: TargetGroupLike, keys: Iterable[str]) -> None:
    """Remove the tags that have these keys from a target group.

    Raises:
        InvalidSpecError: If ``keys`` is empty or breaks a rule.

    """
    values = to_tuple("keys", keys)
    if not values:
        raise InvalidSpecError((Problem("keys", values, "must not be empty", "Pass at least one key"),))
    raise_if_any(tag_key_problems(values))
    request = {"resourceArn": await read.resolve_arn(sender, target_group), "tagKeys": list(values)}
    with note_unknown_outcome(UNTAG_RESOURCE):
        await sender.send(UNTAG_RESOURCE, request)
