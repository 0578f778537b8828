"""Requests per second of many concurrent calls, relative to raw boto3 in 64 threads (raw boto3 = 1.00).

The server takes 20 ms per request, and each client has 64 connections. The alternatives with threads use 64 threads,
which is the number that a program needs to keep all connections busy. The asyncio alternatives start all calls at once
as tasks of one event loop, and limit the requests in flight themselves. The difference between two identical raw
clients is the measurement noise.

Run the benchmark with ``python tests/benchmarks/async_calls.py``. With ``--quick``, the benchmark makes 200 calls in 2
rounds instead of 1,000 calls in 15 rounds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, cast

import boto3
from attrs import frozen
from botocore.config import Config

from alternatives import capo
from alternatives.lattice import TARGET_MODELS, fail_on_retry
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_timer, medians
from lattice_tg import AsyncTargetGroupClient, TargetGroupClient
from service.canned_server import Settings, run_server
from service.responses import GROUP_ID, TARGETS

SETTINGS = Settings(latency_seconds=0.020)
CONNECTIONS = 64
RAW = f"boto3, {CONNECTIONS} threads"
OURS = "lattice_tg, asyncio"

Repeat = Callable[[int], None]
"""A function that makes the given number of concurrent calls."""


@frozen
class Calls:
    """The measured calls of one alternative."""

    get: Repeat
    register: Repeat


@frozen
class Workers:
    """The threads and the event loop in which the alternatives make their calls."""

    pool: ThreadPoolExecutor
    runner: asyncio.Runner

    def in_threads(self, call: Callable[[], object]) -> Repeat:
        def repeat(count: int) -> None:
            for future in [self.pool.submit(call) for _ in range(count)]:
                assert future.result()

        return repeat

    def in_loop(self, call: Callable[[], Awaitable[object]]) -> Repeat:
        async def gather(count: int) -> None:
            assert all(await asyncio.gather(*(call() for _ in range(count))))

        return lambda count: self.runner.run(gather(count))


def make_raw(url: str, workers: Workers) -> Calls:
    config = cast("Any", Config)(max_pool_connections=CONNECTIONS)
    raw = cast("Any", boto3).Session().client("vpc-lattice", endpoint_url=url, config=config)
    return Calls(
        get=workers.in_threads(lambda: raw.get_target_group(targetGroupIdentifier=GROUP_ID)),
        register=workers.in_threads(lambda: raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=TARGETS)),
    )


def make_blocking(url: str, workers: Workers) -> Calls:
    client = TargetGroupClient(endpoint_url=url, on_retry=fail_on_retry, max_connections=CONNECTIONS)
    return Calls(
        get=workers.in_threads(lambda: client.get(GROUP_ID)),
        register=workers.in_threads(lambda: client.register_targets(GROUP_ID, TARGET_MODELS).successful),
    )


def make_asyncio(url: str, workers: Workers) -> Calls:
    client = AsyncTargetGroupClient(endpoint_url=url, on_retry=fail_on_retry, max_connections=CONNECTIONS)

    async def register() -> object:
        return (await client.register_targets(GROUP_ID, TARGET_MODELS)).successful

    return Calls(get=workers.in_loop(lambda: client.get(GROUP_ID)), register=workers.in_loop(register))


def make_capo(url: str, workers: Workers) -> Calls:
    client, group = capo.async_client(url, CONNECTIONS), {"target_group_identifier": GROUP_ID}
    return Calls(
        get=workers.in_loop(lambda: client.get_target_group(**group)),
        register=workers.in_loop(lambda: client.register_targets(**group, targets=TARGETS)),
    )


ALTERNATIVES: dict[str, Callable[[str, Workers], Calls]] = {
    RAW: make_raw,
    "again": make_raw,
    f"lattice_tg, {CONNECTIONS} threads": make_blocking,
    OURS: make_asyncio,
    "capo, asyncio": make_capo,
}
OPERATIONS: dict[str, tuple[Callable[[Calls], Repeat], float]] = {
    "gets": (lambda calls: calls.get, 1.0),
    "registrations of 100 targets": (lambda calls: calls.register, 1.0),
}
"""The calls that each row measures, and the goal for the asyncio client."""


def measure(effort: Effort) -> Iterator[Table]:
    count = effort.choose(1_000, 200)
    with ExitStack() as stack:
        url = stack.enter_context(run_server(SETTINGS))
        workers = Workers(stack.enter_context(ThreadPoolExecutor(CONNECTIONS)), stack.enter_context(asyncio.Runner()))
        alternatives = {name: make_calls(url, workers) for name, make_calls in ALTERNATIVES.items()}
        rows = [measure_row(name, alternatives, count, effort.rounds(15, 2)) for name in OPERATIONS]
    yield Table(
        name="async_calls",
        title=f"Requests per second, {RAW} = 1.00; more is better",
        columns=tuple(alternatives),
        rows=tuple(rows),
        better="more",
        ours=OURS,
    )


def measure_row(operation: str, alternatives: dict[str, Calls], count: int, rounds: int) -> Row:
    select_call, goal = OPERATIONS[operation]

    def make_call(repeat: Repeat) -> Callable[[], None]:
        return lambda: repeat(count)

    timers = {name: make_timer(make_call(select_call(calls))) for name, calls in alternatives.items()}
    seconds = medians(timers, rounds, warmup=1)
    speeds = tuple(seconds[RAW] / value for value in seconds.values())
    return Row(label=f"{count:,} {operation}", figures=speeds, goal=goal)


if __name__ == "__main__":
    run(__doc__, measure)
