"""How the rate law fares against limiters it does not know: a simulation on virtual time.

Each figure is the time over the ideal (mean and worst over 1, 8, 16 and 32 threads and the seeds) and the 429s per
create. The ideal is what an all-knowing sender needs. The summary is the mean of the means.

Run it as ``python tests/benchmarks/pacing.py``; ``--quick`` takes one seed instead of four, and 8 threads alone.
"""

from collections.abc import Callable, Iterator
from itertools import product
from statistics import mean

from attrs import frozen

from harness.cli import Effort, run
from harness.table import Row, Table
from simulation.algorithms import Aimd, FullJitter, Law, Ours
from simulation.run import Score, Setting, simulated
from simulation.scenarios import HELD_OUT, SEEN_ONCE, TUNED

COUNTS = (10, 100, 400)
LAWS: dict[str, Callable[[], Law]] = {"lattice_tg": Ours, "AIMD": Aimd, "full jitter": FullJitter}


@frozen
class Part:
    """Settings of one standing, and the seeds that are theirs."""

    title: str
    settings: list[Setting]
    first_seed: int

    def scores(self, setting: Setting, creates: int, effort: Effort) -> list[list[Score]]:
        """For each law, those of all threads and seeds."""
        threads = (8,) if effort.is_quick else (1, 8, 16, 32)
        seeds = range(self.first_seed, self.first_seed + effort.of(4, 1))
        return [
            [simulated(setting, law, creates, number, seed) for number, seed in product(threads, seeds)]
            for law in LAWS.values()
        ]


PARTS = (Part("tuned on", TUNED, 1), Part("seen once", SEEN_ONCE, 101), Part("held out", HELD_OUT, 201))


def measured(effort: Effort) -> Iterator[Table]:
    rows = [Row(label=part.title, figures=shown(part, effort)) for part in PARTS]
    title = "Simulated creates, mean time over the ideal"
    yield Table(name="pacing", title=title, columns=tuple(LAWS), rows=tuple(rows))


def shown(part: Part, effort: Effort) -> tuple[float, ...]:
    """The mean of each law; the figures of each setting are printed on the way."""
    print(f"{part.title:28}{'N':>5} | " + " | ".join(f"{name:>20}" for name in LAWS))
    print(f"{'':33} | " + " | ".join(f"{'mean':>6} {'worst':>6} {'429s':>6}" for _ in LAWS))
    means: list[list[float]] = []
    for setting, creates in product(part.settings, COUNTS):
        scores = part.scores(setting, creates, effort)
        means.append([mean(score.over_ideal for score in of_law) for of_law in scores])
        print(f"{setting.name:28}{creates:5} | " + " | ".join(map(cell, scores)), flush=True)
    print()
    return tuple(map(mean, zip(*means, strict=True)))


def cell(scores: list[Score]) -> str:
    times = [score.over_ideal for score in scores]
    return f"{mean(times):6.2f} {max(times):6.2f} {mean(score.throttled_per_create for score in scores):6.2f}"


if __name__ == "__main__":
    run(__doc__, measured)
