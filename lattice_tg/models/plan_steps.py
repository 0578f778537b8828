"""The steps of a plan."""

from collections.abc import Iterable, Iterator, Mapping

import attrs
from attrs import frozen

from lattice_tg.formatting import format_item_path, format_target
from lattice_tg.models.base import ReprMixin
from lattice_tg.models.change import Change, format_value
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target


@frozen(repr=False)
class CreateStep(ReprMixin):
    """A step that creates a target group with its tags."""

    spec: TargetGroupSpec
    """The target group to create."""

    after: str | None = None
    """Id of a group with the same name that is being deleted. The step waits for the deletion to finish.
    Default: None."""

    def __str__(self) -> str:
        condition = f" after {self.after} is deleted" if self.after else ""
        head = f"+ create {self.spec.name} ({self.spec.type}){condition}"
        tags = {format_item_path("tags", key): value for key, value in self.spec.tags.items()}
        settings = {**dict(_iter_set_fields(self.spec.config, "config.")), **tags}
        return "\n".join([head, *(f"+   {field}: {format_value(value)}" for field, value in settings.items())])


@frozen(repr=False)
class DeleteStep(ReprMixin):
    """A step that drains and deletes a target group before a ``CreateStep`` recreates it.

    The step first deregisters the targets of the existing group. Names are unique, so the new group cannot be created
    before the existing group is deleted.
    """

    target_group_id: str
    """Id of the target group to delete."""

    changes: tuple[Change, ...]
    """The differences in fields that VPC Lattice cannot update. These differences require a replacement."""

    targets: tuple[Target, ...] = ()
    """The targets of the existing group. Desired targets are registered again with the new group. Default: none."""

    def __str__(self) -> str:
        head = f"- drain and delete {self.target_group_id} because these fields cannot be updated:"
        lines = [
            *_diff_lines(self.changes, "   "),
            *(f"-   target {format_target(target.id, target.port)}" for target in self.targets),
        ]
        return "\n".join([head, *lines])


@frozen(repr=False)
class UpdateHealthCheckStep(ReprMixin):
    """A step that updates the health check."""

    changes: tuple[Change, ...]
    """The fields that differ."""

    health_check: HealthCheck
    """The health check to send. It contains all desired fields because AWS does not document whether an update keeps
    the values of omitted fields."""

    def __str__(self) -> str:
        return "\n".join(_diff_lines(self.changes, " "))


@frozen(repr=False)
class TagStep(ReprMixin):
    """A step that adds tags and replaces the values of existing tags. Plans never remove tags."""

    changes: tuple[Change, ...]
    """The tags that differ."""

    tags: Mapping[str, str]
    """The tags to add or replace."""

    def __str__(self) -> str:
        return "\n".join(_diff_lines(self.changes, " "))


@frozen(repr=False)
class RegisterStep(ReprMixin):
    """A step that registers targets that are not registered or are draining."""

    targets: tuple[Target, ...]
    """The desired targets that are not registered or are draining."""

    def __str__(self) -> str:
        return "\n".join(f"+ target {format_target(target.id, target.port)}" for target in self.targets)


@frozen(repr=False)
class DeregisterStep(ReprMixin):
    """A step that deregisters targets. The targets then drain."""

    targets: tuple[Target, ...]
    """The registered targets that are not desired."""

    def __str__(self) -> str:
        return "\n".join(f"- target {format_target(target.id, target.port)}" for target in self.targets)


@frozen(repr=False)
class WaitHealthyStep(ReprMixin):
    """A step that waits, before a ``DeregisterStep``, until all desired targets are healthy.

    A target is healthy if its status is HEALTHY or, in a group without health checks, UNAVAILABLE.
    """

    targets: tuple[Target, ...]
    """All desired targets."""

    def __str__(self) -> str:
        count = len(self.targets)
        return f"  wait until {count} target{'s' * (count != 1)} {'is' if count == 1 else 'are'} healthy"


PlanStep = CreateStep | DeleteStep | UpdateHealthCheckStep | TagStep | RegisterStep | WaitHealthyStep | DeregisterStep
"""Any step of a plan."""


def _iter_set_fields(model: TargetGroupConfig | HealthCheck, path: str) -> Iterator[tuple[str, object]]:
    """Yield the path and value of each set field, including the fields of the health check."""
    for field in attrs.fields(type(model)):
        value: object = getattr(model, field.name)
        if isinstance(value, HealthCheck):
            yield from _iter_set_fields(value, f"{path}{field.name}.")
        elif value is not None:
            yield path + field.name, value


def _diff_lines(changes: Iterable[Change], indent: str) -> Iterator[str]:
    for change in changes:
        if change.old is not None:
            yield f"-{indent}{change.field}: {format_value(change.old)}"
        yield f"+{indent}{change.field}: {format_value(change.new)}"
