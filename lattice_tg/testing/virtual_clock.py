"""A clock that a test moves: waiting on it takes no time."""

import threading
import time


class VirtualClock:
    """A clock on which sleeping takes no time, so that a five minute drain is over at once.

    A sleep moves the clock to the sleeper's own wake-up, counted from the last reading which that thread took,
    unless the clock is past it already: sleeps in parallel threads overlap, as real ones do.
    """

    def __init__(self, start_seconds: float = 0.0) -> None:
        self._now = start_seconds
        self._lock = threading.Lock()
        self._own = threading.local()

    def monotonic(self) -> float:
        """The clock's reading in seconds."""
        with self._lock:
            return self._record_reading(self._now)

    def sleep(self, seconds: float, /) -> None:
        """Move the clock to where the calling thread wakes up, and return at once."""
        if seconds < 0:
            message = f"seconds={seconds!r}: a sleep cannot be negative; time only goes forward"
            raise ValueError(message)
        with self._lock:
            wake_up = getattr(self._own, "seconds", self._now) + seconds
            self._now = max(self._now, self._record_reading(wake_up))
        time.sleep(0)  # lets the other threads go to sleep too, as a real sleep would

    def advance(self, seconds: float) -> None:
        """Move the clock ``seconds`` on from its present reading, whichever thread it was that moved it there."""
        self.monotonic()
        self.sleep(seconds)

    def __repr__(self) -> str:
        return f"VirtualClock({self._now})"

    def _record_reading(self, seconds: float) -> float:
        self._own.seconds = seconds
        return seconds
