"""Clocks."""

import time
from typing import Protocol

from attrs import frozen


class Clock(Protocol):
    """What a clock has to offer; ``lattice_tg.testing.VirtualClock`` is one that takes no time."""

    def monotonic(self) -> float:
        """The clock's reading in seconds; only differences mean anything."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Return once ``seconds`` have passed on this clock."""
        ...


@frozen
class SystemClock:
    """The machine's own clock: ``time.monotonic`` and ``time.sleep``."""

    def monotonic(self) -> float:
        """Seconds on the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep in real time; Ctrl-C interrupts it."""
        time.sleep(seconds)
