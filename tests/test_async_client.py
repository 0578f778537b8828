"""``AsyncTargetGroupClient``: event loops, cancellation, connections and hooks.

The tests of the operations also run with this client.
"""

import asyncio
import inspect
import pickle
import re
import threading
import time
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from lattice_tg import (
    AsyncTargetGroupClient,
    CallEvent,
    ConfigurationError,
    DesiredState,
    InvalidArgumentError,
    RetryEvent,
    RetryPolicy,
    Target,
    TargetGroupBuilder,
    TargetGroupClient,
    TargetGroupSpec,
    ThrottlingError,
    WaitProgress,
)
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.sample_groups import FUNCTION

SPECS = [TargetGroupSpec(name=f"resize-{number}", type="LAMBDA") for number in range(20)]

VPC = "vpc-0123456789abcdef0"

pytestmark = pytest.mark.usefixtures("vpc_lattice")


def limiter_of(client: AsyncTargetGroupClient) -> RateLimiter:
    return client._sender.limiter  # pyright: ignore[reportPrivateUsage]


async def cancel_after(seconds: float, coroutine: Coroutine[Any, Any, object]) -> BaseException:
    """Cancel ``coroutine`` after ``seconds``, and return the cancellation."""
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(seconds)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        return error
    raise AssertionError("the task was not cancelled")


# Both clients


def public_methods(client: type) -> dict[str, Any]:
    return {name: member for name, member in vars(client).items() if callable(member) and not name.startswith("_")}


def test_both_clients_have_the_same_methods() -> None:
    """Both clients have the same methods, except that ``close`` is ``aclose``."""
    expected = {"aclose" if name == "close" else name for name in public_methods(TargetGroupClient)}

    assert public_methods(AsyncTargetGroupClient).keys() == expected


@pytest.mark.parametrize("name", ["__init__", *public_methods(TargetGroupClient)])
def test_methods_differ_only_where_documented(name: str) -> None:
    """Each method has the same parameters and defaults in both clients. Methods that wait are coroutine functions."""
    blocking = getattr(TargetGroupClient, name)
    asynchronous = getattr(AsyncTargetGroupClient, name.replace("close", "aclose"))
    signature, async_signature = inspect.signature(blocking), inspect.signature(asynchronous)
    parameters = [item for item in signature.parameters.values() if item.name != "executor"]
    returned, async_returned = str(signature.return_annotation), str(async_signature.return_annotation)

    assert list(async_signature.parameters.values()) == parameters
    assert async_returned == returned.replace("Generator[", "AsyncGenerator[").replace("Route", "AsyncRoute")
    is_plain = name in ("__init__", "with_options", "route") or "Generator[" in returned
    assert inspect.iscoroutinefunction(asynchronous) is not is_plain


def test_only_ensure_all_of_the_blocking_client_has_an_executor() -> None:
    """The asyncio client rejects ``executor``."""
    client: Any = AsyncTargetGroupClient()

    with pytest.raises(TypeError, match="unexpected keyword argument 'executor'"):
        client.ensure_all(SPECS, executor=None)


# Event loops


def test_a_client_can_be_made_outside_of_a_loop(vpc_lattice: VpcLatticeEmulator) -> None:
    """A client that was made before ``asyncio.run`` works, also in a second loop after the first has ended."""
    client = AsyncTargetGroupClient()

    names = [asyncio.run(client.create(spec)).name for spec in SPECS[:2]]

    assert names == ["resize-0", "resize-1"]
    assert len(vpc_lattice.calls) == 2


def test_a_client_in_two_loops_is_rejected() -> None:
    """While one event loop uses a client, a call from another event loop raises ConfigurationError."""
    client = AsyncTargetGroupClient()
    errors: list[BaseException] = []

    async def main() -> None:
        await client.find("orders")
        thread = threading.Thread(target=call_from_another_loop)
        thread.start()
        await asyncio.to_thread(thread.join)

    def call_from_another_loop() -> None:
        try:
            asyncio.run(client.find("orders"))
        except ConfigurationError as error:
            errors.append(error)

    asyncio.run(main())

    assert [str(error) for error in errors] == [
        "Another event loop uses this client. Create one AsyncTargetGroupClient for each event loop."
    ]


def test_a_closed_client_is_rejected() -> None:
    """A call after ``aclose()`` raises ConfigurationError. Closing twice is harmless."""

    async def main() -> None:
        async with AsyncTargetGroupClient() as client:
            await client.find("orders")
        await client.aclose()
        await client.find("orders")

    with pytest.raises(ConfigurationError, match=r"^The client is closed\. Create a new client\.$"):
        asyncio.run(main())


@pytest.mark.parametrize("method", ["register_targets", "deregister_targets"])
def test_bulk_work_of_a_closed_client_is_rejected(method: str) -> None:
    """Methods that report the error of each request raise ConfigurationError if the client is closed."""

    async def main() -> None:
        client = AsyncTargetGroupClient()
        await client.aclose()
        await getattr(client, method)("tg-0123456789abcdefg", [Target.ip("10.0.0.1")])

    with pytest.raises(ConfigurationError, match=r"^The client is closed\. Create a new client\.$"):
        asyncio.run(main())


@pytest.mark.parametrize("method", ["register_targets", "deregister_targets"])
def test_bulk_work_in_two_loops_is_rejected(method: str) -> None:
    """Methods that report the error of each request raise ConfigurationError in a second event loop."""
    client = AsyncTargetGroupClient()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(client.find("orders"))
        with pytest.raises(ConfigurationError, match=r"^Another event loop uses this client\."):
            second.run(getattr(client, method)("tg-0123456789abcdefg", [Target.ip("10.0.0.1")]))


def test_a_closed_client_leaves_no_thread() -> None:
    """After ``aclose()``, the threads of the client end."""

    async def main() -> None:
        async with AsyncTargetGroupClient(max_connections=3) as client:
            await asyncio.gather(*(client.find("orders") for _ in range(10)))
            assert 1 <= len(request_threads() - before) <= 3

    before = request_threads()
    asyncio.run(main())

    ends_at = time.monotonic() + 5
    while request_threads() - before and time.monotonic() < ends_at:
        time.sleep(0.001)
    assert request_threads() - before == set()


def request_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "lattice_tg_requests"}


def test_a_client_pickles() -> None:
    """An unpickled client has the settings of the original client."""
    client = AsyncTargetGroupClient(region_name="eu-west-1", retry=RetryPolicy(max_attempts=3))

    copy = pickle.loads(pickle.dumps(client))

    assert type(copy) is AsyncTargetGroupClient
    assert repr(copy) == repr(client)
    assert asyncio.run(copy.create(FUNCTION)).name == FUNCTION.name


def test_a_forgotten_await_names_the_method() -> None:
    """Python's warning about a coroutine that was never awaited names the method."""
    client = AsyncTargetGroupClient()

    with pytest.warns(RuntimeWarning, match=r"coroutine 'AsyncTargetGroupClient\.get' was never awaited"):
        client.get("tg-0123456789abcdefg")  # type: ignore[unused-coroutine] # pyright: ignore[reportUnusedCoroutine]


def test_a_clock_that_cannot_sleep_in_a_loop_is_rejected() -> None:
    """A clock without ``sleep_async`` raises ConfigurationError."""

    class BlockingClock:
        def monotonic(self) -> float:
            return 0.0

        def sleep(self, seconds: float, /) -> None:
            """Return at once."""

        def __repr__(self) -> str:
            return "BlockingClock()"

    options: dict[str, Any] = {"clock": BlockingClock()}

    with pytest.raises(ConfigurationError, match=r"^clock=BlockingClock\(\): must have the async method sleep_async"):
        AsyncTargetGroupClient(**options)


@pytest.mark.vpc_lattice(create_seconds=1)
@pytest.mark.usefixtures("vpc_lattice")
def test_a_sleep_that_cannot_be_awaited_names_the_fix() -> None:
    """A clock whose ``sleep_async`` is not an async method raises ConfigurationError when the client sleeps."""

    class PlainClock(VirtualClock):
        def sleep_async(self, seconds: float, /) -> Any:
            """Sleep like a blocking clock."""
            self.sleep(seconds)

    async def main() -> None:
        async with AsyncTargetGroupClient(clock=PlainClock()) as client:
            await client.create(FUNCTION, wait=True)

    with pytest.raises(
        ConfigurationError, match=r"\): sleep_async\(seconds\) must be an async method\. Define it with async def\.$"
    ):
        asyncio.run(main())


def test_a_client_with_credentials_does_not_pickle(session: Any) -> None:
    """A client that was created from a session cannot be pickled."""
    with pytest.raises(
        TypeError, match=r"^A client that was created from a session or a boto3 client cannot be pickled"
    ):
        pickle.dumps(AsyncTargetGroupClient(session=session))


# Cancellation


@pytest.mark.vpc_lattice(create_seconds=300)
def test_a_timeout_ends_a_wait_at_once() -> None:
    """``asyncio.timeout`` ends a wait of 300 s."""

    async def main() -> float:
        async with AsyncTargetGroupClient() as client:
            group = await client.create(FUNCTION)
            started = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.wait_until_active(group)
            return time.monotonic() - started

    assert asyncio.run(main()) < 1


def test_cancelling_ends_a_backoff_at_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """A cancelled call does not wait for ``Retry-After``, and holds no permit."""
    vpc_lattice.throttle("GetTargetGroup", times=100, retry_after_seconds=20)

    async def main() -> float:
        async with AsyncTargetGroupClient() as client:
            started = time.monotonic()
            await cancel_after(0.1, client.get("tg-0123456789abcdefg"))
            assert (limiter_of(client).in_flight, limiter_of(client).waiting) == (0, 0)
            return time.monotonic() - started

    assert asyncio.run(main()) < 2


def test_cancelling_ends_a_wait_for_a_permit() -> None:
    """A cancelled call leaves the queue of the rate limiter, and the next call in the queue continues."""

    async def main() -> None:
        async with AsyncTargetGroupClient(max_requests_per_second=20) as client:
            await client.find("orders")
            waiting = [asyncio.create_task(client.find("orders")) for _ in range(3)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            waiting[0].cancel()
            results = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(result) for result in results] == [asyncio.CancelledError, type(None), type(None)]
            assert (limiter_of(client).in_flight, limiter_of(client).waiting) == (0, 0)

    asyncio.run(main())


def test_a_cancelled_create_reports_its_token(
    vpc_lattice: VpcLatticeEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    """The cancellation has a note with the client token, and one warning contains the token."""
    vpc_lattice.delay("CreateTargetGroup", seconds=0.2)

    async def main() -> BaseException:
        async with AsyncTargetGroupClient() as client:
            return await cancel_after(0.1, client.create(FUNCTION, client_token="token-1"))

    error = asyncio.run(main())

    (record,) = caplog.records
    message = (
        f"The creation of target group {FUNCTION.name!r} was interrupted. To resume, call create() with the same spec "
        "and client_token='token-1'."
    )
    assert (record.levelname, record.getMessage()) == ("WARNING", message)
    assert re.findall(r"client_token='([^']+)'", "".join(error.__notes__)) == ["token-1"]


def test_a_failing_sibling_cancels_a_create_and_the_log_has_the_token(
    vpc_lattice: VpcLatticeEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    """A task group discards the cancellation of a create. The token in the log resumes the create."""
    vpc_lattice.delay("CreateTargetGroup", seconds=0.2)

    async def fail_soon() -> None:
        await asyncio.sleep(0.1)
        raise OSError

    async def create_with_failing_sibling(client: AsyncTargetGroupClient) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(client.create(FUNCTION))
            tasks.create_task(fail_soon())

    async def main() -> None:
        async with AsyncTargetGroupClient() as client:
            with pytest.raises(ExceptionGroup):
                await create_with_failing_sibling(client)
            await asyncio.sleep(0.2)
            (record,) = caplog.records
            group = await client.create(FUNCTION, client_token=record.__dict__["lattice_client_token"])
            assert [summary.id async for summary in client.list()] == [group.id]

    asyncio.run(main())


def test_a_connection_is_free_when_its_request_has_ended(vpc_lattice: VpcLatticeEmulator) -> None:
    """The request of a cancelled call occupies its connection until the response arrives."""
    vpc_lattice.delay("ListTargetGroups", seconds=0.3)

    async def main() -> float:
        async with AsyncTargetGroupClient(max_connections=1) as client:
            started = time.monotonic()
            await cancel_after(0.05, client.find("orders"))
            cancelled = time.monotonic() - started
            await client.create(FUNCTION)
            assert cancelled < 0.25
            return time.monotonic() - started

    assert asyncio.run(main()) > 0.29


def test_cancelled_bulk_work_reports_what_was_done(vpc_lattice: VpcLatticeEmulator) -> None:
    """The note on a cancelled registration counts the targets, and no request is sent afterwards."""
    targets = [Target.ip(f"10.0.{number // 250}.{number % 250 + 1}", 80) for number in range(2000)]
    vpc_lattice.throttle("RegisterTargets", times=12, retry_after_seconds=20)
    group = TargetGroupClient().create(TargetGroupBuilder.ip("orders", vpc_identifier=VPC).http().build())

    async def main() -> tuple[BaseException, float]:
        async with AsyncTargetGroupClient() as client:
            started = time.monotonic()
            error = await cancel_after(0.5, client.register_targets(group, targets))
            elapsed = time.monotonic() - started
            count = len(vpc_lattice.calls)
            await asyncio.sleep(0.1)
            assert len(vpc_lattice.calls) == count
            return error, elapsed

    error, elapsed = asyncio.run(main())

    assert elapsed < 2
    (note,) = error.__notes__
    assert re.match(
        r"RegisterTargets was interrupted: \d+ successful, 0 unsuccessful, \d+ unconfirmed, \d+ rejected", note
    )
    counts = re.match(r"\D+(\d+)\D+(\d+)\D+(\d+)\D+(\d+)", note)
    assert counts is not None
    assert sum(map(int, counts.groups())) == 2000
    assert note.endswith(
        "To resume, call the method again with the same targets. Repeating a request for a target is safe."
    )


def test_closing_a_stream_stops_everything_behind_it(vpc_lattice: VpcLatticeEmulator) -> None:
    """When ``aclose()`` of a batch returns, no group is in work, and no request is sent afterwards."""
    vpc_lattice.delay("CreateTargetGroup", seconds=0.02, times=100)

    async def main() -> None:
        async with AsyncTargetGroupClient() as client:
            results = client.ensure_all(SPECS, max_workers=2)
            assert (await anext(results)).error is None
            await results.aclose()
            count = len(vpc_lattice.calls)
            assert len(asyncio.all_tasks()) == 1
            await asyncio.sleep(0.1)
            assert len(vpc_lattice.calls) == count

    asyncio.run(main())


def test_a_cancelled_batch_names_the_finished_groups(vpc_lattice: VpcLatticeEmulator) -> None:
    """The note on a cancelled batch names the finished groups and the run."""
    vpc_lattice.throttle("CreateTargetGroup", times=100, retry_after_seconds=20)

    async def consume(client: AsyncTargetGroupClient) -> None:
        async for _ in client.ensure_all(SPECS, run_id="run-1"):
            pass

    async def main() -> BaseException:
        async with AsyncTargetGroupClient() as client:
            return await cancel_after(0.3, consume(client))

    assert asyncio.run(main()).__notes__ == [
        "The batch was interrupted. 0 of 20 target groups are done. To resume this run, pass run_id='run-1'."
    ]


def test_a_request_in_flight_is_waited_for_one_second(vpc_lattice: VpcLatticeEmulator) -> None:
    """A cancelled registration waits at most one second for its requests, whose results are then unknown."""
    group = TargetGroupClient().create(TargetGroupBuilder.ip("orders", vpc_identifier=VPC).http().build())
    targets = [Target.ip(f"10.0.{number // 250}.{number % 250 + 1}", 80) for number in range(200)]
    vpc_lattice.delay("RegisterTargets", seconds=1.6, times=2)

    async def main() -> tuple[BaseException, float]:
        async with AsyncTargetGroupClient() as client:
            started = time.monotonic()
            error = await cancel_after(0.1, client.register_targets(group, targets))
            return error, time.monotonic() - started

    error, elapsed = asyncio.run(main())

    assert elapsed < 1.6
    assert error.__notes__[0].startswith(
        "RegisterTargets was interrupted: 0 successful, 0 unsuccessful, 200 unconfirmed\n"
    )


def test_a_cancelled_batch_stops_the_registrations_of_its_groups(vpc_lattice: VpcLatticeEmulator) -> None:
    """If a batch is cancelled while a group registers many targets, no further request is sent."""
    targets = [Target.ip(f"10.0.{number // 250}.{number % 250 + 1}", 80) for number in range(2000)]
    desired = DesiredState(TargetGroupBuilder.ip("orders", vpc_identifier=VPC).http().build(), targets)
    vpc_lattice.throttle("RegisterTargets", times=100, retry_after_seconds=20)

    async def consume(client: AsyncTargetGroupClient) -> None:
        async for _ in client.ensure_all([desired]):
            pass

    async def main() -> None:
        async with AsyncTargetGroupClient() as client:
            await cancel_after(0.5, consume(client))
            assert len(asyncio.all_tasks()) == 1
            count = len(vpc_lattice.calls)
            await asyncio.sleep(0.1)
            assert len(vpc_lattice.calls) == count

    asyncio.run(main())


# Connections and rate limits


@pytest.mark.vpc_lattice(create_seconds=2)
def test_waits_occupy_no_connection() -> None:
    """300 waits on 8 connections all end, and an unrelated call does not wait for them."""

    async def main() -> tuple[float, set[str]]:
        async with AsyncTargetGroupClient(max_connections=8) as client:
            group = await client.create(FUNCTION)
            waits = [asyncio.create_task(client.wait_until_active(group, poll_seconds=3)) for _ in range(300)]
            await asyncio.sleep(0.7)
            started = time.monotonic()
            await client.find("unrelated")
            elapsed = time.monotonic() - started
            for wait in waits[10:]:
                wait.cancel()
            done = await asyncio.gather(*waits[:10])
            return elapsed, {group.status for group in done}

    elapsed, statuses = asyncio.run(main())

    assert elapsed < 1
    assert statuses == {"ACTIVE"}


def test_a_permit_is_taken_after_a_connection() -> None:
    """Calls that wait for a connection hold no permit of the rate limiter."""

    async def main() -> int:
        async with AsyncTargetGroupClient(max_connections=2) as client:
            calls = [asyncio.create_task(client.find("orders")) for _ in range(50)]
            most = 0
            while not all(call.done() for call in calls):
                most = max(most, limiter_of(client).in_flight + limiter_of(client).waiting)
                await asyncio.sleep(0)
            return most

    assert asyncio.run(main()) in (1, 2)


def test_copies_share_connections_and_rate_limiter() -> None:
    """A copy that ``with_options`` returned uses the threads and the rate limiter of the client."""

    async def main() -> None:
        async with AsyncTargetGroupClient(max_connections=1) as client:
            copy = client.with_options(retry=RetryPolicy(max_attempts=1))
            await asyncio.gather(client.find("orders"), copy.find("orders"))
            assert limiter_of(copy) is limiter_of(client)
            assert copy._sender.runtime is client._sender.runtime  # pyright: ignore[reportPrivateUsage]

    asyncio.run(main())


# Hooks and context


def test_hooks_may_be_async(vpc_lattice: VpcLatticeEmulator) -> None:
    """The client awaits ``on_retry``, ``on_progress`` and the functions of the retry policy if they are asynchronous."""
    vpc_lattice.fail("ListTargetGroups", "InternalServerException")
    called: list[str] = []

    async def on_retry(event: RetryEvent) -> None:
        await asyncio.sleep(0)
        called.append(event.operation)

    async def on_progress(progress: WaitProgress) -> None:
        await asyncio.sleep(0)
        called.append(progress.waiting_for)

    async def wait(_: object) -> float:
        called.append("wait")
        return 0.0

    options: dict[str, Any] = {"retry": RetryPolicy(wait=wait)}  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    async def main() -> None:
        async with AsyncTargetGroupClient(on_retry=on_retry, **options) as client:
            await client.find("orders")
            group = await client.create(FUNCTION)
            await client.wait_until_active(group, on_progress=on_progress)
            assert called == ["wait", "ListTargetGroups", f"{group.id} to become ACTIVE"]

    asyncio.run(main())


def test_a_hook_that_raises_stop_iteration_ends_the_call() -> None:
    """A coroutine cannot raise StopIteration, so the call raises a RuntimeError that names the hook."""

    def stop(_: WaitProgress) -> None:
        raise StopIteration

    async def main() -> None:
        async with AsyncTargetGroupClient() as client:
            await client.wait_until_active(await client.create(FUNCTION), on_progress=stop)

    with pytest.raises(RuntimeError, match=r"^on_progress raised StopIteration, which a coroutine cannot raise\.$"):
        asyncio.run(main())


def test_a_hook_that_is_no_function_is_rejected() -> None:
    """A hook that cannot be called is rejected before any request."""
    hook: Any = "log"

    async def main() -> None:
        async with AsyncTargetGroupClient() as client:
            await client.wait_until_active("tg-0123456789abcdefg", on_progress=hook)

    with pytest.raises(
        InvalidArgumentError, match=r"on_progress='log': must be a function that accepts a WaitProgress"
    ):
        asyncio.run(main())


def test_the_context_reaches_requests_and_hooks(vpc_lattice: VpcLatticeEmulator) -> None:
    """Context variables of the caller reach the thread of the request and the hooks of each task of a batch."""
    request_id: ContextVar[str] = ContextVar("request_id", default="none")
    seen: set[str] = set()
    vpc_lattice.fail("CreateTargetGroup", "InternalServerException", times=3)

    def record(*_: object, **__: object) -> None:
        seen.add(request_id.get())

    async def main() -> None:
        async with AsyncTargetGroupClient(on_retry=record) as client:
            client.boto3_client.meta.events.register("before-call.vpc-lattice", record)
            request_id.set("request-1")
            async for result in client.ensure_all(SPECS):
                result.error  # noqa: B018

    asyncio.run(main())

    assert seen == {"request-1"}


def test_throttling_is_raised_after_the_policy_ends(vpc_lattice: VpcLatticeEmulator) -> None:
    """The asyncio client retries on its clock, as the blocking client does."""
    clock = VirtualClock()
    vpc_lattice.throttle("ListTargetGroups", times=1000)

    async def main() -> None:
        async with AsyncTargetGroupClient(clock=clock) as client:
            await client.find("orders")

    with pytest.raises(ThrottlingError):
        asyncio.run(main())
    assert 100 < clock.monotonic() <= 121


def test_on_call_may_be_asynchronous(vpc_lattice: VpcLatticeEmulator) -> None:
    """The asyncio client awaits an asynchronous on_call."""
    events: list[CallEvent] = []

    async def record(event: CallEvent) -> None:
        await asyncio.sleep(0)
        events.append(event)

    async def main() -> None:
        async with AsyncTargetGroupClient(on_call=record) as client:
            await client.create(FUNCTION)

    asyncio.run(main())

    assert [event.method for event in events] == ["create"]
