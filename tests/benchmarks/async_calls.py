"""Requests per second of many asyncio tasks, relative to raw boto3 in 64 threads (raw boto3 = 1.00).

The server takes 20 ms per request, and each client has 64 connections. The alternatives with threads use 64 threads,
which is the number that a program needs to keep all connections busy. The asyncio alternatives start all calls at once
as tasks of one event loop, and limit the requests in flight themselves. The difference between two identical raw
clients is the measurement noise. The last row has a server that acknowledges TCP segments late. The goal for lattice_tg
is the figure of capo.

Run the benchmark with ``python tests/benchmarks/async_calls.py``. With ``--quick``, the benchmark makes 128 calls in 2
rounds instead of 640 calls in 9 rounds.
"""

from collections.abc import Iterator

from alternatives.concurrent_calls import CONNECTIONS, make_asyncio, make_blocking, make_capo_asyncio, make_raw
from alternatives.raw_boto3 import SECOND_RAW
from harness.cli import Effort, run
from harness.concurrency import GETS, LATE_REGISTRATIONS, REGISTRATIONS, MakeCalls, Operation, measure_seconds
from harness.table import Row, Table

RAW = f"boto3, {CONNECTIONS} threads"
OURS = "lattice_tg, asyncio"
CAPO = "capo, asyncio"
ALTERNATIVES: dict[str, MakeCalls] = {
    RAW: make_raw,
    SECOND_RAW: make_raw,
    f"lattice_tg, {CONNECTIONS} threads": make_blocking,
    OURS: make_asyncio,
    CAPO: make_capo_asyncio,
}


def measure(effort: Effort) -> Iterator[Table]:
    yield Table(
        name="async_calls",
        title=f"Requests per second, {RAW} = 1.00; more is better",
        columns=tuple(ALTERNATIVES),
        rows=tuple(measure_row(operation, effort) for operation in (GETS, REGISTRATIONS, LATE_REGISTRATIONS)),
        better="more",
        ours=OURS,
    )


def measure_row(operation: Operation, effort: Effort) -> Row:
    seconds = measure_seconds(operation, ALTERNATIVES, effort)
    speeds = tuple(seconds[RAW] / value for value in seconds.values())
    return Row(label=operation.label, figures=speeds, goal=seconds[RAW] / seconds[CAPO])


if __name__ == "__main__":
    run(__doc__, measure)
