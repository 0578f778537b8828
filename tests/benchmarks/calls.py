"""Time of typed calls relative to the raw boto3 calls that return dicts (raw boto3 = 1.00).

The alternatives take turns calling the same canned HTTP server, which runs in a separate process. The difference
between two identical raw clients is the measurement noise. Only the ratios are comparable between machines.

A second table shows the same calls to a server that acknowledges TCP segments late. A client that sends headers and
body separately, without TCP_NODELAY, waits for the acknowledgment before it sends the body.

Run the benchmark with ``python tests/benchmarks/calls.py``. With ``--quick``, the benchmark runs 40 rounds instead
of 400, and 10 rounds instead of 100 with late acknowledgments.
"""

from collections.abc import Callable, Iterator

from alternatives import bare_http, capo, hand_written, lattice, pydantic_port, raw_boto3
from alternatives.five_calls import FiveCalls
from alternatives.raw_boto3 import RAW, SECOND_RAW
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_timer, medians, ratios
from service.canned_server import Settings, run_server

ALTERNATIVES: dict[str, Callable[[str], FiveCalls]] = {
    RAW: raw_boto3.calls,
    SECOND_RAW: raw_boto3.calls,
    "lattice_tg": lattice.calls,
    "boto3, hand-written": hand_written.calls,
    "boto3, pydantic": pydantic_port.calls,
    "capo": capo.calls,
    "urllib3, json": bare_http.calls,
}
OPERATIONS: dict[str, tuple[Callable[[FiveCalls], Callable[[], object]], float]] = {
    "create": (lambda calls: calls.create, 0.78),
    "get": (lambda calls: calls.get, 0.65),
    "page of 100 groups": (lambda calls: calls.list_groups, 0.14),
    "page of 100 targets": (lambda calls: calls.list_targets, 0.72),
    "register 100 targets": (lambda calls: calls.register, 0.55),
}
"""The call that each row measures, and the goal for lattice_tg."""


def measure(effort: Effort) -> Iterator[Table]:
    title = f"Time per call, {RAW} = 1.00"
    yield measure_table("calls", title, Settings(), effort.rounds(400, 40))
    late = Settings(acknowledges_late=True)
    title = f"Time per call to a server that acknowledges late, {RAW} = 1.00"
    yield measure_table("calls_late_acknowledgments", title, late, effort.rounds(100, 10))


def measure_table(name: str, title: str, settings: Settings, rounds: int) -> Table:
    with run_server(settings) as url:
        alternatives = {name: make_calls(url) for name, make_calls in ALTERNATIVES.items()}
        for calls in alternatives.values():
            calls.check()
        rows = tuple(measure_row(operation, alternatives, rounds) for operation in OPERATIONS)
    return Table(name=name, title=title, columns=tuple(ALTERNATIVES), rows=rows)


def measure_row(operation: str, alternatives: dict[str, FiveCalls], rounds: int) -> Row:
    select_call, goal = OPERATIONS[operation]
    seconds = medians({name: make_timer(select_call(calls)) for name, calls in alternatives.items()}, rounds, warmup=5)
    return Row(label=operation, figures=ratios(RAW, seconds), goal=goal)


if __name__ == "__main__":
    run(__doc__, measure)
