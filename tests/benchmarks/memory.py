"""Resident memory of a program with one client after its first create, each in a new process (raw boto3 = 1.00).

The programs are those of cold_start.py. The figure includes the memory of the Python interpreter. The benchmark runs
only on Linux.

Run the benchmark with ``python tests/benchmarks/memory.py``. With ``--quick``, the benchmark starts 3 processes per
figure instead of 15.
"""

from collections.abc import Iterator
from functools import partial

from alternatives import first_create
from alternatives.raw_boto3 import RAW
from harness.cli import Effort, run
from harness.processes import RESIDENT_KIB, new_processes
from harness.table import Row, Table
from harness.timing import medians, ratios
from service.canned_server import run_server


def measure(effort: Effort) -> Iterator[Table]:
    with run_server() as url, new_processes(RESIDENT_KIB) as measure_kib:
        programs = {name: partial(measure_kib, code) for name, code in first_create.statements(url).items()}
        kib = medians(programs, effort.rounds(15, 3), warmup=1)
    row = Row(label="one client after one create", figures=ratios(RAW, kib), goal=0.9)
    yield Table(name="memory", title=f"Resident memory, {RAW} = 1.00", columns=tuple(programs), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measure)
