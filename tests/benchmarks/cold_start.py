"""Time from the start of a program to the response of its first create, each in a new process (raw boto3 = 1.00).

Each program imports a package, creates a client and creates one target group on the canned server, which runs in a
separate process. The time that Python itself takes to start is not included.

Run the benchmark with ``python tests/benchmarks/cold_start.py``. With ``--quick``, the benchmark starts 3 processes per
figure instead of 45.
"""

from collections.abc import Iterator
from functools import partial

from alternatives import first_create
from alternatives.raw_boto3 import RAW
from harness.cli import Effort, run
from harness.processes import TIME, new_processes
from harness.table import Row, Table
from harness.timing import medians, ratios
from service.canned_server import run_server


def measure(effort: Effort) -> Iterator[Table]:
    with run_server() as url, new_processes(TIME) as measure_seconds:
        timers = {name: partial(measure_seconds, code) for name, code in first_create.statements(url).items()}
        seconds = medians(timers, effort.rounds(45, 3), warmup=1)
    row = Row(label="import, create a client and a group", figures=ratios(RAW, seconds), goal=1.0)
    title = f"Time to the first response in a new process, {RAW} = 1.00"
    yield Table(name="cold_start", title=title, columns=tuple(timers), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measure)
