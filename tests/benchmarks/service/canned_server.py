"""An HTTP server on 127.0.0.1, in a process of its own, that answers at once, or after a fixed latency.

It reads no more of a request than it must, so that what is measured is the client.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ForkingTCPServer, StreamRequestHandler

from service.responses import ANSWERS, REGISTERING

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}


def response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


PREPARED = {start.encode(): response(json.dumps(answer).encode()) for start, answer in ANSWERS.items()}


class Connection(StreamRequestHandler):
    """One connection, kept open; it has a process of its own."""

    def handle(self) -> None:
        latency_seconds = float(sys.argv[1])
        while line := self.rfile.readline():
            body = self.rfile.read(self._length_of_body())
            if latency_seconds:
                time.sleep(latency_seconds)
            self.wfile.write(answer(line, body))

    def _length_of_body(self) -> int:
        length = 0
        while (header := self.rfile.readline()) not in (b"\r\n", b""):
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        if sys.platform == "linux":  # a client that sends body after head without TCP_NODELAY waits 40 ms for this
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return length


def answer(line: bytes, body: bytes) -> bytes:
    if line.startswith(REGISTERING.encode()):
        sent = body[body.index(b"[") : body.rindex(b"]") + 1]
        return response(b'{"successful":' + sent + b',"unsuccessful":[]}')
    return next(prepared for start, prepared in PREPARED.items() if line.startswith(start))


@contextmanager
def serving(latency_seconds: float = 0.0) -> Generator[str]:
    """The URL of a server that runs as long as the context; credentials that mean nothing are in the environment."""
    os.environ.update(CREDENTIALS)
    command = [sys.executable, "-m", "service.canned_server", str(latency_seconds)]
    home = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=home) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class Server(ForkingTCPServer):
    request_queue_size = 128
    max_children = 1000


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Connection) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever(poll_interval=5)
