"""An HTTP server on 127.0.0.1 that keeps connections open and sends responses in parts."""

import socket
import struct
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from ssl import SSLContext

from attrs import Factory, frozen

from support.event_handlers import remove_moto_handler

CLOSE = "close"
"""A part that makes the server close the connection."""

PAUSE = "pause"
"""A part that makes the server wait, so that the client receives what follows separately."""

GARBAGE = "garbage"
"""A part that makes the server send bytes without TLS over a connection with TLS."""

RESET = "reset"
"""A part that makes the server abort the connection."""

STALL = "stall"
"""A part that makes the server stop reading until another request arrives, for at most 10 seconds."""

WAIT = "wait"
"""A part that makes the server wait until the client closes the connection."""

FLOOD = "flood"
"""A part that makes the server send data until the client closes the connection."""

_PAUSE_SECONDS = 0.02

Script = Sequence[bytes | str]
"""The parts of a response: bytes to send, or one of the actions above."""


@frozen
class ScriptedServer:
    """A running server. It repeats the last response."""

    url: str
    responses: Sequence[Script]
    requests: list[tuple[int, bytes]] = Factory(list[tuple[int, bytes]])
    """The connection, counted from 0, and the bytes of each request that arrived completely."""

    receive_counts: list[int] = Factory(list[int])
    """For each request, the number of times that the server received data."""

    incomplete: list[bytes] = Factory(list[bytes])
    """Requests that the client did not finish."""

    closed: list[int] = Factory(list[int])
    """The connections that the client closed."""

    @property
    def connections(self) -> list[int]:
        """The connection of each request."""
        return [connection for connection, _ in self.requests]


@contextmanager
def serve_scripts(
    *responses: Script, tls: SSLContext | None = None, receive_buffer: int | None = None
) -> Generator[ScriptedServer]:
    """Run a server that sends ``responses`` in order, regardless of the connection.

    Args:
        responses: The parts of each response.
        tls: Context for TLS. Default: no TLS.
        receive_buffer: Size of the receive buffers in bytes. Default: chosen by the system.

    """
    with remove_moto_handler(), socket.socket() as listener:
        if receive_buffer is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        scheme = "http" if tls is None else "https"
        server = ScriptedServer(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", responses)
        threads = [threading.Thread(target=_accept, args=(listener, server, tls))]
        threads[0].start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            threads[0].join()


def _accept(listener: socket.socket, server: ScriptedServer, tls: SSLContext | None) -> None:
    threads: list[threading.Thread] = []
    open_connections: list[socket.socket] = []
    with suppress(OSError):  # accept() raises OSError when the listener is shut down.
        for number in count():
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            open_connections.append(connection)
            threads.append(threading.Thread(target=_serve, args=(connection, number, server)))
            threads[-1].start()
    for connection in open_connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()


def _serve(connection: socket.socket, number: int, server: ScriptedServer) -> None:
    with connection, suppress(OSError):
        while request := _receive(connection, number, server):
            script = server.responses[min(len(server.requests), len(server.responses) - 1)]
            server.requests.append((number, request))
            if not _respond(connection, number, server, script):
                return


def _respond(connection: socket.socket, number: int, server: ScriptedServer, script: Script) -> bool:
    """Send a response, and return whether the connection stays open."""
    for part in script:
        if isinstance(part, bytes):
            connection.sendall(part)
        elif part == PAUSE:
            time.sleep(_PAUSE_SECONDS)
        elif part == STALL:
            _wait_for_request(server)
        elif part == FLOOD:
            while True:
                connection.sendall(b"X-Name: %b\r\n" % (b"x" * 60_000))
        elif part == GARBAGE:
            socket.socket.send(connection, b"garbage" * 9)
        else:
            if part == RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif part == WAIT:
                connection.recv(1)
                server.closed.append(number)
            return False
    return True


def _wait_for_request(server: ScriptedServer) -> None:
    received, ends_at = len(server.requests), time.monotonic() + 10
    while len(server.requests) == received and time.monotonic() < ends_at:
        time.sleep(_PAUSE_SECONDS)


def _receive(connection: socket.socket, number: int, server: ScriptedServer) -> bytes:
    received, count = b"", 0
    while not _is_complete(received):
        try:
            data = connection.recv(65536)
        except ConnectionResetError:  # The client closed the connection without reading the response.
            data = b""
        if not data:
            server.closed.append(number)
            if received:
                server.incomplete.append(received)
            return b""
        received, count = received + data, count + 1
    server.receive_counts.append(count)
    return received


def _is_complete(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    _, name, value = head.lower().partition(b"\r\ncontent-length:")
    return bool(separator) and len(body) >= (int(value.split(b"\r\n")[0]) if name else 0)
