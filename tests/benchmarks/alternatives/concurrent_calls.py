"""The two calls that the benchmarks make concurrently with every alternative, in threads or in an event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from attrs import frozen

from alternatives import capo, raw_boto3
from alternatives.lattice import TARGET_MODELS, fail_on_retry
from lattice_tg import AsyncTargetGroupClient, TargetGroupClient
from service.responses import GROUP_ID, TARGETS

CONNECTIONS = 64
"""The number of threads, and of the connections of each client."""

Repeat = Callable[[int], None]
"""A function that makes the given number of concurrent calls."""


@frozen
class ConcurrentCalls:
    """The concurrent calls of one alternative."""

    get: Repeat
    register: Repeat
    """Register 100 targets per call."""


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


@contextmanager
def start_workers() -> Generator[Workers]:
    """Yield threads and an event loop."""
    with ThreadPoolExecutor(CONNECTIONS) as pool, asyncio.Runner() as runner:
        yield Workers(pool, runner)


def make_raw(url: str, workers: Workers) -> ConcurrentCalls:
    raw = raw_boto3.client(url, max_pool_connections=CONNECTIONS)
    return ConcurrentCalls(
        get=workers.in_threads(lambda: raw.get_target_group(targetGroupIdentifier=GROUP_ID)),
        register=workers.in_threads(lambda: raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=TARGETS)),
    )


def make_blocking(url: str, workers: Workers) -> ConcurrentCalls:
    client = TargetGroupClient(endpoint_url=url, on_retry=fail_on_retry, max_connections=CONNECTIONS)
    return ConcurrentCalls(
        get=workers.in_threads(lambda: client.get(GROUP_ID)),
        register=workers.in_threads(lambda: client.register_targets(GROUP_ID, TARGET_MODELS).successful),
    )


def make_asyncio(url: str, workers: Workers) -> ConcurrentCalls:
    client = AsyncTargetGroupClient(endpoint_url=url, on_retry=fail_on_retry, max_connections=CONNECTIONS)

    async def register() -> object:
        return (await client.register_targets(GROUP_ID, TARGET_MODELS)).successful

    return ConcurrentCalls(get=workers.in_loop(lambda: client.get(GROUP_ID)), register=workers.in_loop(register))


def make_capo(url: str, workers: Workers) -> ConcurrentCalls:
    client, group = capo.client(url, CONNECTIONS), {"target_group_identifier": GROUP_ID}
    return ConcurrentCalls(
        get=workers.in_threads(lambda: client.get_target_group(**group)),
        register=workers.in_threads(lambda: client.register_targets(**group, targets=TARGETS)),
    )


def make_capo_asyncio(url: str, workers: Workers) -> ConcurrentCalls:
    client, group = capo.async_client(url, CONNECTIONS), {"target_group_identifier": GROUP_ID}
    return ConcurrentCalls(
        get=workers.in_loop(lambda: client.get_target_group(**group)),
        register=workers.in_loop(lambda: client.register_targets(**group, targets=TARGETS)),
    )
