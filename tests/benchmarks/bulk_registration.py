"""How much sooner 100,000 targets are registered than by raw boto3, one request of 100 after the other.

The server takes 20 ms for each request. Streamed is `iter_register_targets`, whose targets come from a generator.

Run it as ``python tests/benchmarks/bulk.py``; ``--quick`` registers 10,000 once instead of 100,000 three times.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any, cast

import boto3
from botocore.config import Config

from alternatives import capo, raw_boto3
from alternatives.lattice import addresses, tell
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, timed
from lattice_tg import TargetGroupClient
from service.canned_server import serving
from service.responses import GROUP_ID

LATENCY_SECONDS = 0.020
WORKERS = 16
SEQUENTIAL = "boto3, in sequence"
STREAMED = "lattice_tg, streamed"

Register = Callable[[int], int]
"""Registers so many targets; the number of those that were registered."""


def chunks(count: int) -> Iterator[list[dict[str, Any]]]:
    targets = ({"id": target.id, "port": target.port} for target in addresses(count))
    while chunk := list(islice(targets, 100)):
        yield chunk


def in_sequence(url: str) -> Register:
    raw = raw_boto3.client(url)
    return lambda count: sum(registered(raw, chunk) for chunk in chunks(count))


def in_threads(url: str) -> Register:
    session: Any = cast("Any", boto3).Session()
    config = cast("Any", Config)(max_pool_connections=WORKERS)
    raw = session.client("vpc-lattice", endpoint_url=url, config=config)
    return shared_out(lambda chunk: registered(raw, chunk))


def of_capo(url: str) -> Register:
    client = capo.client(url)
    named = {"target_group_identifier": GROUP_ID}
    return shared_out(lambda chunk: len(client.register_targets(**named, targets=chunk)["successful"]))


def shared_out(send: Callable[[list[dict[str, Any]]], int]) -> Register:
    def register(count: int) -> int:
        with ThreadPoolExecutor(WORKERS) as pool:
            return sum(pool.map(send, chunks(count)))

    return register


def registered(raw: Any, chunk: list[dict[str, Any]]) -> int:
    return len(raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=chunk)["successful"])


def at_once(url: str) -> Register:
    client = TargetGroupClient(endpoint_url=url, on_retry=tell, max_connections=WORKERS)
    return lambda count: len(client.register_targets(GROUP_ID, addresses(count)).successful)


def streamed(url: str) -> Register:
    client = TargetGroupClient(endpoint_url=url, on_retry=tell, max_connections=WORKERS)
    return lambda count: sum(
        len(report.successful) for report in client.iter_register_targets(GROUP_ID, addresses(count))
    )


CONTENDERS: dict[str, Callable[[str], Register]] = {
    SEQUENTIAL: in_sequence,
    "again": in_sequence,
    "boto3, 16 threads": in_threads,
    "capo, 16 threads": of_capo,
    "lattice_tg": at_once,
    STREAMED: streamed,
}


def measured(effort: Effort) -> Iterator[Table]:
    count = effort.of(100_000, 10_000)
    with serving(LATENCY_SECONDS) as url:
        contenders = {name: made(url) for name, made in CONTENDERS.items()}
        for register in contenders.values():
            assert register(2_000) == 2_000
        timing = {name: timed(partial(register, count)) for name, register in contenders.items()}
        seconds = medians(timing, effort.rounds(3, 1), warm=0)
    yield Table(
        name="bulk",
        title=f"Speed of registering, {SEQUENTIAL} = 1.00; more is better",
        columns=tuple(contenders),
        rows=(Row(label=f"{count:,} targets", figures=speeds(seconds), goal=11),),
        better="more",
        ours=STREAMED,
    )


def speeds(seconds: dict[str, float]) -> tuple[float, ...]:
    return tuple(seconds[SEQUENTIAL] / taken for taken in seconds.values())


if __name__ == "__main__":
    run(__doc__, measured)
