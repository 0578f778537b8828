"""An HTTP server for the emulator.

The server is for the AWS CLI, SDKs for other languages, and tests with real connections. ``/_health``, ``/_calls`` and
``/_faults`` form the control API.

The server is based on http.server because moto's server would require Flask, start one application per service and
route requests by moto's URL tables, which lack the emulated operations. Requests over HTTP are handled in the same way
as requests from boto3 in this process.

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

_METHODS = (
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
_MANAGED_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "date", "server", "status"})


@frozen
class RunningServer:
    """A running HTTP server of the emulator."""

    url: str
    """The URL of the server, for the ``endpoint_url`` option of clients."""
    lattice: VpcLatticeEmulator
    """The emulator that handles the requests."""


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
    """Serve the emulator over HTTP on 127.0.0.1 until the context ends.

    If an emulator is active and you pass no option except ``port``, the server uses the active emulator. Otherwise, the
    server activates a new emulator. All options except ``port`` have the same meaning as in ``mock_vpc_lattice()``.

    Args:
        port: The port to listen on. 0 selects a free port. Default: 0.
        create_seconds: Seconds that a new group stays CREATE_IN_PROGRESS. Default: 0.
        initial_seconds: Seconds that a target stays INITIAL. Default: 0.
        drain_seconds: Seconds that a deregistered target stays DRAINING. Default: 0.
        delete_seconds: Seconds that a group stays DELETE_IN_PROGRESS. Default: 0.
        clock: The clock of the emulator. Default: the system clock.
        token_mismatch_error: The error code if a ``clientToken`` is reused with other parameters. Default:
            ``"ConflictException"``.

    Returns:
        A context manager that starts the server and yields a ``RunningServer``.

    Raises:
        OSError: If the port is in use when the context starts.
        OverflowError: If the port is not between 0 and 65535 when the context starts.

    """
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
    protocol_version = "HTTP/1.1"  # Keeps connections open.
    wbufsize = -1  # Sends the whole response at once.
    disable_nagle_algorithm = True

    def __init__(self, request: Any, client_address: Any, server: BaseServer, lattice: VpcLatticeEmulator) -> None:
        self._lattice = lattice
        super().__init__(request, client_address, server)

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        response = handle_request(self._lattice, self.command, self.path, dict(self.headers.items()), body)
        if isinstance(response, DroppedResponse):
            self.close_connection = True
        else:
            self._send(response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815  (http.server's names)

    def _send(self, response: Response) -> None:
        self.send_response(response.http_status)
        for name, value in response.headers.items():
            if name.lower() not in _MANAGED_HEADERS:
                self.send_header(name, str(value))
        self.send_header("Content-Length", self._content_length(response))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _content_length(self, response: Response) -> str:
        if self.command != "HEAD":
            return str(len(response.body))
        # The response to HEAD has no body, so only the header states the content length.
        headers = {name.lower(): value for name, value in response.headers.items()}
        return headers.get("content-length", "0")

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, because the emulator records the requests in ``calls``."""


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
        """Close the connections that clients keep open."""
        for connection in list(self._open):
            with suppress(OSError):  # The client may have disconnected already.
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error unless the client closed the connection too early."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def handle_request(
    lattice: VpcLatticeEmulator, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Response | DroppedResponse:
    """Return the response to a request to the control API or to the AWS API.

    ``target`` is the path with the query string.
    """
    match method, target:
        case "GET", "/_health":
            return _json_response(200, {"status": "ok"})
        case "GET", "/_calls":
            return _json_response(200, [_call_to_json(call) for call in lattice.calls])
        case "POST", "/_faults":
            return _handle_fault_request(lattice, body)
        case _:
            return _handle_service_request(method, target, headers, body)


def _handle_fault_request(lattice: VpcLatticeEmulator, body: bytes) -> Response:
    try:
        _run_command(lattice, body)
    except ValueError as error:
        return _json_response(400, {"message": str(error)})
    return _json_response(200, {})


def _run_command(lattice: VpcLatticeEmulator, body: bytes) -> None:
    """Call the method of the emulator that the JSON ``body`` specifies.

    Raises:
        ValueError: If the body is invalid or the method rejects the arguments.

    """
    command: Any = json.loads(body or b"null")
    if not is_object(command) or not is_object(arguments := command.get("arguments", {})):
        message = f"The body must be an object with a method and its arguments. Send JSON such as {_EXAMPLE}."
        raise ValueError(message)
    method = command.get("method")
    if method not in _METHODS:
        message = f"method={method!r}: must be a method of the control API. Use one of {', '.join(_METHODS)}."
        raise ValueError(message)
    try:
        getattr(lattice, method)(**arguments)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _handle_service_request(
    method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Response | DroppedResponse:
    try:
        return handle_http(method, target, headers, body)
    except NotImplementedError as error:
        return _json_response(501, {"message": str(error)})


def _call_to_json(call: RecordedCall) -> dict[str, Any]:
    return {"operation": call.operation, "params": dict(call.params), "time": call.time, "status": call.status}


def _json_response(http_status: int, value: Any) -> Response:
    return Response(http_status, {"Content-Type": "application/json"}, json.dumps(value).encode())
