"""What the machinery of retries adds to a call that succeeds at once: over the time of a raw boto3 get.

Ours does more than retry: it stands in the queue of the client's pacing and keeps the account of attempts.

Run it as ``python tests/benchmarks/retrying.py``; ``--quick`` makes 50 rounds instead of 500.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from alternatives import raw_boto3
from alternatives.lattice import machinery
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, timed, timed_in_batches
from lattice_tg.transport.api import GET_TARGET_GROUP, Operation
from service.canned_server import serving

GET = "raw boto3 get"
NOTHING = "nothing"
REPLY: dict[str, Any] = {"id": "tg-0123456789abcdefg"}


def answer_at_once(_: Mapping[str, Any]) -> dict[str, Any]:
    return REPLY


class FunctionApi:
    """An API that answers at once."""

    def call(self, _: Operation, request: Mapping[str, Any]) -> dict[str, Any]:
        return answer_at_once(request)


def retrying() -> Retrying:
    return Retrying(
        retry=retry_if_exception_type(OSError), stop=stop_after_attempt(8), wait=wait_random_exponential(), reraise=True
    )


def contenders() -> dict[str, Callable[[], object]]:
    request: dict[str, Any] = {"targetGroupIdentifier": REPLY["id"]}
    sender, shared = evolve(machinery(None), api=FunctionApi()), retrying()
    return {
        NOTHING: lambda: answer_at_once(request),
        "lattice_tg": lambda: sender.send(GET_TARGET_GROUP, request),
        "tenacity, shared": lambda: shared(answer_at_once, request),
        "tenacity, one a call": lambda: retrying()(answer_at_once, request),
    }


def measured(effort: Effort) -> Iterator[Table]:
    with serving() as url:
        batches = {name: timed_in_batches(call) for name, call in contenders().items()}
        seconds = medians({GET: timed(raw_boto3.calls(url).get, 3), **batches}, effort.rounds(500, 50))
    added = {name: taken - seconds[NOTHING] for name, taken in seconds.items() if name not in (GET, NOTHING)}
    figures = (1.0, *(taken / seconds[GET] for taken in added.values()))
    row = Row(label="added to a call that succeeds", figures=figures)
    yield Table(name="retrying", title=f"Time on top, {GET} = 1.00", columns=(GET, *added), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measured)
