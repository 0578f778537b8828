"""Time that retry code adds to a call that succeeds at the first attempt, relative to a raw boto3 get.

The request sender of lattice_tg not only retries requests, but also limits the request rate and counts attempts.

Run the benchmark with ``python tests/benchmarks/retry_overhead.py``. With ``--quick``, the benchmark runs 50 rounds
instead of 500.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from alternatives import raw_boto3
from alternatives.lattice import make_sender
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_batch_timer, make_timer, medians
from lattice_tg.runtime import blocking
from lattice_tg.transport.api import GET_TARGET_GROUP, Operation
from service.canned_server import run_server

GET = "raw boto3 get"
BASELINE = "no retries"
RESPONSE: dict[str, Any] = {"id": "tg-0123456789abcdefg"}


def respond(_: Mapping[str, Any]) -> dict[str, Any]:
    return RESPONSE


class FunctionApi:
    """An API that returns a response without sending a request."""

    def call(self, _: Operation, request: Mapping[str, Any]) -> dict[str, Any]:
        return respond(request)

    async def call_without_blocking(self, *_: object) -> dict[str, Any] | None:
        return None


def make_retrying() -> Retrying:
    return Retrying(
        retry=retry_if_exception_type(OSError), stop=stop_after_attempt(8), wait=wait_random_exponential(), reraise=True
    )


def make_alternatives() -> dict[str, Callable[[], object]]:
    request: dict[str, Any] = {"targetGroupIdentifier": RESPONSE["id"]}
    sender, shared = evolve(make_sender(None), api=FunctionApi()), make_retrying()
    return {
        BASELINE: lambda: respond(request),
        f"{BASELINE} again": lambda: respond(request),
        "lattice_tg": lambda: blocking.run(sender.send, GET_TARGET_GROUP, request),
        "tenacity, shared": lambda: shared(respond, request),
        "tenacity, one per call": lambda: make_retrying()(respond, request),
    }


def measure(effort: Effort) -> Iterator[Table]:
    with run_server() as url:
        batches = {name: make_batch_timer(call) for name, call in make_alternatives().items()}
        seconds = medians({GET: make_timer(raw_boto3.calls(url).get, 3), **batches}, effort.rounds(500, 50))
    added = {name: total - seconds[BASELINE] for name, total in seconds.items() if name not in (GET, BASELINE)}
    figures = (1.0, *(difference / seconds[GET] for difference in added.values()))
    row = Row(label="added to a successful call", figures=figures)
    yield Table(name="retry_overhead", title=f"Added time, {GET} = 1.00", columns=(GET, *added), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measure)
