"""HTTP server on 127.0.0.1 that responds immediately or after a fixed latency.

The server runs in a separate process and parses as little of a request as possible, so that the benchmarks measure the
client.
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

from service.responses import REGISTER_REQUEST, RESPONSES

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}


def make_response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


PREPARED = {start.encode(): make_response(json.dumps(body).encode()) for start, body in RESPONSES.items()}


class Connection(StreamRequestHandler):
    """A persistent connection. A separate process handles each connection."""

    def handle(self) -> None:
        latency_seconds = float(sys.argv[1])
        while line := self.rfile.readline():
            body = self.rfile.read(self._read_content_length())
            if latency_seconds:
                time.sleep(latency_seconds)
            self.wfile.write(respond(line, body))

    def _read_content_length(self) -> int:
        length = 0
        while (header := self.rfile.readline()) not in (b"\r\n", b""):
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        # A client that sends headers and body separately without TCP_NODELAY waits 40 ms for a delayed acknowledgment.
        if sys.platform == "linux":
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return length


def respond(line: bytes, body: bytes) -> bytes:
    if line.startswith(REGISTER_REQUEST.encode()):
        targets = body[body.index(b"[") : body.rindex(b"]") + 1]
        return make_response(b'{"successful":' + targets + b',"unsuccessful":[]}')
    return next(response for start, response in PREPARED.items() if line.startswith(start))


@contextmanager
def run_server(latency_seconds: float = 0.0) -> Generator[str]:
    """Run the server, set dummy credentials, and yield its URL."""
    os.environ.update(CREDENTIALS)
    command = [sys.executable, "-m", "service.canned_server", str(latency_seconds)]
    directory = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=directory) as process:
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
