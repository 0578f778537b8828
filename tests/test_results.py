"""Tests of the results of registering and deregistering targets."""

import pytest

from lattice_tg.errors import PartialFailureError, ServiceError, TransportError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, TargetsResult

ERROR = TransportError(operation="RegisterTargets", message="timed out")
FAILURE = TargetFailure(id="i-1", failure_code="UnsupportedTarget", failure_message="no")
NOT_SENT = FailedRequest((Target.instance("i-2", 80),), ERROR, sent=False)


def test_successful_result_does_not_raise() -> None:
    """``raise_for_failures`` does not raise if every target succeeded."""
    TargetsResult(successful=(Target.ip("10.0.0.1"),)).raise_for_failures()
    TargetsResult().raise_for_failures()


@pytest.mark.parametrize(
    "result",
    [TargetsResult(unsuccessful=(FAILURE,)), TargetsResult(failed_requests=(NOT_SENT,))],
)
def test_failed_target_raises_with_the_result(result: TargetsResult) -> None:
    """If a target was rejected or not sent, ``raise_for_failures`` raises an error with the whole result."""
    with pytest.raises(PartialFailureError) as caught:
        result.raise_for_failures()

    assert (caught.value.result, str(caught.value)) == (result, f"Not all targets succeeded: {result}")


def test_str_shows_counts_and_one_line_per_failure() -> None:
    """The string of a result shows the counts, then one line per rejected target and per failed request."""
    result = TargetsResult(
        successful=(Target.ip("10.0.0.1"),),
        unsuccessful=(FAILURE, TargetFailure(id="i-3", port=80), TargetFailure(id="i-4", failure_code="X")),
        failed_requests=(NOT_SENT,),
    )

    assert str(result) == (
        "1 successful, 3 unsuccessful, 1 unconfirmed\n"
        "  i-1: UnsupportedTarget: no\n"
        "  i-3 port 80: no reason given\n"
        "  i-4: X\n"
        "  1 target starting with i-2 port 80 (not sent): RegisterTargets received no usable response: timed out. "
        "VPC Lattice may have processed the request. You can safely repeat the call. [attempts: 1]"
    )


def test_targets_of_a_rejected_request_count_as_rejected() -> None:
    """Targets in a request that VPC Lattice rejected are counted and printed as rejected, not as unconfirmed."""
    error = ServiceError(operation="RegisterTargets", code="PaymentRequired", message="no", http_status=402)
    request = FailedRequest((Target.instance("i-2"), Target.instance("i-3")), error, sent=True, rejected=True)

    assert str(TargetsResult(failed_requests=(request, NOT_SENT))).splitlines()[:2] == [
        "0 successful, 0 unsuccessful, 1 unconfirmed, 2 rejected",
        (
            "  2 targets starting with i-2 (rejected): RegisterTargets failed: PaymentRequired (402): no. Look up the code "
            "under Common Errors in the VPC Lattice API reference. [attempts: 1]"
        ),
    ]


def test_long_lists_are_shortened_in_the_text_only() -> None:
    """The text lists the first 20 failures and the first 20 requests. The attributes have all of them."""
    result = TargetsResult(unsuccessful=(FAILURE,) * 5000, failed_requests=(NOT_SENT,) * 30)

    lines = str(result).splitlines()

    assert (len(lines), lines[21], lines[-1]) == (43, "  and 4,980 more", "  and 10 more")
    assert (len(result.unsuccessful), len(result.failed_requests)) == (5000, 30)


def test_results_are_immutable_values() -> None:
    """Results compare and hash by value, and are immutable."""
    result = TargetsResult(unsuccessful=(FAILURE,), failed_requests=(NOT_SENT,))

    assert result == TargetsResult(unsuccessful=(FAILURE,), failed_requests=(NOT_SENT,))
    assert len({result, TargetsResult()}) == 2
    with pytest.raises(AttributeError):
        result.successful = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
