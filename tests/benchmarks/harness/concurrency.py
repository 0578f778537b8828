"""Measurement of many concurrent calls to a server with a latency of 20 ms."""

from collections.abc import Callable, Mapping

from attrs import frozen

from alternatives.concurrent_calls import ConcurrentCalls, Repeat, Workers, start_workers
from harness.cli import Effort
from harness.timing import make_timer, medians
from service.canned_server import Settings, run_server

LATENCY_SECONDS = 0.020

MakeCalls = Callable[[str, Workers], ConcurrentCalls]


@frozen
class Operation:
    """A call that the alternatives make concurrently, and the server that responds to the call."""

    label: str
    select: Callable[[ConcurrentCalls], Repeat]
    server: Settings = Settings(latency_seconds=LATENCY_SECONDS)


GETS = Operation("gets", lambda calls: calls.get)
REGISTRATIONS = Operation("registrations of 100 targets", lambda calls: calls.register)
LATE_REGISTRATIONS = Operation(
    "registrations, late acknowledgments",
    lambda calls: calls.register,
    Settings(latency_seconds=LATENCY_SECONDS, acknowledges_late=True),
)


def measure_seconds(operation: Operation, makers: Mapping[str, MakeCalls], effort: Effort) -> dict[str, float]:
    """Return the median time that each alternative takes for the same number of concurrent calls."""
    count = effort.choose(640, 128)

    def make_repeat(repeat: Repeat) -> Callable[[], None]:
        return lambda: repeat(count)

    with run_server(operation.server) as url, start_workers() as workers:
        repeats = {name: operation.select(make_calls(url, workers)) for name, make_calls in makers.items()}
        timers = {name: make_timer(make_repeat(repeat)) for name, repeat in repeats.items()}
        return medians(timers, effort.rounds(9, 2), warmup=1)
