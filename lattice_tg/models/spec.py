"""What a user wants: the request that creates a target group."""

from collections.abc import Mapping

from attrs import field, frozen

from lattice_tg.frozen import FrozenMapping
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.representation import ReprMixin
from lattice_tg.vocabulary import TargetGroupType


def _freeze_tags(tags: Mapping[str, str] | None) -> Mapping[str, str]:
    """Tags that cannot change; what is no mapping is kept for the rules to name with all other mistakes."""
    if tags is None:
        return FrozenMapping()
    if isinstance(tags, FrozenMapping) or not isinstance(tags, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        return tags
    return FrozenMapping(tags)


@frozen(kw_only=True, repr=False)
class TargetGroupSpec(ReprMixin):
    """A target group as it should be; ``TargetGroupBuilder`` writes one that its type allows."""

    name: str
    """Name, unique in the account and Region: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting
    with ``tg-``."""

    type: TargetGroupType
    """IP, INSTANCE, ALB or LAMBDA; cannot change after creation."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check; default: empty, which only LAMBDA groups can be made with."""

    tags: Mapping[str, str] = field(default=FrozenMapping[str, str](), converter=_freeze_tags)
    """At most 50 tags: keys of 1-128 characters, not starting with ``aws:``, and values of 0-256. Default: none."""
