"""Peak memory while registering 1,000 to 100,000 targets (1,000 streamed targets = 1.00).

The figure is the peak of the memory that Python allocates during the registration (tracemalloc), minus the memory that
was allocated before. The boto3 client is a fake that accepts every target and stores nothing, so that lattice_tg uses
all of the measured memory. At most four requests are in flight. Each streamed request holds 100 targets, so that 1,000
targets are enough for four requests.

Run the benchmark with ``python tests/benchmarks/register_memory.py``. With ``--quick``, the benchmark stops at 10,000
targets.
"""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from alternatives.lattice import addresses, make_sender
from harness.cli import Effort, run
from harness.table import Row, Table
from lattice_tg.operations.targets import iter_register_targets, register_targets
from lattice_tg.runtime import blocking
from lattice_tg.runtime.blocking import iterate
from service.responses import GROUP_ID

COUNTS = (1_000, 10_000, 100_000)
WORKERS = 4


@frozen
class AcceptingClient:
    """A fake boto3 client that reports every target as registered."""

    def register_targets(self, **request: Any) -> Mapping[str, Any]:
        return {"successful": [dict(target, port=80) for target in request["targets"]], "unsuccessful": []}


def register_stream(count: int) -> int:
    """Register ``count`` targets without keeping the results, and return the number of registered targets."""
    sender = make_sender(AcceptingClient(), max_workers=WORKERS)
    results = iterate(iter_register_targets(sender, GROUP_ID, addresses(count)))
    return sum(len(result.successful) for result in results)


def register_list(count: int) -> int:
    sender = make_sender(AcceptingClient(), max_workers=WORKERS)
    return len(blocking.run(register_targets, sender, GROUP_ID, addresses(count)).successful)


ALTERNATIVES: dict[str, Callable[[int], int]] = {
    "lattice_tg, streamed": register_stream,
    "lattice_tg, list": register_list,
}


def measure_peak_bytes(register: Callable[[int], int], count: int) -> int:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    registered = register(count)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert registered == count, f"{registered} of {count} targets were registered"
    return peak - before


def measure(effort: Effort) -> Iterator[Table]:
    for register in ALTERNATIVES.values():
        register(1_000)  # The first call imports modules and fills caches, so it is not measured.
    counts = COUNTS[: effort.choose(3, 2)]
    peaks = {count: [measure_peak_bytes(register, count) for register in ALTERNATIVES.values()] for count in counts}
    base = peaks[COUNTS[0]][0]
    rows = [Row(label=f"{count:,} targets", figures=tuple(peak / base for peak in row)) for count, row in peaks.items()]
    title = "Peak memory, 1,000 targets streamed = 1.00"
    yield Table(name="register_memory", title=title, columns=tuple(ALTERNATIVES), rows=tuple(rows))


if __name__ == "__main__":
    run(__doc__, measure)
