"""Tests of the results and the progress of batches."""

import copy
import pickle

import pytest

from lattice_tg.errors import IncompleteError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.planning.plan import make_plan
from lattice_tg.results import ApplyResult, BatchProgress
from support.desired_states import ORDERS, existing_group

CREATED = ApplyResult(
    desired=DesiredState(ORDERS),
    plan=make_plan(DesiredState(ORDERS), None),
    target_group=existing_group(),
    error=None,
    attempts=3,
    elapsed_seconds=1.234,
    throttle_count=2,
    run_id="run-1",
)
UNCHANGED = ApplyResult(
    desired=DesiredState(ORDERS),
    plan=make_plan(DesiredState(ORDERS), existing_group()),
    target_group=existing_group(),
    error=None,
    attempts=1,
    elapsed_seconds=1234.5,
    throttle_count=0,
    run_id="run-1",
)
FAILED = ApplyResult(
    desired=DesiredState(ORDERS),
    plan=None,
    target_group=None,
    error=IncompleteError(name="orders", reason="it was stopped", run_id="run-1"),
    attempts=1,
    elapsed_seconds=0.5,
    throttle_count=0,
    run_id="run-1",
)
PROGRESS = BatchProgress(total=400, done=12, failed=1, pending=387, throttle_count=5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (CREATED, "orders: 1 step in 1.23 s"),
        (UNCHANGED, "orders: 0 steps in 1234.50 s"),
        (
            FAILED,
            (
                "orders: failed after 0.50 s: Target group 'orders' was left unfinished: it was stopped. "
                "Run again with run_id='run-1' to resume."
            ),
        ),
        (PROGRESS, "12 of 400 done, 1 failed, 387 pending, 5 throttled requests"),
    ],
)
def test_str_is_one_line(value: ApplyResult | BatchProgress, text: str) -> None:
    """The string of a result or of a progress report is one line, so that it fits into a log."""
    assert str(value) == text


@pytest.mark.parametrize("value", [CREATED, UNCHANGED, PROGRESS])
def test_pickled_and_copied_values_are_equal(value: object) -> None:
    """Pickling or copying a result or a progress report returns an equal value."""
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value


def test_pickled_result_keeps_its_error() -> None:
    """The error in an unpickled result has the type and all fields of the original error."""
    restored = pickle.loads(pickle.dumps(FAILED))

    assert (str(restored), type(restored.error), vars(restored.error)) == (
        str(FAILED),
        IncompleteError,
        vars(FAILED.error),
    )
