"""Messages of errors whose optional fields are not set."""

import pytest

from lattice_tg.errors import (
    ApplyError,
    ConflictError,
    ConflictKind,
    InvalidSpecError,
    ReplacementRequiredError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
)
from lattice_tg.models.change import Change
from lattice_tg.models.plan_steps import RegisterStep
from lattice_tg.models.targets import Target
from support.error_samples import PROBLEMS


def test_single_problem_is_counted_in_the_singular() -> None:
    """The message of an error with one problem begins with "1 validation error"."""
    assert str(InvalidSpecError(PROBLEMS[:1])) == "1 validation error:\n  name='x': is too short"


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("name_exists", "Choose another name, or use the target group that find(name) returns"),
        ("wrong_status", "Wait until the target group is active (wait_until_active) or deleted (wait_until_deleted)"),
        ("in_use", "Remove the target group from the listeners and rules of the services that use it"),
        ("has_targets", "Deregister the targets of the group, or call delete(…, drain=True)"),
        ("token_reused", "Use a new client token because this token belongs to another request"),
        (
            "unknown",
            "Check the target group's status and services with get(…) and its targets with list_targets(…)",
        ),
    ],
)
def test_each_conflict_kind_has_its_own_hint(kind: ConflictKind, hint: str) -> None:
    """Each kind of conflict has a specific hint."""
    error = ConflictError(operation="Op", code="ConflictException", message="no", http_status=409, kind=kind)

    assert str(error) == f"Op failed: ConflictException (409): no. {hint}. [attempts: 1]"


def test_long_lists_are_shortened_in_the_text_only() -> None:
    """Messages list the first 10 services, 50 changes and 50 lines of each step. The attributes have all items."""
    arns = tuple(f"svc-{index}" for index in range(500))
    conflict = ConflictError(operation="Op", code="C", message="m", http_status=409, kind="in_use", service_arns=arns)
    changes = tuple(Change(f"tags['{index}']", None, "x") for index in range(60))
    replacement = ReplacementRequiredError(changes, "orders", arns)
    targets = tuple(Target.ip(f"10.0.0.{index}") for index in range(250))
    failed = ApplyError(name="orders", completed=(), failed=RegisterStep(targets), error=conflict, pending=())

    assert str(conflict).endswith("svc-8, svc-9, and 490 more. [attempts: 1]")
    assert str(replacement).splitlines()[50:52] == ["  tags['49']: None -> 'x'", "  and 10 more"]
    assert "svc-9, and 490 more. Create" in str(replacement)
    assert str(failed).splitlines()[-3:-1] == ["  + target 10.0.0.49", "  and 200 more"]
    assert (conflict.service_arns, replacement.changes, failed.failed) == (arns, changes, RegisterStep(targets))


def test_conflict_kind_defaults_to_unknown() -> None:
    """The kind of a conflict is unknown by default."""
    assert ConflictError(operation="Op", code="C", message="m", http_status=409).kind == "unknown"


def test_quota_error_without_quota_code() -> None:
    """If the response has no quota code, the hint refers to "the quota"."""
    error = ServiceQuotaExceededError(operation="Op", code="Q", message="m", http_status=402)

    assert str(error) == (
        "Op failed: Q (402): m. Delete unused resources, or request an increase of the quota in Service Quotas. "
        "[attempts: 1]"
    )


def test_throttling_error_without_retry_after() -> None:
    """If the response has no Retry-After header, the hint does not mention a wait."""
    error = ThrottlingError(operation="Op", code="T", message="m", http_status=429)

    assert str(error) == (
        "Op failed: T (429): m. Set a lower max_requests_per_second, or allow more time in RetryPolicy. [attempts: 1]"
    )


def test_transport_error_without_client_token() -> None:
    """If the error has no client token, the hint does not say how to resume."""
    error = TransportError(operation="GetTargetGroup", message="timed out")

    assert str(error) == (
        "GetTargetGroup received no usable response: timed out. Retry later, or allow more retries in RetryPolicy. "
        "[attempts: 1]"
    )
