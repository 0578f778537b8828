"""Changes to a target group between planning and applying.

A plan is stale if a new plan for the same desired state contains steps that the original plan does not contain.
Completed steps do not make a plan stale, so a partly applied plan can be applied again.
"""

from collections.abc import Iterator

from lattice_tg.errors.workflows import ReplacementRequiredError
from lattice_tg.models.change import Change
from lattice_tg.models.plan_steps import (
    CreateStep,
    DeleteStep,
    DeregisterStep,
    PlanStep,
    RegisterStep,
    TagStep,
    UpdateHealthCheckStep,
    WaitHealthyStep,
)
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import Plan


def find_unplanned_changes(planned: Plan, current: Plan) -> tuple[Change, ...]:
    """Return the differences that require steps that ``planned`` does not contain.

    Args:
        planned: The plan to apply.
        current: A new plan for the same desired state.

    Returns:
        One change per difference. ``old`` is the value on which ``planned`` is based, and ``new`` is the current value.

    """
    changes = [change for step in current for change in _unplanned_changes(planned, current, step)]
    return tuple(dict.fromkeys([*_find_id_change(planned, current), *changes]))


def changes_behind(planned: Plan, error: ReplacementRequiredError) -> tuple[Change, ...]:
    """Return the changes that caused ``error`` when a new plan was made.

    Since ``planned`` was made, another target group has taken the name, the target group has failed, or a service has
    started to use the target group.
    """
    if any(isinstance(step, DeleteStep) for step in planned):
        return (Change("service_arns", (), error.service_arns),)
    return tuple(Change(change.field, change.new, change.old) for change in error.changes)


def _find_id_change(planned: Plan, current: Plan) -> Iterator[Change]:
    """Yield the new id of a recreated target group unless ``planned`` contains a ``CreateStep``."""
    if current and not _creates(planned) and _group_id(current) != _group_id(planned):
        yield Change("id", _group_id(planned), _group_id(current))


def _unplanned_changes(planned: Plan, current: Plan, step: PlanStep) -> Iterator[Change]:
    match step:
        case CreateStep():
            if not _creates(planned):
                yield Change("id", _group_id(planned), None)
        case DeleteStep():
            if not any(_is_same_replacement(step, other) for other in planned):
                yield Change("id", _group_id(planned), step.target_group_id)
                yield from (Change(change.field, change.new, change.old) for change in step.changes)
        case UpdateHealthCheckStep() | TagStep():
            yield from _unplanned_field_changes(planned, current, step.changes)
        case RegisterStep():
            planned_targets = _targets_of(planned, RegisterStep)
            yield from (
                Change(_target_path(target), "registered", None)
                for target in step.targets
                if target not in planned_targets
            )
        case WaitHealthyStep():  # A missing or an additional wait changes nothing in the group.
            pass
        case _:
            planned_targets = _targets_of(planned, DeregisterStep)
            yield from (
                Change(_target_path(target), None, "registered")
                for target in step.targets
                if target not in planned_targets
            )


def _unplanned_field_changes(planned: Plan, current: Plan, changes: tuple[Change, ...]) -> Iterator[Change]:
    """Yield the fields that have neither the value at planning time nor the desired value."""
    planned_changes = {
        change.field: change
        for step in planned
        if isinstance(step, UpdateHealthCheckStep | TagStep)
        for change in step.changes
    }
    for change in changes:
        if _creates(planned):  # A group created from this plan would match, so this is another group.
            yield Change("id", _group_id(planned), _group_id(current))
        elif change.field not in planned_changes:
            yield Change(change.field, change.new, change.old)
        elif planned_changes[change.field] != change:
            yield Change(change.field, planned_changes[change.field].old, change.old)


def _creates(plan: Plan) -> bool:
    return any(isinstance(step, CreateStep) for step in plan)


def _is_same_replacement(step: DeleteStep, other: PlanStep) -> bool:
    return isinstance(other, DeleteStep) and (other.target_group_id, other.changes) == (
        step.target_group_id,
        step.changes,
    )


def _targets_of(plan: Plan, step_type: type[RegisterStep] | type[DeregisterStep]) -> frozenset[Target]:
    return frozenset(target for step in plan if isinstance(step, step_type) for target in step.targets)


def _group_id(plan: Plan) -> str | None:
    return plan.target_group.id if plan.target_group else None


def _target_path(target: Target) -> str:
    return f"targets[{target.id!r}]" if target.port is None else f"targets[{target.id!r}, port {target.port}]"
