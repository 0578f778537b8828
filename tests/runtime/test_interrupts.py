"""Interrupts at every call and return in the runtime and in the sender of requests."""

import gc
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from attrs import define

import lattice_tg
from lattice_tg import RetryPolicy, TargetGroupClient
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.testing import VpcLatticeEmulator, serve
from support.batch import sender_of, specs
from support.targets import make_targets, worker_threads

pytestmark = pytest.mark.slow

FOLDERS = tuple(str(Path(lattice_tg.__file__).parent / name) for name in ("runtime", "sending"))
AT_ONCE = RetryPolicy(wait=lambda _: 0.0)

Call = Callable[[VpcLatticeEmulator, TargetGroupClient, str], object]
"""A call of a client, with the emulator and the id of a group."""


class InjectedInterrupt(KeyboardInterrupt):
    """The interrupt of a test."""


@define
class Profiler:
    """A profiler that raises InjectedInterrupt at the n-th call or return in the runtime or in the sender.

    The returns of C functions count, because Python handles signals after the call of a C function, not before.
    """

    position: int
    count: int = 0

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event != "c_call" and frame.f_code.co_filename.startswith(FOLDERS):
            self.count += 1
            if self.count == self.position:
                sys.setprofile(None)
                raise InjectedInterrupt

    def run(self, call: Callable[[], object]) -> list[type[BaseException]]:
        """Return the type of the error that ``call`` raises when it is interrupted, or an empty list."""
        try:
            sys.setprofile(self)
            call()
        except BaseException as error:  # noqa: BLE001 - the interrupt
            return [type(error)]
        finally:
            sys.setprofile(None)
        return []

    @property
    def is_reached(self) -> bool:
        """Whether the interrupt was raised."""
        return self.count >= self.position


def get_with_retry(lattice: VpcLatticeEmulator, client: TargetGroupClient, group: str) -> None:
    lattice.fail("GetTargetGroup", "InternalServerException")
    client.get(group)


def get_after_throttling(lattice: VpcLatticeEmulator, client: TargetGroupClient, group: str) -> None:
    lattice.throttle("GetTargetGroup", retry_after_seconds=0)
    client.get(group)


def get_in_queue(lattice: VpcLatticeEmulator, client: TargetGroupClient, group: str) -> None:
    """Send a request that is the third in the queue of the rate limiter."""
    threads = [threading.Thread(target=client.get, args=(group,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        client.get(group)
    finally:
        sys.setprofile(None)
        for thread in threads:
            thread.join()


def register(lattice: VpcLatticeEmulator, client: TargetGroupClient, group: str) -> None:
    client.register_targets(group, make_targets(300))


def ensure_all(lattice: VpcLatticeEmulator, client: TargetGroupClient, group: str) -> None:
    list(client.ensure_all(specs(3), max_workers=2))


@contextmanager
def quick_garbage_collection() -> Generator[None]:
    """Let the garbage collector ignore all objects that exist now."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def open_sockets() -> int:
    """Return the number of open sockets of this process, except for those that exist since the start of the test."""
    return sum(type(value) is socket.socket and value.fileno() != -1 for value in gc.get_objects())


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait at most two seconds for a condition, and return whether the condition is true."""
    ends_at = time.monotonic() + 2
    while not condition() and time.monotonic() < ends_at:
        time.sleep(0.001)
    return condition()


@pytest.mark.parametrize("call", [get_with_retry, get_after_throttling, get_in_queue, register, ensure_all])
def test_an_interrupt_at_any_point_leaves_nothing_behind(call: Call, unraisable: list[type[BaseException]]) -> None:
    """After an interrupt, no permit, queue entry, lock, thread or socket is left, and the client works.

    Only an interrupt in a destructor does not reach the caller. Python reports such an interrupt as unraisable.
    """
    with serve() as server, TargetGroupClient(region_name="eu-west-1", endpoint_url=server.url) as client:
        group = client.create(specs(1)[0]).id
        call(server.lattice, make_copy(client), group)
        with quick_garbage_collection():
            profiler = Profiler(0)
            while profiler.is_reached:
                profiler = Profiler(profiler.position + 1)
                copy = make_copy(client)
                interrupt(profiler, partial(call, server.lattice, copy, group), sender_of(copy).limiter, unraisable)
                server.lattice.clear_faults()
                assert copy.get(group).id == group
            client.close()
            assert wait_until(lambda: gc.collect() >= 0 and not open_sockets())
            assert profiler.position > 50


def make_copy(client: TargetGroupClient) -> TargetGroupClient:
    """Return a client with the same connections, and with a rate limiter of its own."""
    return TargetGroupClient(boto3_client=client.boto3_client, retry=AT_ONCE, max_requests_per_second=500)


def has_lock(limiter: RateLimiter) -> bool:
    return limiter._lock.locked()  # pyright: ignore[reportPrivateUsage]


def interrupt(
    profiler: Profiler,
    call: Callable[[], object],
    limiter: RateLimiter,
    unraisable: list[type[BaseException]],
) -> None:
    """Interrupt one call, and assert that nothing is left."""
    started = time.monotonic()

    errors = profiler.run(call)

    assert time.monotonic() - started < 1, profiler
    assert [*errors, *unraisable] == ([InjectedInterrupt] if profiler.is_reached else []), profiler
    unraisable.clear()
    gc.collect()
    assert worker_threads() == []
    assert (limiter.in_flight, limiter.waiting, has_lock(limiter), unraisable) == (0, 0, False, [])
