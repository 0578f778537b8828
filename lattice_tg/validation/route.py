"""Validation of routes, weights and shifts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from lattice_tg.conversion.converter import is_mapping
from lattice_tg.formatting import format_item_path, short_repr
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.route import MAX_WEIGHT, RouteId, RouteState, ShiftPlan, id_of
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.validation.identifiers import TargetGroupLike, identifier_problem, is_identifier
from lattice_tg.validation.validators import integer

Weights = (
    Mapping[str, int]
    | Mapping[TargetGroup, int]
    | Mapping[TargetGroupSummary, int]
    | Mapping[TargetGroup | TargetGroupSummary, int]
    | Mapping[TargetGroupLike, int]
)
"""Weights of target groups, by id, ARN or model."""

# Source: service model, ServiceIdentifier, ListenerIdentifier and RuleIdentifier.
_SERVICE, _LISTENER, _RULE = (f"{name}-[0-9a-z]{{17}}" for name in ("svc", "listener", "rule"))
_ARN = rf"arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{{12}}:service/({_SERVICE})"
_SERVICE_IDENTIFIER = re.compile(rf"{_SERVICE}|{_ARN}", re.ASCII)
_LISTENER_IDENTIFIER = re.compile(rf"{_LISTENER}|{_ARN}/listener/{_LISTENER}", re.ASCII)
_RULE_IDENTIFIER = re.compile(rf"{_RULE}|{_ARN}/listener/({_LISTENER})/rule/{_RULE}", re.ASCII)

MAX_GROUPS = 10
"""Maximum number of target groups of an action (service model, WeightedTargetGroupList)."""

_WEIGHT = integer(0, MAX_WEIGHT)
_POSITIVE_WEIGHT = integer(1, MAX_WEIGHT)
_PERCENT = integer(1, 100)
_TLS_PASSTHROUGH = "TLS_PASSTHROUGH"


def route_problems(service: object, listener: object, rule: object) -> Iterator[Problem]:
    """Yield each problem of the identifiers of a route."""
    matches = {
        name: pattern.fullmatch(value) if isinstance(value, str) else None
        for name, value, pattern in (
            ("service", service, _SERVICE_IDENTIFIER),
            ("listener", listener, _LISTENER_IDENTIFIER),
            ("rule", rule, _RULE_IDENTIFIER),
        )
    }
    for (name, match), value, prefix in zip(
        matches.items(), (service, listener, rule), ("svc", "listener", "rule"), strict=True
    ):
        if match is None and not (name == "rule" and value is None):
            rule_text = f"must be the id ({prefix}- followed by 17 characters from 0-9 and a-z) or ARN of a {name}"
            yield Problem(name, value, rule_text, "VPC Lattice does not accept names here")
    for name in ("listener", "rule"):
        owner, match = matches["service"], matches[name]
        if owner and match and match[1] not in (None, id_of(owner[0])):
            yield Problem(name, match[0], f"must belong to {id_of(owner[0])}", f"Pass service={match[1]!r}")
    listener_match, rule_match = matches["listener"], matches["rule"]
    if listener_match and rule_match and rule_match[2] not in (None, id_of(listener_match[0])):
        hint = f"Pass listener={rule_match[2]!r}"
        yield Problem("rule", rule_match[0], f"must belong to {id_of(listener_match[0])}", hint)


@define
class ParsedWeights:
    """Weights by id, the name of each weight in messages, and the problems of the argument."""

    by_id: dict[str, int] = field(factory=dict[str, int])
    fields: dict[str, str] = field(factory=dict[str, str])
    problems: list[Problem] = field(factory=list[Problem])


def parse_weights(name: str, weights: Any) -> ParsedWeights:
    """Return the weights that a user passed as the argument ``name``."""
    parsed = ParsedWeights()
    if not (is_mapping(weights) and weights):
        rule = "must be a mapping from at least one target group to its weight"
        parsed.problems.append(Problem(name, weights, rule, "Pass a dict such as {target_group: 100}"))
        return parsed
    items: Iterable[tuple[Any, Any]] = weights.items()
    for key, weight in items:
        group_id = group_id_of(key)
        if group_id is None:
            parsed.problems.append(identifier_problem(f"the key of {name}", key))
            continue
        path = format_item_path(name, group_id)
        if group_id in parsed.by_id:
            rule = "must not name the same target group twice"
            parsed.problems.append(Problem(path, weight, rule, "Remove the id, the ARN or the model"))
        elif broken := _WEIGHT(weight):
            parsed.problems.append(Problem(path, weight, *broken))
        parsed.by_id[group_id], parsed.fields[group_id] = weight, path
    return parsed


def group_id_of(target_group: object) -> str | None:
    """Return the id of a target group, or None if the value is not an id, an ARN or a model."""
    value = target_group.id if isinstance(target_group, TargetGroup | TargetGroupSummary) else target_group
    return id_of(value) if isinstance(value, str) and is_identifier(value) else None


def change_problems(
    route: RouteId, state: RouteState, changes: ParsedWeights, added: Iterable[TargetGroup]
) -> Iterator[Problem]:
    """Yield each problem of changed weights for the current action of a route.

    Args:
        route: The route.
        state: The current action of the route.
        changes: The changed weights.
        added: The groups that the action does not yet name.

    """
    weights = {**state.weights, **changes.by_id}
    yield from forward_problems(route, state)
    yield from count_problems("weights", len(weights))
    if not any(weights.values()):
        yield Problem("weights", weights, "at least one weight must be greater than 0", "Set a weight from 1 to 999")
    for group in added:
        yield from group_problems(route, state, group, changes.fields[group.id])


def count_problems(name: str, count: int) -> Iterator[Problem]:
    """Yield the problem of an action with too many target groups."""
    if count > MAX_GROUPS:
        rule = f"an action can forward to at most {MAX_GROUPS} target groups"
        yield Problem(name, count, rule, "Remove the groups that you no longer use with route.remove()")


def forward_problems(route: RouteId, state: RouteState) -> Iterator[Problem]:
    """Yield the problem of an action that forwards requests to no target group, or that cannot be updated."""
    if state.is_default_rule:
        hint = "Omit rule, because the default rule is the default action of the listener"
        yield Problem("rule", route.rule, "must not be the default rule of a listener", hint)
    if not state.weights:
        name, value = ("listener", route.listener) if route.rule is None else ("rule", route.rule)
        hint = "Create the listener or rule with a forward action, or change its action, with the tool that owns it"
        yield Problem(name, value, "the action must forward requests to target groups", hint)


def group_problems(route: RouteId, state: RouteState, group: TargetGroup, name: str) -> Iterator[Problem]:
    """Yield each problem of a group that an action does not yet name."""
    others = [arn for arn in group.service_arns if id_of(arn) != id_of(route.service)]
    if others:
        # AWS user guide, "Target groups": a target group can be used by one service.
        rule = f"must not be used by another service, but {others[0]} uses the group"
        yield Problem(name, group.id, rule, "Create another target group for this service")
    # AWS user guide, "TLS listeners": only default actions, and only for TCP target groups.
    is_tcp, is_passthrough = group.config.protocol == "TCP", state.protocol == _TLS_PASSTHROUGH
    if is_tcp and not is_passthrough:
        rule = f"TCP target groups require the default action of a {_TLS_PASSTHROUGH} listener"
        yield Problem(name, group.id, rule, "Use an HTTP or HTTPS target group")
    if is_passthrough and not is_tcp:
        yield Problem(name, group.id, f"{_TLS_PASSTHROUGH} listeners require TCP target groups", "Use a TCP group")


def removal_problems(route: RouteId, state: RouteState, group_id: str) -> Iterator[Problem]:
    """Yield each problem of removing a group from an action."""
    yield from forward_problems(route, state)
    weights = state.weights
    if weights.get(group_id) or (group_id in weights and len(weights) == 1):
        hint = "Shift the traffic to another group first, or set the weight of the group to 0"
        yield Problem("target_group", group_id, f"must not receive traffic from {route}", hint)


def shift_argument_problems(old: object, new: object, steps: Any) -> Iterator[Problem]:
    """Yield each problem of the groups and the steps of a shift."""
    for name, group in (("old", old), ("new", new)):
        if group_id_of(group) is None:
            yield identifier_problem(name, group)
    if group_id_of(new) is not None and group_id_of(old) == group_id_of(new):
        yield Problem("new", group_id_of(new), "must not be the same target group as old", "Pass two groups")
    percentages = _to_list(steps)
    if any(map(_PERCENT, percentages)) or sorted({*percentages, 100}) != percentages:
        rule = "must be integers from 1 to 100 that increase and end with 100"
        yield Problem("steps", steps, rule, "Pass percentages such as (1, 10, 50, 100)")


def _to_list(steps: Any) -> list[Any]:
    """Return the items of a sequence, or an empty list for other values."""
    return [*steps] if isinstance(steps, Sequence) else []


def original_weights_problems(old: str | None, weights: Mapping[str, int]) -> Iterator[Problem]:
    """Yield the problem of original weights that would not return the traffic to the old group."""
    weight = weights.get(old) if old is not None else None
    if old is not None and (rule := _POSITIVE_WEIGHT(weight)):
        hint = "Pass the result of get_weights() from before the first shift"
        yield Problem(format_item_path("original_weights", old), weight, *rule._replace(hint=hint))


def shift_problems(
    plan: ShiftPlan, route: RouteId, state: RouteState, added: Iterable[TargetGroup]
) -> Iterator[Problem]:
    """Yield each problem of a shift for the current action of a route.

    Args:
        plan: The arguments of the shift.
        route: The route.
        state: The current action of the route.
        added: The new group, unless the action already names the group.

    """
    weights = state.weights
    yield from forward_problems(route, state)
    yield from count_problems("new", len({*weights, plan.new}))
    for group in added:
        yield from group_problems(route, state, group, "new")
    if weights.get(plan.old) or is_completed(plan, weights):
        yield from _total_problems(plan, plan.total_weight(weights))
    elif weights:
        rule = f"must receive traffic from {route}, whose weights are {short_repr(weights)}"
        hint = (
            "Pass the group that receives the traffic. If an earlier shift was interrupted in its last step, also pass "
            "original_weights"
        )
        yield Problem("old", plan.old, rule, hint)


def _total_problems(plan: ShiftPlan, total: int) -> Iterator[Problem]:
    """Yield the problem of weights that cannot express the steps. Other groups of the action also receive traffic."""
    hint = "First, multiply or divide all weights of the action by the same number"
    if total > MAX_WEIGHT:
        yield Problem("old", plan.old, f"the sum of both weights, {total}, must be at most {MAX_WEIGHT}", hint)
    if not plan.has_weight_at(plan.steps[0], total):
        rule = f"{plan.steps[0]} % of {total}, the sum of both weights, must be at least 1 and less than {total}"
        yield Problem("steps", plan.steps, rule, hint)


def is_completed(plan: ShiftPlan, weights: Mapping[str, int]) -> bool:
    """Return whether an earlier shift, whose original weights are known, has moved all traffic to the new group."""
    is_continued = plan.original_weights is not None
    return is_continued and weights.get(plan.old) == 0 and bool(weights.get(plan.new))
