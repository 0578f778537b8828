"""Waiting for a state: read, decide, sleep a little longer each time, up to a deadline."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from attrs import frozen

from lattice_tg.clock import Clock
from lattice_tg.durations import in_seconds
from lattice_tg.errors import LatticeError, WaitTimeoutError
from lattice_tg.representation import Representation

T = TypeVar("T")

_GROWTH = 1.25
_LONGEST_IN_POLLS = 5.0
_MOMENT_SECONDS = 1e-6  # what is left of a wait may be too little for a clock's reading to show it


@frozen(kw_only=True, repr=False)
class WaitProgress(Representation):
    """How a wait stands: what ``on_progress`` is called with after each look."""

    waited_for: str
    """What is waited for, in words."""

    counts: Mapping[str, int]
    """How many are in each status; what is gone counts as ``GONE``."""

    waited_seconds: float
    """How long has been waited."""

    def __str__(self) -> str:
        seen = ", ".join(f"{number} {status}" for status, number in self.counts.items())
        return f"{self.waited_for}: {seen} after {in_seconds(self.waited_seconds)}"


OnProgress = Callable[[WaitProgress], object]
"""What a wait calls after each look."""


@frozen(kw_only=True)
class Wait:
    """One wait: what for, how often to look, for how long, on which clock."""

    waited_for: str
    clock: Clock
    poll_seconds: float
    timeout_seconds: float
    on_progress: OnProgress | None = None
    jitter: Callable[[float, float], float] = random.uniform

    def until(
        self,
        read: Callable[[], T],
        *,
        done: Callable[[T], bool],
        failed: Callable[[T], LatticeError | None],
        counts: Callable[[T], Mapping[str, int]],
        last_seen: Callable[[T], str],
    ) -> T:
        """What ``read`` returns once it is ``done``.

        Raises:
            WaitTimeoutError: It was not in time; the last look is at the deadline itself.
            LatticeError: What ``failed`` returns, as soon as it returns any.

        """
        started, pauses, last = self.clock.monotonic(), self._pauses(), "nothing yet"
        while True:
            seen = self._look(read, started, last)
            waited = self.clock.monotonic() - started
            self._tell(counts(seen), waited)
            if done(seen):
                return seen
            if error := failed(seen):
                raise error
            last, left = last_seen(seen), self.timeout_seconds - waited
            if left <= _MOMENT_SECONDS:
                raise WaitTimeoutError(waited_for=self.waited_for, last_seen=last, waited_seconds=waited)
            self.clock.sleep(min(next(pauses), left))

    def _look(self, read: Callable[[], T], started: float, last: str) -> T:
        try:
            return read()
        except WaitTimeoutError as no_turn:  # the client's pacing has none before the deadline
            waited = self.clock.monotonic() - started
            last_seen = f"{last}; then {no_turn.what_happened()}"
            raise WaitTimeoutError(waited_for=self.waited_for, last_seen=last_seen, waited_seconds=waited) from no_turn

    def _pauses(self) -> Iterator[float]:
        """Endless: each a quarter longer than the last, up to five polls, and never in step with other waits."""
        polls = 1.0
        while True:
            yield self.poll_seconds * polls * self.jitter(0.9, 1.1)
            polls = min(polls * _GROWTH, _LONGEST_IN_POLLS)

    def _tell(self, counts: Mapping[str, int], waited_seconds: float) -> None:
        if self.on_progress is not None:
            self.on_progress(WaitProgress(waited_for=self.waited_for, counts=counts, waited_seconds=waited_seconds))
