"""Requests per second of 64 threads that share one client, relative to raw boto3 (1.00).

The server takes 20 ms per request, and each client has 64 connections. The difference between two identical raw clients
is the measurement noise. The last row has a server that acknowledges TCP segments late.

Run the benchmark with ``python tests/benchmarks/threads.py``. With ``--quick``, the benchmark makes 128 calls in 2
rounds instead of 640 calls in 9 rounds.
"""

from collections.abc import Iterator

from alternatives.concurrent_calls import CONNECTIONS, make_blocking, make_capo, make_raw
from alternatives.raw_boto3 import RAW, SECOND_RAW
from harness.cli import Effort, run
from harness.concurrency import GETS, LATE_REGISTRATIONS, REGISTRATIONS, MakeCalls, Operation, measure_seconds
from harness.table import Row, Table

ALTERNATIVES: dict[str, MakeCalls] = {
    RAW: make_raw,
    SECOND_RAW: make_raw,
    "lattice_tg": make_blocking,
    "capo": make_capo,
}
GOALS = {GETS: 1.5, REGISTRATIONS: 1.65, LATE_REGISTRATIONS: 1.65}


def measure(effort: Effort) -> Iterator[Table]:
    yield Table(
        name="threads",
        title=f"Requests per second of {CONNECTIONS} threads, {RAW} = 1.00; more is better",
        columns=tuple(ALTERNATIVES),
        rows=tuple(measure_row(operation, effort) for operation in GOALS),
        better="more",
    )


def measure_row(operation: Operation, effort: Effort) -> Row:
    seconds = measure_seconds(operation, ALTERNATIVES, effort)
    speeds = tuple(seconds[RAW] / value for value in seconds.values())
    return Row(label=operation.label, figures=speeds, goal=GOALS[operation])


if __name__ == "__main__":
    run(__doc__, measure)
