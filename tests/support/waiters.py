"""The waits for targets against the stand-in, and what they come to."""

from collections.abc import Callable, Iterable, Sequence

from lattice_tg.errors import WaitFailedError, WaitTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import Waiter
from lattice_tg.results import WaitProgress
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation.identifiers import TargetGroupLike
from support.targets import Answer, described, scripted

A, B = "10.0.0.1", "10.0.0.2"
TargetWait = Callable[[RequestSender, TargetGroupLike, Iterable[Target] | None, Waiter], object]


def wait_on(calls: RequestSender, seconds: float = 60.0, told: list[WaitProgress] | None = None) -> Waiter:
    """A wait without jitter."""
    return Waiter(
        waiting_for="it",
        clock=calls.clock,
        poll_seconds=5.0,
        timeout_seconds=seconds,
        on_progress=None if told is None else told.append,
        jitter=lambda low, high: (low + high) / 2,
    )


def outcome(
    wait: TargetWait,
    *answers: Answer,
    targets: Sequence[Target] | None = (Target.ip(A),),
) -> str:
    """``done``, ``never`` or ``late``: what becomes of a wait in a service that gives these answers."""
    calls = scripted(list_targets=answers)
    word = "done"
    try:
        wait(calls, described(), targets, wait_on(calls))
    except WaitFailedError:
        word = "never"
    except WaitTimeoutError:
        word = "late"
    assert calls.clock.monotonic() == (60 if word == "late" else 0)
    return word
