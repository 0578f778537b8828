"""Time of typed calls relative to the raw boto3 calls that return dicts (raw boto3 = 1.00).

The alternatives take turns calling the same canned HTTP server. The server and each alternative run in their own
processes. In each turn, an alternative makes ten calls. The processes of the alternatives are started several times,
because the memory layout of a process makes the process a few percent faster or slower. A figure is the mean of the
ratios of all starts.
The difference between two identical raw clients is the measurement noise. Only the ratios are comparable between
machines.

A second table shows the same calls to a server that acknowledges TCP segments late. A client that sends headers and
body separately, without TCP_NODELAY, waits for the acknowledgment before it sends the body.

Run the benchmark with ``python tests/benchmarks/calls.py``. With ``--quick``, the benchmark starts the processes once
and runs fewer rounds.
"""

from collections.abc import Iterator
from functools import partial
from statistics import mean

from alternatives import bare_http, capo, hand_written, lattice, pydantic_port, raw_boto3
from alternatives.raw_boto3 import RAW, SECOND_RAW
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, ratios
from harness.workers import MakeCalls, Measure, start_workers
from service.canned_server import Settings, run_server

ALTERNATIVES: dict[str, MakeCalls] = {
    RAW: raw_boto3.calls,
    SECOND_RAW: raw_boto3.calls,
    "lattice_tg": lattice.calls,
    "boto3, hand-written": hand_written.calls,
    "boto3, pydantic": pydantic_port.calls,
    "capo": capo.calls,
    "urllib3, json": bare_http.calls,
}
OPERATIONS: dict[str, tuple[str, float]] = {
    "create": ("create", 0.78),
    "get": ("get", 0.65),
    "page of 100 groups": ("list_groups", 0.14),
    "page of 100 targets": ("list_targets", 0.72),
    "register 100 targets": ("register", 0.55),
}
"""For each row, the method of ``FiveCalls`` and the goal for lattice_tg."""

CALLS_PER_TURN = 10


def measure(effort: Effort) -> Iterator[Table]:
    title = f"Time per call, {RAW} = 1.00"
    yield measure_table("calls", title, Settings(), effort.choose(8, 1), effort.rounds(25, 4))
    late = Settings(acknowledges_late=True)
    title = f"Time per call to a server that acknowledges late, {RAW} = 1.00"
    yield measure_table("calls_late_acknowledgments", title, late, effort.choose(4, 1), effort.rounds(6, 2))


def measure_table(name: str, title: str, settings: Settings, starts: int, rounds: int) -> Table:
    with run_server(settings) as url:
        figures = [measure_ratios(url, rounds) for _ in range(starts)]
    rows = tuple(
        Row(
            label=operation,
            figures=tuple(map(mean, zip(*(start[operation] for start in figures), strict=True))),
            goal=goal,
        )
        for operation, (_, goal) in OPERATIONS.items()
    )
    return Table(name=name, title=title, columns=tuple(ALTERNATIVES), rows=rows)


def measure_ratios(url: str, rounds: int) -> dict[str, tuple[float, ...]]:
    """Start the alternatives and return the ratios of all alternatives for each operation."""
    with start_workers(ALTERNATIVES, url) as workers:
        return {operation: measure_operation(call, workers, rounds) for operation, (call, _) in OPERATIONS.items()}


def measure_operation(call: str, workers: dict[str, Measure], rounds: int) -> tuple[float, ...]:
    timers = {name: partial(measure_call, call, CALLS_PER_TURN) for name, measure_call in workers.items()}
    return ratios(RAW, medians(timers, rounds, warmup=3))


if __name__ == "__main__":
    run(__doc__, measure)
