"""Reading what a plan is made of: no more than the spec asks about, and never changing anything."""

from collections.abc import Iterable, Mapping

from lattice_tg.errors import ResourceNotFoundError
from lattice_tg.literals import UNUSABLE_STATUSES
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.operations import read
from lattice_tg.planning.plan import ObservedGroup, Plan, create_only_changes, make_plan, needs_description
from lattice_tg.sending.request_sender import RequestSender


def index_by_name(summaries: Iterable[TargetGroupSummary]) -> Mapping[str, TargetGroupSummary]:
    """The group that each name stands for: one scan of the list serves a whole fleet."""
    chosen: dict[str, TargetGroupSummary] = {}
    for summary in summaries:
        known = chosen.get(summary.name)
        if known is None or _priority(summary) < _priority(known):
            chosen[summary.name] = summary
    return chosen


def find_summary(summaries: Iterable[TargetGroupSummary], name: str) -> TargetGroupSummary | None:
    """The group that ``name`` stands for; what is listed after one that is there is not read."""
    namesakes: list[TargetGroupSummary] = []
    for summary in summaries:
        if summary.name == name:
            if summary.status not in UNUSABLE_STATUSES:
                return summary
            namesakes.append(summary)
    return index_by_name(namesakes).get(name)


def plan_by_name(sender: RequestSender, desired: DesiredState, *, closely: bool = False) -> Plan:
    """The plan for one group, which is looked for in the whole list."""
    return plan_for_group(
        sender, desired, find_summary(read.iter_summaries(sender, {}), desired.spec.name), closely=closely
    )


def plan_for_group(
    sender: RequestSender, desired: DesiredState, found: ObservedGroup | None, *, closely: bool = False
) -> Plan:
    """The plan for one group that was found, or not, in a list that has been read already.

    ``closely`` looks at the group itself even where its row would do: who carries the plan out needs its description
    all the same, and in a large fleet the list is old by then.
    """
    if (
        isinstance(found, TargetGroupSummary)
        and found.status != "DELETE_IN_PROGRESS"
        and (closely or needs_description(desired.spec))
    ):
        found = read.get_or_none(sender, found)
    if found is None or found.status == "DELETE_IN_PROGRESS":
        return make_plan(desired, found)
    try:
        tags, targets = _tags(sender, desired, found), _targets(sender, desired, found)
    except ResourceNotFoundError:  # it went after it was listed
        return make_plan(desired, None)
    return make_plan(desired, found, tags, targets)


def refresh_plan(sender: RequestSender, earlier: Plan) -> Plan:
    """The plan for the same wish as things are now: the group is looked for by its id, then by name if it is lost."""
    group: TargetGroup | None = None
    if earlier.target_group is not None:
        group = read.get_or_none(sender, earlier.target_group)
    if group is None or group.status in UNUSABLE_STATUSES:
        return plan_by_name(sender, earlier.desired)
    return plan_for_group(sender, earlier.desired, group)


def _priority(summary: TargetGroupSummary) -> int:
    return UNUSABLE_STATUSES.index(summary.status) + 1 if summary.status in UNUSABLE_STATUSES else 0


def _tags(sender: RequestSender, desired: DesiredState, group: ObservedGroup) -> Mapping[str, str]:
    return read.tags(sender, group) if desired.spec.tags else FrozenMapping[str, str]()


def _targets(sender: RequestSender, desired: DesiredState, group: ObservedGroup) -> tuple[TargetSummary, ...]:
    replaced = desired.replace and create_only_changes(desired.spec, group)
    return tuple(read.iter_targets(sender, group)) if replaced or desired.targets is not None else ()
