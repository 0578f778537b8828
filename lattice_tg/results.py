"""Results, events and progress reports."""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from lattice_tg.errors import LatticeError, PartialFailureError, ServiceError, TransportError
from lattice_tg.formatting import format_seconds
from lattice_tg.models.base import ReprMixin
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.planning.plan import Plan


@frozen(repr=False)
class FailedRequest(ReprMixin):
    """Targets of one request that failed as a whole, and the error that came instead of an answer about each."""

    targets: tuple[Target, ...]
    """The targets of that request, in the order given."""

    error: LatticeError
    """What happened: as a rule a ``ServiceError`` or a ``TransportError``."""

    sent: bool
    """Whether the request was sent: if so, the service may have done it all the same, unless it ``refused``."""

    rejected: bool = False
    """Whether the service answered that it will not do it (4xx), and so did nothing."""


@frozen(repr=False)
class TargetsResult(ReprMixin):
    """What became of each target, in the order given."""

    successful: tuple[Target, ...] = ()
    """Those the service took."""

    unsuccessful: tuple[TargetFailure, ...] = ()
    """Those the service refused, each with its reason."""

    failed_requests: tuple[FailedRequest, ...] = ()
    """Those of requests that failed as a whole: without an answer, refused, or not sent."""

    def raise_for_failures(self) -> None:
        """Raise :class:`PartialFailureError` with this report unless every target was taken."""
        if self.unsuccessful or self.failed_requests:
            raise PartialFailureError(self)

    def summary(self) -> str:
        """The number of targets by result, such as ``2 successful, 1 unsuccessful, 0 unanswered``."""
        return format_counts(count_targets(self))

    def __str__(self) -> str:
        return "\n  ".join(
            [
                self.summary(),
                *map(_format_failure, self.unsuccessful),
                *map(_format_failed_request, self.failed_requests),
            ]
        )


def count_targets(report: TargetsResult) -> tuple[int, int, int, int]:
    """How many targets are successful, unsuccessful, unanswered, and refused with their whole request."""
    refused = sum(len(chunk.targets) for chunk in report.failed_requests if chunk.rejected)
    unanswered = sum(len(chunk.targets) for chunk in report.failed_requests) - refused
    return len(report.successful), len(report.unsuccessful), unanswered, refused


def format_counts(counted: Sequence[int]) -> str:
    """The counts of one report, or of several added up."""
    successful, unsuccessful, unanswered, refused = counted
    told = f"{successful} successful, {unsuccessful} unsuccessful, {unanswered} unanswered"
    return f"{told}, {refused} refused" if refused else told


def _format_failure(failure: TargetFailure) -> str:
    reasons = [reason for reason in (failure.failure_code, failure.failure_message) if reason]
    return ": ".join([_format_target(failure.id, failure.port), *(reasons or ["no reason given"])])


def _format_failed_request(chunk: FailedRequest) -> str:
    first, state = chunk.targets[0], "sent, not answered" if chunk.sent else "not sent"
    shown = "refused" if chunk.rejected else state
    return f"{len(chunk.targets)} from {_format_target(first.id, first.port)} on: {shown}: {chunk.error}"


def _format_target(target_id: str, port: int | None) -> str:
    return target_id if port is None else f"{target_id} port {port}"


@frozen(repr=False)
class ApplyResult(ReprMixin):
    """What became of one group of a fleet; a plain value, so that it can come from another process."""

    spec: TargetGroupSpec
    """The group as it should be."""

    plan: Plan | None
    """What had to be done; None where it could not be planned."""

    target_group: TargetGroup | None
    """The group as it is; None where something failed."""

    error: LatticeError | None
    """What failed; None where nothing did."""

    attempts: int
    """One, and one more for each request that had to be sent again."""

    elapsed_seconds: float
    """How long it took."""

    throttle_count: int
    """Requests sent again because the service had no room for them."""

    run_id: str
    """What the client token was derived with: a run with the same run_id resumes this one."""

    def __str__(self) -> str:
        if self.error is not None:
            told = str(self.error).removeprefix(f"{self.spec.name}: ")
            return f"{self.spec.name}: failed after {self.elapsed_seconds:.2f} s: {told}"
        steps = len(self.plan) if self.plan else 0
        return f"{self.spec.name}: {steps} step{'s' * (steps != 1)} in {self.elapsed_seconds:.2f} s"


@frozen(kw_only=True, repr=False)
class BatchProgress(ReprMixin):
    """How a fleet stands: what ``on_progress`` is called with at the start and after each group."""

    total: int
    """Groups in all."""

    done: int
    """Groups that are as they should be."""

    failed: int
    """Groups that failed."""

    pending: int
    """Groups that are not finished."""

    throttle_count: int
    """Requests that the service had no room for, of the groups that are finished."""

    def __str__(self) -> str:
        counts = f"{self.done} done, {self.failed} failed, {self.pending} waiting of {self.total}"
        return f"{counts}; {self.throttle_count} throttled"


@frozen(kw_only=True, repr=False)
class RetryEvent(ReprMixin):
    """A request that will be sent again: what ``on_retry`` is called with, before the wait."""

    operation: str
    """The API operation, such as ``CreateTargetGroup``."""

    attempts: int
    """Requests sent so far."""

    wait_seconds: float
    """How long will be waited now."""

    elapsed_seconds: float
    """How long the call has taken so far."""

    error: ServiceError | TransportError
    """What the last request came to."""


@frozen(kw_only=True, repr=False)
class WaitProgress(ReprMixin):
    """How a wait stands: what ``on_progress`` is called with after each look."""

    waiting_for: str
    """What is waited for, in words."""

    counts: Mapping[str, int]
    """How many are in each status; what is gone counts as ``GONE``."""

    elapsed_seconds: float
    """How long has been waited."""

    def __str__(self) -> str:
        seen = ", ".join(f"{number} {status}" for status, number in self.counts.items())
        return f"{self.waiting_for}: {seen} after {format_seconds(self.elapsed_seconds)}"


OnProgress = Callable[[WaitProgress], object]
"""What a wait calls after each look."""
