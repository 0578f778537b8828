"""Waiting for a state: read, decide, sleep a little longer each time, up to a deadline."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from attrs import frozen

from lattice_tg.clock import Clock
from lattice_tg.durations import format_seconds
from lattice_tg.errors import LatticeError, WaitTimeoutError
from lattice_tg.representation import ReprMixin

T = TypeVar("T")

_BACKOFF_FACTOR = 1.25
_MAX_DELAY_FACTOR = 5.0
_CLOCK_RESOLUTION_SECONDS = 1e-6  # what is left of a wait may be too little for a clock's reading to show it


@frozen(kw_only=True, repr=False)
class WaitProgress(ReprMixin):
    """How a wait stands: what ``on_progress`` is called with after each look."""

    waiting_for: str
    """What is waited for, in words."""

    counts: Mapping[str, int]
    """How many are in each status; what is gone counts as ``GONE``."""

    elapsed_seconds: float
    """How long has been waited."""

    def __str__(self) -> str:
        seen = ", ".join(f"{number} {status}" for status, number in self.counts.items())
        return f"{self.waiting_for}: {seen} after {format_seconds(self.elapsed_seconds)}"


OnProgress = Callable[[WaitProgress], object]
"""What a wait calls after each look."""


@frozen(kw_only=True)
class Waiter:
    """One wait: what for, how often to look, for how long, on which clock."""

    waiting_for: str
    clock: Clock
    poll_seconds: float
    timeout_seconds: float
    on_progress: OnProgress | None = None
    jitter: Callable[[float, float], float] = random.uniform

    def wait(
        self,
        read: Callable[[], T],
        *,
        is_done: Callable[[T], bool],
        find_failure: Callable[[T], LatticeError | None],
        count_statuses: Callable[[T], Mapping[str, int]],
        describe_status: Callable[[T], str],
    ) -> T:
        """What ``read`` returns once it is ``done``.

        Raises:
            WaitTimeoutError: It was not in time; the last look is at the deadline itself.
            LatticeError: What ``failed`` returns, as soon as it returns any.

        """
        started, pauses, last = self.clock.monotonic(), self._delays(), "nothing yet"
        while True:
            seen = self._poll(read, started, last)
            waited = self.clock.monotonic() - started
            self._report_progress(count_statuses(seen), waited)
            if is_done(seen):
                return seen
            if error := find_failure(seen):
                raise error
            last, left = describe_status(seen), self.timeout_seconds - waited
            if left <= _CLOCK_RESOLUTION_SECONDS:
                raise WaitTimeoutError(waiting_for=self.waiting_for, last_status=last, elapsed_seconds=waited)
            self.clock.sleep(min(next(pauses), left))

    def _poll(self, read: Callable[[], T], started: float, last: str) -> T:
        try:
            return read()
        except WaitTimeoutError as no_turn:  # the client's pacing has none before the deadline
            waited = self.clock.monotonic() - started
            last_status = f"{last}; then {no_turn.describe()}"
            raise WaitTimeoutError(
                waiting_for=self.waiting_for, last_status=last_status, elapsed_seconds=waited
            ) from no_turn

    def _delays(self) -> Iterator[float]:
        """Endless: each a quarter longer than the last, up to five polls, and never in step with other waits."""
        polls = 1.0
        while True:
            yield self.poll_seconds * polls * self.jitter(0.9, 1.1)
            polls = min(polls * _BACKOFF_FACTOR, _MAX_DELAY_FACTOR)

    def _report_progress(self, counts: Mapping[str, int], elapsed_seconds: float) -> None:
        if self.on_progress is not None:
            self.on_progress(WaitProgress(waiting_for=self.waiting_for, counts=counts, elapsed_seconds=elapsed_seconds))
