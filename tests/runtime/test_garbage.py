"""Cleanup by the garbage collector, which may run while any thread holds a lock."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, TargetGroupClient
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.testing import VpcLatticeEmulator
from support.batch import sender_of, specs
from support.sample_groups import FUNCTION
from support.targets import make_targets, worker_threads

GROUP = "tg-0123456789abcdefg"

AsyncCall = Callable[[AsyncTargetGroupClient], Coroutine[Any, Any, object]]


async def ensure_all(client: AsyncTargetGroupClient) -> None:
    async for _ in client.ensure_all(specs(4)):
        pass


ASYNC_CALLS: dict[str, AsyncCall] = {
    "in flight": lambda client: client.create(FUNCTION),
    "retry": lambda client: client.get(GROUP),
    "register": lambda client: client.register_targets(GROUP, make_targets(300)),
    "ensure_all": ensure_all,
}


def ignore_destroyed_task(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Do not log that a task was destroyed while it was pending."""


def is_released(limiter: RateLimiter) -> bool:
    """Wait at most 30 s until the requests in flight have ended and nothing holds a permit."""
    ends_at = time.monotonic() + 30
    while (held := limiter.in_flight + limiter.waiting) and time.monotonic() < ends_at:
        gc.collect()
        time.sleep(0.01)
    return not held


def drop_while_locked(limiter: RateLimiter, objects: list[Any]) -> None:
    """Drop objects while this thread holds the lock of the rate limiter, and assert that nothing waits for the lock."""

    def drop() -> None:
        with limiter._lock:  # pyright: ignore[reportPrivateUsage]
            objects.clear()
            gc.collect()

    thread = threading.Thread(target=drop, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize("name", ASYNC_CALLS)
@pytest.mark.parametrize("rate", [None, 2.0])
def test_dropped_tasks_release_what_they_hold(
    name: str, rate: float | None, vpc_lattice: VpcLatticeEmulator, unraisable: list[type[BaseException]]
) -> None:
    """Suspended tasks of a closed loop release permits, queue entries and connections, without a lock or an error."""

    async def start(client: AsyncTargetGroupClient) -> list[object]:
        tasks: list[object] = [asyncio.create_task(ASYNC_CALLS[name](client)) for _ in range(4)]
        await asyncio.sleep(0.1)
        return tasks

    for operation in ("CreateTargetGroup", "RegisterTargets"):
        vpc_lattice.delay(operation, seconds=0.3, times=1)
    vpc_lattice.throttle("GetTargetGroup", times=100, retry_after_seconds=20)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(ignore_destroyed_task)
    client = AsyncTargetGroupClient(max_connections=2, max_requests_per_second=rate)
    limiter = client._sender.limiter  # pyright: ignore[reportPrivateUsage]
    tasks = loop.run_until_complete(start(client))
    loop.close()

    drop_while_locked(limiter, tasks)
    asyncio.run(client.aclose())
    assert is_released(limiter)
    assert unraisable == []


@pytest.mark.parametrize("method", ["ensure_all", "plan_all", "iter_register_targets"])
def test_dropped_streams_take_no_lock(method: str, vpc_lattice: VpcLatticeEmulator) -> None:
    """A stream that is dropped stops its workers, without a lock."""
    client = TargetGroupClient()
    group = client.create(specs(1)[0])
    arguments = (group, make_targets(2000)) if method == "iter_register_targets" else (specs(20),)
    streams = [iter(getattr(client, method)(*arguments))]
    next(streams[0])

    drop_while_locked(sender_of(client).limiter, streams)

    assert worker_threads() == []
