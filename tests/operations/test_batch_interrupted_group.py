"""A single group in an interrupted batch."""

from typing import cast

from lattice_tg.errors import ApplyError, IncompleteError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.operations.batch_task import EnsureTask, ensure_group
from support.batch import count_operations, sender_of, specs
from support.virtual_time import virtual_service


def test_an_interrupted_group_reports_its_steps() -> None:
    """The error of an interrupted group lists the completed and the pending steps."""
    with virtual_service() as (lattice, client):
        task = EnsureTask(DesiredState(specs(1)[0], [Target.ip("10.0.0.1")]), None, "run-1")

        result = ensure_group(
            sender_of(client), task, is_cancelled=lambda: count_operations(lattice)["GetTargetGroup"] > 0
        )

        error = result.error
        assert isinstance(error, ApplyError)
        assert isinstance(error.error, IncompleteError)
        assert (
            str(error.error)
            == "Target group 'orders-0' was left unfinished: the batch was cancelled. Run again with run_id='run-1' to resume."
        )
        assert (len(error.completed), error.pending) == (1, ())
        assert count_operations(lattice)["RegisterTargets"] == 0


def test_a_group_interrupted_before_its_first_request_sends_none() -> None:
    """If the batch is cancelled before a group's first request, the group sends no request."""
    with virtual_service() as (lattice, client):
        result = ensure_group(
            sender_of(client), EnsureTask(DesiredState(specs(1)[0], []), None, "run-1"), is_cancelled=lambda: True
        )

        assert isinstance(cast("ApplyError", result.error).error, IncompleteError)
        assert lattice.calls == ()
