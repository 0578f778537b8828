"""The steps of a plan and the changes that they make."""

from collections.abc import Iterable, Iterator, Mapping

import attrs
from attrs import frozen

from lattice_tg.models.base import ReprMixin
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target


@frozen(repr=False)
class Change(ReprMixin):
    """A field with its value now and as it should be."""

    field: str
    """Path of the field, such as ``config.port`` or ``tags['team']``."""

    old: object
    """What stands there now; None where nothing does."""

    new: object
    """What should stand there."""

    def __str__(self) -> str:
        return f"{self.field}: {self.old!r} -> {self.new!r}"


@frozen(repr=False)
class CreateStep(ReprMixin):
    """Create the group, with its tags."""

    spec: TargetGroupSpec
    """The group to create."""

    after: str | None = None
    """Id of a group of the same name that is being deleted, and has to be gone first."""

    def __str__(self) -> str:
        once = f" once {self.after} is gone" if self.after else ""
        head = f"+ create {self.spec.name} ({self.spec.type}){once}"
        tags = {f"tags[{key!r}]": value for key, value in self.spec.tags.items()}
        settings = {**dict(_iter_set_fields(self.spec.config, "config.")), **tags}
        return "\n".join([head, *(f"+   {field}: {value!r}" for field, value in settings.items())])


@frozen(repr=False)
class DeleteStep(ReprMixin):
    """Deregister the targets of the group, wait until they are drained, and delete it: a ``Create`` follows.

    The name is unique, so the new group cannot be made before the old one is gone.
    """

    target_group_id: str
    """The group that goes."""

    changes: tuple[Change, ...]
    """Why: what cannot change in it, old and new."""

    targets: tuple[Target, ...] = ()
    """The targets that it has, which go with it; those that are wanted are registered with the new group."""

    def __str__(self) -> str:
        head = f"- drain and delete {self.target_group_id}, since these cannot change:"
        lines = [*_diff_lines(self.changes, "   "), *(f"-   {_format_target(target)}" for target in self.targets)]
        return "\n".join([head, *lines])


@frozen(repr=False)
class UpdateHealthCheckStep(ReprMixin):
    """Change the health check."""

    changes: tuple[Change, ...]
    """Each field that differs, old and new."""

    health_check: HealthCheck
    """What is sent: all that is wanted, so that the outcome is the same whether or not the service keeps the rest."""

    def __str__(self) -> str:
        return "\n".join(_diff_lines(self.changes, " "))


@frozen(repr=False)
class TagStep(ReprMixin):
    """Add tags, or change their values; no tag is ever taken off."""

    changes: tuple[Change, ...]
    """Each tag that differs, old and new."""

    tags: Mapping[str, str]
    """What is sent: the tags that differ."""

    def __str__(self) -> str:
        return "\n".join(_diff_lines(self.changes, " "))


@frozen(repr=False)
class RegisterStep(ReprMixin):
    """Register targets; those that are draining come back."""

    targets: tuple[Target, ...]
    """The targets that are wanted and not there."""

    def __str__(self) -> str:
        return "\n".join(f"+ {_format_target(target)}" for target in self.targets)


@frozen(repr=False)
class DeregisterStep(ReprMixin):
    """Deregister targets, which then drain."""

    targets: tuple[Target, ...]
    """The targets that are there and not wanted."""

    def __str__(self) -> str:
        return "\n".join(f"- {_format_target(target)}" for target in self.targets)


PlanStep = CreateStep | DeleteStep | UpdateHealthCheckStep | TagStep | RegisterStep | DeregisterStep
"""Anything that a plan may have to do."""


def _iter_set_fields(model: TargetGroupConfig | HealthCheck, path: str) -> Iterator[tuple[str, object]]:
    """Every field that is set, those of the health check one by one."""
    for field in attrs.fields(type(model)):
        value: object = getattr(model, field.name)
        if isinstance(value, HealthCheck):
            yield from _iter_set_fields(value, f"{path}{field.name}.")
        elif value is not None:
            yield path + field.name, value


def _diff_lines(changes: Iterable[Change], indent: str) -> Iterator[str]:
    for change in changes:
        if change.old is not None:
            yield f"-{indent}{change.field}: {change.old!r}"
        yield f"+{indent}{change.field}: {change.new!r}"


def _format_target(target: Target) -> str:
    return f"target {target.id}" if target.port is None else f"target {target.id} port {target.port}"
