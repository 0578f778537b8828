"""Speed of registering 100,000 targets, relative to raw boto3 with sequential requests of 100 targets.

The server takes 20 ms per request. "Streamed" is `iter_register_targets` with targets from a generator.

Run the benchmark with ``python tests/benchmarks/bulk_registration.py``. With ``--quick``, the benchmark registers
10,000 targets once instead of 100,000 targets three times.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any

from alternatives import capo, raw_boto3
from alternatives.lattice import addresses, fail_on_retry
from alternatives.raw_boto3 import SECOND_RAW
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_timer, medians
from lattice_tg import TargetGroupClient
from service.canned_server import Settings, run_server
from service.responses import GROUP_ID

SETTINGS = Settings(latency_seconds=0.020)
WORKERS = 16
SEQUENTIAL = "boto3, sequential"
STREAMED = "lattice_tg, streamed"

Register = Callable[[int], int]
"""A function that registers the given number of targets and returns the number of registered targets."""


def chunks(count: int) -> Iterator[list[dict[str, Any]]]:
    targets = ({"id": target.id, "port": target.port} for target in addresses(count))
    while chunk := list(islice(targets, 100)):
        yield chunk


def make_sequential(url: str) -> Register:
    raw = raw_boto3.client(url)
    return lambda count: sum(register_chunk(raw, chunk) for chunk in chunks(count))


def make_threaded(url: str) -> Register:
    raw = raw_boto3.client(url, max_pool_connections=WORKERS)
    return register_in_threads(lambda chunk: register_chunk(raw, chunk))


def make_capo(url: str) -> Register:
    client = capo.client(url, WORKERS)
    identifier = {"target_group_identifier": GROUP_ID}
    return register_in_threads(lambda chunk: len(client.register_targets(**identifier, targets=chunk)["successful"]))


def register_in_threads(send: Callable[[list[dict[str, Any]]], int]) -> Register:
    def register(count: int) -> int:
        with ThreadPoolExecutor(WORKERS) as pool:
            return sum(pool.map(send, chunks(count)))

    return register


def register_chunk(raw: Any, chunk: list[dict[str, Any]]) -> int:
    return len(raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=chunk)["successful"])


def make_list(url: str) -> Register:
    client = TargetGroupClient(endpoint_url=url, on_retry=fail_on_retry, max_connections=WORKERS)
    return lambda count: len(client.register_targets(GROUP_ID, addresses(count)).successful)


def make_streamed(url: str) -> Register:
    client = TargetGroupClient(endpoint_url=url, on_retry=fail_on_retry, max_connections=WORKERS)
    return lambda count: sum(
        len(result.successful) for result in client.iter_register_targets(GROUP_ID, addresses(count))
    )


ALTERNATIVES: dict[str, Callable[[str], Register]] = {
    SEQUENTIAL: make_sequential,
    SECOND_RAW: make_sequential,
    "boto3, 16 threads": make_threaded,
    "capo, 16 threads": make_capo,
    "lattice_tg": make_list,
    STREAMED: make_streamed,
}


def measure(effort: Effort) -> Iterator[Table]:
    count = effort.choose(100_000, 10_000)
    with run_server(SETTINGS) as url:
        alternatives = {name: make_register(url) for name, make_register in ALTERNATIVES.items()}
        for register in alternatives.values():
            assert register(2_000) == 2_000
        timers = {name: make_timer(partial(register, count)) for name, register in alternatives.items()}
        seconds = medians(timers, effort.rounds(3, 1), warmup=0)
    yield Table(
        name="bulk_registration",
        title=f"Speed of registration, {SEQUENTIAL} = 1.00; more is better",
        columns=tuple(alternatives),
        rows=(Row(label=f"{count:,} targets", figures=compute_speeds(seconds), goal=11),),
        better="more",
        ours=STREAMED,
    )


def compute_speeds(seconds: dict[str, float]) -> tuple[float, ...]:
    return tuple(seconds[SEQUENTIAL] / value for value in seconds.values())


if __name__ == "__main__":
    run(__doc__, measure)
