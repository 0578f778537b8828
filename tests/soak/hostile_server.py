"""An HTTP server that passes requests to the emulator and breaks a random share of the requests and responses."""

import json
import random
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from attrs import Factory, define

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from lattice_tg.testing.http_messages import Response
from lattice_tg.testing.server import handle_request

RETRY_AFTER = ("0", "", "-1", "nan", "later", "Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "0.01")
LOGIN_PAGE = b"<html><body>Please log in</body></html>"
OTHER_ID = b"tg-000000000000other"
FAULTS = (*("500", "reset_before", "reset", "lost", "cut", "empty", "text", "html", "other_group") * 5, "429")
"""The faults. 429 is rare, because the rate limiter slows down after it."""


@define
class HostileServer:
    """A running server. ``fault_rate`` is the probability of a fault."""

    lattice: VpcLatticeEmulator
    random: random.Random
    fault_rate: float = 0.0
    url: str = ""
    faults: Counter[str] = Factory(Counter[str])

    def choose_fault(self) -> str:
        """Return the fault of the next request, or an empty string."""
        if self.random.random() >= self.fault_rate:
            return ""
        fault = self.random.choice(FAULTS)
        self.faults[fault] += 1
        return fault


@contextmanager
def serve_hostile(seed: int) -> Generator[HostileServer]:  # noqa: C901 - a handler and its faults
    """Run a server in this process."""
    with mock_vpc_lattice() as lattice:
        hostile = HostileServer(lattice, random.Random(seed))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # Send headers and body in one packet.
            timeout = 10

            def handle(self) -> None:
                with suppress(OSError):  # The client was interrupted or killed.
                    super().handle()

            def respond(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                fault = hostile.choose_fault()
                if fault == "reset_before" or len(body) < length:  # A killed client sent a part of the body.
                    self.reset()
                    return
                if fault in ("429", "500"):
                    self.send_fault(int(fault))
                    return
                response = handle_request(lattice, self.command, self.path, dict(self.headers), body)
                assert isinstance(response, Response)
                if fault == "reset":
                    self.reset()
                elif fault == "lost":
                    self.close_connection = True
                else:
                    self.send(response.http_status, break_body(fault, response.body), dict(response.headers), fault)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = respond  # noqa: N815 - names of http.server

            def send_fault(self, status: int) -> None:
                code = "ThrottlingException" if status == 429 else "InternalServerException"
                headers = {"x-amzn-errortype": code, "Retry-After": hostile.random.choice(RETRY_AFTER)}
                self.send(status, json.dumps({"message": "fault"}).encode(), headers, "")

            def send(self, status: int, body: bytes, headers: dict[str, str], fault: str) -> None:
                self.send_response(status)
                skipped = ("content-length", "connection", "content-type")
                for name, value in headers.items():
                    if name.lower() not in skipped:
                        self.send_header(name, value)
                self.send_header("Content-Type", "TEXT/HTML" if fault == "html" else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def reset(self) -> None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()

            def log_message(self, format: str, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
            http_server.daemon_threads = True
            hostile.url = f"http://127.0.0.1:{http_server.server_port}"
            thread = threading.Thread(target=http_server.serve_forever)
            thread.start()
            try:
                yield hostile
            finally:
                http_server.shutdown()
                thread.join()


def break_body(fault: str, body: bytes) -> bytes:
    """Return the body that the fault leaves."""
    match fault:
        case "cut":
            return body[: len(body) // 2]
        case "empty":
            return b""
        case "text":
            return b"OK"
        case "html":
            return LOGIN_PAGE
        case "other_group":
            return re.sub(rb"soak-[0-9-]+", b"other", re.sub(rb"tg-[0-9a-z]{17}", OTHER_ID, body))
        case _:
            return body
