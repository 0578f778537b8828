"""A server of a test's own on 127.0.0.1, which answers with the very bytes that the test wrote."""

import json
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from time import monotonic
from typing import Any

from attrs import Factory, frozen

LOST = b""
"""No answer: the connection is closed."""

SILENCE = b"(silence)"
"""No answer: the connection stays open until the caller gives up."""

_TLS_HELLO = b"\x16"


@frozen
class Asked:
    """A request that came in, and when."""

    at: float
    line: str
    body: Any
    raw: bytes = b""
    """All of it, as it came."""


@frozen
class Stub:
    """A running server, and what it was asked."""

    url: str
    asked: list[Asked] = Factory(list[Asked])


def answer(status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> bytes:
    """An HTTP answer; the underscores of a header's name are hyphens."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Told", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def refusal(status: int, code: str, body: dict[str, Any] | None = None, **headers: str) -> bytes:
    """An error answer as the service writes one."""
    content = {"message": "told", **(body or {})}
    return answer(status, content, x_amzn_errortype=code, x_amzn_requestid="r-1", **headers)


@contextmanager
def answering(*answers: bytes, now: Callable[[], float] = monotonic) -> Generator[Stub]:
    """A server that gives these answers, one a connection, the last one for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stub = Stub(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(server, answers, stub, now))
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def unused_url() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, answers: Sequence[bytes], stub: Stub, now: Callable[[], float]) -> None:
    with suppress(OSError):  # how accept() ends when the server is shut down
        for number in count():
            connection, _ = server.accept()
            with connection, suppress(ConnectionError):
                stub.asked.append(_request(connection, now))
                _send(connection, answers[min(number, len(answers) - 1)])


def _request(connection: socket.socket, now: Callable[[], float]) -> Asked:
    came = connection.recv(65536)
    if came.startswith(_TLS_HELLO):
        return Asked(now(), "TLS", None)
    while b"\r\n\r\n" not in came:
        came += connection.recv(65536)
    head, _, body = came.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    raw = b"\r\n\r\n".join([head, body])
    return Asked(now(), head.split(b"\r\n")[0].decode(), json.loads(body) if body else None, raw)


def _send(connection: socket.socket, said: bytes) -> None:
    if said == SILENCE:
        while connection.recv(65536):
            pass
    else:
        connection.sendall(said)
