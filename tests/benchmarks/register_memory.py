"""How much memory a stream of targets takes: `iter_register_targets` at 1,000 to 100,000 targets, side by side.

Run it as ``python tests/benchmarks/register_memory.py``. The figure is the peak of what Python itself allocates
(tracemalloc), above what there was before the stream began. The service is one that takes every target and keeps
nothing, so that the memory is the library's own; boto3 is left out, as its client builds one request at a time.
"""

import sys
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from lattice_tg.calls import Calls
from lattice_tg.clock import SystemClock
from lattice_tg.gateway import Gateway
from lattice_tg.models.targets import Target
from lattice_tg.pacing import Gate
from lattice_tg.retry import RetryPolicy
from lattice_tg.verbs.registration import TargetRequests

GROUP_ID = "tg-0123456789abcdefg"
COUNTS = (1_000, 10_000, 100_000)
WORKERS = 4
"""Requests under way: few, so that 1,000 targets fill them as 100,000 do; a stream holds a hundred targets for each."""


@frozen
class TakingAll:
    """A boto3 client whose service takes every target."""

    def register_targets(self, **request: Any) -> Mapping[str, Any]:
        return {"successful": [dict(target, port=80) for target in request["targets"]], "unsuccessful": []}


def addresses(count: int) -> Iterator[Target]:
    return (Target.ip(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(count))


def registered(count: int) -> int:
    """How many targets the reports of one stream say were registered; none of them is kept."""
    clock = SystemClock()
    calls = Calls(
        gateway=Gateway(TakingAll()), gate=Gate(clock=clock), policy=RetryPolicy(), clock=clock, max_workers=WORKERS
    )
    reports = TargetRequests.registering(calls, GROUP_ID).streamed(addresses(count))
    return sum(len(report.successful) for report in reports)


def peak_bytes(count: int) -> int:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    taken = registered(count)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if taken != count:
        sys.exit(f"{taken} of {count} targets were registered")
    return peak - before


def main() -> None:
    registered(1_000)  # what is imported and cached on first use is no part of the stream
    peaks: list[int] = []
    for count in COUNTS:
        began = time.perf_counter()
        peaks.append(peak_bytes(count))
        seconds = time.perf_counter() - began
        sys.stdout.write(f"{count:>8,} targets: peak {peaks[-1] / 1024:8,.0f} KiB (tracemalloc), {seconds:6.2f} s\n")
    sys.stdout.write(f"{COUNTS[-1] // COUNTS[0]} times the targets, {peaks[-1] / peaks[0]:.2f} times the memory\n")


if __name__ == "__main__":
    main()
