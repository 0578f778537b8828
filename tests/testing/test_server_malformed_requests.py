"""Malformed, incomplete and foreign requests to the emulator's HTTP server."""

import socket
import threading
import time
from collections.abc import Generator

import pytest

from lattice_tg.testing import RunningServer, serve
from support.http_client import fetch

POST = b"POST /targetgroups HTTP/1.1\r\nHost: localhost\r\n"
GROUP = b'{"name": "orders", "type": "LAMBDA"}'
MODULE = "lattice_tg.testing.server"


@pytest.fixture
def server(capfd: pytest.CaptureFixture[str]) -> Generator[RunningServer]:
    """Yield a running server, which must not print anything."""
    with serve() as server:
        yield server
    assert capfd.readouterr() == ("", "")


def connect(server: RunningServer) -> socket.socket:
    """Return a new connection to the server."""
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=5)


def exchange(server: RunningServer, request: bytes) -> tuple[str, str]:
    """Send a raw request. Return the status line and the rest of the response, which the server ends."""
    with connect(server) as connection:
        connection.sendall(request)
        response = connection.makefile("rb").read().decode()
    status_line, _, rest = response.partition("\r\n")
    return status_line, rest


@pytest.mark.parametrize(
    ("request_bytes", "reason"),
    [
        (POST + b"Content-Length: -1\r\n\r\n", "Content-Length must be one non-negative integer"),
        (POST + b"Content-Length: many\r\n\r\n", "Content-Length must be one non-negative integer"),
        (POST + b"Content-Length: +1\r\n\r\n{", "Content-Length must be one non-negative integer"),
        (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", "Content-Length must be one non-negative integer"),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "Content-Length must be one non-negative integer"),
        (
            POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length and Transfer-Encoding must not be combined",
        ),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding must be chunked"),
        (b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", "The request target must be an ASCII path"),
        (b"GET @aws.test HTTP/1.1\r\nHost: localhost\r\n\r\n", "The request target must be an ASCII path"),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", "The request target must be an ASCII path"),
        (b"GET\r\n\r\n", "Bad request syntax ('GET')"),
        (b"\x16\x03\x01\r\n\r\n", "Bad request syntax"),
        (b"GET / HTTP/one\r\n\r\n", "Bad request version ('HTTP/one')"),
    ],
)
def test_malformed_requests_are_rejected(server: RunningServer, request_bytes: bytes, reason: str) -> None:
    """The server responds to a malformed request with 400 and the reason."""
    status_line, rest = exchange(server, request_bytes)

    assert status_line.startswith(f"HTTP/1.0 400 {reason}")
    assert "400" in rest
    assert server.lattice.calls == ()


@pytest.mark.parametrize("chunk", [b"size\r\n{}\r\n", b"-2\r\n{}\r\n", b"2\r\n{}{}\r\n"])
def test_malformed_chunks_are_rejected(server: RunningServer, chunk: bytes) -> None:
    """The server responds with 400 to a chunk whose size is not a number or does not match."""
    status_line, _ = exchange(server, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n")

    assert status_line == "HTTP/1.0 400 BAD REQUEST"


def test_chunked_bodies_are_decoded(server: RunningServer) -> None:
    """A body may be sent in chunks of unknown total length."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (GROUP[:9], GROUP[9:], b""))

    status_line, _ = exchange(server, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)

    assert status_line == "HTTP/1.0 201 CREATED"
    assert [call.params for call in server.lattice.calls] == [{"name": "orders", "type": "LAMBDA"}]


@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 400000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n64\r\n" + b"x" * 100 + b"\r\n0\r\n\r\n"],
)
def test_large_bodies_are_rejected(server: RunningServer, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """The server responds with 413 to a body above the limit, and does not wait for a body of known length."""
    monkeypatch.setattr(f"{MODULE}._Request.max_content_length", 99)

    status_line, rest = exchange(server, POST + body)

    assert status_line == "HTTP/1.0 413 REQUEST ENTITY TOO LARGE"
    assert rest.endswith('{"message": "The data value transmitted exceeds the capacity limit."}')


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ("Host: evil.example", 400, "Host 'evil.example' is not trusted."),
        ("Host: 127.0.0.1.evil.example", 400, "Host '127.0.0.1.evil.example' is not trusted."),
        ("Host: localhost\r\nHost: evil.example", 400, "Host 'localhost,evil.example' is not trusted."),
        ("Host: localhost\r\nOrigin: https://evil.example", 403, "Origin 'https://evil.example' is not trusted."),
        ("Host: localhost\r\nOrigin: null", 403, "Origin 'null' is not trusted."),
        ("Host: localhost\r\nOrigin: http://[", 403, "Origin 'http://[' is not trusted."),
    ],
)
@pytest.mark.parametrize("path", ["/_faults", "/targetgroups"])
def test_requests_of_foreign_pages_are_rejected(
    server: RunningServer, path: str, headers: str, status: int, message: str
) -> None:
    """A web page can neither control the emulator nor send requests to the API."""
    body = '{"method": "fail_next_create", "arguments": {"name": "orders", "code": "X"}}'
    request = f"POST {path} HTTP/1.1\r\n{headers}\r\nContent-Length: {len(body)}\r\n\r\n{body}"

    status_line, rest = exchange(server, request.encode())

    assert status_line.startswith(f"HTTP/1.0 {status} ")
    assert rest.endswith(f'\r\n\r\n{{"message": "{message}"}}')
    assert server.lattice.calls == ()


@pytest.mark.parametrize(
    "headers", ["Host: 127.0.0.1:80", "Host: localhost", "Host: shop.localhost\r\nOrigin: http://localhost:3000"]
)
def test_local_hosts_and_origins_are_accepted(server: RunningServer, headers: str) -> None:
    """The names of this machine are accepted with any port, as host and as origin."""
    status_line, _ = exchange(server, f"GET /_health HTTP/1.1\r\n{headers}\r\n\r\n".encode())

    assert status_line == "HTTP/1.0 200 OK"


def test_the_server_listens_on_one_loopback_address(server: RunningServer) -> None:
    """The server is not reachable at another address of this machine."""
    with pytest.raises(OSError, match=r"refused|assign|unreachable|timed out"):
        socket.create_connection(("127.0.0.2", int(server.url.rpartition(":")[2])), timeout=1)


@pytest.mark.parametrize(
    "end", [b"", b"Content-Length: 36\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n24\r\n" + GROUP + b"\r\n"]
)
def test_requests_that_are_cut_off_are_not_processed(server: RunningServer, end: bytes) -> None:
    """If the client stops sending in the headers or the body, the operation is not executed."""
    with connect(server) as connection:
        connection.sendall(POST + end)
        connection.shutdown(socket.SHUT_WR)
        connection.makefile("rb").read()

    assert server.lattice.calls == ()


@pytest.mark.parametrize("start", [b"", POST, POST + b"Content-Length: 36\r\n\r\n{"])
def test_slow_requests_time_out(server: RunningServer, monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    """A client that sends one byte at a time does not extend the time that a request may take."""
    monkeypatch.setattr(f"{MODULE}._TIMEOUT_SECONDS", 0.3)
    with connect(server) as connection:
        connection.sendall(start)
        connection.settimeout(0.05)
        started_at, response, elapsed = time.monotonic(), None, 0.0
        while response is None and elapsed < 2:
            try:
                response = connection.recv(12)
            except TimeoutError:
                connection.sendall(b"x")
            elapsed = time.monotonic() - started_at

    assert response == (b"HTTP/1.0 400" if b"{" in start else b"")
    assert elapsed > 0.2
    assert server.lattice.calls == ()


def test_handler_threads_are_bounded(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many unfinished requests occupy a bounded number of threads until they time out, and then others are served."""
    monkeypatch.setattr(f"{MODULE}._TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(f"{MODULE}._MAX_CONNECTIONS", 8)
    threads_before = threading.active_count()

    connections = [connect(server) for _ in range(30)]
    for connection in connections:
        connection.sendall(b"GET /_hea")
    time.sleep(0.2)
    threads = threading.active_count() - threads_before
    health = fetch(f"{server.url}/_health")
    for connection in connections:
        connection.close()

    assert 1 <= threads <= 8
    assert health == (200, {"status": "ok"})


def test_stopping_closes_open_connections() -> None:
    """After the server has stopped, open connections are closed and no thread is left."""
    threads_before = {*threading.enumerate()}
    with serve() as server:
        connection = connect(server)
        connection.sendall(b"GET /_hea")
        time.sleep(0.05)

    closed = connection.recv(1)
    connection.close()
    deadline = time.monotonic() + 2
    while (threads_left := {*threading.enumerate()} - threads_before) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert closed == b""
    assert threads_left == set()
