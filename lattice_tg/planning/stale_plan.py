"""What moved between a plan and now: what would have to be done today and was not foreseen.

What is done already is no reason to stop: so a plan that was carried out in part can be carried out again.
"""

from collections.abc import Iterator

from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.plan_steps import (
    Change,
    CreateStep,
    DeleteStep,
    DeregisterStep,
    PlanStep,
    RegisterStep,
    TagStep,
    UpdateHealthCheckStep,
)
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import Plan


def find_unplanned_changes(earlier: Plan, today: Plan) -> tuple[Change, ...]:
    """What ``today`` has to do that ``earlier`` did not foresee: as it was planned against, and as it is."""
    found = [change for step in today for change in _unplanned_changes(earlier, today, step)]
    return tuple(dict.fromkeys([*_group_replaced(earlier, today), *found]))


def changes_behind(earlier: Plan, error: ReplacementRequiredError) -> tuple[Change, ...]:
    """What moved where no plan can be made any more: the group is another, or a service uses it by now."""
    if any(isinstance(step, DeleteStep) for step in earlier):
        return (Change("service_arns", (), error.service_arns),)
    return tuple(Change(change.field, change.new, change.old) for change in error.changes)


def _group_replaced(earlier: Plan, today: Plan) -> Iterator[Change]:
    """A group that was made anew under the same name is another one, unless the plan was to make it."""
    if today and not _creates(earlier) and _id(today) != _id(earlier):
        yield Change("id", _id(earlier), _id(today))


def _unplanned_changes(earlier: Plan, today: Plan, step: PlanStep) -> Iterator[Change]:
    match step:
        case CreateStep():
            if not _creates(earlier):
                yield Change("id", _id(earlier), None)
        case DeleteStep():
            if not any(_is_same_replacement(step, other) for other in earlier):
                yield Change("id", _id(earlier), step.target_group_id)
                yield from (Change(change.field, change.new, change.old) for change in step.changes)
        case UpdateHealthCheckStep() | TagStep():
            yield from _unplanned_field_changes(earlier, today, step.changes)
        case RegisterStep():
            foreseen = _targets(earlier, RegisterStep)
            yield from (
                Change(_format_target(target), "registered", None) for target in step.targets if target not in foreseen
            )
        case _:
            foreseen = _targets(earlier, DeregisterStep)
            yield from (
                Change(_format_target(target), None, "registered") for target in step.targets if target not in foreseen
            )


def _unplanned_field_changes(earlier: Plan, today: Plan, changes: tuple[Change, ...]) -> Iterator[Change]:
    """A field that was to change holds neither its old value nor its new one; or one that was right is not."""
    planned = {
        change.field: change
        for step in earlier
        if isinstance(step, UpdateHealthCheckStep | TagStep)
        for change in step.changes
    }
    for change in changes:
        if _creates(earlier):  # the group that is there was not made by this plan, or it would be as wanted
            yield Change("id", _id(earlier), _id(today))
        elif change.field not in planned:
            yield Change(change.field, change.new, change.old)
        elif planned[change.field] != change:
            yield Change(change.field, planned[change.field].old, change.old)


def _creates(plan: Plan) -> bool:
    return any(isinstance(step, CreateStep) for step in plan)


def _is_same_replacement(step: DeleteStep, other: PlanStep) -> bool:
    return isinstance(other, DeleteStep) and (other.target_group_id, other.changes) == (
        step.target_group_id,
        step.changes,
    )


def _targets(plan: Plan, kind: type[RegisterStep] | type[DeregisterStep]) -> frozenset[Target]:
    return frozenset(target for step in plan if isinstance(step, kind) for target in step.targets)


def _id(plan: Plan) -> str | None:
    return plan.target_group.id if plan.target_group else None


def _format_target(target: Target) -> str:
    return f"targets[{target.id!r}]" if target.port is None else f"targets[{target.id!r}, port {target.port}]"
