"""The blocking runtime: coroutines in the caller's thread, hooks, iterators and stopped work."""

import asyncio
import gc
import threading
import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import pytest

from lattice_tg import (
    ConfigurationError,
    DesiredState,
    InvalidArgumentError,
    RetryPolicy,
    Target,
    TargetGroupBuilder,
    TargetGroupClient,
    TargetGroupSpec,
    WaitProgress,
)
from lattice_tg.runtime.base import StopEvent, WorkStopped
from lattice_tg.runtime.blocking import BlockingRuntime, iterate, run
from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.sample_groups import FUNCTION

SPECS = [TargetGroupSpec(name=f"resize-{number}", type="LAMBDA") for number in range(150)]


def stop_iteration(_: object) -> None:
    raise StopIteration("hook")


async def async_hook(_: object) -> None:
    """Do nothing."""


def test_run_returns_the_result() -> None:
    """``run`` passes its arguments to the coroutine function and returns the result."""

    async def add(left: int, *, right: int) -> int:
        return left + right

    assert run(add, 1, right=2) == 3


def test_run_rejects_wrong_arguments() -> None:
    """Wrong arguments raise TypeError, as they do for a plain function."""
    function: Any = async_hook

    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        run(function)


def test_a_coroutine_that_waits_for_an_event_loop_is_rejected() -> None:
    """If an operation waits for asyncio instead of its runtime, ``run`` raises and closes the coroutine."""
    closed: list[bool] = []

    async def wait() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)

    with pytest.raises(RuntimeError, match=r"wait\(\) waited for an event loop instead of its runtime\.$"):
        run(wait)
    assert closed == [True]


def test_a_hook_can_raise_stop_iteration(vpc_lattice: VpcLatticeEmulator) -> None:
    """A StopIteration that a hook raises reaches the caller unchanged."""
    client = TargetGroupClient()
    group = client.create(FUNCTION)

    with pytest.raises(StopIteration, match="hook"):
        client.wait_until_active(group, on_progress=stop_iteration)


def test_an_async_hook_is_rejected(vpc_lattice: VpcLatticeEmulator) -> None:
    """An asynchronous ``on_progress`` is rejected before any request, and a client with such an ``on_retry`` as well."""
    client = TargetGroupClient()

    with pytest.raises(InvalidArgumentError, match=r"on_progress=.*: must not be an async function\. Pass a plain"):
        client.wait_until_active("tg-0123456789abcdefg", on_progress=async_hook)
    with pytest.raises(InvalidArgumentError, match=r"on_progress=.*: must not be an async function"):
        client.ensure_all(SPECS, on_progress=async_hook)
    with pytest.raises(ConfigurationError, match=r"^on_retry=.*: must not be an async function"):
        TargetGroupClient(on_retry=async_hook)
    assert vpc_lattice.calls == ()


def test_a_hook_that_returns_a_coroutine_is_rejected(vpc_lattice: VpcLatticeEmulator) -> None:
    """A lambda that returns a coroutine is rejected when it is called, and the coroutine is closed."""
    client = TargetGroupClient()
    group = client.create(FUNCTION)

    with pytest.raises(InvalidArgumentError, match=r"on_progress=.*: must not be an async function"):
        client.wait_until_active(group, on_progress=lambda progress: async_hook(progress))  # noqa: PLW0108
    gc.collect()  # A coroutine that was not closed would cause a warning here.


def test_a_list_that_starts_in_a_loop_can_end_after_the_loop(vpc_lattice: VpcLatticeEmulator) -> None:
    """An event loop does not adopt the iterator of a blocking client that was used inside a coroutine."""
    client = TargetGroupClient()
    list(client.ensure_all(SPECS))

    async def start() -> tuple[Any, list[str]]:
        summaries = client.list()
        return summaries, [next(summaries).name for _ in range(3)]

    summaries, names = asyncio.run(start())
    names += [summary.name for summary in summaries]

    assert sorted(names) == sorted(spec.name for spec in SPECS)


@pytest.mark.parametrize("method", ["register", "ensure_all"])
def test_the_context_reaches_worker_threads(vpc_lattice: VpcLatticeEmulator, method: str) -> None:
    """Context variables of the caller reach hooks and requests in the worker threads of bulk work."""
    request_id: ContextVar[str] = ContextVar("request_id", default="none")
    seen: set[tuple[str, bool]] = set()
    vpc_lattice.fail("RegisterTargets", "InternalServerException", times=2)
    vpc_lattice.fail("CreateTargetGroup", "InternalServerException", times=2)

    def record(*_: object, **__: object) -> None:
        seen.add((request_id.get(), threading.current_thread() is threading.main_thread()))

    client = TargetGroupClient(retry=RetryPolicy(wait=lambda _: 0.0))
    group = client.create(TargetGroupBuilder.ip("orders", vpc_identifier="vpc-0123456789abcdef0").http().build())
    client = client.with_options(on_retry=record)
    client.boto3_client.meta.events.register("before-call.vpc-lattice", record)
    request_id.set("request-1")

    if method == "register":
        client.register_targets(group, [Target.ip(f"10.0.{n // 250}.{n % 250}", 80) for n in range(300)])
    else:
        list(client.ensure_all([DesiredState(spec) for spec in SPECS[:3]]))

    assert {name for name, _ in seen} == {"request-1"}
    assert False in {is_main for _, is_main in seen}


class CountingStream:
    """A stream that records how it is ended."""

    def __init__(self) -> None:
        self.events: list[str] = []

    async def next_page(self) -> Sequence[int] | None:
        return (1, 2)

    def stop(self) -> None:
        self.events.append("stop")

    async def aclose(self) -> None:
        self.events.append("aclose")


def test_a_garbage_iterator_stops_its_stream_without_waiting() -> None:
    """An iterator that is dropped stops its stream. Only ``close()`` waits for the work behind the stream."""
    stream = CountingStream()
    iterator = iterate(stream)
    assert next(iterator) == 1

    del iterator
    gc.collect()

    assert stream.events == ["stop"]


def test_close_and_throw_close_the_stream() -> None:
    """``close()`` and ``throw()`` wait until the work behind the stream has ended."""
    for end in ("close", "throw"):
        stream = CountingStream()
        iterator = iterate(stream)
        next(iterator)

        if end == "close":
            iterator.close()
        else:
            with pytest.raises(OSError, match="thrown"):
                iterator.throw(OSError("thrown"))

        assert stream.events == ["aclose"]


@pytest.mark.parametrize("clock", [SystemClock(), VirtualClock()])
def test_a_stopped_sleep_ends_at_once(clock: Any) -> None:
    """A sleep in work that is being stopped ends within a moment, on any clock."""
    runtime = BlockingRuntime(clock).scope()
    stop_event: StopEvent = runtime.require_stop_event()
    started = time.monotonic()
    timer = threading.Timer(0.05, stop_event.set)
    timer.start()

    with pytest.raises(WorkStopped):
        run(_sleep_long, runtime)
    timer.join()

    assert time.monotonic() - started < 5


async def _sleep_long(runtime: BlockingRuntime) -> None:
    for _ in range(1_000_000):
        await runtime.sleep(20)


def test_a_stopped_wait_for_a_signal_ends_at_once() -> None:
    """A wait for a signal in work that is being stopped raises WorkStopped."""
    runtime = BlockingRuntime(SystemClock()).scope()
    signal = runtime.make_signal()
    signal.set()
    run(signal.wait, 60.0)

    runtime.require_stop_event().set()
    with pytest.raises(WorkStopped):
        run(signal.wait, 60.0)


def test_an_interrupted_batch_stops_the_registrations_of_its_groups(vpc_lattice: VpcLatticeEmulator) -> None:
    """If a batch is closed while a group registers many targets, no further request is sent."""
    targets = [Target.ip(f"10.0.{number // 250}.{number % 250 + 1}", 80) for number in range(2000)]
    slow = DesiredState(TargetGroupBuilder.ip("orders", vpc_identifier="vpc-0123456789abcdef0").http().build(), targets)
    vpc_lattice.throttle("RegisterTargets", times=100, retry_after_seconds=20)
    results = TargetGroupClient().ensure_all([slow, FUNCTION], max_workers=2)
    assert next(results).desired.spec == FUNCTION
    while not any(call.operation == "RegisterTargets" for call in vpc_lattice.calls):
        time.sleep(0.01)
    started = time.monotonic()

    results.close()

    assert time.monotonic() - started < 5
    count = len(vpc_lattice.calls)
    time.sleep(0.1)
    assert len(vpc_lattice.calls) == count


def test_progress_is_reported(vpc_lattice: VpcLatticeEmulator) -> None:
    """A plain function receives each progress report."""
    client, reports = TargetGroupClient(), list[WaitProgress]()

    client.wait_until_active(client.create(FUNCTION), on_progress=reports.append)

    assert [report.counts for report in reports] == [{"ACTIVE": 1}]
