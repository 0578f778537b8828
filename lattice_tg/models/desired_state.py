"""The desired state of a target group and its targets."""

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from lattice_tg.models.base import ReprMixin
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target


def _freeze_targets(targets: Iterable[Target] | None) -> tuple[Target, ...] | None:
    """Return ``targets`` as a tuple.

    Strings and values that are not iterable are passed through so that validation can report them.
    """
    values: Any = targets  # a caller may be untyped
    is_iterable = hasattr(values, "__iter__") and not isinstance(values, str)
    return tuple(values) if is_iterable else values  # pyright: ignore[reportReturnType]


@frozen(repr=False)
class DesiredState(ReprMixin):
    """The desired state of one target group and, optionally, of its targets."""

    spec: TargetGroupSpec
    """The desired target group. Fields that the spec does not set are not compared with the existing group."""

    targets: tuple[Target, ...] | None = field(default=None, converter=_freeze_targets)
    """The targets to register. Default: None, which leaves targets unchanged."""

    prune: bool = False
    """Whether targets that are not in ``targets`` are deregistered. Default: False."""

    replace: bool = False
    """Whether a group may be deleted and recreated if it cannot be updated to the desired state. Default: False."""
