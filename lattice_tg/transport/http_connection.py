"""HTTP connections that format requests and parse the heads of responses with less work.

urllib3 and http.client check and format each header of a request separately, and send the body after the head.
http.client parses the head of a response as an email message. This takes about a fifth of the time of a create. The
connections in this module format usual requests and parse usual heads themselves, with the same result. urllib3 and
http.client format and parse all others.
"""

# botocore has no type annotations, and urllib3 and http.client have no public access to what this module replaces.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import re
from collections.abc import Mapping
from functools import cache
from http import client as http_client
from http.client import HTTPMessage, HTTPResponse
from io import BufferedReader, BytesIO
from operator import is_
from typing import Any, cast

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool, AWSHTTPSConnection, AWSHTTPSConnectionPool
from urllib3 import connection as urllib3_connection

_NAMES = re.compile(r"[\w-]+(?:,[\w-]+)*", re.ASCII)
_VALUES = re.compile(rb"[ -~]*")
_OTHERWISE_FORMATTED = frozenset({"accept-encoding", "expect", "host", "transfer-encoding"})
"""Headers that change how urllib3 or botocore formats the rest of a request."""
_OPTIONS = frozenset({"chunked", "decode_content", "enforce_content_length", "preload_content"})
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


def _read_replaced_functions() -> tuple[Any, ...]:
    response_class: Any = HTTPResponse
    return (
        *(AWSHTTPConnection.request, AWSHTTPSConnection.request, urllib3_connection.HTTPConnection.request),
        *(urllib3_connection.HTTPConnection.putheader, http_client.HTTPConnection.putheader),
        *(response_class.begin, response_class._read_status, http_client.parse_headers),  # noqa: SLF001
    )


_originals = _read_replaced_functions()


def _are_functions_original() -> bool:
    """Return whether no tool has replaced a function that this module skips."""
    # Compared by identity: a wrapper from wrapt equals the function that it wraps.
    return all(map(is_, _read_replaced_functions(), _originals))


class FastResponse(HTTPResponse):
    """A response that parses its head itself if the head is usual and has arrived as a whole."""

    def begin(self, *args: Any, **options: Any) -> None:
        """Read the head."""
        response: Any = self
        is_usual = response.headers is None and response.debuglevel == 0 and response._method != "HEAD"  # noqa: SLF001
        if is_usual and hasattr(response.fp, "peek") and _are_functions_original():
            size, attributes = parse_usual_head(response.fp.peek())
            if size > 0:
                response.fp.read(size)
                vars(self).update(attributes)
                return
        super().begin(*args, **options)


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
            _OPTIONS.issuperset(options)
            and not (options.get("chunked") or connection.debuglevel)
            # A response that arrived before the body has been sent changes the connection.
            and not (connection._expect_header_set or connection._response_received)  # noqa: SLF001
            and _are_functions_original()
        )
        formatted = format_usual_headers(method, body, headers) if is_usual else None
        if formatted is None:
            cast("Any", super()).request(method, url, body, headers, **options)
            return
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

    A usual request has bytes or nothing as its body, and contains all headers that urllib3 would add.
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


def _derive(base: Any, mixin: type) -> Any:
    # Errors and logs contain the names.
    return type(base.__name__, (mixin, base), {"__module__": base.__module__, "__doc__": mixin.__doc__})


_FAST_CONNECTIONS = {base: _derive(base, _FastConnection) for base in (AWSHTTPConnection, AWSHTTPSConnection)}
_FAST_POOLS = {base: _derive(base, _FastPool) for base in (AWSHTTPConnectionPool, AWSHTTPSConnectionPool)}


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
    """Let the future connections of ``client`` be fast connections. Return whether they will be."""
    session: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
    pool_classes: Any = getattr(session, "_pool_classes_by_scheme", None)  # botocore has no public access.
    if not isinstance(pool_classes, dict) or not behaves_like_botocore():
        return False
    for scheme, pool_class in cast("dict[str, Any]", pool_classes).items():
        pool_classes[scheme] = _FAST_POOLS.get(pool_class, pool_class)
    return True


@cache
def behaves_like_botocore() -> bool:
    """Send a request and receive a response, and return whether these versions of all packages do the same."""
    try:
        connections: tuple[Any, ...] = (AWSHTTPConnection("localhost"), make_fast(AWSHTTPConnection("localhost")))
        state, fast_state = map(_exchange_sample, connections)
    except Exception:  # noqa: BLE001 - a future version of a package may raise any error
        return False
    return state == fast_state


def _exchange_sample(connection: Any) -> list[Any]:
    sample, headers = _SampleSocket(), {"User-Agent": b"sample", "Content-Length": b"2"}
    connection.sock = sample
    connection.request("PUT", "/", body=b"{}", headers=headers, preload_content=False, decode_content=False)
    response = connection.response_class(sample)
    response.begin()
    states = (connection.__dict__, response.__dict__, response.headers.__dict__)
    replaced = ("_original_response_cls", "fp", "headers", "msg", "response_class", "sock")
    attributes = [{name: value for name, value in state.items() if name not in replaced} for state in states]
    return [sample.sent, *attributes, response.headers is response.msg, response.read()]


class _SampleSocket:
    """Substitute for a socket that records a request and receives a sample of a response."""

    sent = b""
    received = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
    )

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def settimeout(self, _: object) -> None:
        pass

    def makefile(self, _: str) -> BufferedReader:
        return BufferedReader(cast("Any", BytesIO(self.received)))
