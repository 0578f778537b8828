"""What would have to be done to make things as they are wanted: pure, on values that were read before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from lattice_tg.comparison import config_changes, health_check_changes, tag_changes
from lattice_tg.defaults import as_if_made, filled
from lattice_tg.errors import InvalidSpecError, ReplacementRequiredError
from lattice_tg.frozen import FrozenMapping
from lattice_tg.models.answers import TargetGroupSummary, TargetSummary
from lattice_tg.models.changes import Change
from lattice_tg.models.desired import Desired
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.steps import Create, Deregister, Register, Replace, Step, Tag, UpdateHealthCheck
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.representation import Representation
from lattice_tg.rules import problems, target_problems
from lattice_tg.rules.forms import boolean, broken_forms
from lattice_tg.rules.targets import ONE_TARGET
from lattice_tg.target_keys import by_key

Order = Literal["register_first", "deregister_first"]
"""Which comes first: new targets in, which is safe for traffic, or old ones out, which spares the quota."""

GOING = "DELETE_IN_PROGRESS"
"""The status of a group that is as good as gone."""

_ALLOWANCES = {"prune": boolean, "replace": boolean}
"""``"false"`` would be true to Python, and allow what was not meant."""

_FAILED = ("CREATE_FAILED", "DELETE_FAILED")

Seen = TargetGroup | TargetGroupSummary
"""A group as it was read."""


@frozen(kw_only=True, repr=False)
class Plan(Representation):
    """What has to be done to one group, step by step; false where that is nothing.

    ``str(plan)`` reads like a diff. A plan is a plain value: it can be kept, compared, hashed, pickled and sent.
    """

    desired: Desired
    """What is wanted."""

    steps: tuple[Step, ...] = ()
    """What has to be done, in the order that is safe for traffic."""

    target_group: TargetGroup | TargetGroupSummary | None = None
    """The group that was found under the name, as far as it had to be read; None where there was none."""

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __str__(self) -> str:
        head = f"{self.desired.spec.name} ({_label(self.target_group)})"
        return "\n".join([f"{head}:", *map(str, self.steps)]) if self.steps else f"{head}: nothing to do"

    def ordered(self, order: Order) -> tuple[Step, ...]:
        """The steps in the order in which they are to be done; what can have one target only is emptied first.

        Args:
            order: ``register_first`` or ``deregister_first``, as for ``apply``.

        """
        if order == "register_first" and self.desired.spec.type not in ONE_TARGET:
            return self.steps
        return tuple(sorted(self.steps, key=lambda step: isinstance(step, Register)))


def check_plan(plan: Plan, *, allow_unknown: bool = False) -> None:
    """Raise one :class:`InvalidSpecError` with all that is wrong with what is to be carried out."""
    if not isinstance(getattr(plan, "desired", None), Desired):  # a caller may be untyped
        raise InvalidSpecError((problem("plan", plan, "must be a Plan, as client.plan() returns one"),))
    check_desired(plan.desired, allow_unknown=allow_unknown)


def check_desired(desired: Desired, *, allow_unknown: bool = False) -> None:
    """Raise one :class:`InvalidSpecError` with all that is wrong with the spec, the targets and what is allowed."""
    found = problems(desired.spec, allow_unknown=allow_unknown)
    group = None if found else as_if_made(desired.spec)
    if found := (*found, *_targets_problems(desired, group), *broken_forms(desired, _ALLOWANCES, "")):
        raise InvalidSpecError(found)


def _targets_problems(desired: Desired, group: TargetGroup | None) -> tuple[Problem, ...]:
    if isinstance(desired.targets, tuple | None):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        return target_problems(desired.targets or (), group)
    return (problem("targets", desired.targets, "must be several; write a list"),)


def plan(
    desired: Desired,
    target_group: Seen | None,
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
    if target_group is None or target_group.status == GOING:
        create = Create(desired.spec, after=target_group.id if target_group else None)
        return Plan(desired=desired, steps=(create, *_filling(desired)), target_group=target_group)
    current = [target for target in targets if target.status != "DRAINING"]
    if changes := create_only_changes(desired.spec, target_group):
        _refuse_replacement(desired, target_group, changes)
        replace = Replace(target_group.id, changes, tuple(map(_target, current)))
        steps: tuple[Step, ...] = (replace, Create(desired.spec), *_filling(desired))
    else:
        group = filled(target_group)
        steps = (*_changing(desired.spec, group, tags), *_filling(desired, current, group.config.port))
    return Plan(desired=desired, steps=steps, target_group=target_group)


def needs_description(spec: TargetGroupSpec) -> bool:
    """Whether the spec sets what a summary of the group does not tell."""
    return spec.config.protocol_version is not None or spec.config.health_check not in (None, HealthCheck())


def create_only_changes(spec: TargetGroupSpec, target_group: Seen) -> tuple[Change, ...]:
    """What differs and cannot change in a group that is there; one that failed cannot become ACTIVE, either."""
    failed = [Change("status", target_group.status, "ACTIVE")] if target_group.status in _FAILED else []
    return (*failed, *config_changes(spec, filled(target_group)))


def _refuse_replacement(desired: Desired, target_group: Seen, changes: tuple[Change, ...]) -> None:
    if not desired.replace or target_group.service_arns:
        raise ReplacementRequiredError(changes, desired.spec.name, target_group.service_arns)


def _changing(spec: TargetGroupSpec, group: TargetGroup, tags: Mapping[str, str]) -> Iterator[Step]:
    if (check := spec.config.health_check) and (changes := tuple(health_check_changes(spec, group))):
        yield UpdateHealthCheck(changes, check)
    if changes := tuple(tag_changes(spec, tags)):
        differing = {key: value for key, value in spec.tags.items() if tags.get(key) != value}
        yield Tag(changes, FrozenMapping(differing))


def _filling(desired: Desired, current: Sequence[TargetSummary] = (), port: int | None = None) -> Iterator[Step]:
    """The targets in and out; without a port of the group, that which the service will give it."""
    if desired.targets is None:
        return
    default = port or as_if_made(desired.spec).config.port
    wanted = by_key(desired.targets, default)
    present = by_key(current, default)
    surplus = tuple(_target(row) for key, row in present.items() if key not in wanted)
    if missing := tuple(target for key, target in wanted.items() if key not in present):
        _refuse_a_second(desired, surplus)
        yield Register(missing)
    if surplus and desired.prune:
        yield Deregister(surplus)


def _refuse_a_second(desired: Desired, surplus: Sequence[Target]) -> None:
    kind = desired.spec.type
    if kind in ONE_TARGET and surplus and not desired.prune:
        rule = f"is in the way: a {kind} group takes one target; prune=True takes this one out"
        raise InvalidSpecError(tuple(problem(f"targets[{target.id!r}]", "registered", rule) for target in surplus))


def _target(row: TargetSummary) -> Target:
    return Target(id=row.id, port=row.port)


def _label(target_group: Seen | None) -> str:
    if target_group is None:
        return "new"
    return target_group.id if target_group.status == "ACTIVE" else f"{target_group.id}, {target_group.status}"
