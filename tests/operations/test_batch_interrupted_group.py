"""A single group in a batch that is being stopped."""

from typing import Any

import pytest
from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.operations.batch_task import EnsureTask, ensure_group
from lattice_tg.runtime.base import StopEvent, WorkStopped
from lattice_tg.sending.request_sender import RequestSender
from support.batch import count_operations, sender_of, specs
from support.clients import run
from support.virtual_time import virtual_service

TASK = EnsureTask(DesiredState(specs(1)[0], [Target.ip("10.0.0.1")]), None, "run-1")


def stoppable_sender(client: TargetGroupClient) -> tuple[RequestSender, StopEvent]:
    """Return a sender whose work can be stopped, and the event that stops the work."""
    sender = sender_of(client)
    runtime: Any = sender.runtime.scope()
    return evolve(sender, runtime=runtime), runtime._stop_event


def test_a_stopped_group_sends_no_further_request() -> None:
    """If the batch is stopped during a request, the group ends after the response. A note counts the steps."""
    with virtual_service() as (lattice, client):
        sender, stop_event = stoppable_sender(client)

        def stop(**_: object) -> None:
            stop_event.set()

        client.boto3_client.meta.events.register("before-call.vpc-lattice.GetTargetGroup", stop)

        with pytest.raises(WorkStopped) as caught:
            run(ensure_group, sender, TASK)

        assert caught.value.__notes__[-1].startswith("1 of 2 steps for target group 'orders-0' were completed")
        assert count_operations(lattice)["RegisterTargets"] == 0


def test_a_group_stopped_before_its_first_request_sends_none() -> None:
    """If the batch is stopped before a group's first request, the group sends no request."""
    with virtual_service() as (lattice, client):
        sender, stop_event = stoppable_sender(client)
        stop_event.set()

        with pytest.raises(WorkStopped):
            run(ensure_group, sender, TASK)

        assert lattice.calls == ()
