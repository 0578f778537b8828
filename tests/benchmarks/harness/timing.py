"""Timing of alternatives in rounds, so that a slow phase of the machine affects all alternatives."""

from collections.abc import Callable, Mapping
from random import Random
from statistics import median
from time import perf_counter

Timer = Callable[[], float]
"""A function that makes a call and returns the cost of the call, usually in seconds."""

_MIN_BATCH_SECONDS = 2e-4
"""A batch must take much longer than the clock's resolution, but rarely be interrupted on a busy machine."""


def medians(timers: Mapping[str, Timer], rounds: int, *, warmup: int = 3) -> dict[str, float]:
    """Return the median of each timer, ignoring the first ``warmup`` rounds.

    Each round has a random order, because a timer that follows a similar timer benefits from warm caches.
    """
    times: dict[str, list[float]] = {name: [] for name in timers}
    order, names = Random(0), list(timers)
    for number in range(-warmup, rounds):
        order.shuffle(names)
        for name in names:
            seconds = timers[name]()
            if number >= 0:
                times[name].append(seconds)
    return {name: median(values) for name, values in times.items()}


def make_timer(call: Callable[[], object], times: int = 1) -> Timer:
    """Return a timer that measures the average time of ``times`` consecutive calls."""

    def measure_seconds() -> float:
        started_at = perf_counter()
        for _ in range(times):
            call()
        return (perf_counter() - started_at) / times

    return measure_seconds


def make_batch_timer(call: Callable[[], object]) -> Timer:
    """Return a timer for a very short call. The timer averages enough calls for the clock's resolution."""
    times = 1
    while min(make_timer(call, times)() for _ in range(5)) * times < _MIN_BATCH_SECONDS:
        times *= 2
    return make_timer(call, times)


def ratios(base: str, seconds: Mapping[str, float]) -> tuple[float, ...]:
    """Return the time of each alternative relative to the time of ``base``."""
    return tuple(value / seconds[base] for value in seconds.values())
