"""A target group as it is. Words of a newer service are kept as they come."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from attrs import frozen

from lattice_tg.frozen import FrozenMapping
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.representation import ReprMixin
from lattice_tg.vocabulary import TargetGroupStatus, TargetGroupType


@frozen(kw_only=True, repr=False)
class TargetGroup(ReprMixin):
    """A target group as the service describes it after create, get and update."""

    id: str
    """Id: ``tg-`` and 17 characters."""

    arn: str
    """Amazon Resource Name."""

    name: str
    """Name, unique in the account and Region."""

    type: TargetGroupType | str
    """IP, INSTANCE, ALB or LAMBDA."""

    status: TargetGroupStatus | str
    """CREATE_IN_PROGRESS, ACTIVE, DELETE_IN_PROGRESS, CREATE_FAILED or DELETE_FAILED."""

    config: TargetGroupConfig = TargetGroupConfig()
    """Protocol, port, VPC and health check; empty where the service sends none."""

    created_at: datetime | None = None
    """When the group was created; replies to create and update lack it."""

    last_updated_at: datetime | None = None
    """When the group last changed; replies to create and update lack it."""

    service_arns: tuple[str, ...] = ()
    """The services that use the group; replies to create and update lack them."""

    failure_code: str | None = None
    """Why creating or deleting failed: the service's code."""

    failure_message: str | None = None
    """Why creating or deleting failed: the service's own words."""

    def to_spec(self, *, tags: Mapping[str, str] = FrozenMapping()) -> TargetGroupSpec:
        """The spec that would create this group again.

        Args:
            tags: The group's tags, which its description lacks: what ``client.tags(group)`` returns. Default: none.

        """
        return TargetGroupSpec(name=self.name, type=cast("TargetGroupType", self.type), config=self.config, tags=tags)
