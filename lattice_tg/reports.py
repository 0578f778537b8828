"""What became of the targets of one call, none forgotten."""

from collections.abc import Sequence

from attrs import define, frozen

from lattice_tg.errors import LatticeError, WaitTimeoutError
from lattice_tg.models.answers import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.representation import Representation


@frozen(repr=False)
class UnansweredTargets(Representation):
    """Targets of one request that failed as a whole, and the error that came instead of an answer about each."""

    targets: tuple[Target, ...]
    """The targets of that request, in the order given."""

    error: LatticeError
    """What happened: as a rule a ``ServiceError`` or a ``TransportError``."""

    sent: bool
    """Whether the request was sent: if so, the service may have done it all the same, unless it ``refused``."""

    refused: bool = False
    """Whether the service answered that it will not do it (4xx), and so did nothing."""


@frozen(repr=False)
class TargetsReport(Representation):
    """What became of each target, in the order given."""

    successful: tuple[Target, ...] = ()
    """Those the service took."""

    unsuccessful: tuple[TargetFailure, ...] = ()
    """Those the service refused, each with its reason."""

    unanswered: tuple[UnansweredTargets, ...] = ()
    """Those of requests that failed as a whole: without an answer, refused, or not sent."""

    def raise_for_unsuccessful(self) -> None:
        """Raise :class:`TargetsUnsuccessfulError` with this report unless every target was taken."""
        if self.unsuccessful or self.unanswered:
            raise TargetsUnsuccessfulError(self)

    def __str__(self) -> str:
        return "\n  ".join(
            [in_words(counts(self)), *map(_refusal, self.unsuccessful), *map(_failed_request, self.unanswered)]
        )


@define(slots=False, eq=False)
class TargetsUnsuccessfulError(LatticeError):
    """Some targets were refused, or not answered for; the others are done."""

    report: TargetsReport
    """What became of each target."""

    def __str__(self) -> str:
        return str(self.report)


@define(slots=False, eq=False, kw_only=True)
class DrainTimeoutError(WaitTimeoutError):
    """Targets were deregistered, and some were not gone in time; ``report`` says what became of each request."""

    report: TargetsReport
    """What the service said of each target before the wait."""

    def what_happened(self) -> str:
        """The same, and what the service took before."""
        return f"{super().what_happened()}; deregistered: {in_words(counts(self.report))}"


def counts(report: TargetsReport) -> tuple[int, int, int, int]:
    """How many targets are successful, unsuccessful, unanswered, and refused with their whole request."""
    refused = sum(len(chunk.targets) for chunk in report.unanswered if chunk.refused)
    unanswered = sum(len(chunk.targets) for chunk in report.unanswered) - refused
    return len(report.successful), len(report.unsuccessful), unanswered, refused


def in_words(counted: Sequence[int]) -> str:
    """The counts of one report, or of several added up."""
    successful, unsuccessful, unanswered, refused = counted
    told = f"{successful} successful, {unsuccessful} unsuccessful, {unanswered} unanswered"
    return f"{told}, {refused} refused" if refused else told


def _refusal(failure: TargetFailure) -> str:
    reasons = [reason for reason in (failure.failure_code, failure.failure_message) if reason]
    return ": ".join([_place(failure.id, failure.port), *(reasons or ["no reason given"])])


def _failed_request(chunk: UnansweredTargets) -> str:
    first, state = chunk.targets[0], "sent, not answered" if chunk.sent else "not sent"
    shown = "refused" if chunk.refused else state
    return f"{len(chunk.targets)} from {_place(first.id, first.port)} on: {shown}: {chunk.error}"


def _place(target_id: str, port: int | None) -> str:
    return target_id if port is None else f"{target_id} port {port}"
