"""Simulation, in virtual time, of rate-control algorithms against rate limiters with hidden parameters.

The algorithms do not know the parameters of the rate limiters. Each figure is the time relative to the ideal (mean and
worst over 1, 8, 16 and 32 threads and all seeds) or the number of 429 responses per create. The ideal is the time that
a sender needs if it knows the limit. The summary is the mean of the means.

A second table is about services that reject a random share of the requests, whatever the rate. The figures are the
requests per second relative to 16 threads that have no rate limiter and retry at once.

Run the simulation with ``python tests/benchmarks/rate_limiting.py``. With ``--quick``, the simulation uses one seed
instead of four, and only 8 threads.
"""

from collections.abc import Callable, Iterator
from itertools import product
from statistics import mean

from attrs import evolve, frozen

from harness.cli import Effort, run
from harness.table import Row, Table
from simulation.algorithms import Aimd, Algorithm, FullJitter, ImmediateRetry, LatticeTg
from simulation.run import Scenario, Score, simulate
from simulation.scenarios import HELD_OUT, HELD_OUT_SHARES, TUNED, TUNED_SHARES, VALIDATION

COUNTS = (10, 100, 400)
ALGORITHMS: dict[str, Callable[[], Algorithm]] = {"lattice_tg": LatticeTg, "AIMD": Aimd, "full jitter": FullJitter}

RANDOM_THREADS = 16
RANDOM_GOALS = {"1 % 429s": 0.9, "5 % 429s": 0.7, "20 % 429s": 0.4}


@frozen
class ScenarioGroup:
    """A group of scenarios, and the first of the seeds with which each scenario is simulated."""

    title: str
    scenarios: list[Scenario]
    first_seed: int

    def scores(self, scenario: Scenario, creates: int, effort: Effort) -> list[list[Score]]:
        """Return the scores of each algorithm for all thread counts and seeds."""
        threads = (8,) if effort.is_quick else (1, 8, 16, 32)
        seeds = range(self.first_seed, self.first_seed + effort.choose(4, 1))
        return [
            [simulate(scenario, algorithm, creates, number, seed) for number, seed in product(threads, seeds)]
            for algorithm in ALGORITHMS.values()
        ]


GROUPS = (
    ScenarioGroup("tuned on", TUNED, 1),
    ScenarioGroup("validation", VALIDATION, 101),
    ScenarioGroup("held out", HELD_OUT, 201),
)


def measure(effort: Effort) -> Iterator[Table]:
    rows = [Row(label=group.title, figures=measure_means(group, effort)) for group in GROUPS]
    title = "Simulated creates, mean time relative to the ideal"
    yield Table(name="rate_limiting", title=title, columns=tuple(ALGORITHMS), rows=tuple(rows))
    yield measure_random_rejections(effort)


def measure_means(group: ScenarioGroup, effort: Effort) -> tuple[float, ...]:
    """Print the figures of each scenario, and return the mean of each algorithm over all scenarios."""
    print(f"{group.title:28}{'N':>5} | " + " | ".join(f"{name:>20}" for name in ALGORITHMS))
    print(f"{'':33} | " + " | ".join(f"{'mean':>6} {'worst':>6} {'429s':>6}" for _ in ALGORITHMS))
    means: list[list[float]] = []
    for scenario, creates in product(group.scenarios, COUNTS):
        scores = group.scores(scenario, creates, effort)
        means.append([mean(score.relative_time for score in algorithm_scores) for algorithm_scores in scores])
        print(f"{scenario.name:28}{creates:5} | " + " | ".join(map(format_cell, scores)), flush=True)
    print()
    return tuple(map(mean, zip(*means, strict=True)))


def measure_random_rejections(effort: Effort) -> Table:
    groups = ("", TUNED_SHARES, 1), (", other seeds", TUNED_SHARES, 301), ("", HELD_OUT_SHARES, 401)
    rows = [
        make_random_row(scenario, suffix, range(first_seed, first_seed + effort.choose(4, 1)), effort)
        for suffix, scenarios, first_seed in groups
        for scenario in scenarios
    ]
    return Table(
        name="random_rejections",
        title="Simulated requests per second with random 429 responses, no rate limiter and immediate retries = 1.00",
        columns=("lattice_tg", "with Retry-After: 1", *list(ALGORITHMS)[1:]),
        rows=tuple(rows),
        better="more",
    )


def make_random_row(scenario: Scenario, suffix: str, seeds: range, effort: Effort) -> Row:
    """Return the mean speed of each algorithm over all seeds, and of lattice_tg with ``Retry-After: 1``."""
    requests = effort.choose(10_000, 400)

    def measure_speed(algorithm: Callable[[], Algorithm], retry_after_seconds: float = 0.0) -> float:
        delayed = evolve(scenario, retry_after_seconds=retry_after_seconds)
        return mean(
            simulate(scenario, ImmediateRetry, requests, RANDOM_THREADS, seed).relative_time
            / simulate(delayed, algorithm, requests, RANDOM_THREADS, seed).relative_time
            for seed in seeds
        )

    ours, *others = ALGORITHMS.values()
    figures = (measure_speed(ours), measure_speed(ours, 1.0), *map(measure_speed, others))
    goal = RANDOM_GOALS.get(scenario.name.removesuffix(", slow"))
    return Row(label=scenario.name + suffix, figures=figures, goal=goal)


def format_cell(scores: list[Score]) -> str:
    times = [score.relative_time for score in scores]
    return f"{mean(times):6.2f} {max(times):6.2f} {mean(score.throttled_per_create for score in scores):6.2f}"


if __name__ == "__main__":
    run(__doc__, measure)
