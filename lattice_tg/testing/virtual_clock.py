"""A clock on which sleeping takes no real time."""

import asyncio
import threading
import time
from weakref import WeakKeyDictionary

# A test may replace the functions of the standard library with the methods of a clock.
_sleep, _sleep_async = time.sleep, asyncio.sleep


class VirtualClock:
    """A clock on which sleeping takes no real time.

    A test that waits five minutes for draining ends immediately.

    A sleep moves the clock to the time when the caller wakes up, unless the clock has already passed this time. The
    caller is the asyncio task or, outside of a task, the thread. The sleep starts at the time that the caller last
    read, so sleeps in parallel tasks and threads overlap as real sleeps do.

    Args:
        start_seconds: The first reading of the clock, in seconds. Default: 0.

    """

    def __init__(self, start_seconds: float = 0.0) -> None:
        self._now = start_seconds
        self._lock = threading.Lock()
        self._thread = threading.local()
        self._task_readings: WeakKeyDictionary[asyncio.Task[object], float] = WeakKeyDictionary()

    def monotonic(self) -> float:
        """Return the reading of the clock in seconds."""
        with self._lock:
            return self._record_reading(self._now)

    def sleep(self, seconds: float, /) -> None:
        """Move the clock to the time when the caller wakes up, and return immediately.

        Args:
            seconds: Duration of the sleep, 0 or more.

        Raises:
            ValueError: If ``seconds`` is negative.

        """
        self._move_to(self._wake_time(seconds))
        _sleep(0)  # Lets other threads run, as a real sleep would.

    async def sleep_async(self, seconds: float, /) -> None:
        """Let other tasks run, and move the clock to the time when the task wakes up.

        Tasks that start to sleep at the same time therefore wake up at the same time.

        Args:
            seconds: Duration of the sleep, 0 or more.

        Raises:
            ValueError: If ``seconds`` is negative.

        """
        wakes_at = self._wake_time(seconds)
        await _sleep_async(0)
        self._move_to(wakes_at)

    def advance(self, seconds: float) -> None:
        """Move the clock forward from its current reading.

        Unlike ``sleep()``, this method does not start at the time that the caller last read.

        Args:
            seconds: Duration in seconds, 0 or more.

        Raises:
            ValueError: If ``seconds`` is negative.

        """
        self.monotonic()
        self.sleep(seconds)

    def __repr__(self) -> str:
        return f"VirtualClock({self._now})"

    def _wake_time(self, seconds: float) -> float:
        if seconds < 0:
            message = f"seconds={seconds!r}: must not be negative. Pass 0 or more."
            raise ValueError(message)
        with self._lock:
            return self._last_reading() + seconds

    def _move_to(self, wakes_at: float) -> None:
        with self._lock:
            self._now = max(self._now, self._record_reading(wakes_at))

    def _last_reading(self) -> float:
        task = _current_task()
        if task is not None:
            return self._task_readings.get(task, self._now)
        return getattr(self._thread, "last_reading", self._now)

    def _record_reading(self, seconds: float) -> float:
        task = _current_task()
        if task is not None:
            self._task_readings[task] = seconds
        else:
            self._thread.last_reading = seconds
        return seconds


def _current_task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:  # No event loop runs in this thread.
        return None
