"""An HTTP server for the emulator.

The server is for the AWS CLI, SDKs for other languages, and tests with real connections. ``/_health``, ``/_calls`` and
``/_faults`` form the control API.

The server is based on werkzeug, which moto requires, and not on moto's server, which also requires Flask and routes
requests by moto's URL tables, which lack the emulated operations. Requests over HTTP are handled in the same way as
requests from boto3 in this process.
"""

import io
import json
import re
import socket
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from email.message import Message
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import werkzeug
from attrs import frozen
from botocore.model import OperationNotFoundError  # pyright: ignore[reportMissingTypeStubs]
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from lattice_tg.runtime.clocks import Clock, monotonic
from lattice_tg.testing.backend import TOKEN_MISMATCH_DEFAULT, TokenMismatch
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.http_messages import DroppedResponse, Response
from lattice_tg.testing.mock import MockVpcLattice, mock_vpc_lattice
from lattice_tg.testing.moto_adapter import handle_http
from lattice_tg.testing.state import RecordedCall
from lattice_tg.testing.validation import is_object

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

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
    "associate_with_service_network",
    "disassociate_from_service_networks",
    "start_instance",
    "stop_instance",
    "fail_next_create",
    "fail_next_delete",
    "clear_faults",
    "reset",
)
_EXAMPLE = '{"method": "throttle", "arguments": {"operation": "CreateTargetGroup", "times": 3}}'
_LOCAL_HOSTS = ["127.0.0.1", ".localhost"]  # RFC 6761: names under localhost are always loopback addresses.
_MANAGED_HEADERS = frozenset({"transfer-encoding", "connection", "date", "server", "status"})
_MAX_BODY_BYTES = 16 * 2**20
_MAX_CONNECTIONS = 64
_TIMEOUT_SECONDS = 10.0
_STOP_SECONDS = 1.0
_POLL_SECONDS = 0.02


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
    propagation_seconds: float = 0,
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
        propagation_seconds: Seconds until a change of listeners, rules or associations takes effect. Default: 0.
        clock: The clock of the emulator. Default: the system clock.
        token_mismatch_error: The error code if a ``clientToken`` is reused with other parameters. Default:
            ``"ConflictException"``.

    Returns:
        A context manager that starts the server and yields a ``RunningServer``.

    Raises:
        ValueError: If a duration is negative or not finite.
        OSError: If the port is in use when the context starts.
        OverflowError: If the port is not between 0 and 65535 when the context starts.

    """
    mock = mock_vpc_lattice(
        create_seconds=create_seconds,
        initial_seconds=initial_seconds,
        drain_seconds=drain_seconds,
        delete_seconds=delete_seconds,
        propagation_seconds=propagation_seconds,
        clock=clock,
        token_mismatch_error=token_mismatch_error,
    )
    return _run_server(port, mock)


@contextmanager
def _run_server(port: int, mock: MockVpcLattice) -> Generator[RunningServer]:
    # If the port is in use, werkzeug would end the process, so the socket is created here.
    with mock as lattice, socket.create_server(("127.0.0.1", port), backlog=_Server.request_queue_size) as listener:
        server = _Server(lattice, listener)
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        thread.start()
        try:
            yield RunningServer(f"http://127.0.0.1:{server.port}", lattice)
        finally:
            server.shutdown()
            thread.join()
            server.drop_connections()


class _RequestStream(io.RawIOBase):
    """The bytes of one request, which must all arrive before a deadline.

    If the client closes the connection early, reading raises a ConnectionError, because http.server would process
    a request whose headers are cut off.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = monotonic() + _TIMEOUT_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(max(self._deadline - monotonic(), 0.001))
        try:
            size = self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(_TIMEOUT_SECONDS)  # For sending the response.
        if size == 0:
            raise ConnectionAbortedError
        return size


class _RequestHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"  # werkzeug closes the connection after each response.
    default_request_version = "HTTP/1.0"  # Sends a status line even if the request line is malformed.

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_RequestStream(self.connection))

    def parse_request(self) -> bool:
        """Reject a malformed request that http.server and werkzeug accept."""
        if not super().parse_request():
            return False
        if problem := _find_problem(self.path, self.headers):
            self.send_error(HTTPStatus.BAD_REQUEST, problem)
        return problem is None

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing, because the emulator records the requests in ``calls``."""

    def log_error(self, format: str, *args: object) -> None:
        """Log nothing, because the response describes the error."""


def _find_problem(target: str, headers: Message) -> str | None:
    """Return what is malformed in the request line or the headers of a request, or None."""
    lengths, encodings = headers.get_all("Content-Length", []), headers.get_all("Transfer-Encoding", [])
    if not target.startswith("/") or not target.isascii():
        return "The request target must be an ASCII path"
    if lengths and encodings:
        return "Content-Length and Transfer-Encoding must not be combined"
    if len(set(lengths)) > 1 or not all(re.fullmatch("[0-9]{1,18}", length) for length in lengths):
        return "Content-Length must be one non-negative integer"
    if encodings and [encoding.lower() for encoding in encodings] != ["chunked"]:
        return "Transfer-Encoding must be chunked"
    return None


class _Server(ThreadedWSGIServer):
    def __init__(self, lattice: VpcLatticeEmulator, listener: socket.socket) -> None:
        self._connections = set[socket.socket]()
        host, port = listener.getsockname()
        super().__init__(host, port, _make_application(lattice), _RequestHandler, fd=listener.fileno())

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection unless all handler threads are busy."""
        if len(self._connections) >= _MAX_CONNECTIONS:
            time.sleep(_POLL_SECONDS)
            raise BlockingIOError  # After an OSError, socketserver tries again.
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        """Close the open connections and wait briefly for their threads."""
        for connection in self._connections.copy():
            with suppress(OSError):  # The client may have disconnected already.
                connection.shutdown(socket.SHUT_RDWR)
        deadline = monotonic() + _STOP_SECONDS
        while self._connections and monotonic() < deadline:
            time.sleep(_POLL_SECONDS)


class _Request(werkzeug.Request):
    max_content_length = _MAX_BODY_BYTES
    trusted_hosts = _LOCAL_HOSTS


def _make_application(lattice: VpcLatticeEmulator) -> "WSGIApplication":
    def application(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        request = _Request(environ)
        response = _respond(lattice, request)
        # The response to HEAD has no body, so only the header states the content length.
        managed = _MANAGED_HEADERS if request.method == "HEAD" else _MANAGED_HEADERS | {"content-length"}
        headers = [(name, str(value)) for name, value in response.headers.items() if name.lower() not in managed]
        return werkzeug.Response([response.body], response.http_status, headers)(environ, start_response)

    return application


def _respond(lattice: VpcLatticeEmulator, request: _Request) -> Response:
    try:
        _reject_foreign_pages(request)
        body = request.get_data()
        request.stream.read(1)  # werkzeug cuts off a chunked body at the limit, and raises only at the next read.
    except HTTPException as error:
        return _json_response(error.code or HTTPStatus.BAD_REQUEST, {"message": error.description})
    response = handle_request(lattice, request.method, request.environ["RAW_URI"], dict(request.headers), body)
    if isinstance(response, DroppedResponse):
        raise ConnectionAbortedError  # werkzeug closes the connection without a response.
    return response


def _reject_foreign_pages(request: _Request) -> None:
    """Reject requests that a web page sends, because any page could otherwise control the emulator.

    Raises:
        SecurityError: If the ``Host`` header is foreign, as after DNS rebinding.
        Forbidden: If the ``Origin`` header is foreign.

    """
    _ = request.host  # werkzeug compares the host with ``trusted_hosts``.
    origin = request.headers.get("Origin")
    if origin is not None and not host_is_trusted(origin.partition("://")[2], _LOCAL_HOSTS):
        raise Forbidden(f"Origin {origin!r} is not trusted.")


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
    except (ValueError, RecursionError) as error:
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
    except (NotImplementedError, OperationNotFoundError) as error:
        return _json_response(501, {"message": str(error)})


def _call_to_json(call: RecordedCall) -> dict[str, Any]:
    return {"operation": call.operation, "params": dict(call.params), "time": call.time, "status": call.status}


def _json_response(http_status: int, value: Any) -> Response:
    return Response(http_status, {"Content-Type": "application/json"}, json.dumps(value).encode())
