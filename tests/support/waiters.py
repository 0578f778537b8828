"""Waits for targets with scripted responses."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from lattice_tg.errors import WaitFailedError, WaitTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import Waiter
from lattice_tg.results import WaitProgress
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation.identifiers import TargetGroupLike
from support.clients import run
from support.targets import ID, StubResponse, make_stub_sender, make_target_group, wire_group

A, B = "10.0.0.1", "10.0.0.2"
WaitFunction = Callable[[RequestSender, TargetGroupLike, Iterable[Target] | None, Waiter], Coroutine[Any, Any, object]]


def make_waiter(sender: RequestSender, seconds: float = 60.0, events: list[WaitProgress] | None = None) -> Waiter:
    """Return a waiter without jitter on the clock of ``sender``."""
    return Waiter(
        waiting_for="it",
        target_group=ID,
        runtime=sender.runtime,
        poll_seconds=5.0,
        timeout_seconds=seconds,
        on_progress=None if events is None else events.append,
        jitter=lambda low, high: (low + high) / 2,
    )


def wait_outcome(
    wait: WaitFunction,
    *responses: StubResponse,
    targets: Sequence[Target] | None = (Target.ip(A),),
) -> str:
    """Return the outcome of a wait with these responses: ``done``, ``failed`` or ``timeout``."""
    sender = make_stub_sender(list_targets=responses, get_target_group=[wire_group()])
    outcome = "done"
    try:
        run(wait, sender, make_target_group(), targets, make_waiter(sender))
    except WaitFailedError:
        outcome = "failed"
    except WaitTimeoutError:
        outcome = "timeout"
    assert sender.clock.monotonic() == {"timeout": 60, "failed": 5, "done": 0}[outcome]
    return outcome
