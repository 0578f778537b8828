"""Planning of single target groups."""

from collections.abc import Iterable, Mapping
from typing import get_args

from lattice_tg.errors import InvalidArgumentError, ResourceNotFoundError
from lattice_tg.literals import UNUSABLE_STATUSES
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.operations import read
from lattice_tg.operations.tags import get_tags
from lattice_tg.planning.plan import (
    ApplyOrder,
    ObservedGroup,
    Plan,
    create_only_changes,
    make_plan,
    needs_description,
    validate_desired,
)
from lattice_tg.runtime.base import Pages
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestSender


async def plan(
    sender: RequestSender,
    spec: TargetGroupSpec,
    *,
    targets: Iterable[Target] | None,
    prune: bool,
    replace: bool,
    order: ApplyOrder,
    allow_unknown: bool,
) -> Plan:
    """Plan the steps that turn the existing target group into the desired state."""
    validate_order(order)
    desired = make_desired_state(spec, targets=targets, prune=prune, replace=replace, allow_unknown=allow_unknown)
    return await plan_by_name(sender, desired, order)


def make_desired_state(
    spec: TargetGroupSpec, *, targets: Iterable[Target] | None, prune: bool, replace: bool, allow_unknown: bool
) -> DesiredState:
    """Create and validate a desired state.

    Raises:
        InvalidSpecError: If the spec, the targets or the flags break a rule.

    """
    desired = DesiredState(spec, targets, prune=prune, replace=replace)
    validate_desired(desired, allow_unknown=allow_unknown)
    return desired


def index_by_name(summaries: Iterable[TargetGroupSummary]) -> Mapping[str, TargetGroupSummary]:
    """Return a mapping from names to target groups.

    If several groups share a name, choose a usable group. If none is usable, choose the group whose status comes first
    in ``UNUSABLE_STATUSES``.
    """
    groups: dict[str, TargetGroupSummary] = {}
    for summary in summaries:
        existing = groups.get(summary.name)
        if existing is None or _priority(summary) < _priority(existing):
            groups[summary.name] = summary
    return groups


async def find_summary(pages: Pages[TargetGroupSummary], name: str) -> TargetGroupSummary | None:
    """Return the summary of the group named ``name``, or None if no group has this name.

    The function stops reading ``pages`` at the first usable group with this name.
    """
    unusable: list[TargetGroupSummary] = []
    while (page := await pages.next_page()) is not None:
        for summary in page:
            if summary.name == name:
                if summary.status not in UNUSABLE_STATUSES:
                    return summary
                unusable.append(summary)
    return index_by_name(unusable).get(name)


def validate_order(order: str) -> None:
    """Raise an error unless ``order`` is an order of registering and deregistering targets.

    Raises:
        InvalidArgumentError: If ``order`` is not a valid order.

    """
    if order not in get_args(ApplyOrder):
        rule = f"must be one of {', '.join(get_args(ApplyOrder))}"
        raise InvalidArgumentError((Problem("order", order, rule),))


async def plan_by_name(
    sender: RequestSender, desired: DesiredState, order: ApplyOrder, *, read_details: bool = False
) -> Plan:
    """Find a group by name in the list of all groups and return the plan for the group."""
    summary = await find_summary(read.summary_pages(sender, {}), desired.spec.name)
    return await plan_for_group(sender, desired, summary, order, read_details=read_details)


async def plan_for_group(
    sender: RequestSender,
    desired: DesiredState,
    existing: ObservedGroup | None,
    order: ApplyOrder,
    *,
    read_details: bool = False,
) -> Plan:
    """Return the plan that turns ``existing`` into the desired state.

    Args:
        sender: The sender of the requests.
        desired: The desired state.
        existing: The existing group, or None if no group has the name in ``desired``.
        order: The order of registering and deregistering targets.
        read_details: Whether to read the details of the group even if its summary is sufficient for the plan. Callers
            that apply the plan need the details anyway, and in a large batch the summary may be out of date when the
            task runs.

    """
    if (
        isinstance(existing, TargetGroupSummary)
        and existing.status != "DELETE_IN_PROGRESS"
        and (read_details or needs_description(desired.spec))
    ):
        existing = await read.get_or_none(sender, existing)
    if existing is None or existing.status == "DELETE_IN_PROGRESS":
        return make_plan(desired, existing, order=order)
    try:
        tags = await _read_tags(sender, desired, existing)
        targets = await _read_targets(sender, desired, existing)
    except ResourceNotFoundError:  # The group was deleted after it was listed.
        return make_plan(desired, None, order=order)
    return make_plan(desired, existing, tags, targets, order)


async def refresh_plan(sender: RequestSender, earlier: Plan) -> Plan:
    """Return a new plan for the desired state of ``earlier``.

    The function reads the group by id. If the id is unknown, or if the group is missing or unusable, the function
    searches for the group by name.
    """
    group: TargetGroup | None = None
    if earlier.target_group is not None:
        group = await read.get_or_none(sender, earlier.target_group)
    if group is None or group.status in UNUSABLE_STATUSES:
        return await plan_by_name(sender, earlier.desired, earlier.order)
    return await plan_for_group(sender, earlier.desired, group, earlier.order)


def _priority(summary: TargetGroupSummary) -> int:
    return UNUSABLE_STATUSES.index(summary.status) + 1 if summary.status in UNUSABLE_STATUSES else 0


async def _read_tags(sender: RequestSender, desired: DesiredState, group: ObservedGroup) -> Mapping[str, str]:
    return await get_tags(sender, group) if desired.spec.tags else FrozenMapping[str, str]()


async def _read_targets(
    sender: RequestSender, desired: DesiredState, group: ObservedGroup
) -> tuple[TargetSummary, ...]:
    is_replaced = desired.replace and create_only_changes(desired.spec, group)
    return await collect(read.target_pages(sender, group)) if is_replaced or desired.targets is not None else ()
