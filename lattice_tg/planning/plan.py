"""Plans of the steps that turn an existing target group into the desired state."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError, ReplacementRequiredError
from lattice_tg.literals import FAILED_STATUSES
from lattice_tg.models.base import FrozenMapping, ReprMixin
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck
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
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.target_keys import targets_by_key, to_target
from lattice_tg.models.targets import Target
from lattice_tg.planning.defaults import predict_created_group, with_service_defaults
from lattice_tg.planning.diff import diff_config, diff_health_check, diff_tags
from lattice_tg.validation import find_problems, target_problems
from lattice_tg.validation.targets import SINGLE_TARGET_TYPES
from lattice_tg.validation.validators import boolean, validate_fields

ApplyOrder = Literal["register_first", "deregister_first"]
"""Order of registering and deregistering targets.

Registering new targets first protects traffic. Deregistering old targets first avoids temporarily exceeding the target
quota.
"""

# A string such as "false" is truthy and would permit deletions that the caller did not intend.
_FLAGS = {"prune": boolean, "replace": boolean}

ObservedGroup = TargetGroup | TargetGroupSummary
"""A target group as read from VPC Lattice."""


@frozen(kw_only=True, repr=False)
class Plan(ReprMixin):
    """The steps that bring one target group to its desired state. An empty plan is falsy.

    ``str(plan)`` reads like a diff. A plan is a plain value that can be stored, compared, hashed and pickled.
    """

    desired: DesiredState
    """The desired state of the target group and its targets."""

    steps: tuple[PlanStep, ...] = ()
    """The steps, in an order that protects traffic."""

    target_group: TargetGroup | TargetGroupSummary | None = None
    """The existing target group with the name in the spec, or its summary if a summary suffices. None if no group has
    this name."""

    def __iter__(self) -> Iterator[PlanStep]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __str__(self) -> str:
        head = f"{self.desired.spec.name} ({_describe_group(self.target_group)})"
        return "\n".join([f"{head}:", *map(str, self.steps)]) if self.steps else f"{head}: nothing to do"

    def steps_for(self, order: ApplyOrder) -> tuple[PlanStep, ...]:
        """Return the steps in the given order.

        If the target group can have only one target, the old target is deregistered first, whatever the order.

        Args:
            order: ``register_first`` or ``deregister_first``, as for ``apply``.

        """
        if order == "register_first" and self.desired.spec.type not in SINGLE_TARGET_TYPES:
            return self.steps
        return tuple(sorted(self.steps, key=lambda step: isinstance(step, RegisterStep)))


def validate_plan(plan: Plan, *, allow_unknown: bool = False) -> None:
    """Raise :class:`InvalidSpecError` if the desired state of ``plan`` is invalid.

    The error lists all problems. If ``plan`` is not a plan, raise :class:`InvalidArgumentError`.
    """
    if not isinstance(getattr(plan, "desired", None), DesiredState):  # Callers may not use type checking.
        raise InvalidArgumentError((Problem("plan", plan, "must be a Plan", "Call client.plan()"),))
    validate_desired(plan.desired, allow_unknown=allow_unknown)


def validate_desired(desired: DesiredState, *, allow_unknown: bool = False) -> None:
    """Raise :class:`InvalidSpecError` if the spec, targets or flags are invalid.

    The error lists all problems.
    """
    spec_problems = find_problems(desired.spec, allow_unknown=allow_unknown)
    group = None if spec_problems else predict_created_group(desired.spec)
    problems = (*spec_problems, *_find_target_problems(desired, group), *validate_fields(desired, _FLAGS, ""))
    if problems:
        raise InvalidSpecError(problems)


def _find_target_problems(desired: DesiredState, group: TargetGroup | None) -> tuple[Problem, ...]:
    if isinstance(desired.targets, tuple | None):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        return target_problems(desired.targets or (), group)
    return (Problem("targets", desired.targets, "must be an iterable of Target objects", "Pass a list"),)


def make_plan(
    desired: DesiredState,
    target_group: ObservedGroup | None,
    tags: Mapping[str, str] = FrozenMapping(),
    targets: Sequence[TargetSummary] = (),
) -> Plan:
    """Return the plan that turns the existing target group into the desired state.

    Args:
        desired: The validated desired state.
        target_group: The existing target group with the name in the spec. None if no group has this name. A summary
            suffices unless ``needs_description(desired.spec)`` is True.
        tags: Tags of the existing target group. Required only if the spec sets tags.
        targets: Targets of the existing target group. Required only if ``desired`` sets targets or the target group
            must be replaced.

    Raises:
        ReplacementRequiredError: If the target group cannot be updated to the desired state, and either ``replace`` is
            False or a service uses the target group.
        InvalidSpecError: If the target group can have only one target, already has a different target, and ``prune`` is
            False.

    """
    if target_group is None or target_group.status == "DELETE_IN_PROGRESS":
        create = CreateStep(desired.spec, after=target_group.id if target_group else None)
        return Plan(desired=desired, steps=(create, *_target_steps(desired)), target_group=target_group)
    current = [target for target in targets if target.status != "DRAINING"]
    if changes := create_only_changes(desired.spec, target_group):
        _require_replace_allowed(desired, target_group, changes)
        delete = DeleteStep(target_group.id, changes, tuple(map(to_target, current)))
        steps: tuple[PlanStep, ...] = (delete, CreateStep(desired.spec), *_target_steps(desired))
    else:
        group = with_service_defaults(target_group)
        steps = (*_update_steps(desired.spec, group, tags), *_target_steps(desired, current, group.config.port))
    return Plan(desired=desired, steps=steps, target_group=target_group)


def needs_description(spec: TargetGroupSpec) -> bool:
    """Return whether the spec sets a field that a summary of the target group does not contain."""
    return spec.config.protocol_version is not None or spec.config.health_check not in (None, HealthCheck())


def create_only_changes(spec: TargetGroupSpec, target_group: ObservedGroup) -> tuple[Change, ...]:
    """Return the differences that an update cannot resolve, including a failed status."""
    failed = [Change("status", target_group.status, "ACTIVE")] if target_group.status in FAILED_STATUSES else []
    return (*failed, *diff_config(spec, with_service_defaults(target_group)))


def _require_replace_allowed(desired: DesiredState, target_group: ObservedGroup, changes: tuple[Change, ...]) -> None:
    if not desired.replace or target_group.service_arns:
        raise ReplacementRequiredError(changes, desired.spec.name, target_group.service_arns)


def _update_steps(spec: TargetGroupSpec, group: TargetGroup, tags: Mapping[str, str]) -> Iterator[PlanStep]:
    if (health_check := spec.config.health_check) and (changes := tuple(diff_health_check(spec, group))):
        yield UpdateHealthCheckStep(changes, health_check)
    if changes := tuple(diff_tags(spec, tags)):
        changed_tags = {key: value for key, value in spec.tags.items() if tags.get(key) != value}
        yield TagStep(changes, FrozenMapping(changed_tags))


def _target_steps(
    desired: DesiredState, current: Sequence[TargetSummary] = (), port: int | None = None
) -> Iterator[PlanStep]:
    """Yield the steps that register and deregister targets.

    If ``port`` is None, targets without a port use the port that VPC Lattice will assign to the target group.
    """
    if desired.targets is None:
        return
    default_port = port or predict_created_group(desired.spec).config.port
    desired_by_key = targets_by_key(desired.targets, default_port)
    current_by_key = targets_by_key(current, default_port)
    surplus = tuple(to_target(target) for key, target in current_by_key.items() if key not in desired_by_key)
    if missing := tuple(target for key, target in desired_by_key.items() if key not in current_by_key):
        _require_prune_allowed(desired, surplus)
        yield RegisterStep(missing)
    if surplus and desired.prune:
        yield DeregisterStep(surplus)


def _require_prune_allowed(desired: DesiredState, surplus: Sequence[Target]) -> None:
    group_type = desired.spec.type
    if group_type in SINGLE_TARGET_TYPES and surplus and not desired.prune:
        rule = f"a {group_type} target group can have only one target"
        hint = "Pass prune=True to deregister this target"
        raise InvalidSpecError(
            tuple(Problem(f"targets[{target.id!r}]", "registered", rule, hint) for target in surplus)
        )


def _describe_group(target_group: ObservedGroup | None) -> str:
    if target_group is None:
        return "new"
    return target_group.id if target_group.status == "ACTIVE" else f"{target_group.id}, {target_group.status}"
