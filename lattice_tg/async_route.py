"""Routes and shifts of the asyncio client.

The script ``.ci/async_client.py`` writes this file from ``route.py``.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Self
from warnings import warn

from lattice_tg import operations
from lattice_tg.models.route import RouteId
from lattice_tg.results import ShiftStep
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation.identifiers import TargetGroupLike
from lattice_tg.validation.route import Weights


class AsyncRoute:
    """The asyncio version of ``Route``, returned by ``AsyncTargetGroupClient.route()``.

    Only one tool should set the weights of an action, because VPC Lattice cannot detect that two tools change the
    weights at the same time.
    """

    def __init__(self, sender: RequestSender, route_id: RouteId) -> None:
        self._sender = sender
        self._id = route_id

    @property
    def service(self) -> str:
        """Id or ARN of the service."""
        return self._id.service

    @property
    def listener(self) -> str:
        """Id or ARN of the listener."""
        return self._id.listener

    @property
    def rule(self) -> str | None:
        """Id or ARN of the rule. None for the default action of the listener."""
        return self._id.rule

    async def get_weights(self) -> Mapping[str, int]:
        """Return the weight of each target group of the action, by id.

        If the action forwards requests to no target group, the result is empty.

        Raises:
            ResourceNotFoundError: If the service, listener or rule does not exist, or if they do not belong together.

        """
        return await operations.route.get_weights(self._sender.for_method("get_weights"), self._id)

    async def set_weights(self, weights: Weights, *, expected: Weights | None = None) -> Mapping[str, int]:
        """Change the weights of some target groups, and keep the rest of the action.

        The client reads the action and sends the action with the new weights, unless the weights are already set.
        The method does not wait until the weights take effect.

        Args:
            weights: Weight of each group to change, 0-999. The keys are ids, ARNs or models. The action can name at
                most 10 groups, and at least one weight must be greater than 0.
            expected: The weights of all groups that you expect. The check shortens the time in which the change of
                another tool can be lost, but cannot prevent such a loss. Default: None, which accepts any weights.

        Returns:
            The weights of all target groups of the action, by id.

        Raises:
            InvalidArgumentError: If the weights break a rule, the action forwards requests to no target group, another
                service uses a group, or the protocol of a group does not fit the listener. Nothing was changed.
            StaleRouteError: If the weights differ from ``expected``. Nothing was changed.
            ResourceNotFoundError: If the service, listener, rule or a target group does not exist.

        """
        return await operations.route.set_weights(
            self._sender.for_method("set_weights"), self._id, weights, expected=expected
        )

    async def remove(self, target_group: TargetGroupLike) -> None:
        """Remove a target group that receives no traffic from the action.

        You can delete a group only after no action names the group. If the action does not name the group, the method
        changes nothing.

        Args:
            target_group: The group.

        Raises:
            InvalidArgumentError: If the group receives traffic. Nothing was changed.

        """
        await operations.route.remove(self._sender.for_method("remove"), self._id, target_group)

    def shift(
        self,
        old: TargetGroupLike,
        new: TargetGroupLike,
        *,
        steps: Sequence[int] = (1, 10, 50, 100),
        settle_seconds: float = 90.0,
        health_timeout_seconds: float = 300.0,
        original_weights: Weights | None = None,
    ) -> "AsyncShift":
        """Return an async iterator that moves the traffic of one target group to another group, step by step.

        The first iteration adds ``new`` to the action at weight 0 and waits until its targets are healthy. Each
        iteration then moves one step, waits until the weights have settled, checks the health of the targets, and
        yields the step. If targets turn unhealthy, the shift restores the original weights. If you leave the loop,
        the weights stay as they are. Steps that would take traffic away from ``new`` are skipped, so that a new shift
        continues where an interrupted shift ended. A shift has no overall deadline.

        Args:
            old: The group that receives the traffic now.
            new: The group that will receive the traffic.
            steps: Percentages of the traffic of both groups that ``new`` receives, increasing from at least 1 to 100.
                Default: 1, 10, 50 and 100.
            settle_seconds: Seconds after each change until VPC Lattice has applied the weights, at least 0. Meanwhile,
                the client checks the health every 15 s. Default: 90.
            health_timeout_seconds: Seconds to wait until the targets of ``new`` are healthy before the first step, at
                least 0. Default: 300.
            original_weights: The weights from before the first shift. Pass these weights to continue an interrupted
                shift, so that a rollback restores them. Default: None, which means the weights at the start of this
                shift.

        Raises:
            InvalidArgumentError: If an argument is invalid. No request was sent.

        """
        plan = operations.route.plan_shift(
            old,
            new,
            steps=steps,
            settle_seconds=settle_seconds,
            health_timeout_seconds=health_timeout_seconds,
            original_weights=original_weights,
        )
        return AsyncShift(operations.route.ShiftSteps(self._sender.for_method("shift"), self._id, plan))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{repr(self._id).removeprefix(type(self._id).__name__)}"


class AsyncShift(AsyncIterator[ShiftStep]):
    """The asyncio version of ``Shift``, returned by ``AsyncRoute.shift()``.

    The shift does nothing until you iterate over its steps.
    """

    def __init__(self, steps: "operations.route.ShiftSteps") -> None:
        self._steps = steps

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ShiftStep:
        """Move the traffic by one step, and return the step.

        Raises:
            InvalidArgumentError: If the weights of the action do not allow the shift, or if ``new`` cannot be added to
                the action, as for ``set_weights``. Nothing was changed.
            ShiftError: If the targets of ``new`` did not become healthy or turned unhealthy. The error says whether the
                original weights were restored.
            StaleRouteError: If another tool has changed the weights of the two groups. The shift leaves the new weights
                unchanged.

        """
        page = await self._steps.next_page()
        if page is None:
            raise StopAsyncIteration
        return page[0]

    async def roll_back(self) -> Mapping[str, int] | None:
        """End the shift, and restore the original weights of both groups.

        The original weights are ``original_weights`` or, by default, the weights at the start of the shift. A group
        that the shift has added to the action keeps weight 0.

        Returns:
            The weights of all target groups of the action, by id. None if the shift has not started and
            ``original_weights`` was not passed, so that there is nothing to restore.

        """
        return await self._steps.roll_back()

    def __del__(self) -> None:
        if not self._steps.is_used:
            warn(
                "A shift moved no traffic because nothing iterated over the shift. Use it in an async for loop.",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )
