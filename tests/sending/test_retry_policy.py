"""The retry policy as a value: what it refuses, that it compares, and that it travels."""

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

FACTS: dict[str, Any] = {"operation": "GetTargetGroup", "code": "Told", "message": "told"}


def told(http_status: int, *, retryable: bool = False) -> ServiceError:
    return ServiceError(**FACTS, http_status=http_status, retryable=retryable)


def after(attempt_number: int, error: LatticeError) -> Any:
    """What tenacity hands to a wait."""
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
def test_nonsense_is_refused(options: dict[str, Any], message: str) -> None:
    """What no policy can be is refused at once, with what to write instead."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        RetryPolicy(**options)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("field", ["initial_seconds", "max_seconds"])
def test_nonsense_is_no_wait(field: str) -> None:
    """A wait has no negative seconds."""
    options: dict[str, Any] = {field: -0.1}

    with pytest.raises(ValueError, match=f"FullJitter.{field}=-0.1: must be a number of seconds of at least 0"):
        FullJitter(**options)


def test_the_defaults() -> None:
    """What holds where nothing is said is what the documentation says."""
    assert repr(RetryPolicy()) == (
        "RetryPolicy(max_attempts=8, max_elapsed_seconds=120.0, "
        "wait=FullJitter(initial_seconds=0.1, max_seconds=20.0), stop=None)"
    )


def test_the_least_and_the_most() -> None:
    """One attempt, no time, and no end of time are policies, too."""
    policies = [RetryPolicy(max_attempts=1, max_elapsed_seconds=0), RetryPolicy(max_elapsed_seconds=math.inf)]

    assert [policy.max_elapsed_seconds for policy in policies] == [0, math.inf]


def test_a_policy_cannot_change() -> None:
    """A policy is frozen."""
    policy: Any = RetryPolicy()

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        policy.max_attempts = 3


def test_policies_compare_by_value() -> None:
    """Policies that say the same are equal and hash alike; others differ."""
    assert (RetryPolicy(), hash(RetryPolicy())) == (RetryPolicy(), hash(RetryPolicy()))
    assert RetryPolicy() != RetryPolicy(max_attempts=3)
    assert RetryPolicy() != RetryPolicy(wait=FullJitter(initial_seconds=1))


def test_a_policy_travels() -> None:
    """A policy is the same after pickling, and takes no generator of random numbers along, in which all would agree."""
    pickled = pickle.dumps(RetryPolicy(max_attempts=3))

    assert pickle.loads(pickled) == RetryPolicy(max_attempts=3)
    assert len(pickled) < 500


@pytest.mark.parametrize(
    ("attempt_number", "ceiling"), [(1, 0.1), (2, 0.2), (3, 0.4), (8, 12.8), (9, 20.0), (100, 20.0), (10**6, 20.0)]
)
def test_full_jitter(attempt_number: int, ceiling: float) -> None:
    """The wait is drawn between nothing and a ceiling that doubles up to its highest."""
    drawn: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        drawn.append((low, high))
        return 0.05

    seconds = FullJitter(uniform=uniform)(after(attempt_number, told(500)))

    assert (seconds, drawn) == (0.05, [(0.0, ceiling)])


def test_the_chance_of_full_jitter() -> None:
    """Unless told otherwise the wait is drawn at random, within the bounds."""
    drawn = {FullJitter()(after(1, told(500))) for _ in range(100)}

    assert len(drawn) > 90
    assert 0 <= min(drawn) <= max(drawn) <= 0.1


def test_no_jitter_after_throttling() -> None:
    """After throttling the pacing spaces requests, and the policy adds nothing."""
    assert FullJitter(uniform=max)(after(5, told(429))) == 0.0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransportError(operation="GetTargetGroup", message="lost"), (True, True, False, True)),
        (told(500, retryable=True), (True, True, False, True)),
        (InternalServerError(**FACTS, http_status=500, retryable=True), (True, True, False, True)),
        (told(429, retryable=True), (True, False, True, False)),
        (ThrottlingError(**FACTS, http_status=400, retryable=True), (True, False, True, False)),
        (ConflictError(**FACTS, http_status=409, retryable=True), (True, False, False, False)),
        (ConflictError(**FACTS, http_status=409), (False, False, False, False)),
        (told(499), (False, False, False, True)),
        (LatticeError("told"), (False, False, False, True)),
    ],
)
def test_kinds_of_failure(error: LatticeError, expected: tuple[bool, ...]) -> None:
    """Of each failure it is known whether to repeat, whether it may have been done, whether it is throttling and
    whether it counts."""
    kinds = (is_retryable, is_outcome_unknown, is_throttling, counts_as_attempt)

    assert tuple(kind(error) for kind in kinds) == expected
