"""Plans: the steps that turn an existing target group into the desired state."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError, ReplacementRequiredError
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
from lattice_tg.models.problem import Problem, make_problem
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.target_keys import targets_by_key
from lattice_tg.models.targets import Target
from lattice_tg.planning.defaults import predict_created_group, with_service_defaults
from lattice_tg.planning.diff import diff_config, diff_health_check, diff_tags
from lattice_tg.validation import find_problems, target_problems
from lattice_tg.validation.targets import SINGLE_TARGET_TYPES
from lattice_tg.validation.validators import boolean, validate_fields

ApplyOrder = Literal["register_first", "deregister_first"]
"""Which comes first: new targets in, which is safe for traffic, or old ones out, which spares the quota."""

DELETING = "DELETE_IN_PROGRESS"
"""The status of a group that is as good as gone."""

_FLAGS = {"prune": boolean, "replace": boolean}
"""``"false"`` would be true to Python, and allow what was not meant."""

_FAILED = ("CREATE_FAILED", "DELETE_FAILED")

ObservedGroup = TargetGroup | TargetGroupSummary
"""A group as it was read."""


@frozen(kw_only=True, repr=False)
class Plan(ReprMixin):
    """What has to be done to one group, step by step; false where that is nothing.

    ``str(plan)`` reads like a diff. A plan is a plain value: it can be kept, compared, hashed, pickled and sent.
    """

    desired: DesiredState
    """What is wanted."""

    steps: tuple[PlanStep, ...] = ()
    """What has to be done, in the order that is safe for traffic."""

    target_group: TargetGroup | TargetGroupSummary | None = None
    """The group that was found under the name, as far as it had to be read; None where there was none."""

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
        """The steps in the order in which they are to be done; what can have one target only is emptied first.

        Args:
            order: ``register_first`` or ``deregister_first``, as for ``apply``.

        """
        if order == "register_first" and self.desired.spec.type not in SINGLE_TARGET_TYPES:
            return self.steps
        return tuple(sorted(self.steps, key=lambda step: isinstance(step, RegisterStep)))


def validate_plan(plan: Plan, *, allow_unknown: bool = False) -> None:
    """Raise one :class:`InvalidSpecError` with all that is wrong with what is to be carried out."""
    if not isinstance(getattr(plan, "desired", None), DesiredState):  # a caller may be untyped
        raise InvalidArgumentError((make_problem("plan", plan, "must be a Plan. Call client.plan()."),))
    validate_desired(plan.desired, allow_unknown=allow_unknown)


def validate_desired(desired: DesiredState, *, allow_unknown: bool = False) -> None:
    """Raise one :class:`InvalidSpecError` with all that is wrong with the spec, the targets and what is allowed."""
    found = find_problems(desired.spec, allow_unknown=allow_unknown)
    group = None if found else predict_created_group(desired.spec)
    if found := (*found, *_targets_problems(desired, group), *validate_fields(desired, _FLAGS, "")):
        raise InvalidSpecError(found)


def _targets_problems(desired: DesiredState, group: TargetGroup | None) -> tuple[Problem, ...]:
    if isinstance(desired.targets, tuple | None):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        return target_problems(desired.targets or (), group)
    return (make_problem("targets", desired.targets, "must be an iterable. Pass a list."),)


def make_plan(
    desired: DesiredState,
    target_group: ObservedGroup | None,
    tags: Mapping[str, str] = FrozenMapping(),
    targets: Sequence[TargetSummary] = (),
) -> Plan:
    """What makes ``desired`` of what was found under its name.

    Args:
        desired: What is wanted, in order by the rules.
        target_group: The group of that name; where the spec says more than a summary does, its description.
        tags: The group's tags, where the spec names any.
        targets: The group's targets, where they are named or the group is to be replaced.

    Raises:
        ReplacementRequiredError: The group cannot be changed into this one, and may not or cannot be replaced now.
        InvalidSpecError: The group can have one target, has another one, and this may not be taken out.

    """
    if target_group is None or target_group.status == DELETING:
        create = CreateStep(desired.spec, after=target_group.id if target_group else None)
        return Plan(desired=desired, steps=(create, *_target_steps(desired)), target_group=target_group)
    current = [target for target in targets if target.status != "DRAINING"]
    if changes := create_only_changes(desired.spec, target_group):
        _require_replace_allowed(desired, target_group, changes)
        replace = DeleteStep(target_group.id, changes, tuple(map(_to_target, current)))
        steps: tuple[PlanStep, ...] = (replace, CreateStep(desired.spec), *_target_steps(desired))
    else:
        group = with_service_defaults(target_group)
        steps = (*_update_steps(desired.spec, group, tags), *_target_steps(desired, current, group.config.port))
    return Plan(desired=desired, steps=steps, target_group=target_group)


def needs_description(spec: TargetGroupSpec) -> bool:
    """Whether the spec sets what a summary of the group does not tell."""
    return spec.config.protocol_version is not None or spec.config.health_check not in (None, HealthCheck())


def create_only_changes(spec: TargetGroupSpec, target_group: ObservedGroup) -> tuple[Change, ...]:
    """What differs and cannot change in a group that is there; one that failed cannot become ACTIVE, either."""
    failed = [Change("status", target_group.status, "ACTIVE")] if target_group.status in _FAILED else []
    return (*failed, *diff_config(spec, with_service_defaults(target_group)))


def _require_replace_allowed(desired: DesiredState, target_group: ObservedGroup, changes: tuple[Change, ...]) -> None:
    if not desired.replace or target_group.service_arns:
        raise ReplacementRequiredError(changes, desired.spec.name, target_group.service_arns)


def _update_steps(spec: TargetGroupSpec, group: TargetGroup, tags: Mapping[str, str]) -> Iterator[PlanStep]:
    if (check := spec.config.health_check) and (changes := tuple(diff_health_check(spec, group))):
        yield UpdateHealthCheckStep(changes, check)
    if changes := tuple(diff_tags(spec, tags)):
        differing = {key: value for key, value in spec.tags.items() if tags.get(key) != value}
        yield TagStep(changes, FrozenMapping(differing))


def _target_steps(
    desired: DesiredState, current: Sequence[TargetSummary] = (), port: int | None = None
) -> Iterator[PlanStep]:
    """The targets in and out; without a port of the group, that which the service will give it."""
    if desired.targets is None:
        return
    default = port or predict_created_group(desired.spec).config.port
    wanted = targets_by_key(desired.targets, default)
    present = targets_by_key(current, default)
    surplus = tuple(_to_target(row) for key, row in present.items() if key not in wanted)
    if missing := tuple(target for key, target in wanted.items() if key not in present):
        _check_single_target(desired, surplus)
        yield RegisterStep(missing)
    if surplus and desired.prune:
        yield DeregisterStep(surplus)


def _check_single_target(desired: DesiredState, surplus: Sequence[Target]) -> None:
    kind = desired.spec.type
    if kind in SINGLE_TARGET_TYPES and surplus and not desired.prune:
        rule = f"a {kind} target group can have only one target. Pass prune=True to deregister this one."
        raise InvalidSpecError(tuple(make_problem(f"targets[{target.id!r}]", "registered", rule) for target in surplus))


def _to_target(row: TargetSummary) -> Target:
    return Target(id=row.id, port=row.port)


def _describe_group(target_group: ObservedGroup | None) -> str:
    if target_group is None:
        return "new"
    return target_group.id if target_group.status == "ACTIVE" else f"{target_group.id}, {target_group.status}"
