"""Clocks that can sleep."""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from attrs import frozen

CLOCK_RESOLUTION_SECONDS = 1e-6
"""Shortest wait that a clock can measure. A shorter sleep might not advance the clock, and the caller would repeat the
sleep forever."""

monotonic: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)
"""Return the time of the system's monotonic clock in seconds.

freezegun stops ``time.monotonic``, so that waits would never end, but not ``clock_gettime``, which Windows lacks.
"""


class Clock(Protocol):
    """A clock that can sleep, such as ``SystemClock`` or ``lattice_tg.testing.VirtualClock``."""

    def monotonic(self) -> float:
        """Return the time in seconds. Only differences between two times are meaningful."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep until ``seconds`` have passed on this clock."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Sleep until ``seconds`` have passed on this clock, without blocking the event loop."""
        ...


@frozen
class SystemClock:
    """The system's monotonic clock, which sleeps with ``time.sleep`` and ``asyncio.sleep``."""

    def monotonic(self) -> float:
        """Return the time of the system's monotonic clock in seconds."""
        return monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep for ``seconds`` of real time. Ctrl-C interrupts the sleep."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        """Sleep for ``seconds`` of real time. Cancellation interrupts the sleep."""
        import asyncio  # noqa: PLC0415 - slow to import, and only the asyncio client needs asyncio

        await asyncio.sleep(seconds)
