"""Waiting for a state: read, decide, sleep a little longer each time, up to a deadline."""

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TypeVar

from attrs import frozen

from lattice_tg.clock import Clock
from lattice_tg.errors import LatticeError, WaitTimeoutError

T = TypeVar("T")

_GROWTH = 1.25
_LONGEST_IN_POLLS = 5.0


@frozen(kw_only=True)
class WaitProgress:
    """How a wait stands: what ``on_progress`` is called with after each look."""

    waited_for: str
    """What is waited for, in words."""

    counts: Mapping[str, int]
    """How many are in each status; what is gone counts as ``GONE``."""

    waited_seconds: float
    """How long has been waited."""

    def __str__(self) -> str:
        seen = ", ".join(f"{number} {status}" for status, number in self.counts.items())
        return f"{self.waited_for}: {seen} after {self.waited_seconds:g} s"


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
        started = self.clock.monotonic()
        pauses = self._pauses()
        while True:
            seen = read()
            waited = self.clock.monotonic() - started
            self._tell(counts(seen), waited)
            if done(seen):
                return seen
            if error := failed(seen):
                raise error
            if waited >= self.timeout_seconds:
                raise WaitTimeoutError(waited_for=self.waited_for, last_seen=last_seen(seen), waited_seconds=waited)
            self.clock.sleep(min(next(pauses), self.timeout_seconds - waited))

    def _pauses(self) -> Iterator[float]:
        """Endless: each a quarter longer than the last, up to five polls, and never in step with other waits."""
        for looks in count():
            longer = min(_GROWTH ** min(looks, 100), _LONGEST_IN_POLLS)
            yield self.poll_seconds * longer * self.jitter(0.9, 1.1)

    def _tell(self, counts: Mapping[str, int], waited_seconds: float) -> None:
        if self.on_progress is not None:
            self.on_progress(WaitProgress(waited_for=self.waited_for, counts=counts, waited_seconds=waited_seconds))
