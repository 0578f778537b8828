"""Non-blocking requests over open connections.

If a request blocked, an asyncio program would need a thread for each request in flight. In this module, urllib3 opens,
pools and closes the connections, which format requests and parse responses as for any other request. Only the socket is
used differently: all parts of a request are sent together, an event loop waits for data, and the connection reads the
response from memory.
"""

# urllib3 has no public access to the connections of a pool.
# pyright: reportPrivateUsage=false, reportUnknownArgumentType=false

import logging
import re
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from io import SEEK_END, BytesIO
from operator import attrgetter
from queue import Empty
from types import FunctionType
from typing import Any, cast

from attrs import frozen
from botocore.awsrequest import AWSResponse
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ProtocolError, ReadTimeoutError, SSLError

from lattice_tg.runtime.base import WaitReadable
from lattice_tg.runtime.clocks import monotonic
from lattice_tg.transport.http_connection import REQUEST_OPTIONS, has_usual_class

_LOGGER = logging.getLogger("urllib3.connectionpool")
_READ_SIZE = 1 << 16
_SOCKET_TYPES = (socket.socket, ssl.SSLSocket)

_MAX_LINES, _MAX_LINE_SIZE = 101, 1 << 16
"""Limits of http.client: lines in a head after which it rejects the head, and bytes in a line."""

_NORMALIZED_TARGET = re.compile(r"(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*", re.ASCII)
_HEAD_END = re.compile(rb"\n\r?\n")
_CONTINUE = re.compile(rb"HTTP/1\.\d 100\b")

_SKIPPED_METHODS = ("urlopen", "_make_request", "_get_conn")
"""Methods of a pool that urllib3 calls for each request but this module skips."""

_read_skipped_methods = attrgetter(*_SKIPPED_METHODS)
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
        """Complete URL of the request."""
        return self.origin + self.target


class _SendBuffer:
    """Substitute for a socket that collects the parts of a request, so that they are sent together."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self._parts.append(data)

    def settimeout(self, _: float | None) -> None:
        pass

    def join(self) -> bytes:
        return b"".join(self._parts)


class _ReceivedFile(BytesIO):
    """The received part of a response, from which http.client reads."""

    size = 0

    def append(self, data: bytes) -> None:
        position = self.tell()
        self.seek(0, SEEK_END)
        self.write(data)
        self.seek(position)
        self.size += len(data)

    def peek(self) -> bytes:
        """Return all received data. A response peeks only before its first read."""
        return self.getvalue()


class _ReceivedSocket:
    """Substitute for a socket, from which http.client reads received data."""

    def __init__(self, received: _ReceivedFile) -> None:
        self._received = received

    def makefile(self, _: str) -> _ReceivedFile:
        return self._received

    def settimeout(self, _: float | None) -> None:
        pass

    def close(self) -> None:
        pass


def is_normalized(target: str) -> bool:
    """Return whether ``urlopen()`` would send a path and query unchanged."""
    return _NORMALIZED_TARGET.fullmatch(target) is not None


def take_open_connection(pool: Any) -> Any:
    """Take an idle, open connection from ``pool``.

    Returns:
        The connection. None if urllib3 must send the request: no connection is idle, a tool observes or replaces the
        pool or the connection, urllib3's debug log is enabled, or this version of urllib3 is unknown.

    """
    methods = _read_skipped_methods(type(pool))  # Compared by identity: a wrapt wrapper equals its method.
    are_original = all(method is original for method, original in zip(methods, _originals, strict=True))
    if _LOGGER.isEnabledFor(logging.DEBUG) or not (
        are_original and _is_supported and set(_SKIPPED_METHODS).isdisjoint(vars(pool))
    ):
        return None
    try:
        connection = pool.pool.get(block=False)
    except (AttributeError, Empty):  # The pool is closed, or requests use all its connections.
        return None
    if (
        has_usual_class(connection, pool)
        and type(connection.sock) in _SOCKET_TYPES
        and connection.is_connected  # The server has neither sent data nor closed the connection.
    ):
        return connection
    pool._put_conn(connection)  # noqa: SLF001
    return None


async def send_and_receive(
    pool: Any, connection: Any, request: HttpRequest, options: Mapping[str, Any], wait_readable: WaitReadable
) -> Any:
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
    is_reusable = is_abandoned = False
    try:
        if not _send(connection, request, options):
            return None
        response, can_be_reused = await _receive_response(pool, connection, request.target, wait_readable)
        http_response: Any = AWSResponse(request.url, response.status, response.headers, response)
        http_response.content  # noqa: B018 - the property reads the body
        is_reusable = can_be_reused
    except ssl.SSLError as error:
        raise SSLError(error) from error
    except (HTTPException, OSError) as error:
        raise ProtocolError("Connection aborted.", error) from error
    except GeneratorExit:  # Python may delete the coroutine while this thread holds the lock of the pool.
        is_abandoned = True
        raise
    else:
        return http_response
    finally:
        if not is_reusable:
            connection.close()
        if not is_abandoned:
            pool._put_conn(connection)  # noqa: SLF001


def _send(connection: Any, request: HttpRequest, options: Mapping[str, Any]) -> bool:
    """Send a request, and return whether this was possible without blocking."""
    # The defaults of urlopen() and of the connection are the same.
    options = {name: value for name, value in options.items() if name in REQUEST_OPTIONS}
    sock, connection.sock = connection.sock, (buffer := _SendBuffer())
    try:
        connection.request(request.method, request.target, body=request.body, headers=request.headers, **options)
    finally:
        connection.sock = sock
    sock.settimeout(0.0)
    try:
        sock.sendall(buffer.join())
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    except (BrokenPipeError, ConnectionResetError):
        pass  # The server may have sent a response before it closed the connection.
    return True


async def _receive_response(pool: Any, connection: Any, target: str, wait_readable: WaitReadable) -> tuple[Any, bool]:
    """Receive a response. Return it and whether the connection can be reused."""
    sock, received, seconds = connection.sock, _ReceivedFile(), pool.timeout.read_timeout

    async def receive() -> bytes:
        ends_at = None if seconds is None else monotonic() + seconds
        while True:
            remaining_seconds = None if ends_at is None else max(0.0, ends_at - monotonic())
            # Wait before each read so that other tasks run even if data arrives faster than the client reads it.
            if not _has_decrypted_data(sock) and not await wait_readable(sock, remaining_seconds):
                raise ReadTimeoutError(pool, target, f"Read timed out. (read timeout={seconds})")
            try:
                data: bytes = sock.recv(_READ_SIZE)
            except (BlockingIOError, ssl.SSLWantReadError):
                continue
            received.append(data)
            return data

    while not _has_head(received) and await receive():
        pass
    connection.sock = received_socket = _ReceivedSocket(received)
    try:
        response = connection.getresponse()
    finally:
        is_open = connection.sock is received_socket  # http.client sets None if the server will close the connection.
        connection.sock = sock
    end = _BodyEnd(response, received.tell())
    while not end.find(received) and await receive():
        pass
    return response, is_open and end.is_found and end.position == received.size


def _has_decrypted_data(sock: Any) -> bool:
    """Return whether TLS holds decrypted data, which the event loop cannot see."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def _has_head(received: _ReceivedFile) -> bool:
    """Return whether the head of a response is complete, or http.client rejects it.

    http.client skips the responses of the status 100 that may come first.
    """
    data, start = received.getvalue(), 0
    end_of_line = data.rfind(b"\n") + 1
    is_other_protocol = end_of_line > 0 and not data.startswith(b"HTTP/")
    if is_other_protocol or data.count(b"\n") > _MAX_LINES or len(data) - end_of_line > _MAX_LINE_SIZE:
        return True
    while (end := _HEAD_END.search(data, start)) is not None:
        if _CONTINUE.match(data, start) is None:
            return True
        start = end.end()
    return False


class _BodyEnd:
    """The end of the body of a response."""

    def __init__(self, response: Any, start: int) -> None:
        self._is_chunked = response.chunked and response.length_remaining is None
        self.is_found = False
        self.position: int | None = start
        """Position of the end, or of the next chunk. None if the end is unknown."""
        if not self._is_chunked:
            length: int | None = response.length_remaining
            self.position = None if length is None else start + length

    def find(self, received: _ReceivedFile) -> bool:
        """Return whether the whole body has been received."""
        if self._is_chunked:
            self._skip_chunks(received)
        else:
            self.is_found = self.position is not None and self.position <= received.size
        return self.is_found

    def _skip_chunks(self, received: _ReceivedFile) -> None:
        data, start = received.getvalue(), cast("int", self.position)
        while (end := data.find(b"\r\n", start)) >= 0:
            try:
                size = int(data[start:end].partition(b";")[0], 16)
            except ValueError:
                size = -1
            if size > 0:
                self.position = start = end + size + 4
                continue
            # Trailers end with an empty line. http.client raises an error if the size is invalid.
            end_of_trailers = data.find(b"\r\n\r\n", end)
            if size < 0 or end_of_trailers >= 0:
                self.is_found, self.position = True, None if size < 0 else end_of_trailers + 4
            return
