"""Errors of calls that can send several requests, such as waits, target changes, plans, routes and batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from attrs import define

from lattice_tg.errors import LatticeError
from lattice_tg.formatting import format_first, format_seconds, join_first, join_sentences
from lattice_tg.models.change import Change
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target

if TYPE_CHECKING:
    from lattice_tg.models.plan_steps import PlanStep
    from lattice_tg.results import TargetsResult

_MAX_LISTED_LINES = 50


@define(slots=False, eq=False, repr=False)
class PartialFailureError(LatticeError):
    """VPC Lattice rejected or did not confirm some targets. All other targets were processed."""

    result: TargetsResult
    """The result for each target."""

    def __str__(self) -> str:
        return f"Not all targets succeeded: {self.result}"


@define(slots=False, eq=False, repr=False, kw_only=True)
class InsufficientHealthyTargetsError(LatticeError):
    """Deregistering the targets would leave fewer healthy targets than ``min_healthy``. No target was deregistered."""

    healthy: int
    """Number of targets that receive traffic (HEALTHY or UNAVAILABLE)."""

    remaining: int
    """Number of these targets that would remain."""

    min_healthy: int
    """Minimum number of targets that must remain."""

    def __str__(self) -> str:
        return (
            f"No target was deregistered: {self.remaining} of {self.healthy} healthy targets would remain, but "
            f"min_healthy={self.min_healthy}. Register more targets, wait until they are healthy, and try again."
        )


@define(slots=False, eq=False, repr=False, kw_only=True)
class WaitTimeoutError(LatticeError, TimeoutError):
    """The awaited state was not reached before the timeout."""

    waiting_for: str
    """The awaited state, such as ``tg-0123456789abcdefg to become ACTIVE``."""

    last_status: str
    """Last observed status of the target group, or of the targets that have not reached the awaited state."""

    elapsed_seconds: float
    """Duration of the wait in seconds."""

    targets: tuple[TargetSummary | Target, ...] = ()
    """The targets that have not reached the awaited state. A target that is not registered is a ``Target``."""

    target_group: str | None = None
    """Name or id of the target group."""

    def __str__(self) -> str:
        return join_sentences(self.describe(), "Wait again or increase timeout_seconds")

    def describe(self) -> str:
        """Return the error message without the hint and the final period."""
        elapsed = format_seconds(self.elapsed_seconds)
        return f"Timed out after {elapsed} waiting for {self.waiting_for} (last status: {self.last_status})"


@define(slots=False, eq=False, repr=False, kw_only=True)
class DrainTimeoutError(WaitTimeoutError):
    """Targets were deregistered, but did not finish draining before the timeout."""

    result: TargetsResult
    """The result for each target, as reported by the deregistration before the wait."""

    def describe(self) -> str:
        """Return the error message with the result of the deregistration."""
        return f"{super().describe()}. Result of the deregistration: {self.result.summary()}"


@define(slots=False, eq=False, repr=False, kw_only=True)
class WaitFailedError(LatticeError):
    """The awaited state cannot be reached, even with a longer wait."""

    waiting_for: str
    """The awaited state, such as ``tg-0123456789abcdefg to become ACTIVE``."""

    reason: str
    """Why the state cannot be reached, and how to fix the cause."""

    target_group: TargetGroup | None = None
    """The target group, if the status of the group is the reason for the failure."""

    targets: tuple[TargetSummary, ...] = ()
    """The targets whose status is the reason for the failure."""

    def __str__(self) -> str:
        return join_sentences(f"Waiting for {self.waiting_for} failed: {self.reason}")


class TargetGroupFailedError(WaitFailedError):
    """The status of the target group is CREATE_FAILED or DELETE_FAILED.

    ``target_group`` holds the failure code and message.
    """


@define(slots=False, eq=False, repr=False)
class ReplacementRequiredError(LatticeError):
    """The existing target group cannot be updated to the desired state. Nothing was changed."""

    changes: tuple[Change, ...]
    """Each difference that an update cannot resolve."""

    name: str
    """Name of the target group."""

    service_arns: tuple[str, ...] = ()
    """ARNs of the services that use the target group and therefore prevent a replacement of the group."""

    def __str__(self) -> str:
        head = f"Target group {self.name!r} cannot be updated to the desired state:"
        return "\n".join([head, *_format_changes(self.changes), self._hint()])

    def _hint(self) -> str:
        if not self.service_arns:
            return "Pass replace=True to drain, delete and recreate the target group."
        return join_sentences(
            f"The group cannot be replaced while these services use it: {join_first(self.service_arns)}",
            "Create a target group with another name and change the listeners and rules of these services to forward "
            "to the new group",
        )


@define(slots=False, eq=False, repr=False)
class StalePlanError(LatticeError):
    """The target group no longer matches the state on which the plan is based.

    Nothing was changed.
    """

    changes: tuple[Change, ...]
    """Each difference between the planned or expected value and the current value."""

    name: str
    """Name of the target group."""

    def __str__(self) -> str:
        head = f"Target group {self.name!r} has changed since it was planned:"
        return "\n".join([head, *_format_changes(self.changes), "No changes were made. Plan again."])


@define(slots=False, eq=False, repr=False)
class StaleRouteError(LatticeError):
    """The weights of a route are not the expected weights, because something else changed them.

    The current weights were left unchanged. If a shift raises the error, its earlier steps may have changed weights.
    """

    expected: Mapping[str, int]
    """The expected weights, by target group id."""

    actual: Mapping[str, int]
    """The current weights, by target group id."""

    route: str
    """The route: the default action of a listener, or a rule."""

    def __str__(self) -> str:
        return (
            f"The weights of {self.route} are {self.actual}, expected {self.expected}. The current weights were left "
            "unchanged. Find out what else sets these weights, and read them again with get_weights()."
        )


@define(slots=False, eq=False, repr=False, kw_only=True)
class ShiftError(LatticeError):
    """The targets of the new group did not become healthy, or turned unhealthy."""

    route: str
    """The route: the default action of a listener, or a rule."""

    reason: str
    """Why the shift failed."""

    weights: Mapping[str, int]
    """The last known weights of the route, by target group id."""

    targets: tuple[TargetSummary, ...] = ()
    """The targets of the new group that are not healthy."""

    rolled_back: bool = False
    """Whether the route has the original weights again."""

    def __str__(self) -> str:
        state = "The original weights are restored" if self.rolled_back else "The weights are not restored"
        return join_sentences(
            f"Shifting the traffic of {self.route} failed: {self.reason}", f"{state}. Weights: {self.weights}"
        )


@define(slots=False, eq=False, repr=False, kw_only=True)
class ApplyError(LatticeError):
    """A step of a plan failed. To continue, plan and apply again."""

    name: str
    """Name of the target group."""

    completed: tuple[PlanStep, ...]
    """The completed steps, in order."""

    failed: PlanStep
    """The step that failed. If the step covers several targets, ``error`` shows which targets succeeded."""

    error: LatticeError
    """The cause of the failure."""

    pending: tuple[PlanStep, ...]
    """The steps that were not started, in order."""

    target_group: TargetGroup | TargetGroupSummary | None = None
    """The last known state of the target group. None if the group does not exist."""

    def __str__(self) -> str:
        sections: tuple[tuple[str, Sequence[PlanStep]], ...] = (
            ("Completed", self.completed),
            ("Failed", [self.failed]),
            ("Not started", self.pending),
        )
        cause, fix = str(self.error), "Plan and apply again to continue."
        if isinstance(self.error, WaitTimeoutError):  # Its own hint names a parameter of another method.
            cause = f"{self.error.describe()}."
            from lattice_tg.models.plan_steps import WaitHealthyStep  # noqa: PLC0415 - most programs do not plan

            if isinstance(self.failed, WaitHealthyStep):
                fix += " If the targets need more time, increase health_timeout_seconds."
        return "\n".join(
            [
                f"Applying the plan for target group {self.name!r} failed: {cause}",
                *(f"{title}:\n{_format_steps(steps)}" for title, steps in sections if steps),
                fix,
            ]
        )


@define(slots=False, eq=False, repr=False, kw_only=True)
class IncompleteError(LatticeError):
    """A target group of a batch was left unfinished. Some of its steps may be completed."""

    name: str
    """Name of the target group."""

    reason: str
    """Why the target group was left unfinished: the run was stopped, or the worker was lost."""

    run_id: str
    """Id of the run. Another run with this id resumes the work and does not create a second target group."""

    def __str__(self) -> str:
        return join_sentences(
            f"Target group {self.name!r} was left unfinished: {self.reason}",
            f"Run again with run_id={self.run_id!r} to resume",
        )


def _format_changes(changes: Sequence[Change]) -> list[str]:
    return [f"  {line}" for line in format_first(changes, _MAX_LISTED_LINES)]


def _format_steps(steps: Sequence[PlanStep]) -> str:
    lines = chain.from_iterable(format_first(str(step).splitlines(), _MAX_LISTED_LINES) for step in steps)
    return "\n".join(f"  {line}" for line in lines)
