"""How much memory registering takes, from 1,000 to 100,000 targets: 1,000 targets, streamed = 1.00.

It is the peak of what Python itself allocates (tracemalloc), above what there was before. The service is one that
takes every target and keeps nothing, so that the memory is the library's own. Four requests are under way at a time:
few, so that 1,000 targets fill them as 100,000 do; a stream holds a hundred targets for each.

Run it as ``python tests/benchmarks/register_memory.py``; ``--quick`` stops at 10,000.
"""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from alternatives.lattice import addresses, machinery
from harness.cli import Effort, run
from harness.table import Row, Table
from lattice_tg.operations.targets import TargetBatcher
from service.responses import GROUP_ID

COUNTS = (1_000, 10_000, 100_000)
WORKERS = 4


@frozen
class TakingAll:
    """A boto3 client whose service takes every target."""

    def register_targets(self, **request: Any) -> Mapping[str, Any]:
        return {"successful": [dict(target, port=80) for target in request["targets"]], "unsuccessful": []}


def requests() -> TargetBatcher:
    return TargetBatcher.for_register(machinery(TakingAll(), max_workers=WORKERS), GROUP_ID)


def streamed(count: int) -> int:
    """How many targets the reports say were registered; none of them is kept."""
    return sum(len(report.successful) for report in requests().stream(addresses(count)))


def at_once(count: int) -> int:
    return len(requests().run(addresses(count)).successful)


CONTENDERS: dict[str, Callable[[int], int]] = {"lattice_tg, streamed": streamed, "lattice_tg, at once": at_once}


def peak_bytes(register: Callable[[int], int], count: int) -> int:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    taken = register(count)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == count, f"{taken} of {count} targets were registered"
    return peak - before


def measured(effort: Effort) -> Iterator[Table]:
    for register in CONTENDERS.values():
        register(1_000)  # what is imported and cached on first use is no part of it
    counts = COUNTS[: effort.of(3, 2)]
    peaks = {count: [peak_bytes(register, count) for register in CONTENDERS.values()] for count in counts}
    base = peaks[COUNTS[0]][0]
    rows = [Row(label=f"{count:,} targets", figures=tuple(peak / base for peak in row)) for count, row in peaks.items()]
    title = "Peak memory, 1,000 targets streamed = 1.00"
    yield Table(name="register_memory", title=title, columns=tuple(CONTENDERS), rows=tuple(rows))


if __name__ == "__main__":
    run(__doc__, measured)
