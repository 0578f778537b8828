"""Results and progress."""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from lattice_tg.errors import LatticeError
from lattice_tg.errors.workflows import PartialFailureError
from lattice_tg.formatting import format_first, format_seconds, format_target
from lattice_tg.literals import SERVING_TARGET_STATUSES
from lattice_tg.models.base import ReprMixin
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.responses import TargetFailure, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import Plan

_MAX_LISTED_FAILURES = 20


@frozen(repr=False)
class FailedRequest(ReprMixin):
    """A request that failed as a whole, and the targets in the request."""

    targets: tuple[Target, ...]
    """Targets of the request, in the order of the input."""

    error: LatticeError
    """Cause of the failure, usually a ``ServiceError`` or a ``TransportError``."""

    sent: bool
    """Whether the request was sent. Unless ``rejected`` is True, VPC Lattice may have processed a request that was
    sent."""

    rejected: bool = False
    """Whether VPC Lattice rejected the request with a 4xx response. A rejected request has no effect."""


@frozen(repr=False)
class TargetsResult(ReprMixin):
    """The result of registering or deregistering targets.

    Each target is successful, unsuccessful, or part of a failed request. Each field keeps the order of the input.
    """

    successful: tuple[Target, ...] = ()
    """Targets that VPC Lattice accepted."""

    unsuccessful: tuple[TargetFailure, ...] = ()
    """Targets that VPC Lattice rejected individually, each with a reason."""

    failed_requests: tuple[FailedRequest, ...] = ()
    """Requests that failed as a whole. Each request was rejected, was not sent, or has an unknown result."""

    def raise_for_failures(self) -> None:
        """Raise :class:`PartialFailureError` with this result unless every target succeeded."""
        if self.unsuccessful or self.failed_requests:
            raise PartialFailureError(self)

    def summary(self) -> str:
        """Return the number of targets by result.

        An example is ``2 successful, 1 unsuccessful, 0 unconfirmed``. Targets of a failed request count as rejected if
        VPC Lattice rejected the request, and otherwise as unconfirmed.
        """
        return format_counts(count_targets(self))

    def __str__(self) -> str:
        return "\n  ".join(
            [
                self.summary(),
                *format_first(self.unsuccessful, _MAX_LISTED_FAILURES, _format_failure),
                *format_first(self.failed_requests, _MAX_LISTED_FAILURES, _format_failed_request),
            ]
        )


def count_targets(result: TargetsResult) -> tuple[int, int, int, int]:
    """Return the numbers of successful, unsuccessful, unconfirmed and rejected targets.

    The rejected targets are the targets of all requests that VPC Lattice rejected as a whole.
    """
    rejected = sum(len(request.targets) for request in result.failed_requests if request.rejected)
    unconfirmed = sum(len(request.targets) for request in result.failed_requests) - rejected
    return len(result.successful), len(result.unsuccessful), unconfirmed, rejected


def format_counts(counts: Sequence[int]) -> str:
    """Format the counts that ``count_targets`` returns, or the sums of several such counts."""
    successful, unsuccessful, unconfirmed, rejected = counts
    text = f"{successful} successful, {unsuccessful} unsuccessful, {unconfirmed} unconfirmed"
    return f"{text}, {rejected} rejected" if rejected else text


def _format_failure(failure: TargetFailure) -> str:
    reasons = [reason for reason in (failure.failure_code, failure.failure_message) if reason]
    return ": ".join([format_target(failure.id, failure.port), *(reasons or ["no reason given"])])


def _format_failed_request(request: FailedRequest) -> str:
    count, first = len(request.targets), request.targets[0]
    sent_state = "sent, result unknown" if request.sent else "not sent"
    state = "rejected" if request.rejected else sent_state
    targets = f"{count} target{'s' * (count != 1)} starting with {format_target(first.id, first.port)}"
    return f"{targets} ({state}): {request.error}"


@frozen(repr=False)
class PlanResult(ReprMixin):
    """The result of planning one target group in a batch: a plan or an error."""

    desired: DesiredState
    """The desired state of the target group."""

    plan: Plan | None
    """The plan. None after a failure."""

    error: LatticeError | None = None
    """Cause of the failure. None after success. Default: None."""

    def __str__(self) -> str:
        return str(self.plan) if self.error is None else f"{self.desired.spec.name}: planning failed: {self.error}"


@frozen(repr=False)
class ApplyResult(ReprMixin):
    """The result of applying the desired state of one target group in a batch.

    An apply result is a plain value that can be passed between processes.
    """

    desired: DesiredState
    """The desired state of the target group."""

    plan: Plan | None
    """The plan that was applied. None if planning failed."""

    target_group: TargetGroup | None
    """The resulting target group. None after a failure."""

    error: LatticeError | None
    """Cause of the failure. None after success."""

    attempts: int
    """1 plus the number of requests that were retried."""

    elapsed_seconds: float
    """Duration in seconds."""

    throttle_count: int
    """Number of requests that were retried because VPC Lattice throttled them."""

    run_id: str
    """Id of the run. The client token is derived from this id, so another run with the same id resumes this run."""

    def raise_for_error(self) -> None:
        """Raise the error of the target group if there is one."""
        if self.error is not None:
            raise self.error

    def __str__(self) -> str:
        elapsed = f"{self.elapsed_seconds:.2f} s"
        if self.error is not None:
            return f"{self.desired.spec.name}: failed after {elapsed}: {self.error}"
        steps = len(self.plan) if self.plan else 0
        return f"{self.desired.spec.name}: {steps} step{'s' * (steps != 1)} in {elapsed}"


@frozen(kw_only=True, repr=False)
class BatchProgress(ReprMixin):
    """Progress of a batch, passed to ``on_progress`` at the start and after each target group."""

    total: int
    """Number of target groups in the batch."""

    done: int
    """Number of target groups that match the desired state."""

    failed: int
    """Number of target groups that failed."""

    pending: int
    """Number of unfinished target groups."""

    throttle_count: int
    """Number of throttled requests for all finished target groups."""

    def __str__(self) -> str:
        counts = f"{self.done} of {self.total} done, {self.failed} failed, {self.pending} pending"
        return f"{counts}, {self.throttle_count} throttled request{'s' * (self.throttle_count != 1)}"


@frozen(kw_only=True, repr=False)
class ShiftStep(ReprMixin):
    """A completed step of a shift. The weights have settled, and the targets of the new group are healthy."""

    percent: int
    """Percentage of the traffic of both groups that the new group receives."""

    weights: Mapping[str, int]
    """Weights of all target groups of the route, by id."""

    targets: tuple[TargetSummary, ...]
    """Targets of the new group, as returned by the last health check of the step. Draining targets are omitted."""

    def __str__(self) -> str:
        serving = sum(target.status in SERVING_TARGET_STATUSES for target in self.targets)
        return f"{self.percent} %: {serving} of {len(self.targets)} targets healthy, weights {self.weights}"


@frozen(kw_only=True, repr=False)
class WaitProgress(ReprMixin):
    """Progress of a wait, passed to ``on_progress`` after each poll."""

    waiting_for: str
    """The awaited state, such as ``tg-0123456789abcdefg to become ACTIVE``."""

    counts: Mapping[str, int]
    """Number of target groups or targets by status. Groups and targets that no longer exist count as ``GONE``."""

    elapsed_seconds: float
    """Duration of the wait so far, in seconds."""

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {status}" for status, count in self.counts.items())
        return f"Waiting for {self.waiting_for}: {counts} after {format_seconds(self.elapsed_seconds)}"


OnProgress = Callable[[WaitProgress], object]
"""A callback that a waiter calls after each poll."""
