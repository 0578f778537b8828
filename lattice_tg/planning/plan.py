"""Plans of the steps that turn an existing target group into the desired state."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError
from lattice_tg.errors.workflows import ReplacementRequiredError
from lattice_tg.literals import FAILED_STATUSES
from lattice_tg.models.base import FrozenMapping, ReprMixin
from lattice_tg.models.change import Change
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck
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
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.target_keys import targets_by_key, to_target
from lattice_tg.planning.defaults import predict_created_group, with_service_defaults
from lattice_tg.planning.diff import diff_config, diff_health_check, diff_tags
from lattice_tg.validation import find_problems, target_problems
from lattice_tg.validation.targets import SINGLE_TARGET_TYPES
from lattice_tg.validation.validators import boolean, validate_fields

ApplyOrder = Literal["healthy_first", "register_first", "deregister_first"]
"""Order of registering and deregistering targets.

- ``healthy_first`` registers the new targets, waits until all desired targets are healthy, and then deregisters the old
  targets, so that a healthy target takes traffic at any time.
- ``register_first`` does not wait.
- ``deregister_first`` deregisters the old targets first, so that the group does not temporarily exceed the quota of
  targets.
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
    """The steps, in the order in which they are executed."""

    order: ApplyOrder = "healthy_first"
    """The order of registering and deregistering targets: ``healthy_first``, ``register_first`` or
    ``deregister_first``. Groups that can have only one target always use ``deregister_first``."""

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
        if not self.steps:
            return f"{head}: nothing to do"
        if not any(isinstance(step, DeregisterStep) for step in self.steps):
            return "\n".join([f"{head}:", *map(str, self.steps)])
        return "\n".join([f"{head}, {self.order}:", *map(str, self.steps), *self._iter_warnings()])

    def _iter_warnings(self) -> Iterator[str]:
        """Yield a warning if deregistering the only target interrupts traffic."""
        group_type, group = self.desired.spec.type, self.target_group
        if group_type in SINGLE_TARGET_TYPES and group is not None and group.service_arns:
            yield (
                f"! traffic is interrupted: {group_type} target groups can have only one target. To avoid the "
                "interruption, create another target group and move the traffic with route.shift()."
            )


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
    order: ApplyOrder = "healthy_first",
) -> Plan:
    """Return the plan that turns the existing target group into the desired state.

    Args:
        desired: The validated desired state.
        target_group: The existing target group with the name in the spec. None if no group has this name. A summary
            suffices unless ``needs_description(desired.spec)`` is True.
        tags: Tags of the existing target group. Required only if the spec sets tags.
        targets: Targets of the existing target group. Required only if ``desired`` sets targets or the target group
            must be replaced.
        order: Order of registering and deregistering targets. Default: ``healthy_first``.

    Raises:
        ReplacementRequiredError: If the target group cannot be updated to the desired state, and either ``replace`` is
            False or a service uses the target group.
        InvalidSpecError: If the target group can have only one target, already has a different target, and ``prune`` is
            False.

    """
    if desired.spec.type in SINGLE_TARGET_TYPES:
        order = "deregister_first"
    if target_group is None or target_group.status == "DELETE_IN_PROGRESS":
        create = CreateStep(desired.spec, after=target_group.id if target_group else None)
        return Plan(
            desired=desired, steps=(create, *_target_steps(desired, order)), order=order, target_group=target_group
        )
    current = [target for target in targets if target.status != "DRAINING"]
    if changes := create_only_changes(desired.spec, target_group):
        _require_replace_allowed(desired, target_group, changes)
        delete = DeleteStep(target_group.id, changes, tuple(map(to_target, current)))
        steps: tuple[PlanStep, ...] = (delete, CreateStep(desired.spec), *_target_steps(desired, order))
    else:
        group = with_service_defaults(target_group)
        target_steps = _target_steps(desired, order, current, group.config.port)
        steps = (*_update_steps(desired.spec, group, tags), *target_steps)
    return Plan(desired=desired, steps=steps, order=order, target_group=target_group)


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
    desired: DesiredState, order: ApplyOrder, current: Sequence[TargetSummary] = (), port: int | None = None
) -> tuple[PlanStep, ...]:
    """Return the steps that register and deregister targets, in the given order.

    If ``port`` is None, targets without a port use the port that VPC Lattice will assign to the target group.
    """
    if desired.targets is None:
        return ()
    default_port = port or predict_created_group(desired.spec).config.port
    desired_by_key = targets_by_key(desired.targets, default_port)
    current_by_key = targets_by_key(current, default_port)
    surplus = tuple(target for key, target in current_by_key.items() if key not in desired_by_key)
    missing = tuple(target for key, target in desired_by_key.items() if key not in current_by_key)
    if missing:
        _require_prune_allowed(desired, surplus)
    register = [RegisterStep(missing)] if missing else []
    deregister = [DeregisterStep(tuple(map(to_target, surplus)))] if surplus and desired.prune else []
    if order == "deregister_first":
        return (*deregister, *register)
    # A target that is UNUSED takes no traffic.
    takes_traffic = bool(deregister) and any(target.status != "UNUSED" for target in surplus)
    needs_wait = order == "healthy_first" and takes_traffic and desired_by_key
    wait = [WaitHealthyStep(tuple(desired_by_key.values()))] if needs_wait else []
    return (*register, *wait, *deregister)


def _require_prune_allowed(desired: DesiredState, surplus: Sequence[TargetSummary]) -> None:
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
