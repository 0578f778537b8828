"""The desired state of a target group and its targets."""

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from lattice_tg.models.base import ReprMixin
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target


def _freeze_targets(targets: Iterable[Target] | None) -> tuple[Target, ...] | None:
    """Return ``targets`` as a tuple.

    Strings and non-iterable values are returned unchanged so that validation can report them.
    """
    values: Any = targets  # callers may not use type checking
    is_iterable = hasattr(values, "__iter__") and not isinstance(values, str)
    return tuple(values) if is_iterable else values  # pyright: ignore[reportReturnType]


@frozen(repr=False)
class DesiredState(ReprMixin):
    """The desired state of one target group and, optionally, of its targets."""

    spec: TargetGroupSpec
    """The desired target group. Fields that the spec does not set are not compared with the existing group."""

    targets: tuple[Target, ...] | None = field(default=None, converter=_freeze_targets)
    """The desired targets. If None, the targets of the group do not change. Default: None."""

    prune: bool = False
    """Whether to deregister targets that are not in ``targets``. Default: False."""

    replace: bool = False
    """Whether the group may be deleted and recreated if it cannot be updated to the desired state. Default: False."""
