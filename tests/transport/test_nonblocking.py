"""Requests that the asyncio client sends in the event loop."""

import asyncio
import gc
import json
import logging
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import current_thread, main_thread
from typing import Any, cast

import boto3
import pytest
import wrapt
from botocore.awsrequest import AWSHTTPConnection
from botocore.config import Config
from botocore.credentials import Credentials, DeferredRefreshableCredentials, RefreshableCredentials
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ProtocolError

from lattice_tg import AsyncTargetGroupClient, LatticeError, RetryPolicy, Target, TargetGroupClient, TransportError
from lattice_tg.runtime import asynchronous
from lattice_tg.transport import nonblocking
from support.compared_requests import RESPONSES, constant_bytes
from support.sample_groups import ID, wire_group
from support.scripted_server import CLOSE, FLOOD, PAUSE, RESET, STALL, WAIT, Script, serve_scripts

pytestmark = pytest.mark.usefixtures("credentials")

BODY = json.dumps(wire_group()).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nx-amzn-RequestId: 1\r\n\r\n" % len(BODY)
SUCCESS = HEAD + BODY
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"a\r\n%b\r\n%X;note=1\r\n%b\r\n0\r\n" % (BODY[:10], len(BODY) - 10, BODY[10:])

Main = Callable[[AsyncTargetGroupClient], Coroutine[Any, Any, object]]


def run(url: str, main: Main, **options: Any) -> Any:
    """Run ``main`` with a new client that does not retry."""
    options = {"retry": RetryPolicy.disabled(), "read_timeout_seconds": 0.3, **options}

    async def with_client() -> Any:
        async with AsyncTargetGroupClient(endpoint_url=url, **options) as client:
            return await main(client)

    return asyncio.run(with_client())


async def get(client: AsyncTargetGroupClient, count: int = 1) -> None:
    for _ in range(count):
        await client.get(ID)


async def result_of(coroutine: Coroutine[Any, Any, object]) -> Any:
    """Return the result of a call, or the errors."""
    try:
        return await coroutine
    except LatticeError as error:
        return describe(error)


def describe(error: LatticeError) -> Any:
    cause: Any = error.__cause__
    return repr(error), repr(cause).partition("object at")[0], getattr(cause, "response", None)


# Responses


def test_the_third_request_of_an_operation_needs_no_thread(sent_in_loop: list[bool]) -> None:
    """The first two requests open a connection and prepare the operation."""
    with serve_scripts([SUCCESS]) as server:
        run(server.url, lambda client: get(client, 4))

    assert sent_in_loop == [False, False, True, True]
    assert server.connections == [0, 0, 0, 0]


KEEP_ALIVE = {
    name: response.replace(b"Connection: close", b"Connection: keep-alive") for name, response in RESPONSES.items()
}
SCRIPTS: dict[str, Script] = {
    **{f"keep-alive, {name}": [response] for name, response in KEEP_ALIVE.items() if name not in ("slow", "truncated")},
    **{f"close, {name}": [response, CLOSE] for name, response in RESPONSES.items() if name != "slow"},
    "slow": [WAIT],
    "slow head": [HEAD[:-2], WAIT],
    "slow body": [SUCCESS[:-1], WAIT],
    "truncated head": [HEAD[:-2], CLOSE],
    "head, body": [HEAD, PAUSE, BODY],
    "head in parts": [HEAD[:30], PAUSE, HEAD[30:], BODY],
    "body in parts": [SUCCESS[:-50], PAUSE, SUCCESS[-50:-1], PAUSE, SUCCESS[-1:]],
    "line break in parts": [HEAD[:-3], PAUSE, HEAD[-3:-1], PAUSE, HEAD[-1:], BODY],
    "no content": [b"HTTP/1.1 204 No Content\r\n\r\n"],
    "until the connection is closed": [b"HTTP/1.1 200 OK\r\n\r\n", PAUSE, b"{\r\n", PAUSE, BODY[1:], PAUSE, CLOSE],
    "aborted": [RESET],
    "aborted body": [HEAD, PAUSE, RESET],
    "old protocol": [b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY), BODY, CLOSE],
    "chunked": [CHUNKED, CHUNKS, b"\r\n"],
    "chunked in parts": [CHUNKED, CHUNKS[:1], PAUSE, CHUNKS[1:8], PAUSE, CHUNKS[8:-1], PAUSE, CHUNKS[-1:], b"\r\n"],
    "chunked with trailers": [CHUNKED, CHUNKS, b"X-Sum: 1\r\n", PAUSE, b"X-More: 2\r\n\r\n"],
    "chunked without an end": [CHUNKED, CHUNKS, CLOSE],
    "invalid chunk size": [CHUNKED, b"zz\r\n" + BODY, CLOSE],
    "head without carriage returns": [SUCCESS.replace(b"\r\n", b"\n")],
    "continue": [b"HTTP/1.1 100 Continue\r\nX-More: 1\r\n\r\n", PAUSE, SUCCESS],
    "continue twice": [b"HTTP/1.1 100 Continue\r\n\r\n" * 2, PAUSE, HEAD[:9], PAUSE, HEAD[9:], BODY],
    "another protocol": [b"SSH-2.0\r\n", WAIT],
    "too many headers": [b"HTTP/1.1 200 OK\r\n" + b"X-Name: 1\r\n" * 150, WAIT],
    "too long line": [b"HTTP/1.1 200 OK\r\nX-Name: " + b"1" * 70_000, WAIT],
    "too long head": [b"HTTP/1.1 200 OK\r\n", FLOOD],
    "invalid length": [b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", BODY, CLOSE],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_results_equal_those_of_the_blocking_client(script: str, sent_in_loop: list[bool]) -> None:
    """A response leads to the same result or error as with the blocking client, and the request has the same bytes."""

    async def main(client: AsyncTargetGroupClient) -> Any:
        await get(client, 2)
        return await result_of(client.get(ID))

    with serve_scripts([SUCCESS], [SUCCESS], SCRIPTS[script]) as server:
        result = run(server.url, main)
    with (
        serve_scripts([SUCCESS], [SUCCESS], SCRIPTS[script]) as blocking_server,
        TargetGroupClient(
            endpoint_url=blocking_server.url, retry=RetryPolicy.disabled(), read_timeout_seconds=0.3
        ) as blocking_client,
    ):
        for _ in range(2):
            blocking_client.get(ID)
        try:
            expected: Any = blocking_client.get(ID)
        except LatticeError as error:
            expected = describe(error)

    assert repr(result).replace(server.url, "") == repr(expected).replace(blocking_server.url, "")
    assert sent_in_loop == [False, False, True]
    raw, expected_raw = (
        constant_bytes(each.requests[2][1]).replace(each.url.removeprefix("http://").encode(), b"")
        for each in (server, blocking_server)
    )
    assert raw == expected_raw


def test_a_negative_chunk_size_is_an_error() -> None:
    """A negative chunk size does not cause an endless loop."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        with pytest.raises(TransportError):
            await get(client)

    with serve_scripts([SUCCESS], [SUCCESS], [CHUNKED, b"-6\r\n" + BODY, CLOSE]) as server:
        run(server.url, main)


@pytest.mark.parametrize(
    ("script", "is_reused"),
    [
        ([SUCCESS], True),
        ([SUCCESS[:-1], PAUSE, SUCCESS[-1:]], True),
        ([KEEP_ALIVE["not found"]], True),
        ([KEEP_ALIVE["throttled"]], True),
        ([CHUNKED, CHUNKS, PAUSE, b"\r\n"], True),
        ([CHUNKED, CHUNKS, b"X-Sum: 1\r\n", PAUSE, b"\r\n"], True),
        ([RESPONSES["success"]], False),
        ([SUCCESS + b"HTTP/1.1 500 Next\r\n"], False),
        ([SUCCESS[:-1], WAIT], False),
        ([CHUNKED, CHUNKS, b"\r\nabc"], False),
        ([KEEP_ALIVE["malformed"]], False),
        ([CHUNKED, b"zz\r\n" + BODY], False),
        ([CHUNKED, b"\r\n" + BODY], False),
    ],
)
def test_only_a_connection_without_data_is_reused(script: Script, is_reused: bool) -> None:
    """A connection is reused only after a complete response without extra data."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        await result_of(client.get(ID))
        await get(client)

    with serve_scripts([SUCCESS], [SUCCESS], script, [SUCCESS]) as server:
        run(server.url, main)

    assert server.connections == [0, 0, 0, 0 if is_reused else 1]


def test_a_large_response_is_received_completely() -> None:
    """A response may be larger than the buffers of the connection."""
    group = wire_group(serviceArns=[f"arn:aws:vpc-lattice:eu-west-1:1:service/svc-{n:017}" for n in range(40_000)])
    body = json.dumps(group).encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def main(client: AsyncTargetGroupClient) -> int:
        await get(client, 2)
        return len((await client.get(ID)).service_arns)

    with serve_scripts([SUCCESS], [SUCCESS], [response]) as server:
        assert run(server.url, main, read_timeout_seconds=20) == 40_000


def test_concurrent_requests_use_one_connection_each(sent_in_loop: list[bool]) -> None:
    """At most ``max_connections`` requests are in flight, and each response belongs to its request."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await asyncio.gather(*(get(client) for _ in range(4)))
        await asyncio.gather(*(get(client) for _ in range(4)))
        sent_in_loop.clear()
        await asyncio.gather(*(get(client) for _ in range(40)))

    with serve_scripts([PAUSE, SUCCESS]) as server:
        run(server.url, main, max_connections=4)

    assert sent_in_loop == [True] * 40
    assert set(server.connections) == {0, 1, 2, 3}


def test_the_event_loop_is_not_blocked() -> None:
    """Other tasks run while a response arrives in parts."""

    async def main(client: AsyncTargetGroupClient) -> int:
        await get(client, 2)
        request, ticks = asyncio.create_task(client.get(ID)), 0
        while not request.done():
            await asyncio.sleep(0)
            ticks += 1
        return ticks

    with serve_scripts([SUCCESS], [SUCCESS], [PAUSE, HEAD, PAUSE, BODY[:9], PAUSE, BODY[9:]]) as server:
        assert run(server.url, main) > 100


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % 10**12], ids=["head", "body"]
)
def test_an_endless_response_does_not_block_the_event_loop(head: bytes) -> None:
    """Other tasks run even if the server sends data as fast as the client reads it."""

    async def main(client: AsyncTargetGroupClient) -> float:
        await get(client, 2)
        request = asyncio.create_task(result_of(client.get(ID)))
        started_at = time.monotonic()
        for _ in range(10):
            await asyncio.sleep(0.001)
        request.cancel()
        return time.monotonic() - started_at

    with serve_scripts([SUCCESS], [SUCCESS], [head, FLOOD]) as server:
        assert run(server.url, main) < 5


# Interruptions


def test_a_cancelled_request_closes_its_connection(sent_in_loop: list[bool]) -> None:
    """Cancelling ends the request at once, and the next request can be sent at once."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.get(ID)
        await get(client, 2)

    with serve_scripts([SUCCESS], [SUCCESS], [WAIT], [SUCCESS]) as server:
        run(server.url, main, max_connections=1, read_timeout_seconds=30)

    assert sent_in_loop == [False, False, True, False, True]
    assert server.connections == [0, 0, 0, 1, 1]


def test_a_closed_client_finishes_its_requests() -> None:
    """A request in flight ends normally when the client is closed."""

    async def main(client: AsyncTargetGroupClient) -> object:
        await get(client, 2)
        request = asyncio.create_task(client.get(ID))
        await asyncio.sleep(0.01)
        await client.aclose()
        return (await request).id

    with serve_scripts([SUCCESS], [SUCCESS], [PAUSE, PAUSE, SUCCESS]) as server:
        assert run(server.url, main) == ID
    assert server.closed == [0]


@pytest.mark.parametrize("locks_pool", [False, True])
def test_a_request_that_outlives_its_event_loop_closes_its_connection(locks_pool: bool) -> None:
    """Python can delete a request after the event loop is closed, even while its thread holds the lock of the pool."""
    loop = asyncio.new_event_loop()
    with serve_scripts([SUCCESS], [SUCCESS], [WAIT]) as server:
        client = AsyncTargetGroupClient(endpoint_url=server.url)
        loop.run_until_complete(get(client, 2))
        request: Any = client.get(ID)
        loop.run_until_complete(start(request))
        loop.close()
        with find_pool(client).pool.mutex if locks_pool else nullcontext():
            del request
            gc.collect()
        del client
        wait_until(lambda: server.closed == [0])


@pytest.mark.parametrize("warm_up", [0, 2])
def test_calls_that_wait_for_a_connection_fail_when_the_client_is_closed(warm_up: int) -> None:
    """A call that has not sent its request raises an error, and a request in flight ends normally."""

    async def main(client: AsyncTargetGroupClient) -> list[Any]:
        await get(client, warm_up)
        calls = [asyncio.create_task(result_of(client.get(ID))) for _ in range(3)]
        await asyncio.sleep(0.01)
        await client.aclose()
        return await asyncio.gather(*calls)

    with serve_scripts(*[[SUCCESS]] * warm_up, [PAUSE, PAUSE, SUCCESS]) as server:
        first, *others = run(server.url, main, max_connections=1)

    assert first.id == ID
    assert ["The client is closed" in other[0] for other in others] == [True, True]


async def start(coroutine: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine until it waits."""
    coroutine.send(None)


def wait_until(condition: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < ends_at
        time.sleep(0.005)


# Requests that would block


def test_a_connection_that_the_server_closed_is_not_used(sent_in_loop: list[bool]) -> None:
    """If the server has closed an idle connection, a thread opens a new one, without a retry."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 3)
        await asyncio.sleep(0.1)
        await get(client, 2)

    with serve_scripts([SUCCESS], [SUCCESS], [SUCCESS, PAUSE, CLOSE], [SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, True, False, True]
    assert server.connections == [0, 0, 0, 1, 1]


def test_a_request_that_cannot_be_sent_at_once_is_sent_by_a_thread(sent_in_loop: list[bool]) -> None:
    """If the buffer of the connection is full, a thread sends the request again over a new connection."""
    targets = [Target.instance(f"i-{number:0197}") for number in range(100)]
    accepted = json.dumps({"successful": [{"id": target.id} for target in targets]}).encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(accepted) + accepted

    async def main(client: AsyncTargetGroupClient) -> None:
        for _ in range(2):
            await client.register_targets(ID, targets)
        pool = find_pool(client)
        connection = pool.pool.get()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        pool._put_conn(connection)
        result = await client.register_targets(ID, targets)
        result.raise_for_failures()

    with serve_scripts([response], [response, STALL], [response], receive_buffer=1) as server:
        run(server.url, main, read_timeout_seconds=30)

    assert sent_in_loop == [False, False, False]
    assert server.connections == [0, 0, 1]
    assert len(server.incomplete) == 1


def test_a_request_that_cannot_be_formatted_closes_its_connection(sent_in_loop: list[bool]) -> None:
    """The error is the same as with the blocking client, and the next request uses another connection."""
    errors: list[Any] = []

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        credentials: Any = client.boto3_client._request_signer._credentials
        credentials.token = "line\nbreak"
        errors.append(await result_of(client.get(ID)))
        credentials.token = None
        await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)
        with TargetGroupClient(endpoint_url=server.url, retry=RetryPolicy.disabled()) as client:
            client.get(ID)
            credentials: Any = client.boto3_client._request_signer._credentials
            credentials.token = "line\nbreak"
            with pytest.raises(LatticeError) as caught:
                client.get(ID)

    assert errors == [describe(caught.value)]
    assert sent_in_loop == [False, False, True, False]
    assert server.connections[:3] == [0, 0, 1]


def find_pool(client: AsyncTargetGroupClient) -> Any:
    pools = client.boto3_client._endpoint.http_session._manager.pools
    (key,) = pools.keys()
    return pools.get(key)


class NoReaderLoop(asyncio.SelectorEventLoop):
    """An event loop that cannot wait for sockets, such as the default event loop of Windows."""

    add_reader = asyncio.AbstractEventLoop.add_reader


def test_threads_send_the_requests_if_the_loop_cannot_wait_for_sockets(sent_in_loop: list[bool]) -> None:
    """The client works with each event loop."""

    async def main(url: str) -> None:
        async with AsyncTargetGroupClient(endpoint_url=url) as client:
            await get(client, 4)

    with serve_scripts([SUCCESS]) as server, asyncio.Runner(loop_factory=NoReaderLoop) as runner:
        runner.run(main(server.url))

    assert sent_in_loop == []
    assert server.connections == [0, 0, 0, 0]


# Credentials


class OtherCredentials(Credentials):  # type: ignore[misc]
    """Credentials that may block when they are read."""


def make_credentials(kind: str, refresh: Callable[[], Any]) -> Any:
    match kind:
        case "static":
            return Credentials("key", "secret")
        case "deferred":
            return DeferredRefreshableCredentials(refresh, "")
        case "other":
            return OtherCredentials("key", "secret")
        case minutes:
            expiry = datetime.now(UTC) + timedelta(minutes=float(minutes))
            return RefreshableCredentials("key", "secret", "token", expiry, refresh, "")


@pytest.mark.parametrize(
    ("kind", "is_fresh", "refreshes"),
    [("static", True, 0), ("60", True, 0), ("5", False, 1), ("deferred", False, 1), ("other", False, 0)],
)
def test_a_thread_refreshes_credentials(kind: str, is_fresh: bool, refreshes: int, sent_in_loop: list[bool]) -> None:
    """A request for which credentials may be fetched does not block the event loop."""
    refreshed_in: list[bool] = []

    def refresh() -> dict[str, str]:
        refreshed_in.append(current_thread() is main_thread())
        expiry = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        return {"access_key": "new", "secret_key": "secret", "token": "token", "expiry_time": expiry}

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        client.boto3_client._request_signer._credentials = make_credentials(kind, refresh)
        await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, is_fresh]
    assert refreshed_in == [False] * refreshes


# Tools that observe requests


@wrapt.decorator
def wrapt_observer(wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
    return wrapped(*args, **kwargs)


def function_observer(wrapped: Any) -> Any:
    def observe(*args: Any, **kwargs: Any) -> Any:
        return wrapped(*args, **kwargs)

    return observe


@pytest.mark.parametrize("method", ["urlopen", "_make_request", "_get_conn"])
@pytest.mark.parametrize("observer", [wrapt_observer, function_observer])
def test_a_tool_that_wraps_a_method_of_urllib3_sees_the_request(
    method: str, observer: Any, sent_in_loop: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instrumentation of urllib3, such as OpenTelemetry's, wraps these methods."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        monkeypatch.setattr(HTTPConnectionPool, method, observer(getattr(HTTPConnectionPool, method)))
        await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, False]


@pytest.mark.parametrize("method", ["urlopen", "_make_request", "_get_conn"])
def test_a_method_that_is_replaced_on_the_pool_is_called(method: str, sent_in_loop: list[bool]) -> None:
    """A test can replace the method of a single pool."""
    called: list[object] = []

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        pool = find_pool(client)
        original = getattr(pool, method)

        def observe(*args: Any, **kwargs: Any) -> Any:
            called.append(args)
            return original(*args, **kwargs)

        setattr(pool, method, observe)
        await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, False]
    assert len(called) == 1


def test_an_event_handler_that_is_added_later_sees_the_request(sent_in_loop: list[bool]) -> None:
    """A tool can start to observe requests at any time."""
    seen: list[object] = []

    def observe(**event: object) -> None:
        seen.append(event)

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 3)
        client.boto3_client.meta.events.register("before-send.vpc-lattice", observe)
        await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, True, False]
    assert len(seen) == 1


def test_requests_of_a_client_that_was_passed_are_sent_by_threads(sent_in_loop: list[bool]) -> None:
    """The library does not change the endpoint of a client that the user passed."""

    async def main(url: str) -> None:
        boto3_client = cast("Any", boto3).client("vpc-lattice", endpoint_url=url)
        async with AsyncTargetGroupClient(boto3_client=boto3_client) as client:
            await get(client, 3)

    with serve_scripts([SUCCESS]) as server:
        asyncio.run(main(server.url))

    assert sent_in_loop == [False, False, False]


class OtherConnection(AWSHTTPConnection):  # type: ignore[misc]
    """A connection of a tool, such as a recorder of responses."""


class OtherSocket(socket.socket):
    """A socket of a tool."""


def replace_connection(connection: Any, _: Any) -> None:
    connection.__class__ = OtherConnection


def replace_connection_class(connection: Any, pool: Any) -> None:
    pool.ConnectionCls = OtherConnection


def replace_socket(connection: Any, _: Any) -> None:
    with connection.sock as sock:
        connection.sock = OtherSocket(fileno=socket.dup(sock.fileno()))


@pytest.mark.parametrize("replace", [replace_connection, replace_connection_class, replace_socket])
def test_connections_of_a_tool_are_used_by_threads(
    replace: Callable[[Any, Any], None], sent_in_loop: list[bool]
) -> None:
    """A tool may replace connections or sockets with objects that behave differently."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        pool = find_pool(client)
        connection = pool.pool.get()
        replace(connection, pool)
        pool._put_conn(connection)
        await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, False]
    assert server.connections == [0, 0, 0]


def test_a_thread_opens_a_connection_if_all_are_in_use(sent_in_loop: list[bool]) -> None:
    """The user can send requests through ``boto3_client``, which use connections of the same pool."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        connection = find_pool(client).pool.get()
        await get(client)
        connection.close()

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main, max_connections=1)

    assert sent_in_loop == [False, False, False]
    assert server.connections == [0, 0, 1]


def test_urllib3_logs_each_request(sent_in_loop: list[bool], caplog: pytest.LogCaptureFixture) -> None:
    """If urllib3's debug log is enabled, it contains every request."""
    with serve_scripts([SUCCESS]) as server, caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
        run(server.url, lambda client: get(client, 3))

    assert sent_in_loop == [False, False, False]
    assert [record.message.partition("targetgroups")[1] for record in caplog.records].count("targetgroups") == 3


@pytest.mark.parametrize("path", ["/a%2fb", "/a|b", "/{x}", "/a%zz"])
def test_a_path_that_urllib3_changes_is_sent_by_a_thread(path: str, sent_in_loop: list[bool]) -> None:
    """All requests have the same path, even if the endpoint URL contains unusual characters."""
    with serve_scripts([SUCCESS]) as server:
        run(server.url + path, lambda client: get(client, 3))

    assert sent_in_loop == [False, False, False]
    assert len({request.split(b" ")[1] for _, request in server.requests}) == 1


def test_threads_send_the_requests_with_an_unknown_urllib3(
    sent_in_loop: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connections of urllib3 1 have other methods."""
    monkeypatch.setattr(nonblocking, "_is_supported", False)
    with serve_scripts([SUCCESS]) as server:
        run(server.url, lambda client: get(client, 3))

    assert sent_in_loop == [False, False, False]


def test_a_closed_pool_leaves_the_request_to_a_thread(sent_in_loop: list[bool]) -> None:
    """A thread sends the request, and the call raises an error as in the blocking client."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 2)
        find_pool(client).close()
        with pytest.raises(TransportError):
            await get(client)

    with serve_scripts([SUCCESS]) as server:
        run(server.url, main)

    assert sent_in_loop == [False, False, False]


# Sockets


OPTIONS = {"chunked": False, "decode_content": False, "enforce_content_length": False, "preload_content": False}


def test_a_wait_may_end_without_data() -> None:
    """A socket can be readable without data, such as after a part of a TLS record. The timeout does not start again."""
    sock, other = socket.socketpair()
    pool: Any = HTTPConnectionPool("127.0.0.1", timeout=1)
    connection: Any = AWSHTTPConnection("127.0.0.1")
    connection.sock = sock
    waits: list[float] = []

    async def wait_readable(_: Any, seconds: float | None) -> bool:
        waits.append(seconds or 0.0)
        await asyncio.sleep(0.02)
        if len(waits) == 2:
            other.sendall(SUCCESS)
        return True

    async def main() -> Any:
        request = nonblocking.HttpRequest("GET", "http://127.0.0.1", "/", {}, None)
        return await nonblocking.send_and_receive(pool, connection, request, OPTIONS, wait_readable)

    assert asyncio.run(main()).content == BODY
    assert waits[1] <= waits[0] - 0.02
    pool.close()
    other.close()


@pytest.mark.parametrize("response", [SUCCESS, b""])
def test_a_response_that_arrives_before_the_connection_breaks_is_returned(response: bytes) -> None:
    """A server may respond and close the connection before it has received the request."""
    sock, other = socket.socketpair()
    pool: Any = HTTPConnectionPool("127.0.0.1", timeout=1)
    connection: Any = AWSHTTPConnection("127.0.0.1")
    connection.sock = sock
    other.sendall(response)
    other.close()
    request = nonblocking.HttpRequest("GET", "http://127.0.0.1", "/", {}, None)

    async def main() -> Any:
        return await nonblocking.send_and_receive(pool, connection, request, OPTIONS, asynchronous.wait_readable)

    with nullcontext() if response else pytest.raises(ProtocolError, match="Connection aborted"):
        assert asyncio.run(main()).content == BODY
    pool.close()
    assert sock.fileno() == -1


def test_data_that_arrives_with_the_timeout_is_seen(caplog: pytest.LogCaptureFixture) -> None:
    """If data arrives and the time is over at once, the wait ends once."""
    sock, other = socket.socketpair()
    with sock, other:
        other.send(b"data")
        assert asyncio.run(asynchronous.wait_readable(sock, 0.0)) is True
    assert not caplog.records  # The event loop logs errors of its callbacks.


@pytest.mark.parametrize(("seconds", "is_readable"), [(None, True), (5.0, True), (0.01, False)])
def test_a_wait_for_a_socket_ends_with_data_or_after_the_timeout(seconds: float | None, is_readable: bool) -> None:
    """The wait returns whether the socket has data, and the event loop forgets the socket."""
    sock, other = socket.socketpair()

    async def main() -> bool:
        loop: Any = asyncio.get_running_loop()
        if is_readable:
            loop.call_later(0.01, other.send, b"data")
        result = await asynchronous.wait_readable(sock, seconds)
        assert not loop.remove_reader(sock)
        assert all(timer.cancelled() for timer in loop._scheduled)
        return result

    with sock, other:
        assert asyncio.run(main()) is is_readable


def test_the_read_timeout_may_be_unlimited() -> None:
    """Without a read timeout, the client waits as long as the response takes."""

    async def main(client: AsyncTargetGroupClient) -> None:
        await get(client, 3)

    with serve_scripts([SUCCESS], [SUCCESS], [PAUSE, SUCCESS]) as server:
        run(server.url, main, read_timeout_seconds=None, config=Config(read_timeout=None))
