"""The virtual clock."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.testing import VirtualClock


def test_sleep_advances_the_clock_without_waiting() -> None:
    """A sleep of five minutes returns immediately and advances the clock by five minutes."""
    clock = VirtualClock()

    clock.sleep(300)

    assert clock.monotonic() == 300


def test_a_virtual_clock_is_a_clock() -> None:
    """A virtual clock implements ``Clock`` and starts at the given reading."""
    clocks: list[Clock] = [SystemClock(), VirtualClock(start_seconds=7)]

    assert clocks[1].monotonic() == 7


def test_advance_moves_the_clock() -> None:
    """advance() ignores earlier readings in the same thread."""
    clock = VirtualClock()
    clock.monotonic()
    sleep_in_thread(clock, 100)

    clock.advance(5)

    assert clock.monotonic() == 105


def sleep_in_thread(clock: VirtualClock, seconds: float) -> None:
    """Sleep in another thread and wait until that thread has ended."""
    sleeper = threading.Thread(target=clock.sleep, args=(seconds,))
    sleeper.start()
    sleeper.join()


def test_parallel_sleeps_overlap() -> None:
    """If 16 threads sleep 10 s at the same time, the clock advances by 10 s, not by 160 s."""
    clock = VirtualClock()
    barrier = threading.Barrier(16)

    def sleep_once(_: int) -> float:
        """Sleep and return the reading."""
        clock.monotonic()
        barrier.wait()
        clock.sleep(10)
        return clock.monotonic()

    with ThreadPoolExecutor(16) as threads:
        readings = list(threads.map(sleep_once, range(16)))

    assert readings == [10] * 16


def test_a_past_wake_up_does_not_move_the_clock() -> None:
    """A sleeper whose wake-up time has passed does not move the clock."""
    clock = VirtualClock()
    clock.monotonic()
    sleep_in_thread(clock, 100)

    clock.sleep(5)

    assert clock.monotonic() == 100


def test_sequential_sleeps_add_up() -> None:
    """Sleeps of one thread add up, even if another thread has already moved the clock further."""
    clock = VirtualClock()
    clock.monotonic()
    sleep_in_thread(clock, 7)

    clock.sleep(5)
    clock.sleep(5)

    assert clock.monotonic() == 10


def test_a_negative_sleep_is_rejected() -> None:
    """A negative sleep raises ValueError, as in ``time.sleep``."""
    clock = VirtualClock()

    with pytest.raises(ValueError, match=r"seconds=-1: must not be negative"):
        clock.sleep(-1)


def test_clock_can_replace_the_sleeps_of_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """If ``time.sleep`` and ``asyncio.sleep`` are replaced by the methods of a clock, they advance the clock."""
    clock = VirtualClock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep_async)

    time.sleep(5)
    asyncio.run(asyncio.sleep(7))

    assert clock.monotonic() == 12


def test_repr_shows_the_reading() -> None:
    """``repr()`` shows the reading."""
    assert repr(VirtualClock(2.5)) == "VirtualClock(2.5)"


def test_parallel_tasks_overlap() -> None:
    """If 300 tasks sleep 5 s at the same time, the clock advances by 5 s, not by 1,500 s."""
    clock = VirtualClock()

    async def sleep_once() -> float:
        clock.monotonic()
        await clock.sleep_async(5)
        return clock.monotonic()

    async def main() -> list[float]:
        return await asyncio.gather(*(sleep_once() for _ in range(300)))

    assert asyncio.run(main()) == [5.0] * 300
    with pytest.raises(ValueError, match="must not be negative"):
        asyncio.run(clock.sleep_async(-1))
