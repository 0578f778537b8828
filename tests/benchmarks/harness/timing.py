"""Taking times: contenders in turn, round after round, so that a slow moment of the machine meets them all."""

from collections.abc import Callable, Mapping
from random import Random
from statistics import median
from time import perf_counter

Seconds = Callable[[], float]
"""Does something once and says how long it took."""

_WORTH_TIMING_SECONDS = 2e-4
"""Long for the clock, and short enough to fit between two interruptions on a busy machine."""


def medians(contenders: Mapping[str, Seconds], rounds: int, *, warm: int = 3) -> dict[str, float]:
    """The median of each contender; the first ``warm`` rounds are not counted.

    Each round has an order of its own: who comes after somebody like him finds the caches warm.
    """
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    order, names = Random(0), list(contenders)
    for turn in range(-warm, rounds):
        order.shuffle(names)
        for name in names:
            seconds = contenders[name]()
            if turn >= 0:
                taken[name].append(seconds)
    return {name: median(times) for name, times in taken.items()}


def timed(call: Callable[[], object], times: int = 1) -> Seconds:
    """Takes the time of one call, of ``times`` in a row."""

    def seconds() -> float:
        started = perf_counter()
        for _ in range(times):
            call()
        return (perf_counter() - started) / times

    return seconds


def timed_in_batches(call: Callable[[], object]) -> Seconds:
    """Takes the time of a call that is over too soon for the clock: of as many in a row as it can read well."""
    times = 1
    while min(timed(call, times)() for _ in range(5)) * times < _WORTH_TIMING_SECONDS:
        times *= 2
    return timed(call, times)


def over(base: str, seconds: Mapping[str, float]) -> tuple[float, ...]:
    """Each contender's time over that of ``base``."""
    return tuple(taken / seconds[base] for taken in seconds.values())
