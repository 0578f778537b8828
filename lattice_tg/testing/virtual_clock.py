"""A clock on which sleeping takes no real time."""

import threading
import time


class VirtualClock:
    """A clock on which sleeping takes no real time.

    A test that waits five minutes for draining ends immediately.

    A sleep moves the clock to the time when the calling thread wakes up, unless the clock has already passed this time.
    The sleep starts at the time that the calling thread last read, so sleeps in parallel threads overlap as real sleeps
    do.

    Args:
        start_seconds: The first reading of the clock, in seconds. Default: 0.

    """

    def __init__(self, start_seconds: float = 0.0) -> None:
        self._now = start_seconds
        self._lock = threading.Lock()
        self._thread = threading.local()

    def monotonic(self) -> float:
        """Return the reading of the clock in seconds."""
        with self._lock:
            return self._record_reading(self._now)

    def sleep(self, seconds: float, /) -> None:
        """Move the clock to the time when the calling thread wakes up, and return immediately.

        Args:
            seconds: Duration of the sleep, 0 or more.

        Raises:
            ValueError: If ``seconds`` is negative.

        """
        if seconds < 0:
            message = f"seconds={seconds!r}: must not be negative. Pass 0 or more."
            raise ValueError(message)
        with self._lock:
            wakes_at = getattr(self._thread, "last_reading", self._now) + seconds
            self._now = max(self._now, self._record_reading(wakes_at))
        time.sleep(0)  # Lets other threads run, as a real sleep would.

    def advance(self, seconds: float) -> None:
        """Move the clock forward from its current reading.

        Unlike ``sleep()``, this method does not start at the time that the calling thread last read.

        Args:
            seconds: Duration in seconds, 0 or more.

        Raises:
            ValueError: If ``seconds`` is negative.

        """
        self.monotonic()
        self.sleep(seconds)

    def __repr__(self) -> str:
        return f"VirtualClock({self._now})"

    def _record_reading(self, seconds: float) -> float:
        self._thread.last_reading = seconds
        return seconds
