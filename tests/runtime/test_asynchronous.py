"""The asyncio runtime: waits in work that can be stopped."""

import asyncio
from typing import Any

import pytest

from lattice_tg.runtime.asynchronous import AsyncioRuntime
from lattice_tg.runtime.base import WorkStopped
from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.testing import VirtualClock


class FailingClock(SystemClock):
    """A clock whose sleep fails with the error that a timeout would raise."""

    async def sleep_async(self, _: float, /) -> None:
        raise TimeoutError("the clock failed")


def test_an_error_of_the_clock_is_raised() -> None:
    """A TimeoutError of the user's clock is not mistaken for the end of the wait."""

    async def main() -> None:
        await AsyncioRuntime(FailingClock()).scope().sleep(1)

    with pytest.raises(TimeoutError, match="the clock failed"):
        asyncio.run(main())


@pytest.mark.parametrize("clock", [SystemClock(), VirtualClock()])
def test_a_stopped_sleep_ends_at_once(clock: Any) -> None:
    """A sleep in work that is being stopped raises WorkStopped."""

    async def sleep_long(runtime: AsyncioRuntime) -> None:
        while True:
            await runtime.sleep(20)

    async def main() -> None:
        runtime: Any = AsyncioRuntime(clock).scope()
        task = asyncio.create_task(sleep_long(runtime))
        await asyncio.sleep(0.01)
        runtime._stop_event.set()
        with pytest.raises(WorkStopped):
            await task

    asyncio.run(main())


def test_a_signal_ends_a_wait() -> None:
    """A wait ends when the signal is set, or after its time."""

    async def main() -> None:
        signal = AsyncioRuntime(SystemClock()).make_signal()
        signal.set()
        await signal.wait(None)
        await signal.wait(0.001)

    asyncio.run(main())
