"""The clock that takes no time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.testing import VirtualClock


def test_sleeping_moves_the_clock() -> None:
    """A sleep of five minutes is over at once, and the clock says that five minutes passed."""
    clock = VirtualClock()

    clock.sleep(300)

    assert clock.monotonic() == 300


def test_it_is_a_clock() -> None:
    """It is what the library takes for a clock, and starts where it is told to."""
    clocks: list[Clock] = [SystemClock(), VirtualClock(start_seconds=7)]

    assert clocks[1].monotonic() == 7


def test_advance() -> None:
    """``advance`` moves the clock on from where it is, whatever the thread has seen of it."""
    clock = VirtualClock()
    clock.monotonic()
    threading_sleep(clock, 100)

    clock.advance(5)

    assert clock.monotonic() == 105


def threading_sleep(clock: VirtualClock, seconds: float) -> None:
    sleeper = threading.Thread(target=clock.sleep, args=(seconds,))
    sleeper.start()
    sleeper.join()


def test_sleeps_in_parallel_overlap() -> None:
    """Sixteen threads that sleep ten seconds each from the same moment are ten seconds older, not 160."""
    clock = VirtualClock()
    together = threading.Barrier(16)

    def nap(_: int) -> float:
        clock.monotonic()
        together.wait()
        clock.sleep(10)
        return clock.monotonic()

    with ThreadPoolExecutor(16) as threads:
        woken = list(threads.map(nap, range(16)))

    assert woken == [10] * 16


def test_a_wake_up_that_is_past() -> None:
    """A sleeper whose wake-up others have gone past does not move the clock."""
    clock = VirtualClock()
    clock.monotonic()
    threading_sleep(clock, 100)

    clock.sleep(5)

    assert clock.monotonic() == 100


def test_sleeps_in_a_row() -> None:
    """Sleeps of one thread add up, even while another is ahead."""
    clock = VirtualClock()
    clock.monotonic()
    threading_sleep(clock, 7)

    clock.sleep(5)
    clock.sleep(5)

    assert clock.monotonic() == 10


def test_no_sleep_backwards() -> None:
    """A negative sleep is an error, as with ``time.sleep``."""
    clock = VirtualClock()

    with pytest.raises(ValueError, match=r"seconds=-1: a sleep cannot be negative"):
        clock.sleep(-1)


def test_it_shows_its_reading() -> None:
    """The representation tells the time."""
    assert repr(VirtualClock(2.5)) == "VirtualClock(2.5)"
