"""The emulator over HTTP on 127.0.0.1, for the AWS CLI, the SDKs of other languages, and tests with real connections.

It is Python's own HTTP server and not moto's: that one needs Flask, starts one application per service, and answers
through moto's URL tables, which lack these operations. Here a request goes to the same place as in process.
"""

import json
import socket
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer, TCPServer, ThreadingMixIn
from typing import Any

from attrs import frozen

from lattice_tg.runtime.clocks import Clock
from lattice_tg.testing.backend import TOKEN_MISMATCH_DEFAULT, TokenMismatch
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.http_messages import DroppedResponse, Response
from lattice_tg.testing.mock import MockVpcLattice, mock_vpc_lattice
from lattice_tg.testing.moto_adapter import handle_http
from lattice_tg.testing.state import RecordedCall
from lattice_tg.testing.validation import is_object

_MANAGED_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "date", "server", "status"})


@frozen
class RunningServer:
    """A running server."""

    url: str
    """Where it listens: what to give as ``endpoint_url``."""
    lattice: VpcLatticeEmulator
    """The emulator behind it."""


def serve(
    *,
    port: int = 0,
    create_seconds: float = 0,
    initial_seconds: float = 0,
    drain_seconds: float = 0,
    delete_seconds: float = 0,
    clock: Clock | None = None,
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
) -> AbstractContextManager[RunningServer]:
    """A server, while the context lasts; port 0 takes a free one. Inside ``mock_vpc_lattice()`` it serves that one."""
    mock = mock_vpc_lattice(
        create_seconds=create_seconds,
        initial_seconds=initial_seconds,
        drain_seconds=drain_seconds,
        delete_seconds=delete_seconds,
        clock=clock,
        token_mismatch_error=token_mismatch_error,
    )
    return _run_server(port, mock)


@contextmanager
def _run_server(port: int, mock: MockVpcLattice) -> Generator[RunningServer]:
    with mock as lattice, _Server(port, lattice) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield RunningServer(f"http://127.0.0.1:{server.server_address[1]}", lattice)
        finally:
            server.shutdown()
            server.drop_connections()
            thread.join()


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open
    wbufsize = -1  # the whole reply goes out at once
    disable_nagle_algorithm = True

    def __init__(self, request: Any, client_address: Any, server: BaseServer, lattice: VpcLatticeEmulator) -> None:
        self._lattice = lattice
        super().__init__(request, client_address, server)

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = handle_request(self._lattice, self.command, self.path, dict(self.headers.items()), body)
        if isinstance(reply, DroppedResponse):
            self.close_connection = True
        else:
            self._send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815  (http.server's names)

    def _send(self, reply: Response) -> None:
        self.send_response(reply.http_status)
        for name, value in reply.headers.items():
            if name.lower() not in _MANAGED_HEADERS:
                self.send_header(name, str(value))
        self.send_header("Content-Length", self._length(reply))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _length(self, reply: Response) -> str:
        """The length of the body; of one that a HEAD leaves out, only the reply's own header knows it."""
        told = {name.lower(): value for name, value in reply.headers.items()}
        return told.get("content-length", "0") if self.command == "HEAD" else str(len(reply.body))

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: what came in is in the emulator's ``calls``."""


class _Server(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, lattice: VpcLatticeEmulator) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), partial(_RequestHandler, lattice=lattice))

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        """End the connections that clients keep open."""
        for connection in list(self._open):
            with suppress(OSError):  # the client may have gone already
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that did not wait for its reply is no error of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


METHODS = (
    "throttle",
    "fail",
    "drop_response",
    "delay",
    "rate_limit",
    "set_quota",
    "reject_target",
    "set_target_status",
    "attach_to_service",
    "detach_from_services",
    "fail_next_create",
    "fail_next_delete",
    "clear_faults",
    "reset",
)
_EXAMPLE = '{"method": "throttle", "arguments": {"operation": "CreateTargetGroup", "times": 3}}'


def run_command(lattice: VpcLatticeEmulator, text: bytes) -> None:
    """Call the method of the emulator that the JSON names; a ValueError says what is wrong with it."""
    wanted: Any = json.loads(text or b"null")
    if not is_object(wanted) or not is_object(arguments := wanted.get("arguments", {})):
        message = f"not understood; send JSON such as {_EXAMPLE}"
        raise ValueError(message)
    method = wanted.get("method")
    if method not in METHODS:
        message = f"method={method!r}: no such fault; write one of {', '.join(METHODS)}"
        raise ValueError(message)
    try:
        getattr(lattice, method)(**arguments)
    except TypeError as wrong_arguments:
        raise ValueError(str(wrong_arguments)) from wrong_arguments


def call_to_json(call: RecordedCall) -> dict[str, Any]:
    """A call as JSON."""
    return {"operation": call.operation, "params": dict(call.params), "time": call.time, "status": call.status}


def handle_request(
    lattice: VpcLatticeEmulator, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Response | DroppedResponse:
    """The reply to one request; ``target`` is its path with its query."""
    match method, target:
        case "GET", "/_health":
            return _json(200, {"status": "ok"})
        case "GET", "/_calls":
            return _json(200, [call_to_json(call) for call in lattice.calls])
        case "POST", "/_faults":
            return _handle_fault_request(lattice, body)
        case _:
            return _handle_service_request(method, target, headers, body)


def _handle_fault_request(lattice: VpcLatticeEmulator, body: bytes) -> Response:
    try:
        run_command(lattice, body)
    except ValueError as not_understood:
        return _json(400, {"message": str(not_understood)})
    return _json(200, {})


def _handle_service_request(
    method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Response | DroppedResponse:
    try:
        return handle_http(method, target, headers, body)
    except NotImplementedError as not_mocked:
        return _json(501, {"message": str(not_mocked)})


def _json(http_status: int, value: Any) -> Response:
    return Response(http_status, {"Content-Type": "application/json"}, json.dumps(value).encode())
