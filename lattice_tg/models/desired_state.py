"""The desired state of a target group and its targets."""

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from lattice_tg.models.base import ReprMixin
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target


def _freeze_targets(targets: Iterable[Target] | None) -> tuple[Target, ...] | None:
    """Targets that cannot change; what is not several is kept for the rules to name with all other mistakes."""
    given: Any = targets  # a caller may be untyped
    return given if isinstance(given, str) or not hasattr(given, "__iter__") else tuple(given)  # pyright: ignore[reportReturnType]


@frozen(repr=False)
class DesiredState(ReprMixin):
    """The desired state of one target group and, where they are named, of its targets."""

    spec: TargetGroupSpec
    """The group as it should be; only what it sets is compared with what there is."""

    targets: tuple[Target, ...] | None = field(default=None, converter=_freeze_targets)
    """The targets that should be registered; None, the default, leaves targets alone."""

    prune: bool = False
    """Whether targets that are not named in ``targets`` are taken out; by default those of others stay."""

    replace: bool = False
    """Whether a group that cannot be changed into this one may be deleted and made again; by default it may not."""
