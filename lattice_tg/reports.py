"""What became of the targets of one call, none forgotten."""

from collections.abc import Sequence

from attrs import define, frozen

from lattice_tg.errors import LatticeError, WaitTimeoutError
from lattice_tg.models.answers import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.representation import ReprMixin


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

    def __str__(self) -> str:
        return "\n  ".join(
            [
                format_counts(count_targets(self)),
                *map(_format_failure, self.unsuccessful),
                *map(_format_failed_request, self.failed_requests),
            ]
        )


@define(slots=False, eq=False)
class PartialFailureError(LatticeError):
    """Some targets were refused, or not answered for; the others are done."""

    result: TargetsResult
    """What became of each target."""

    def __str__(self) -> str:
        return str(self.result)


@define(slots=False, eq=False, kw_only=True)
class DrainTimeoutError(WaitTimeoutError):
    """Targets were deregistered, and some were not gone in time; ``report`` says what became of each request."""

    result: TargetsResult
    """What the service said of each target before the wait."""

    def describe(self) -> str:
        """The same, and what the service took before."""
        return f"{super().describe()}; deregistered: {format_counts(count_targets(self.result))}"


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
