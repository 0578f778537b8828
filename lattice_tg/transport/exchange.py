"""Endpoint that sends requests and parses responses with less work than botocore's endpoint.

For each request, botocore parses the URL several times, builds a key of all connection settings to look up the
connection pool, copies the headers in a class that creates an object for each lookup, and creates records for its debug
log and its history. The endpoint in this module emits the same events with the same arguments and uses the same
connections. It leaves the rest to botocore: credentials, signing, retries, the options for urllib3, and the errors.

botocore itself sends requests that are unusual, such as requests through a proxy, and all requests if its debug log or
its history is enabled.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from types import FunctionType
from typing import Any, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.endpoint import Endpoint, convert_to_response_dict
from botocore.exceptions import HTTPClientError
from botocore.history import get_global_history_recorder
from botocore.hooks import first_non_none_response
from botocore.httpsession import ProxyConfiguration, URLLib3Session
from urllib3.exceptions import ProtocolError

from lattice_tg.runtime.base import WaitReadable
from lattice_tg.runtime.processes import is_variable_set
from lattice_tg.transport.nonblocking import HttpRequest, is_normalized, send_and_receive, take_open_connection
from lattice_tg.transport.parameter_validation import is_sending_prevalidated
from lattice_tg.transport.plain_json import ResponseParser
from lattice_tg.transport.retry_after import normalize_retry_after

_REPLACED_METHODS = ((Endpoint, "_do_get_response"), (Endpoint, "_send"), (URLLib3Session, "send"))
"""Methods of botocore that this module replaces."""

_KNOWN_NAMES = frozenset(
    """
    AWSResponse CancelledError ConnectTimeoutError ConnectionClosedError EndpointConnectionError Exception
    HTTPClientError NewConnectionError ProtocolError ProxyConnectionError ProxyError ReadTimeoutError Retry SSLError
    URLLib3ConnectTimeoutError URLLib3ReadTimeoutError URLLib3SSLError _add_modeled_error_fields _chunked _event_emitter
    _get_connection_manager _get_request_target _get_request_timeout _proxy_config _response_parser_factory _send
    _setup_ssl_cert _verify awsrequest body botocore connection_from_url content convert_to_response_dict copy
    create_parser debug emit ensure_boolean environ first_non_none_response gaierror get handle_checksum_body
    has_streaming_input has_streaming_output headers history_recorder hostname http_session hyphenize logger
    mask_proxy_url metadata method name os output_shape parse proxy_headers proxy_url_for record resolved_protocol send
    service_id service_model socket status status_code stream_output update url urlopen urlparse
    """.split()  # noqa: SIM905 - a list would need one line per name
)
"""Names that the methods in ``_REPLACED_METHODS`` use in known versions of botocore.

If a method uses another name, its behavior may have changed, so the endpoint is not replaced.
"""

_originals = tuple(getattr(cls, name, None) for cls, name in _REPLACED_METHODS)
_LOGGERS = (logging.getLogger("botocore.endpoint"), logging.getLogger("botocore.parsers"))
_history: Any = get_global_history_recorder()

_SIMPLE_URL = re.compile(
    r"(https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?)(/(?:[!-\"$-:<-~]*[!-\"$-:<->@-~])?)", re.ASCII
)
"""Pattern for a simple URL, with groups for the origin and the target.

A simple URL has no user name, no parameters after ``;``, no fragment and no empty query.
"""

_SPECIAL_HEADERS = frozenset({"expect", "host", "transfer-encoding"})
"""Headers that botocore or urllib3 looks up or replaces.

A plain dict is case-sensitive, so botocore itself sends requests with these headers.
"""

_PROXY_VARIABLE = "BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER"
"""Environment variable with which botocore changes the Host header, even without a proxy."""


class _FastEndpoint(Endpoint):  # type: ignore[misc]
    """Endpoint that sends requests and parses responses with less work."""

    _parser: ResponseParser
    _last_pool: tuple[Any, str, Any]
    """The last manager of connection pools, the origin of the last URL, and the key of its pool.

    A reference to the pool would keep the connections open after the session is closed.
    """

    def _do_get_response(self, request: Any, operation_model: Any, context: Any) -> Any:
        if are_recorded(_LOGGERS) or Endpoint._do_get_response is not _originals[0] or context.get("checksum"):  # noqa: SLF001
            return super()._do_get_response(request, operation_model, context)
        emit, service = self._event_emitter.emit, operation_model.service_model
        event = f"{service.service_id.hyphenize()}.{operation_model.name}"
        try:
            http_response = first_non_none_response(emit(f"before-send.{event}", request=request))
            if http_response is None:
                http_response = self._send(request)
        except Exception as error:  # noqa: BLE001 - botocore raises the error after the events that follow
            return None, error
        response = convert_to_response_dict(http_response, operation_model)
        customized: dict[str, Any] = {}
        emit(
            f"before-parse.{event}",
            operation_model=operation_model,
            response_dict=response,
            customized_response_dict=customized,
        )
        is_prevalidated = is_sending_prevalidated(operation_model.name)
        parsed = self._parser.parse(response, operation_model) if is_prevalidated else None
        if parsed is None:
            parsed = self._parse_with_botocore(response, operation_model, customized)
        else:
            parsed.update(customized)
        return (http_response, parsed), None

    def _parse_with_botocore(self, response: Any, operation_model: Any, customized: Mapping[str, Any]) -> Any:
        service = operation_model.service_model
        protocol = getattr(service, "resolved_protocol", None) or operation_model.metadata["protocol"]
        parser = self._response_parser_factory.create_parser(protocol)
        parsed = parser.parse(response, operation_model.output_shape)
        parsed.update(customized)
        if response["status_code"] >= 300:  # noqa: PLR2004 - botocore parses 300 and above as errors
            self._add_modeled_error_fields(response, parsed, operation_model, parser)
        return parsed

    def parse(self, http_response: AWSResponse, operation_model: Any) -> Any:
        """Return the parsed response to a prevalidated request that was sent without events."""
        response = convert_to_response_dict(http_response, operation_model)
        normalize_retry_after(response)
        parsed: Any = self._parser.parse(response, operation_model)
        return self._parse_with_botocore(response, operation_model, {}) if parsed is None else parsed

    def _send(self, request: Any) -> Any:
        parts = _split_usual_request(request) if can_use_pool(self.http_session) else None
        if parts is None:
            return super()._send(request)
        try:
            return self.send_to_pool(HttpRequest(request.method, *parts, request.body))
        except Exception as error:  # noqa: BLE001 - botocore raises its own error
            return raise_as_botocore(error, request)

    def send_to_pool(self, request: HttpRequest) -> Any:
        """Send a request through a pooled connection and read the response.

        Raises:
            Exception: If no response arrives, the error of urllib3.

        """
        response = self._find_pool(request).urlopen(
            method=request.method,
            url=request.target,
            body=request.body,
            headers=request.headers,
            **_find_urlopen_options(),
        )
        http_response: Any = AWSResponse(request.url, response.status, response.headers, response)
        http_response.content  # noqa: B018 - the property reads the body
        return http_response

    async def send_without_blocking(self, request: HttpRequest, wait_readable: WaitReadable) -> Any:
        """Send a request through an open connection and wait for the response with ``wait_readable``.

        Returns:
            The response. None if the request would block, and has to be sent with ``send_to_pool()``.

        Raises:
            Exception: If no response arrives, the error of urllib3.

        """
        pool = self._find_pool(request)
        connection = take_open_connection(pool) if is_normalized(request.target) else None
        if connection is None:
            return None
        return await send_and_receive(pool, connection, request, _find_urlopen_options(), wait_readable)

    def _find_pool(self, request: HttpRequest) -> Any:
        session, origin, url = cast("Any", self.http_session), request.origin, request.url
        manager = session._get_connection_manager(url)  # noqa: SLF001
        last_manager, last_origin, key = self._last_pool
        pool = manager.pools.get(key) if manager is last_manager and origin == last_origin else None
        if pool is None:
            pool = manager.connection_from_url(url)
            session._setup_ssl_cert(pool, url, session._verify)  # noqa: SLF001
            keys = manager.pools.keys()
            self._last_pool = (manager, origin, next((key for key in keys if manager.pools.get(key) is pool), None))
        return pool


def are_recorded(loggers: Iterable[logging.Logger]) -> bool:
    """Return whether botocore logs requests with one of ``loggers``, or records requests in its history."""
    return bool(_history._enabled) or any(logger.isEnabledFor(logging.DEBUG) for logger in loggers)  # noqa: SLF001


def can_use_pool(session: Any) -> bool:
    """Return whether requests can be sent through the connection pools of an HTTP session.

    Requests cannot be sent if they need a proxy, or if a test or a tool has replaced the session or a method.
    """
    _, send, send_with_session = _originals
    # A wrapper from wrapt equals the method that it wraps.
    is_unchanged = Endpoint._send is send and URLLib3Session.send is send_with_session  # noqa: SLF001
    is_usual = type(session) is URLLib3Session and "send" not in vars(session)
    return is_unchanged and is_usual and not session._proxy_config._proxies  # noqa: SLF001


def _split_usual_request(request: Any) -> tuple[str, str, dict[str, Any]] | None:
    """Return the origin, the target and the headers of a request, or None if botocore must send the request."""
    context: Mapping[str, Any] = getattr(request, "context", None) or {}
    if (
        type(request.url) is not str
        or type(request.headers) is not HeadersDict
        or request.stream_output
        or context.get("read_timeout") is not None
    ):
        return None
    url = split_simple_url(request.url)
    headers: dict[str, Any] = {str(name): value for name, value in request.headers.items()}
    if url is None or not _SPECIAL_HEADERS.isdisjoint(map(str.lower, headers)):
        return None
    return *url, headers


def split_simple_url(url: str) -> tuple[str, str] | None:
    """Return the origin and the target of a URL, or None if the URL is not simple."""
    match = _SIMPLE_URL.fullmatch(url)
    return None if match is None else (match[1], match[2])


def raise_as_botocore(error: Exception, request: Any) -> Any:
    """Raise the error that botocore raises if urllib3 raises ``error``."""
    return _StubbedSession(error).send(request)


class _StubbedSession(URLLib3Session):  # type: ignore[misc]
    """A session that raises an error instead of sending a request.

    The session is also its own connection pool, and records the options of ``urlopen()``.
    """

    def __init__(self, error: Exception) -> None:  # pyright: ignore[reportMissingSuperCall] - super().__init__() creates a TLS context
        self._error = error
        self._proxy_config = ProxyConfiguration()
        self._verify = self._timeout = None
        self.proxy_headers: dict[str, str] = {}
        self.options: dict[str, Any] = {}

    def connection_from_url(self, _: str) -> "_StubbedSession":
        return self

    def urlopen(self, **options: Any) -> None:
        self.options = options
        raise self._error

    def _get_connection_manager(self, *_: object, **__: object) -> "_StubbedSession":
        return self


@cache
def _find_urlopen_options() -> Mapping[str, Any]:
    """Return the options that this version of botocore passes to urllib3 for every request."""
    session = _StubbedSession(ProtocolError())  # botocore does not log this error.
    with suppress(HTTPClientError):
        session.send(AWSPreparedRequest("GET", "http://localhost/", HeadersDict(), None, False))
    return {name: value for name, value in session.options.items() if name not in ("method", "url", "body", "headers")}


def _is_known(cls: type, method: object) -> bool:
    """Return whether ``method`` is botocore's own function and uses only known names."""
    return (
        isinstance(method, FunctionType)
        and method.__globals__ is vars(sys.modules[cls.__module__])
        and _KNOWN_NAMES.issuperset(method.__code__.co_names)
    )


def has_fast_endpoint(client: Any) -> bool:
    """Return whether ``set_endpoint()`` has replaced the endpoint of ``client``."""
    return type(getattr(client, "_endpoint", None)) is _FastEndpoint


def set_endpoint(client: Any) -> bool:
    """Replace the endpoint of ``client`` and return whether it was replaced."""
    endpoint = getattr(client, "_endpoint", None)  # botocore has no public access to the endpoint of a client.
    are_known = all(_is_known(cls, getattr(cls, name, None)) for cls, name in _REPLACED_METHODS)
    if type(endpoint) is not Endpoint or not are_known or is_variable_set(_PROXY_VARIABLE):
        return False
    endpoint.__class__ = _FastEndpoint
    vars(endpoint).update(_parser=ResponseParser(), _last_pool=(None, "", None))
    return True
