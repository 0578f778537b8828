"""HTTP server on 127.0.0.1 with canned responses, which it sends immediately or after a fixed latency.

One thread in a separate process serves all connections, and the server parses as little of a request as possible, so
that the benchmarks measure the clients. With 64 connections, this takes a fifth of the CPU time that a process per
connection takes.
"""

import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from attrs import asdict, define, field, frozen

from service.responses import REGISTER_REQUEST, RESPONSES, THROTTLED

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
BUFFER_SIZE = 1 << 16


@frozen(kw_only=True)
class Settings:
    """The behavior of the server."""

    latency_seconds: float = 0.0
    throttled_share: float = 0.0
    """The share of the requests, chosen at random, that the server rejects with 429."""

    acknowledges_late: bool = False
    """Whether the server delays TCP acknowledgments, which is the default of Linux.

    A client that sends headers and body separately without TCP_NODELAY then waits 40 ms before it sends the body.
    """


def make_response(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


PREPARED = {start.encode(): make_response(json.dumps(body).encode()) for start, body in RESPONSES.items()}
TOO_MANY_REQUESTS = make_response(
    json.dumps(THROTTLED).encode(), "429 Too Many Requests", "x-amzn-ErrorType: ThrottlingException\r\n"
)


def respond(request: bytes) -> bytes:
    if request.startswith(REGISTER_REQUEST.encode()):
        targets = request[request.index(b"[") : request.rindex(b"]") + 1]
        return make_response(b'{"successful":' + targets + b',"unsuccessful":[]}')
    return next(response for start, response in PREPARED.items() if request.startswith(start))


def is_complete(data: bytes) -> bool:
    """Return whether ``data`` is a request with all headers and the whole body."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    _, name, value = data[:end].lower().partition(b"\r\ncontent-length:")
    return not name or len(data) >= end + 4 + int(value.split(b"\r\n", 1)[0])


@define
class Server:
    """A server that handles one event at a time. Clients send one request at a time on each connection."""

    settings: Settings
    selector: selectors.BaseSelector = field(factory=selectors.DefaultSelector)
    received: dict[socket.socket, bytes] = field(factory=dict[socket.socket, bytes])
    pending: deque[tuple[float, socket.socket, bytes]] = field(factory=deque[tuple[float, socket.socket, bytes]])
    """The responses to send, with their times. All latencies are equal, so the first response is the next one."""

    random: Random = field(factory=lambda: Random(0))

    def serve_forever(self, listener: socket.socket) -> None:
        self.selector.register(listener, selectors.EVENT_READ)
        while True:
            timeout = max(0.0, self.pending[0][0] - time.monotonic()) if self.pending else None
            for key, _ in self.selector.select(timeout):
                if key.fileobj is listener:
                    self.accept(listener)
                elif isinstance(key.fileobj, socket.socket):
                    self.receive(key.fileobj)
            self.send_due_responses()

    def accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        self.received[connection] = b""
        self.selector.register(connection, selectors.EVENT_READ)

    def receive(self, connection: socket.socket) -> None:
        data = receive_or_disconnect(connection)
        request = self.received[connection] + data
        if not data:
            self.selector.unregister(connection)
            del self.received[connection]
            connection.close()
        elif is_complete(request):
            self.received[connection] = b""
            is_throttled = self.random.random() < self.settings.throttled_share
            response = TOO_MANY_REQUESTS if is_throttled else respond(request)
            self.pending.append((time.monotonic() + self.settings.latency_seconds, connection, response))
        else:
            self.received[connection] = request
            if not self.settings.acknowledges_late and sys.platform == "linux":
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def send_due_responses(self) -> None:
        now = time.monotonic()
        while self.pending and self.pending[0][0] <= now:
            _, connection, response = self.pending.popleft()
            if connection in self.received:
                connection.sendall(response)


def receive_or_disconnect(connection: socket.socket) -> bytes:
    """Return received bytes, or nothing if the client closed the connection."""
    try:
        return connection.recv(BUFFER_SIZE)
    except ConnectionResetError:
        return b""


@contextmanager
def run_server(settings: Settings = Settings()) -> Generator[str]:
    """Run the server, set dummy credentials, and yield its URL."""
    os.environ.update(CREDENTIALS)
    command = [sys.executable, "-m", "service.canned_server", json.dumps(asdict(settings))]
    directory = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=directory) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        Server(Settings(**json.loads(sys.argv[1]))).serve_forever(listener)
