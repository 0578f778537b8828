"""Time of typed calls relative to the raw boto3 calls that return dicts (raw boto3 = 1.00).

The alternatives take turns calling the same canned HTTP server, which runs in a separate process. The difference
between two identical raw clients is the measurement noise. Only the ratios are comparable between machines.

Run the benchmark with ``python tests/benchmarks/calls.py``. With ``--quick``, the benchmark runs 40 rounds instead
of 400.
"""

from collections.abc import Callable, Iterator

from alternatives import bare_http, capo, hand_written, lattice, pydantic_port, raw_boto3
from alternatives.five_calls import FiveCalls
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_timer, medians, ratios
from service.canned_server import run_server

RAW = "raw boto3"
ALTERNATIVES: dict[str, Callable[[str], FiveCalls]] = {
    RAW: raw_boto3.calls,
    "raw again": raw_boto3.calls,
    "lattice_tg": lattice.calls,
    "boto3, hand-written": hand_written.calls,
    "boto3, pydantic": pydantic_port.calls,
    "capo": capo.calls,
    "urllib3, json": bare_http.calls,
}
OPERATIONS: dict[str, tuple[Callable[[FiveCalls], Callable[[], object]], float]] = {
    "create": (lambda calls: calls.create, 0.95),
    "get": (lambda calls: calls.get, 0.95),
    "page of 100 groups": (lambda calls: calls.list_groups, 0.30),
    "page of 100 targets": (lambda calls: calls.list_targets, 1.00),
    "register 100 targets": (lambda calls: calls.register, 0.80),
}
"""The call that each row measures, and the goal for lattice_tg."""


def measure(effort: Effort) -> Iterator[Table]:
    with run_server() as url:
        alternatives = {name: make_calls(url) for name, make_calls in ALTERNATIVES.items()}
        for calls in alternatives.values():
            calls.check()
        rows = [_measure_row(name, alternatives, effort.rounds(400, 40)) for name in OPERATIONS]
    yield Table(name="calls", title="Time per call, raw boto3 = 1.00", columns=tuple(ALTERNATIVES), rows=tuple(rows))


def _measure_row(operation: str, alternatives: dict[str, FiveCalls], rounds: int) -> Row:
    select_call, goal = OPERATIONS[operation]
    seconds = medians({name: make_timer(select_call(calls)) for name, calls in alternatives.items()}, rounds, warmup=5)
    return Row(label=operation, figures=ratios(RAW, seconds), goal=goal)


if __name__ == "__main__":
    run(__doc__, measure)
