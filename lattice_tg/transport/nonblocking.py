"""Requests over open connections that do not block the thread while they wait for the response.

If a request blocked, an asyncio program would need a thread for each request in flight. In this module, urllib3 opens,
pools and closes the connections, and http.client formats requests and parses responses, as for any other request. Only
the socket is read differently: an event loop waits for data, and http.client reads the response from memory.
"""

# urllib3 has no public access to the connections of a pool.
# pyright: reportPrivateUsage=false

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from io import SEEK_END, BytesIO
from operator import attrgetter
from queue import Empty
from types import FunctionType
from typing import Any

from attrs import frozen
from botocore.awsrequest import AWSHTTPConnection, AWSHTTPSConnection, AWSResponse
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ProtocolError, ReadTimeoutError, SSLError

from lattice_tg.runtime.base import WaitReadable

_READ_SIZE = 1 << 16
_CONNECTION_TYPES = (AWSHTTPConnection, AWSHTTPSConnection)
_SOCKET_TYPES = (socket.socket, ssl.SSLSocket)
_OPTIONS = ("chunked", "decode_content", "enforce_content_length", "preload_content")
"""Options of ``urlopen()`` that urllib3 passes to the connection."""

_read_skipped_methods = attrgetter("urlopen", "_make_request")
"""Function that returns the methods of a connection pool that ``exchange()`` does not call."""

_originals: tuple[Any, ...] = _read_skipped_methods(HTTPConnectionPool)
_is_supported = hasattr(HTTPConnection, "is_connected") and all(  # urllib3 1 has other methods.
    type(method) is FunctionType and method.__globals__["__name__"] == HTTPConnectionPool.__module__
    for method in _originals
)


@frozen(eq=False, repr=False)
class HttpRequest:
    """A request as urllib3 sends it."""

    method: str
    origin: str
    """Scheme, host and port of the URL."""

    target: str
    """Path and query of the URL."""

    headers: Mapping[str, Any]
    body: bytes | None

    @property
    def url(self) -> str:
        """The URL."""
        return self.origin + self.target


class _ReceivedFile(BytesIO):
    """The received part of a response, from which http.client reads."""

    def append(self, data: bytes) -> None:
        position = self.tell()
        self.seek(0, SEEK_END)
        self.write(data)
        self.seek(position)


class _ReceivedSocket:
    """A replacement for the socket of a connection, from which http.client reads the received part of a response."""

    def __init__(self, received: _ReceivedFile) -> None:
        self._received = received

    def makefile(self, _: str) -> _ReceivedFile:
        return self._received

    def settimeout(self, _: float | None) -> None:
        pass

    def close(self) -> None:
        pass


def take_open_connection(pool: Any) -> Any:
    """Take an open connection that no request uses from a pool.

    Returns:
        The connection. None if urllib3 would have to open a connection, or if a tool observes or replaces the pool.

    """
    methods = _read_skipped_methods(type(pool))  # A wrapper from wrapt equals the method that it wraps.
    is_observed = "urlopen" in vars(pool) or any(a is not b for a, b in zip(methods, _originals, strict=True))
    if is_observed or not _is_supported:
        return None
    try:
        connection = pool.pool.get(block=False)
    except (AttributeError, Empty):  # The pool is closed, or requests use all its connections.
        return None
    if (
        type(connection) in _CONNECTION_TYPES
        and type(connection.sock) in _SOCKET_TYPES
        and connection.is_connected  # No data and no end of the stream have arrived since the last response.
    ):
        return connection
    pool._put_conn(connection)  # noqa: SLF001
    return None


async def exchange(
    pool: Any, connection: Any, request: HttpRequest, options: Mapping[str, Any], wait_readable: WaitReadable
) -> AWSResponse | None:
    """Send a request, receive the whole response, and put the connection back into its pool.

    Args:
        pool: Pool of the connection.
        connection: Connection from ``take_open_connection()``.
        request: The request.
        options: Options that botocore passes to ``urlopen()``.
        wait_readable: Function that waits for data.

    Returns:
        The response. None if sending the request would block: then the server cannot have received all of the request.

    Raises:
        Exception: If no response arrives, the error that ``urlopen()`` would raise.

    """
    is_reusable = False
    try:
        if not _send(connection, request, options):
            return None
        response, is_reusable = await _receive_response(pool, connection, request.target, wait_readable)
        http_response: Any = AWSResponse(request.url, response.status, response.headers, response)
        http_response.content  # noqa: B018 - the property reads the body
    except ssl.SSLError as error:
        raise SSLError(error) from error
    except (HTTPException, OSError) as error:
        raise ProtocolError("Connection aborted.", error) from error
    else:
        return http_response
    finally:
        if not is_reusable:
            connection.close()
        pool._put_conn(connection)  # noqa: SLF001


def _send(connection: Any, request: HttpRequest, options: Mapping[str, Any]) -> bool:
    """Send a request, and return whether this was possible without blocking."""
    connection.timeout = 0.0
    options = {name: options[name] for name in _OPTIONS}
    try:
        connection.request(request.method, request.target, body=request.body, headers=request.headers, **options)
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    except (BrokenPipeError, ConnectionResetError):
        pass  # The server may have sent a response before it closed the connection.
    return True


async def _receive_response(pool: Any, connection: Any, target: str, wait_readable: WaitReadable) -> tuple[Any, bool]:
    """Return a response whose body has been received, and whether another request can use the connection."""
    sock, received, seconds = connection.sock, _ReceivedFile(), pool.timeout.read_timeout

    async def receive() -> bytes:
        while True:
            try:
                data: bytes = sock.recv(_READ_SIZE)
            except (BlockingIOError, ssl.SSLWantReadError):
                if not await wait_readable(sock, seconds):
                    message = f"Read timed out. (read timeout={seconds})"
                    raise ReadTimeoutError(pool, target, message) from None
            else:
                received.append(data)
                return data

    while b"\r\n\r\n" not in received.getvalue() and await receive():
        pass
    connection.sock = received_socket = _ReceivedSocket(received)
    try:
        response = connection.getresponse()
    finally:
        is_open = connection.sock is received_socket  # http.client sets None if the server will close the connection.
        connection.sock = sock
    while (end := _find_end(response, received)) is None and await receive():
        pass
    return response, is_open and end == len(received.getvalue())


def _find_end(response: Any, received: _ReceivedFile) -> int | None:
    """Return the position at which a response ends, or None if more data has to be received."""
    start, data = received.tell(), received.getvalue()
    if response.length_remaining is not None:
        end: int = start + response.length_remaining
        return end if end <= len(data) else None
    return _find_end_of_chunks(data, start) if response.chunked else None


def _find_end_of_chunks(data: bytes, start: int) -> int | None:
    """Return the position at which a chunked body ends, or None if more data has to be received."""
    while (end := data.find(b"\r\n", start)) >= 0:
        try:
            size = int(data[start:end].partition(b";")[0], 16)
        except ValueError:
            size = -1
        if size < 0:
            return len(data)  # http.client raises the error.
        if size == 0:
            end = data.find(b"\r\n\r\n", end)  # Trailers end with an empty line.
            return end + 4 if end >= 0 else None
        start = end + size + 4
    return None
