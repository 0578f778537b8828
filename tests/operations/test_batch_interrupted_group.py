"""One group that is stopped midway or before its beginning: nothing is lost, and how to go on is told."""

from typing import cast

from lattice_tg.errors import ApplyError, IncompleteError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.operations.batch_task import EnsureTask, ensure_group
from support.batch import count_operations, sender_of, specs
from support.virtual_time import virtual_service


def test_a_group_that_is_stopped_midway_says_how_far_it_came() -> None:
    """Between two requests nothing is lost: the error has the steps that are done, and those that are not."""
    with virtual_service() as (lattice, client):
        task = EnsureTask(DesiredState(specs(1)[0], [Target.ip("10.0.0.1")]), None, "run-1")

        outcome = ensure_group(
            sender_of(client), task, stopping=lambda: count_operations(lattice)["GetTargetGroup"] > 0
        )

        error = outcome.error
        assert isinstance(error, ApplyError)
        assert isinstance(error.error, IncompleteError)
        assert str(error.error) == "orders-0: it was stopped; a run with run_id='run-1' goes on from there"
        assert (len(error.completed), error.pending) == (1, ())
        assert count_operations(lattice)["RegisterTargets"] == 0


def test_a_group_that_is_stopped_before_its_first_request_sends_none() -> None:
    """What was planned without one is not begun."""
    with virtual_service() as (lattice, client):
        outcome = ensure_group(
            sender_of(client), EnsureTask(DesiredState(specs(1)[0], []), None, "run-1"), stopping=lambda: True
        )

        assert isinstance(cast("ApplyError", outcome.error).error, IncompleteError)
        assert lattice.calls == ()
