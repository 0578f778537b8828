"""What errors say where something is not known, or there is one thing only."""

import pytest

from lattice_tg.errors import (
    ConflictError,
    ConflictKind,
    InvalidSpecError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
)
from support.error_samples import PROBLEMS


def test_a_single_problem_is_not_plural() -> None:
    """One problem is one problem."""
    assert str(InvalidSpecError(PROBLEMS[:1])) == "1 validation error:\n  name='x': is too short"


@pytest.mark.parametrize(
    ("kind", "way_out"),
    [
        ("name_exists", "Choose another name, or use the target group that find(name) returns"),
        ("wrong_status", "Wait until the target group is active (wait_until_active) or deleted (wait_until_deleted)"),
        ("in_use", "Remove the target group from the listeners and rules of the services that use it"),
        ("has_targets", "Deregister its targets, or call delete(…, drain=True)"),
        ("token_reused", "Use a new client token, because this one belongs to another request"),
        (
            "unknown",
            "Check the target group's status and services with get(…) and its targets with list_targets(…)",
        ),
    ],
)
def test_a_conflict_says_the_way_out(kind: ConflictKind, way_out: str) -> None:
    """Each kind of conflict has its own advice."""
    error = ConflictError(operation="Op", code="ConflictException", message="no", http_status=409, kind=kind)

    assert str(error) == f"Op failed: ConflictException (409): no. {way_out}. [attempts: 1]"


def test_a_conflict_is_of_unknown_kind_by_default() -> None:
    """Nothing is claimed about a conflict that nobody has looked at."""
    assert ConflictError(operation="Op", code="C", message="m", http_status=409).kind == "unknown"


def test_a_quota_without_a_code_is_still_a_quota() -> None:
    """Where the service names no quota, none is made up."""
    error = ServiceQuotaExceededError(operation="Op", code="Q", message="m", http_status=402)

    assert str(error) == (
        "Op failed: Q (402): m. Delete unused resources, or request an increase of the quota in Service Quotas. "
        "[attempts: 1]"
    )


def test_throttling_without_a_time() -> None:
    """Where the service asks for no wait, none is told."""
    error = ThrottlingError(operation="Op", code="T", message="m", http_status=429)

    assert str(error) == (
        "Op failed: T (429): m. Set a lower max_requests_per_second, or allow more time in RetryPolicy. [attempts: 1]"
    )


def test_no_answer_to_what_cannot_be_resumed() -> None:
    """Without a client token, nothing is said of resuming."""
    error = TransportError(operation="GetTargetGroup", message="timed out")

    assert str(error) == (
        "GetTargetGroup received no usable response: timed out. Retry later, or allow more retries in RetryPolicy. "
        "[attempts: 1]"
    )
