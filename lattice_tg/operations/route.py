"""Routes: weights of target groups, and shifts of traffic from one group to another."""

from collections.abc import Mapping, Sequence
from typing import Any, Never

from lattice_tg.errors import InvalidArgumentError, InvalidIdentifierError, LatticeError
from lattice_tg.errors.workflows import ShiftError, StaleRouteError, WaitFailedError, WaitTimeoutError
from lattice_tg.formatting import format_seconds
from lattice_tg.literals import SERVING_TARGET_STATUSES
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.route import RouteId, RouteState, ShiftPlan, id_of
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.operations import read
from lattice_tg.operations.waiters import TargetSnapshot, make_waiter, wait_until_healthy
from lattice_tg.results import ShiftStep
from lattice_tg.runtime.clocks import CLOCK_RESOLUTION_SECONDS
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import GET_LISTENER, GET_RULE, UPDATE_LISTENER, UPDATE_RULE
from lattice_tg.validation.arguments import raise_if_any, validate_seconds
from lattice_tg.validation.identifiers import TargetGroupLike, resolve_identifier
from lattice_tg.validation.route import (
    ParsedWeights,
    Weights,
    change_problems,
    count_problems,
    group_id_of,
    original_weights_problems,
    parse_weights,
    removal_problems,
    route_problems,
    shift_argument_problems,
    shift_problems,
)

_POLL_SECONDS = 5.0
_HEALTH_CHECK_SECONDS = 15.0
"""Maximum number of seconds between two health checks while the weights settle."""

_UNUSED_HINT = (
    "{route} names the group, but VPC Lattice does not check its targets. Check that the service is associated with a "
    "service network and that the instances behind the targets are running. If VPC Lattice does not check groups at "
    "weight 0, set weight 1 with set_weights() and shift again"
)


def make_route_id(service: str, listener: str, rule: str | None) -> RouteId:
    """Return the identifiers of a route.

    Raises:
        InvalidIdentifierError: If an identifier is invalid, or if the identifiers do not belong together.

    """
    raise_if_any(route_problems(service, listener, rule), InvalidIdentifierError)
    return RouteId(service=service, listener=listener, rule=rule)


async def get_weights(sender: RequestSender, route: RouteId) -> Mapping[str, int]:
    """Return the weight of each target group of a route, by id."""
    return FrozenMapping((await _read_state(sender, route)).weights)


async def set_weights(
    sender: RequestSender, route: RouteId, weights: Weights, *, expected: Weights | None = None
) -> Mapping[str, int]:
    """Change the weights of the groups in ``weights``, and return the weights of all groups.

    Raises:
        InvalidArgumentError: If the weights break a rule.
        StaleRouteError: If the current weights differ from ``expected``.

    """
    changes = parse_weights("weights", weights)
    expectation = ParsedWeights() if expected is None else parse_weights("expected", expected)
    count = count_problems("weights", len(changes.by_id))
    raise_if_any([*changes.problems, *expectation.problems, *count], InvalidArgumentError)
    state = await _read_state(sender, route)
    if expected is not None and state.weights != expectation.by_id:
        raise StaleRouteError(FrozenMapping(expectation.by_id), FrozenMapping(state.weights), str(route))
    added = [await read.get(sender, group_id) for group_id in changes.by_id if group_id not in state.weights]
    raise_if_any(change_problems(route, state, changes, added), InvalidArgumentError)
    return await _write_weights(sender, route, state, {**state.weights, **changes.by_id})


async def remove(sender: RequestSender, route: RouteId, target_group: TargetGroupLike) -> None:
    """Remove a group without traffic from a route. If the action does not name the group, do nothing.

    Raises:
        InvalidArgumentError: If the group receives traffic.

    """
    group_id = id_of(resolve_identifier(target_group))
    state = await _read_state(sender, route)
    raise_if_any(removal_problems(route, state, group_id), InvalidArgumentError)
    remaining = {group: weight for group, weight in state.weights.items() if group != group_id}
    await _write_weights(sender, route, state, remaining)


async def _read_state(sender: RequestSender, route: RouteId) -> RouteState:
    if route.rule is None:
        response = await sender.send(GET_LISTENER, _identify(route))
        return RouteState(action=response["defaultAction"], protocol=response.get("protocol"))
    response = await sender.send(GET_RULE, _identify(route))
    return RouteState(action=response["action"], is_default_rule=bool(response.get("isDefault")))


async def _write_weights(
    sender: RequestSender, route: RouteId, state: RouteState, weights: Mapping[str, int]
) -> Mapping[str, int]:
    """Update the action unless it already has these weights, and return the weights."""
    if weights != state.weights:
        action = state.replace_weights(weights).action
        operation, member = (UPDATE_LISTENER, "defaultAction") if route.rule is None else (UPDATE_RULE, "action")
        await sender.send(operation, {**_identify(route), member: action})
    return FrozenMapping(weights)


def _identify(route: RouteId) -> dict[str, Any]:
    parents = {"serviceIdentifier": route.service, "listenerIdentifier": route.listener}
    return parents if route.rule is None else {**parents, "ruleIdentifier": route.rule}


def plan_shift(
    old: TargetGroupLike,
    new: TargetGroupLike,
    *,
    steps: Sequence[int],
    settle_seconds: float,
    health_timeout_seconds: float,
    original_weights: Weights | None,
) -> ShiftPlan:
    """Validate the arguments of a shift.

    Raises:
        InvalidArgumentError: If an argument is invalid. The error lists every problem.

    """
    original = ParsedWeights() if original_weights is None else parse_weights("original_weights", original_weights)
    problems = [*shift_argument_problems(old, new, steps), *original.problems]
    if original_weights is not None and not original.problems:
        problems += original_weights_problems(group_id_of(old), original.by_id)
    try:
        validate_seconds(settle_seconds=settle_seconds, health_timeout_seconds=health_timeout_seconds)
    except InvalidArgumentError as error:
        problems += error.problems
    raise_if_any(problems, InvalidArgumentError)
    return ShiftPlan(
        old=id_of(resolve_identifier(old)),
        new=id_of(resolve_identifier(new)),
        steps=tuple(steps),
        settle_seconds=settle_seconds,
        health_timeout_seconds=health_timeout_seconds,
        original_weights=None if original_weights is None else original.by_id,
    )


class ShiftSteps:
    """The steps of a shift. Each step starts only when the step is requested.

    Args:
        sender: The sender of the requests.
        route: The route.
        plan: The arguments of the shift.

    """

    def __init__(self, sender: RequestSender, route: RouteId, plan: ShiftPlan) -> None:
        self.is_used: bool = False
        """Whether a step or a rollback was requested."""
        self._sender = sender
        self._route = route
        self._plan = plan
        self._is_ended = False
        self._steps: list[int] | None = None
        self._weights: Mapping[str, int] | None = None
        """The weights of all groups that were last read or written. None before the start."""
        self._sent: Mapping[str, int] | None = None
        """The weights in an update whose result is unknown."""
        self._original: dict[str, int] | None = None
        """The weights of both groups to restore. None until they are known."""
        if plan.original_weights is not None:
            self._original = plan.pair_of(plan.original_weights)

    async def next_page(self) -> Sequence[ShiftStep] | None:
        """Move the traffic by one step, and return the step. Return None at the end.

        Raises:
            InvalidArgumentError: If the shift breaks a rule. Nothing was changed.
            ShiftError: If the targets of the new group are not healthy.
            StaleRouteError: If another tool has changed the weights of the two groups.

        """
        self.is_used = True
        if self._is_ended:
            return None
        self._is_ended = True  # Unless the step succeeds.
        try:
            steps = self._steps if self._steps is not None else await self._start()
            page = [await self._take_step(steps.pop(0))]
        except ShiftError:
            raise
        except BaseException as error:
            self._add_note(error)
            raise
        self._is_ended = not steps
        return page

    async def roll_back(self) -> Mapping[str, int] | None:
        """Restore the original weights of both groups, and return the weights of all groups.

        If the shift has not started and no original weights are known, do nothing and return None.
        """
        self.is_used = self._is_ended = True
        if self._original is None:
            return None
        current = await get_weights(self._sender, self._route)
        weights = {group: weight for group, weight in self._original.items() if weight or group in current}
        return await set_weights(self._sender, self._route, weights)

    async def _start(self) -> list[int]:
        """Add the new group to the action, wait until its targets are healthy, and return the remaining steps."""
        plan, state = self._plan, await _read_state(self._sender, self._route)
        added: list[TargetGroup] = []
        if plan.new not in state.weights:
            added.append(await read.get(self._sender, plan.new))
        raise_if_any(shift_problems(plan, self._route, state, added), InvalidArgumentError)
        self._weights, self._original = state.weights, self._original or plan.pair_of(state.weights)
        if added:
            total = plan.total_weight(state.weights)
            await self._write(state, {plan.old: total, plan.new: 0})
        await self._wait_until_healthy()
        self._steps = list(plan.remaining_steps(self._weights))
        return self._steps

    async def _take_step(self, percent: int) -> ShiftStep:
        weights = self._plan.weights_at(percent, self._plan.total_weight(self._weights or {}))
        await self._write(await self._read_unchanged(), weights)
        targets = await self._settle()
        self._weights = (await self._read_unchanged()).weights
        return ShiftStep(percent=percent, weights=FrozenMapping(self._weights), targets=targets)

    async def _read_unchanged(self) -> RouteState:
        """Read the action.

        Raises:
            StaleRouteError: If another tool has changed the weights of the two groups.

        """
        state, plan = await _read_state(self._sender, self._route), self._plan
        expected, actual = self._weights or {}, state.weights
        self._weights = actual
        if not actual.keys() >= {plan.old, plan.new} or plan.pair_of(actual) != plan.pair_of(expected):
            raise StaleRouteError(FrozenMapping(expected), FrozenMapping(actual), str(self._route))
        return state

    async def _write(self, state: RouteState, weights: Mapping[str, int]) -> None:
        self._sent = weights
        self._weights = await _write_weights(self._sender, self._route, state, {**state.weights, **weights})
        self._sent = None

    async def _wait_until_healthy(self) -> None:
        """Wait until the targets of the new group are healthy.

        A new weight takes effect only after some time. Until then, the targets are UNUSED.

        Raises:
            ShiftError: If the targets do not become healthy in time.

        """
        clock, group = self._sender.clock, self._plan.new
        deadline = clock.monotonic() + self._plan.health_timeout_seconds
        while True:
            seconds = max(deadline - clock.monotonic(), 0.0)
            waiter = make_waiter(self._sender, group, "healthy", timeout_seconds=seconds, poll_seconds=_POLL_SECONDS)
            try:
                await wait_until_healthy(self._sender, group, None, waiter)
            except (WaitFailedError, WaitTimeoutError) as error:
                is_unused = isinstance(error, WaitFailedError)
                if not is_unused or seconds <= CLOCK_RESOLUTION_SECONDS:
                    await self._fail_start(error)
                await self._sender.runtime.sleep(min(_POLL_SECONDS, seconds))
            else:
                return

    async def _fail_start(self, cause: LatticeError) -> Never:
        pending = [target for target in await self._read_targets() if target.status not in SERVING_TARGET_STATUSES]
        is_unused = bool(pending) and all(target.status == "UNUSED" for target in pending)
        timeout = format_seconds(self._plan.health_timeout_seconds)
        reason = f"the targets of {self._plan.new} did not become healthy within {timeout}: {_describe(pending)}"
        hint = f". {_UNUSED_HINT.format(route=self._route)}" if is_unused else ""
        await self._fail(reason + hint, pending, cause)

    async def _settle(self) -> tuple[TargetSummary, ...]:
        """Wait until the weights have taken effect, and return the targets of the new group.

        Raises:
            ShiftError: If a target turns unhealthy.

        """
        clock = self._sender.clock
        ends_at = clock.monotonic() + self._plan.settle_seconds
        while True:
            remaining = ends_at - clock.monotonic()
            if remaining > CLOCK_RESOLUTION_SECONDS:
                await self._sender.runtime.sleep(min(remaining, _HEALTH_CHECK_SECONDS))
            targets = await self._read_targets()
            unhealthy = [target for target in targets if target.status in ("UNHEALTHY", "UNUSED")]
            if unhealthy or not any(target.status in SERVING_TARGET_STATUSES for target in targets):
                pending = unhealthy or targets
                reason = f"the targets of {self._plan.new} are not healthy: {_describe(pending)}"
                await self._fail(reason, pending)
            if remaining <= _HEALTH_CHECK_SECONDS:
                return targets

    async def _read_targets(self) -> tuple[TargetSummary, ...]:
        targets = await collect(read.target_pages(self._sender, self._plan.new))
        return tuple(target for target in targets if target.status != "DRAINING")

    async def _fail(self, reason: str, targets: Sequence[TargetSummary], cause: LatticeError | None = None) -> Never:
        """Restore the original weights unless another tool has changed them, and raise a ``ShiftError``."""
        rolled_back = False
        try:
            await self._write(await self._read_unchanged(), self._original or {})
            rolled_back = True
        except LatticeError as error:
            cause, reason = error, f"{reason}. Restoring the weights failed: {str(error).removesuffix('.')}"
        raise ShiftError(
            route=str(self._route),
            reason=reason,
            weights=FrozenMapping(self._weights or {}),
            targets=tuple(targets),
            rolled_back=rolled_back,
        ) from cause

    def _add_note(self, error: BaseException) -> None:
        """Add a note with the last known weights to an error or an interrupt."""
        if self._weights is None:
            return
        sent = f" An update to {dict(self._sent)} was sent, and its result is unknown." if self._sent else ""
        error.add_note(
            f"The shift of {self._route} from {self._plan.old} to {self._plan.new} stopped. The last known weights are "
            f"{self._weights}.{sent}\nA new shift with original_weights={self._original} continues from the current "
            "weights, and roll_back() restores the original weights."
        )


def _describe(targets: Sequence[TargetSummary]) -> str:
    return TargetSnapshot(tuple(targets)).describe(())
