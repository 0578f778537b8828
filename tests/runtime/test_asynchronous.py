"""The asyncio runtime: waits in work that can be stopped."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from lattice_tg.runtime.asynchronous import AsyncioRuntime, iterate
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


class WaitingStream:
    """A stream that waits for its first page, and records how it is ended."""

    def __init__(self) -> None:
        self.events: list[str] = []

    async def next_page(self) -> Sequence[int] | None:
        await asyncio.sleep(60)
        return None

    def stop(self) -> None:
        self.events.append("stop")

    async def aclose(self) -> None:
        self.events.append("aclose")


async def consume(stream: WaitingStream) -> None:
    async for _ in iterate(stream):
        pass


def test_a_stream_that_outlives_its_loop_is_stopped() -> None:
    """If no event loop runs when a generator is closed, the stream is stopped without waiting."""

    class ReadyStream(WaitingStream):
        async def next_page(self) -> Sequence[int] | None:
            return (1, 2)

    stream = ReadyStream()
    generator = iterate(stream)
    with pytest.raises(StopIteration, match="1"):
        generator.__anext__().__await__().send(None)

    with pytest.raises(StopIteration):
        generator.aclose().__await__().send(None)

    assert stream.events == ["stop"]


def test_a_closed_generator_waits_for_its_stream() -> None:
    """If a task that iterates is cancelled, the generator waits until the stream is closed."""
    stream = WaitingStream()

    async def main() -> None:
        task = asyncio.create_task(consume(stream))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert stream.events == ["aclose"]


def test_a_signal_ends_a_wait() -> None:
    """A wait ends when the signal is set, or after its time."""

    async def main() -> None:
        signal = AsyncioRuntime(SystemClock()).make_signal()
        signal.set()
        await signal.wait(None)
        await signal.wait(0.001)

    asyncio.run(main())
