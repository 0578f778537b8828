"""Scenarios in which the rate-control algorithms are compared.

The constants of lattice_tg's algorithm were chosen with the tuned scenarios only. Never use the held-out scenarios or
the validation scenarios to choose constants. A former validation scenario (four processes) revealed a bug. When the bug
was fixed, this scenario was moved to the tuned scenarios.

The same applies to the scenarios in which the service rejects requests at random. The seeds that the benchmark calls
other seeds (301 to 304) were not used to choose constants.
"""

from collections.abc import Callable
from random import Random

from simulation.limiters import Bucket, FixedWindow, Limiter, RandomRejections, SlidingWindow
from simulation.run import Scenario


def fixed(limit: int, window_seconds: float = 1.0) -> Callable[[Random], Limiter]:
    return lambda rng: FixedWindow(limit, window_seconds, rng.uniform(0, window_seconds))


TUNED = [
    Scenario("bucket 20/s burst 20", lambda _: Bucket(20, 20)),
    Scenario("bucket 100/s burst 100", lambda _: Bucket(100, 100)),
    Scenario("bucket 1/s burst 5", lambda _: Bucket(1, 5)),
    Scenario("bucket 500/s burst 500", lambda _: Bucket(500, 500)),
    Scenario("windows of 1 s, 20 each", fixed(20)),
    Scenario("sliding second, 20", lambda _: SlidingWindow(20)),
    Scenario("2 processes, 20/s burst 20", lambda _: Bucket(20, 20), processes=2),
    Scenario("3 processes, 20/s burst 20", lambda _: Bucket(20, 20), processes=3),
    Scenario("4 processes, 30/s burst 10", lambda _: Bucket(30, 10), processes=4),
    Scenario("5 processes, 40/s burst 8", lambda _: Bucket(40, 8), processes=5),
    Scenario("6 processes, 12/s burst 6", lambda _: Bucket(12, 6), processes=6),
    Scenario("bucket 10/s burst 2", lambda _: Bucket(10, 2)),
    Scenario("no limit", lambda _: Bucket(1e9, 1e9)),
]
VALIDATION = [
    Scenario("bucket 8/s burst 1", lambda _: Bucket(8, 1)),
    Scenario("bucket 4/s burst 20", lambda _: Bucket(4, 20)),
    Scenario("bucket 10/s burst 40, slow", lambda _: Bucket(10, 40), latency_seconds=(0.1, 0.3)),
    Scenario("bucket 50/s burst 10", lambda _: Bucket(50, 10)),
    Scenario("bucket 200/s burst 50, fast", lambda _: Bucket(200, 50), latency_seconds=(0.004, 0.01)),
    Scenario("windows of 1 s, 5 each", fixed(5)),
    Scenario("windows of 1 s, 50 each", fixed(50)),
    Scenario("windows of 5 s, 100 each", fixed(100, 5.0)),
    Scenario("sliding second, 50", lambda _: SlidingWindow(50), latency_seconds=(0.05, 0.15)),
    Scenario("3 processes, windows of 30", fixed(30), processes=3),
]
HELD_OUT = [
    Scenario("bucket 30/s burst 5", lambda _: Bucket(30, 5)),
    Scenario("bucket 2/s burst 10", lambda _: Bucket(2, 10), latency_seconds=(0.03, 0.2)),
    Scenario("bucket 300/s burst 30", lambda _: Bucket(300, 30), latency_seconds=(0.01, 0.03)),
    Scenario("bucket 70/s burst 140", lambda _: Bucket(70, 140), latency_seconds=(0.1, 0.2)),
    Scenario("windows of 1 s, 40 each", fixed(40)),
    Scenario("windows of 2 s, 25 each", fixed(25, 2.0)),
    Scenario("sliding second, 15", lambda _: SlidingWindow(15)),
    Scenario("2 processes, 100/s burst 50", lambda _: Bucket(100, 50), processes=2),
    Scenario("4 processes, 60/s burst 20", lambda _: Bucket(60, 20), processes=4),
    Scenario("3 processes, 9/s burst 9", lambda _: Bucket(9, 9), processes=3),
    Scenario("2 processes, windows of 15", fixed(15), processes=2),
]


def random_share(share: float, burst_seconds: float = 1.0, period_seconds: float = 1.0) -> Callable[[Random], Limiter]:
    return lambda rng: RandomRejections(rng, share, burst_seconds, period_seconds)


FAST = (0.006, 0.011)
"""Latency of the service in seconds at which 16 threads without a rate limiter send about 1,900 requests per second."""
TUNED_SHARES = [
    Scenario("1 % 429s", random_share(0.01), latency_seconds=FAST),
    Scenario("5 % 429s", random_share(0.05), latency_seconds=FAST),
    Scenario("20 % 429s", random_share(0.2), latency_seconds=FAST),
    Scenario("1 % 429s, slow", random_share(0.01)),
    Scenario("5 % 429s, slow", random_share(0.05)),
    Scenario("20 % 429s, slow", random_share(0.2)),
]
HELD_OUT_SHARES = [
    Scenario("0.5 % 429s", random_share(0.005), latency_seconds=FAST),
    Scenario("2 % 429s", random_share(0.02), latency_seconds=FAST),
    Scenario("10 % 429s", random_share(0.1), latency_seconds=FAST),
    Scenario("10 % 429s, slow", random_share(0.1)),
    Scenario("20 % 429s for 0.5 of 2 s", random_share(0.2, 0.5, 2.0), latency_seconds=FAST),
    Scenario("50 % 429s for 0.5 of 2 s", random_share(0.5, 0.5, 2.0), latency_seconds=FAST),
    Scenario("all 429s for 0.2 of 2 s", random_share(1.0, 0.2, 2.0), latency_seconds=FAST),
]
