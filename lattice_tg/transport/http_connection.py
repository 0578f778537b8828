"""HTTP connections that format requests and parse the heads of responses with less work.

urllib3 and http.client check and format each header of a request separately, and send the body separately. http.client
parses the head of a response, which is its status line and its headers, as an email message. Together, these steps take
about a fifth of the time of a create. The connections in this module format usual requests and parse usual heads
themselves, with the same result and in less time. urllib3 formats all other requests, and http.client parses all other
heads.
"""

# botocore has no type annotations. urllib3 and http.client have no public API for the parts that this module replaces.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import re
from collections.abc import Mapping
from http import client as http_client
from http.client import HTTPMessage, HTTPResponse, RemoteDisconnected
from operator import attrgetter, is_
from types import FunctionType
from typing import Any, cast

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool, AWSHTTPSConnection, AWSHTTPSConnectionPool
from urllib3 import connection as urllib3_connection

_NAMES = re.compile(r"[\w-]+(?:,[\w-]+)*", re.ASCII)
_VALUES = re.compile(rb"[ -~]*")
_OTHERWISE_FORMATTED = frozenset({"accept-encoding", "expect", "host", "transfer-encoding"})
"""Headers that change how urllib3 or botocore formats the rest of a request."""
REQUEST_OPTIONS = frozenset({"chunked", "decode_content", "enforce_content_length", "preload_content"})
"""Options of requests in known versions of urllib3."""

_MAX_HEAD_SIZE = 8192
"""Bytes in the longest usual head of a response. http.client accepts at least this size in each line."""
_MAX_DIGITS = 18
"""Digits in the longest usual Content-Length. Python does not convert strings of many thousand digits."""
_HEAD = re.compile(r"HTTP/1\.1 ([2-9]\d\d)(?: ([ -~]*))?\r\n((?:[\w-]+:[ -~]*\r\n){1,90})\r\n", re.ASCII)
"""Pattern for a usual head, with groups for the status, the reason and the headers. http.client accepts 99 headers."""
_STATUSES_WITHOUT_BODY = frozenset({"204", "304"})
_NESTED_TYPES = ("message/", "multipart/")
"""Content types for which the email package also parses a body, which is missing."""


_read_methods_of_connection = attrgetter("request", "putheader")
_read_methods_of_response = attrgetter("begin", "_read_status", "_check_close")


def _read_skipped_functions() -> tuple[Any, ...]:
    """Return the functions that the connections skip. A tool can replace each of them in each of these classes."""
    return (
        *_read_methods_of_connection(AWSHTTPConnection),
        *_read_methods_of_connection(AWSHTTPSConnection),
        *_read_methods_of_connection(urllib3_connection.HTTPSConnection),
        *_read_methods_of_connection(urllib3_connection.HTTPConnection),
        *(http_client.HTTPConnection.putheader, http_client.parse_headers),
        cast("Any", http_client)._read_headers,  # noqa: SLF001
        *_read_methods_of_response(HTTPResponse),
    )


_MODULES = frozenset({"botocore.awsrequest", "http.client", "urllib3.connection"})
"""Modules that define the skipped functions."""
_KNOWN_NAMES = frozenset(
    """
    BadStatusLine CONTINUE CannotSendHeader HTTPException LineTooLong NOT_MODIFIED NO_CONTENT Parser RemoteDisconnected
    SKIPPABLE_HEADERS UnknownProtocol ValueError _CS_REQ_STARTED _HTTPConnection__state _MAXHEADERS _MAXLINE
    _ResponseOptions _check_close _close_conn _expect_header_set _get_default_user_agent _is_illegal_header_value
    _is_legal_header_name _method _original_response_cls _output _parse_header_lines _read_headers _read_status
    _response_options _response_received any append blocksize body_to_chunks chunk_left chunked chunks code
    content_length debuglevel decode email encode endheaders enumerate fp frozenset get hasattr headers int isinstance
    items join len length list lower msg parse_headers parser parsestr print putheader putrequest readline reason repr
    request response_class send settimeout sock sorted split startswith status str strip super timeout title to_str
    version will_close
    """.split()  # noqa: SIM905 - a list would need one line per name
)
"""Names that the skipped functions use in known versions of Python, urllib3 and botocore.

If a function uses another name, its behavior may have changed, so the connections are not replaced.
"""


def is_known(function: object) -> bool:
    """Return whether a skipped function is that of a known version of its package, not that of a tool."""
    return (
        type(function) is FunctionType
        and function.__globals__["__name__"] in _MODULES
        and _KNOWN_NAMES.issuperset(function.__code__.co_names)
    )


try:
    _originals = _read_skipped_functions()
except AttributeError:  # pragma: no cover - another version of a package
    _originals = ()
_is_supported = len(_originals) > 0 and all(map(is_known, _originals))


def _are_functions_original() -> bool:
    """Return whether no tool has replaced a skipped function since this module was imported."""
    # Compared by identity: a wrapper from wrapt equals the function that it wraps.
    return all(map(is_, _read_skipped_functions(), _originals))


def _derive(mixin: Any, base: Any) -> Any:
    """Return a subclass of ``base`` with the same name, which tools compare and errors contain."""
    return type(base.__name__, (mixin, base), {"__module__": base.__module__, "__doc__": mixin.__doc__})


class _FastResponse:
    """Mixin for a response that parses its head itself if the head is usual and has arrived as a whole."""

    def begin(self, *args: Any, **options: Any) -> None:
        """Read the head."""
        response: Any = self
        is_usual = response.headers is None and response.debuglevel == 0 and response._method != "HEAD"  # noqa: SLF001
        has_options = len(args) > 0 or any(options.values())
        if is_usual and not has_options and hasattr(response.fp, "peek") and _are_functions_original():
            data = response.fp.peek()
            if not data:  # Another read might raise an error, because the connection is closed.
                raise RemoteDisconnected("Remote end closed connection without response")
            size, attributes = parse_usual_head(data)
            if size > 0:
                response.fp.read(size)
                vars(self).update(attributes)
                return
        cast("Any", super()).begin(*args, **options)


FastResponse: Any = _derive(_FastResponse, HTTPResponse)


def parse_usual_head(data: bytes) -> tuple[int, Mapping[str, Any]]:
    """Parse the head with which a response starts.

    Returns:
        The size of the head in bytes, and the attributes that http.client sets. The size is 0 if the head is unusual.

    """
    size = data.find(b"\r\n\r\n", 0, _MAX_HEAD_SIZE) + 4
    match = _HEAD.fullmatch(data[:size].decode("latin-1"))
    if match is None or match[1] in _STATUSES_WITHOUT_BODY:
        return 0, {}
    message = HTTPMessage()
    values: dict[str, str] = {}
    for line in match[3].split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        value = value.lstrip(" ")
        message.set_raw(name, value)
        values.setdefault(name.lower(), value)
    message.set_payload("")
    length, content_type = values.get("content-length", ""), values.get("content-type", "").lower()
    is_length = length.isdigit() and len(length) <= _MAX_DIGITS
    if not is_length or "transfer-encoding" in values or content_type.startswith(_NESTED_TYPES):
        return 0, {}
    return size, {
        "status": int(match[1]),
        "code": int(match[1]),
        "reason": (match[2] or "").strip(),
        "version": 11,
        "headers": message,
        "msg": message,
        "chunked": False,
        "will_close": "close" in values.get("connection", "").lower(),
        "length": int(length),
    }


class _FastConnection:
    """Mixin for connections that formats usual requests and sends the head and the body of a request together."""

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        """Send a request."""
        connection: Any = self
        is_usual = (
            REQUEST_OPTIONS.issuperset(options)
            and not (options.get("chunked") or connection.debuglevel)
            # A response that arrived before the body has been sent changes the connection.
            and not (connection._expect_header_set or connection._response_received)  # noqa: SLF001
            and "putheader" not in vars(connection)
            and _are_functions_original()
        )
        formatted = format_usual_headers(method, body, headers) if is_usual else None
        if formatted is None:
            cast("Any", super()).request(method, url, body, headers, **options)
            return
        connection.response_class = connection._original_response_cls  # noqa: SLF001
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
        connection._response_options = urllib3_connection._ResponseOptions(  # noqa: SLF001
            request_method=method,
            request_url=url,
            preload_content=options.get("preload_content", True),
            decode_content=options.get("decode_content", True),
            enforce_content_length=options.get("enforce_content_length", True),
        )
        connection.putrequest(method, url)
        connection._output(formatted)  # noqa: SLF001
        connection.endheaders(body)


def format_usual_headers(method: str, body: Any, headers: Any) -> bytes | None:
    """Return the lines of the headers without the last line break, or None if the request is unusual.

    The headers of a usual request are a dict of ASCII names and printable ASCII values in bytes. They contain all
    headers that urllib3 would add, and none that changes how the rest of the request is formatted. The body is bytes
    or None.
    """
    if type(headers) is not dict or not (body is None or type(body) is bytes):
        return None
    try:
        joined_names, joined_values = ",".join(headers), b"".join(headers.values())
    except TypeError:  # A name that is not a string, or a value that is not bytes.
        return None
    if _NAMES.fullmatch(joined_names) is None or _VALUES.fullmatch(joined_values) is None:
        return None
    names = joined_names.lower().split(",")
    has_all_headers = "user-agent" in names and ("content-length" in names or (method == "GET" and body is None))
    if not has_all_headers or len(names) != len(headers) or not _OTHERWISE_FORMATTED.isdisjoint(names):
        return None
    return b"\r\n".join([b"%b: %b" % (name.encode(), value) for name, value in headers.items()])


class _FastPool:
    """Mixin for connection pools that creates fast connections."""

    def _new_conn(self) -> Any:
        connection: Any = cast("Any", super())._new_conn()  # noqa: SLF001
        return make_fast(connection)


_FAST_CONNECTIONS = {base: _derive(_FastConnection, base) for base in (AWSHTTPConnection, AWSHTTPSConnection)}
_FAST_POOLS = {base: _derive(_FastPool, base) for base in (AWSHTTPConnectionPool, AWSHTTPSConnectionPool)}


def make_fast(connection: Any) -> Any:
    """Make a new connection fast, unless a tool has replaced its class or its responses. Return the connection."""
    fast_class = _FAST_CONNECTIONS.get(type(connection))
    if fast_class is not None and connection.response_class is HTTPResponse:
        connection.__class__ = fast_class
        # Before each request, the connection restores the original class.
        connection.response_class = connection._original_response_cls = FastResponse  # noqa: SLF001
    return connection


def has_usual_class(connection: Any, pool: Any) -> bool:
    """Return whether ``connection`` has the usual class of the connections in ``pool``, fast or not."""
    fast_class = _FAST_CONNECTIONS.get(pool.ConnectionCls)
    return fast_class is not None and type(connection) in (pool.ConnectionCls, fast_class)


def set_connection_classes(client: Any) -> bool:
    """Replace the pool classes of ``client`` with classes whose pools create fast connections.

    Pool classes from tools are kept.

    Returns:
        Whether fast connections are supported. They are not if a version of a package is unknown, or if a tool had
        patched a skipped function before this module was imported.

    """
    session: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
    pool_classes: Any = getattr(session, "_pool_classes_by_scheme", None)  # botocore has no public access.
    if not isinstance(pool_classes, dict) or not _is_supported:
        return False
    for scheme, pool_class in cast("dict[str, Any]", pool_classes).items():
        pool_classes[scheme] = _FAST_POOLS.get(pool_class, pool_class)
    return True
