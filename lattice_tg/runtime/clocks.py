"""Clocks that can sleep."""

import time
from typing import Protocol

from attrs import frozen

CLOCK_RESOLUTION_SECONDS = 1e-6
"""Shortest wait that a clock can measure. A shorter sleep might not advance the clock, and the caller would repeat the
sleep forever."""


class Clock(Protocol):
    """A clock that can sleep, such as ``SystemClock`` or ``lattice_tg.testing.VirtualClock``."""

    def monotonic(self) -> float:
        """Return the time in seconds. Only differences between two times are meaningful."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep until ``seconds`` have passed on this clock."""
        ...


@frozen
class SystemClock:
    """The system clock, which uses ``time.monotonic`` and ``time.sleep``."""

    def monotonic(self) -> float:
        """Return the time of the system's monotonic clock in seconds."""
        return time.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep for ``seconds`` of real time. Ctrl-C interrupts the sleep."""
        time.sleep(seconds)
