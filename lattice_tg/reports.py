"""What became of the targets of one call, none forgotten."""

from attrs import define, frozen

from lattice_tg.errors import LatticeError
from lattice_tg.models.targets import Target, TargetFailure


@frozen
class UnansweredTargets:
    """Targets of one request that has no answer from the service, and the error that came instead."""

    targets: tuple[Target, ...]
    """The targets of that request, in the order given."""

    error: LatticeError
    """What happened: as a rule a ``ServiceError`` or a ``TransportError``."""

    sent: bool
    """Whether the request was sent: if so, the service may have done it all the same."""


@frozen
class TargetsReport:
    """What became of each target, in the order given."""

    successful: tuple[Target, ...] = ()
    """Those the service took."""

    unsuccessful: tuple[TargetFailure, ...] = ()
    """Those the service refused, each with its reason."""

    unanswered: tuple[UnansweredTargets, ...] = ()
    """Those of requests that failed as a whole."""

    def raise_for_unsuccessful(self) -> None:
        """Raise :class:`TargetsUnsuccessfulError` with this report unless every target was taken."""
        if self.unsuccessful or self.unanswered:
            raise TargetsUnsuccessfulError(self)

    def __str__(self) -> str:
        unanswered = sum(len(chunk.targets) for chunk in self.unanswered)
        counts = f"{len(self.successful)} successful, {len(self.unsuccessful)} unsuccessful, {unanswered} unanswered"
        return "\n  ".join([counts, *map(_refusal, self.unsuccessful), *map(_silence, self.unanswered)])


@define(slots=False, eq=False)
class TargetsUnsuccessfulError(LatticeError):
    """Some targets were refused, or not answered for; the others are done."""

    report: TargetsReport
    """What became of each target."""

    def __str__(self) -> str:
        return str(self.report)


def _refusal(failure: TargetFailure) -> str:
    reasons = [reason for reason in (failure.failure_code, failure.failure_message) if reason]
    return ": ".join([_place(failure.id, failure.port), *(reasons or ["no reason given"])])


def _silence(chunk: UnansweredTargets) -> str:
    first, state = chunk.targets[0], "sent, not answered" if chunk.sent else "not sent"
    return f"{len(chunk.targets)} from {_place(first.id, first.port)} on: {state}: {chunk.error}"


def _place(target_id: str, port: int | None) -> str:
    return target_id if port is None else f"{target_id} port {port}"
