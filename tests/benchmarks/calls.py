"""What a typed call costs beside the raw boto3 call that returns a dict: time per call, raw boto3 = 1.00.

All talk to the same canned HTTP server, in a process of its own, in turn; two raw clients side by side show the
noise. Read the ratios: milliseconds would be this machine's of this moment.

Run it as ``python tests/benchmarks/calls.py``; ``--quick`` makes 40 rounds instead of 400.
"""

from collections.abc import Callable, Iterator

from alternatives import bare_http, capo, lattice, raw_boto3
from alternatives import hand_written as by_hand
from alternatives import pydantic_port as pydantic_twin
from alternatives.five_calls import FiveCalls
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, over, timed
from service.canned_server import serving

RAW = "raw boto3"
CONTENDERS: dict[str, Callable[[str], FiveCalls]] = {
    RAW: raw_boto3.calls,
    "raw again": raw_boto3.calls,
    "lattice_tg": lattice.calls,
    "boto3, by hand": by_hand.calls,
    "boto3, pydantic": pydantic_twin.calls,
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
"""Each with what this library set out for."""


def measured(effort: Effort) -> Iterator[Table]:
    with serving() as url:
        contenders = {name: made(url) for name, made in CONTENDERS.items()}
        for calls in contenders.values():
            calls.check()
        rows = [_row(name, contenders, effort.rounds(400, 40)) for name in OPERATIONS]
    yield Table(name="calls", title="Time per call, raw boto3 = 1.00", columns=tuple(CONTENDERS), rows=tuple(rows))


def _row(operation: str, contenders: dict[str, FiveCalls], rounds: int) -> Row:
    chosen, goal = OPERATIONS[operation]
    seconds = medians({name: timed(chosen(calls)) for name, calls in contenders.items()}, rounds, warm=5)
    return Row(label=operation, figures=over(RAW, seconds), goal=goal)


if __name__ == "__main__":
    run(__doc__, measured)
