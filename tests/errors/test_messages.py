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
        ("name_exists", "; choose another name, or use the group that find(name) returns"),
        ("wrong_status", "; wait until the group is ACTIVE (wait_until_active), or gone (wait_until_deleted)"),
        ("in_use", "; take the group out of the listeners and rules of the services that use it first"),
        ("has_targets", "; deregister its targets first, or delete(…, drain=True)"),
        ("token_reused", "; this token belongs to another request; create with a fresh one"),
        ("unknown", "; see how the group stands: get(…) has its status and services, list_targets(…) its targets"),
    ],
)
def test_a_conflict_says_the_way_out(kind: ConflictKind, way_out: str) -> None:
    """Each kind of conflict has its own advice."""
    error = ConflictError(operation="Op", code="ConflictException", message="no", http_status=409, kind=kind)

    assert str(error) == f"Op: ConflictException (409): no{way_out} [attempts: 1]"


def test_a_conflict_is_of_unknown_kind_by_default() -> None:
    """Nothing is claimed about a conflict that nobody has looked at."""
    assert ConflictError(operation="Op", code="C", message="m", http_status=409).kind == "unknown"


def test_a_quota_without_a_code_is_still_a_quota() -> None:
    """Where the service names no quota, none is made up."""
    error = ServiceQuotaExceededError(operation="Op", code="Q", message="m", http_status=402)

    assert str(error) == (
        "Op: Q (402): m; delete what is not needed, or ask Service Quotas to raise the quota [attempts: 1]"
    )


def test_throttling_without_a_time() -> None:
    """Where the service asks for no wait, none is told."""
    error = ThrottlingError(operation="Op", code="T", message="m", http_status=429)

    assert str(error) == (
        "Op: T (429): m; send less at a time (max_requests_per_second), or wait longer (RetryPolicy) [attempts: 1]"
    )


def test_no_answer_to_what_cannot_be_resumed() -> None:
    """Without a client token, nothing is said of resuming."""
    error = TransportError(operation="GetTargetGroup", message="timed out")

    assert str(error) == (
        "GetTargetGroup: no answer: timed out; try again later, or let it be tried for longer (RetryPolicy) [attempts: 1]"
    )
