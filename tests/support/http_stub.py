"""An HTTP server on 127.0.0.1 that sends raw responses from a list."""

import json
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from time import monotonic
from typing import Any

from attrs import Factory, frozen

from support.event_handlers import remove_moto_handler

CLOSE_CONNECTION = b""
"""A marker that makes the server close the connection without a response."""

NO_RESPONSE = b"(no response)"
"""A marker that makes the server keep the connection open, without a response, until the client closes it."""

_TLS_HANDSHAKE = b"\x16"


@frozen
class RecordedRequest:
    """A request that the server received."""

    received_at: float
    line: str
    body: Any
    raw: bytes = b""
    """The request as raw bytes."""


@frozen
class StubServer:
    """A running server and the requests that it received."""

    url: str
    requests: list[RecordedRequest] = Factory(list[RecordedRequest])


def http_response(status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> bytes:
    """Return an HTTP response. Underscores in header names become hyphens."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def error_response(status: int, code: str, body: dict[str, Any] | None = None, **headers: str) -> bytes:
    """Return an error response in the format of VPC Lattice."""
    content = {"message": "message", **(body or {})}
    return http_response(status, content, x_amzn_errortype=code, x_amzn_requestid="r-1", **headers)


@contextmanager
def serve(*responses: bytes, now: Callable[[], float] = monotonic) -> Generator[StubServer]:
    """Run a server that sends one response per connection and repeats the last response."""
    with remove_moto_handler(), socket.create_server(("127.0.0.1", 0)) as server:
        stub = StubServer(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(server, responses, stub, now))
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def unused_url() -> str:
    """Return a URL at which no server listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, responses: Sequence[bytes], stub: StubServer, now: Callable[[], float]) -> None:
    with suppress(OSError):  # accept() raises OSError when the server is shut down.
        for number in count():
            connection, _ = server.accept()
            with connection, suppress(ConnectionError):
                stub.requests.append(_receive(connection, now))
                _send(connection, responses[min(number, len(responses) - 1)])


def _receive(connection: socket.socket, now: Callable[[], float]) -> RecordedRequest:
    received = connection.recv(65536)
    if received.startswith(_TLS_HANDSHAKE):
        return RecordedRequest(now(), "TLS", None)
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    raw = b"\r\n\r\n".join([head, body])
    return RecordedRequest(now(), head.split(b"\r\n")[0].decode(), json.loads(body) if body else None, raw)


def _send(connection: socket.socket, response: bytes) -> None:
    if response == NO_RESPONSE:
        while connection.recv(65536):
            pass
    else:
        connection.sendall(response)
