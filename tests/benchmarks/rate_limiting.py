"""Simulation, in virtual time, of rate-control algorithms against rate limiters with hidden parameters.

The algorithms do not know the parameters of the rate limiters. Each figure is the time relative to the ideal (mean and
worst over 1, 8, 16 and 32 threads and all seeds) or the number of 429 responses per create. The ideal is the time that
a sender needs if it knows the limit. The summary is the mean of the means.

Run the simulation with ``python tests/benchmarks/rate_limiting.py``. With ``--quick``, the simulation uses one seed
instead of four, and only 8 threads.
"""

from collections.abc import Callable, Iterator
from itertools import product
from statistics import mean

from attrs import frozen

from harness.cli import Effort, run
from harness.table import Row, Table
from simulation.algorithms import Aimd, Algorithm, FullJitter, LatticeTg
from simulation.run import Scenario, Score, simulate
from simulation.scenarios import HELD_OUT, TUNED, VALIDATION

COUNTS = (10, 100, 400)
ALGORITHMS: dict[str, Callable[[], Algorithm]] = {"lattice_tg": LatticeTg, "AIMD": Aimd, "full jitter": FullJitter}


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


def format_cell(scores: list[Score]) -> str:
    times = [score.relative_time for score in scores]
    return f"{mean(times):6.2f} {max(times):6.2f} {mean(score.throttled_per_create for score in scores):6.2f}"


if __name__ == "__main__":
    run(__doc__, measure)
