"""Retry policy: validation, equality and pickling."""

import math
import pickle
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from lattice_tg import (
    ConflictError,
    FullJitter,
    InternalServerError,
    LatticeError,
    RetryPolicy,
    ServiceError,
    ThrottlingError,
    TransportError,
)
from lattice_tg.sending.retry_policy import counts_as_attempt, is_outcome_unknown, is_retryable, is_throttling

FIELDS: dict[str, Any] = {"operation": "GetTargetGroup", "code": "Code", "message": "message"}


def make_service_error(http_status: int, *, retryable: bool = False) -> ServiceError:
    return ServiceError(**FIELDS, http_status=http_status, retryable=retryable)


def make_retry_state(attempt_number: int, error: LatticeError) -> Any:
    """Return the retry state that tenacity passes to a wait function."""
    return SimpleNamespace(attempt_number=attempt_number, outcome=SimpleNamespace(exception=lambda: error))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_attempts": 0}, "RetryPolicy.max_attempts=0: must be an integer of at least 1"),
        ({"max_attempts": 2.5}, "RetryPolicy.max_attempts=2.5: must be an integer of at least 1"),
        ({"max_attempts": "3"}, "RetryPolicy.max_attempts='3': must be an integer of at least 1"),
        ({"max_attempts": True}, "RetryPolicy.max_attempts=True: must be an integer of at least 1"),
        ({"max_attempts": None}, "RetryPolicy.max_attempts=None: must be an integer of at least 1"),
        ({"max_elapsed_seconds": -1}, "RetryPolicy.max_elapsed_seconds=-1: must be a number of seconds of at least 0"),
        (
            {"max_elapsed_seconds": math.nan},
            "RetryPolicy.max_elapsed_seconds=nan: must be a number of seconds of at lea",
        ),
        (
            {"wait": None},
            "RetryPolicy.wait=None: must be a tenacity wait or another function that accepts a RetryCallState",
        ),
        ({"wait": 2}, "RetryPolicy.wait=2: must be a tenacity wait or another function that accepts a RetryCallState"),
        ({"stop": 2}, "RetryPolicy.stop=2: must be a tenacity stop or another function that accepts a RetryCallState"),
    ],
)
def test_invalid_options_are_rejected(options: dict[str, Any], message: str) -> None:
    """An invalid option raises ValueError, and the message contains the violated rule."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        RetryPolicy(**options)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("field", ["initial_seconds", "max_seconds"])
def test_negative_jitter_is_rejected(field: str) -> None:
    """FullJitter rejects negative seconds."""
    options: dict[str, Any] = {field: -0.1}

    with pytest.raises(ValueError, match=f"FullJitter.{field}=-0.1: must be a number of seconds of at least 0"):
        FullJitter(**options)


def test_defaults() -> None:
    """The default values are the documented values."""
    assert repr(RetryPolicy()) == (
        "RetryPolicy(max_attempts=8, max_elapsed_seconds=120.0, "
        "wait=FullJitter(initial_seconds=0.1, max_seconds=20.0), stop=None)"
    )


def test_limits_are_valid() -> None:
    """One attempt, 0 seconds and infinite seconds are valid."""
    policies = [RetryPolicy(max_attempts=1, max_elapsed_seconds=0), RetryPolicy(max_elapsed_seconds=math.inf)]

    assert [policy.max_elapsed_seconds for policy in policies] == [0, math.inf]


def test_policy_is_immutable() -> None:
    """A policy is frozen."""
    policy: Any = RetryPolicy()

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        policy.max_attempts = 3


def test_policies_compare_by_value() -> None:
    """Policies with the same values are equal and have the same hash. Policies with different values differ."""
    assert (RetryPolicy(), hash(RetryPolicy())) == (RetryPolicy(), hash(RetryPolicy()))
    assert RetryPolicy() != RetryPolicy(max_attempts=3)
    assert RetryPolicy() != RetryPolicy(wait=FullJitter(initial_seconds=1))


def test_policy_can_be_pickled() -> None:
    """A policy can be pickled. The pickle contains no random state, because worker processes would share the state."""
    pickled = pickle.dumps(RetryPolicy(max_attempts=3))

    assert pickle.loads(pickled) == RetryPolicy(max_attempts=3)
    assert len(pickled) < 500


@pytest.mark.parametrize(
    ("attempt_number", "maximum"), [(1, 0.1), (2, 0.2), (3, 0.4), (8, 12.8), (9, 20.0), (100, 20.0), (10**6, 20.0)]
)
def test_full_jitter(attempt_number: int, maximum: float) -> None:
    """The wait is random between 0 and a maximum that doubles with each attempt up to max_seconds."""
    ranges: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        ranges.append((low, high))
        return 0.05

    seconds = FullJitter(uniform=uniform)(make_retry_state(attempt_number, make_service_error(500)))

    assert (seconds, ranges) == (0.05, [(0.0, maximum)])


def test_full_jitter_is_random_by_default() -> None:
    """By default, the wait is random within the configured limits."""
    waits = {FullJitter()(make_retry_state(1, make_service_error(500))) for _ in range(100)}

    assert len(waits) > 90
    assert 0 <= min(waits) <= max(waits) <= 0.1


def test_no_jitter_after_throttling() -> None:
    """The policy adds no wait after throttling, because the rate limiter spaces requests."""
    assert FullJitter(uniform=max)(make_retry_state(5, make_service_error(429))) == 0.0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransportError(operation="GetTargetGroup", message="closed"), (True, True, False, True)),
        (make_service_error(500, retryable=True), (True, True, False, True)),
        (InternalServerError(**FIELDS, http_status=500, retryable=True), (True, True, False, True)),
        (make_service_error(429, retryable=True), (True, False, True, False)),
        (ThrottlingError(**FIELDS, http_status=400, retryable=True), (True, False, True, False)),
        (ConflictError(**FIELDS, http_status=409, retryable=True), (True, False, False, False)),
        (ConflictError(**FIELDS, http_status=409), (False, False, False, False)),
        (make_service_error(499), (False, False, False, True)),
        (LatticeError("message"), (False, False, False, True)),
    ],
)
def test_failure_classification(error: LatticeError, expected: tuple[bool, ...]) -> None:
    """Failures are classified: retryable, unknown outcome, throttling, counts toward max_attempts."""
    predicates = (is_retryable, is_outcome_unknown, is_throttling, counts_as_attempt)

    assert tuple(predicate(error) for predicate in predicates) == expected
