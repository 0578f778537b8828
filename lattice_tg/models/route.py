"""Routes: the actions of listeners and rules, and the weights of their target groups."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from lattice_tg.models.base import ReprMixin

# The API reference gives 100 for an action with one group, and 1 for actions with several groups. An action with
# several groups always has weights, and a single group receives all requests whatever its weight.
_DEFAULT_WEIGHT = 100

MAX_WEIGHT = 999
"""Maximum weight of a target group (service model, TargetGroupWeight)."""

_FULL_WEIGHT = 100
_ALL_PERCENT = 100


def id_of(identifier: str) -> str:
    """Return the id at the end of an ARN, or ``identifier`` itself if it is already an id."""
    return identifier.rpartition("/")[2]


@frozen(kw_only=True, repr=False)
class RouteId(ReprMixin):
    """The identifiers of a route."""

    service: str
    listener: str
    rule: str | None = None
    """The rule. None for the default action of the listener."""

    def __str__(self) -> str:
        return f"the default action of {id_of(self.listener)}" if self.rule is None else id_of(self.rule)


@frozen(kw_only=True)
class RouteState:
    """The action of a route, as returned by VPC Lattice."""

    action: Mapping[str, Any]
    protocol: str | None = None
    """Protocol of the listener. None for a rule."""
    is_default_rule: bool = False
    """Whether the route was read as the default rule of its listener."""

    @property
    def weights(self) -> dict[str, int]:
        """The weight of each target group, by id. Empty if the action forwards requests to no group."""
        return {id_of(group["targetGroupIdentifier"]): group.get("weight", _DEFAULT_WEIGHT) for group in self._groups}

    @property
    def _groups(self) -> list[Mapping[str, Any]]:
        groups: list[Mapping[str, Any]] = self.action.get("forward", {}).get("targetGroups", [])
        return groups

    def replace_weights(self, weights: Mapping[str, int]) -> "RouteState":
        """Return a copy that has only the groups in ``weights``. Everything else of the action is unchanged."""
        current = {id_of(group["targetGroupIdentifier"]): group for group in self._groups}
        groups = [
            {**current.get(group_id, {"targetGroupIdentifier": group_id}), "weight": weight}
            for group_id, weight in weights.items()
        ]
        return evolve(self, action={**self.action, "forward": {**self.action["forward"], "targetGroups": groups}})


@frozen(kw_only=True)
class ShiftPlan:
    """The arguments of a shift."""

    old: str
    new: str
    steps: tuple[int, ...]
    settle_seconds: float
    health_timeout_seconds: float
    original_weights: Mapping[str, int] | None = None

    def total_weight(self, weights: Mapping[str, int]) -> int:
        """Return the weight that the shift distributes over both groups.

        If another group also receives requests, the result is the sum of both weights, so that the share of the other
        group does not change. Otherwise, the result also is at least 100, so that it can express each percentage.
        """
        if list(weights) == [self.old]:
            return _FULL_WEIGHT
        total = weights[self.old] + weights.get(self.new, 0)
        if any(weight for group, weight in weights.items() if group not in (self.old, self.new)):
            return total
        return min(max(total, _FULL_WEIGHT), MAX_WEIGHT)

    def weights_at(self, percent: int, total: int) -> dict[str, int]:
        """Return the weights of both groups after a step. Before 100 %, the old group keeps at least weight 1."""
        new = total if percent == _ALL_PERCENT else min(_round(total * percent), total - 1)
        return {self.old: total - new, self.new: new}

    def has_weight_at(self, percent: int, total: int) -> bool:
        """Return whether a step of ``percent`` is at least weight 1 and leaves at least weight 1 before 100 %."""
        return percent == _ALL_PERCENT or (total > 1 and _round(total * percent) > 0)

    def remaining_steps(self, weights: Mapping[str, int]) -> tuple[int, ...]:
        """Return the steps that do not reduce the share of the new group."""
        total, old, new = self.total_weight(weights), weights[self.old], weights.get(self.new, 0)
        return tuple(
            percent for percent in self.steps if self.weights_at(percent, total)[self.new] * (old + new) >= new * total
        )

    def pair_of(self, weights: Mapping[str, int]) -> dict[str, int]:
        """Return the weights of both groups. A group that the action does not name has weight 0."""
        return {self.old: weights.get(self.old, 0), self.new: weights.get(self.new, 0)}


def _round(hundredths: int) -> int:
    return (hundredths + _ALL_PERCENT // 2) // _ALL_PERCENT
