"""What a report of targets says, and when it raises."""

import pytest

from lattice_tg.errors import PartialFailureError, ServiceError, TransportError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, TargetsResult

ERROR = TransportError(operation="RegisterTargets", message="timed out")
FAILURE = TargetFailure(id="i-1", failure_code="UnsupportedTarget", failure_message="no")
UNANSWERED = FailedRequest((Target.instance("i-2", 80),), ERROR, sent=False)


def test_success_does_not_raise() -> None:
    """A report of which every target was taken raises nothing."""
    TargetsResult(successful=(Target.ip("10.0.0.1"),)).raise_for_failures()
    TargetsResult().raise_for_failures()


@pytest.mark.parametrize(
    "report",
    [TargetsResult(unsuccessful=(FAILURE,)), TargetsResult(failed_requests=(UNANSWERED,))],
)
def test_anything_else_raises(report: TargetsResult) -> None:
    """One target refused or not answered for raises, with the whole report."""
    with pytest.raises(PartialFailureError) as caught:
        report.raise_for_failures()

    assert (caught.value.result, str(caught.value)) == (report, f"Some targets failed: {report}")


def test_a_report_counts_and_names() -> None:
    """A report prints its counts, and a line for each refusal and each silence."""
    report = TargetsResult(
        successful=(Target.ip("10.0.0.1"),),
        unsuccessful=(FAILURE, TargetFailure(id="i-3", port=80), TargetFailure(id="i-4", failure_code="X")),
        failed_requests=(UNANSWERED,),
    )

    assert str(report) == (
        "1 successful, 3 unsuccessful, 1 unconfirmed\n"
        "  i-1: UnsupportedTarget: no\n"
        "  i-3 port 80: no reason given\n"
        "  i-4: X\n"
        "  1 target starting with i-2 port 80 (not sent): RegisterTargets received no usable response: timed out. "
        "VPC Lattice may have processed the request. Repeat the call, which is safe. [attempts: 1]"
    )


def test_what_the_service_refused_as_a_whole_is_no_silence() -> None:
    """A request that the service refused was answered, and is counted and printed as such."""
    refusal = ServiceError(operation="RegisterTargets", code="PaymentRequired", message="no", http_status=402)
    chunk = FailedRequest((Target.instance("i-2"), Target.instance("i-3")), refusal, sent=True, rejected=True)

    assert str(TargetsResult(failed_requests=(chunk, UNANSWERED))).splitlines()[:2] == [
        "0 successful, 0 unsuccessful, 1 unconfirmed, 2 rejected",
        (
            "  2 targets starting with i-2 (rejected): RegisterTargets failed: PaymentRequired (402): no. Look up the code "
            "under Common Errors in the VPC Lattice API reference. [attempts: 1]"
        ),
    ]


def test_reports_are_plain_values() -> None:
    """Reports are compared and hashed by what is in them, and cannot be changed."""
    report = TargetsResult(unsuccessful=(FAILURE,), failed_requests=(UNANSWERED,))

    assert report == TargetsResult(unsuccessful=(FAILURE,), failed_requests=(UNANSWERED,))
    assert len({report, TargetsResult()}) == 2
    with pytest.raises(AttributeError):
        report.successful = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
