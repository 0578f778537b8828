"""HTTP responses that parse their head without the email package.

http.client parses the head of a response as an email message, which takes more than a tenth of the time of a create.
The responses in this module parse usual heads themselves, with the same result. http.client parses all other heads.
"""

# botocore has no type annotations, and http.client and urllib3 have no public access to what this module replaces.
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

_CONNECTION_CLASSES = (AWSHTTPConnection, AWSHTTPSConnection)
_HEAD = re.compile(r"HTTP/1\.1 ([2-9]\d\d)(?: ([ -~]*))?\r\n((?:[\w-]+:[ -~]*\r\n){1,90})\r\n", re.ASCII)
"""Pattern for a usual head, with groups for the status, the reason and the headers. http.client accepts 99 headers."""
_MAX_HEAD_SIZE = 8192
"""Bytes in the longest usual head. http.client accepts at least this size in each line."""
_MAX_DIGITS = 18
"""Digits in the longest usual Content-Length. Python does not convert strings of many thousand digits."""
_STATUSES_WITHOUT_BODY = frozenset({"204", "304"})
_NESTED_TYPES = ("message/", "multipart/")
"""Content types for which the email package also parses a body, which is missing."""

_SAMPLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"


def _read_replaced_functions() -> tuple[Any, ...]:
    response_class: Any = HTTPResponse
    return response_class.begin, response_class._read_status, http_client.parse_headers  # noqa: SLF001


_originals = _read_replaced_functions()  # Compared by identity: a wrapt wrapper equals its function.


class FastResponse(HTTPResponse):
    """A response that parses its head itself if the head is usual and has arrived as a whole."""

    def begin(self, *args: Any, **options: Any) -> None:
        """Read the head."""
        response: Any = self
        is_usual = response.headers is None and response.debuglevel == 0 and response._method != "HEAD"  # noqa: SLF001
        if is_usual and hasattr(response.fp, "peek") and all(map(is_, _read_replaced_functions(), _originals)):
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


class _PoolMixin:
    """A connection pool whose connections create fast responses."""

    def _new_conn(self) -> Any:
        connection = cast("Any", super())._new_conn()  # noqa: SLF001
        if type(connection) in _CONNECTION_CLASSES and connection.response_class is HTTPResponse:
            # The connection restores the original class before each request.
            connection.response_class = connection._original_response_cls = FastResponse  # noqa: SLF001
        return connection


_POOL_CLASSES: Mapping[Any, type] = {
    pool_class: type(pool_class.__name__, (_PoolMixin, pool_class), {})  # Errors and logs contain the name.
    for pool_class in cast("tuple[Any, ...]", (AWSHTTPConnectionPool, AWSHTTPSConnectionPool))
}


def set_response_class(client: Any) -> bool:
    """Replace the class of the HTTP responses that ``client`` will receive, and return whether it was replaced."""
    session: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
    pool_classes: Any = getattr(session, "_pool_classes_by_scheme", None)  # botocore has no public access.
    if not isinstance(pool_classes, dict) or not parses_like_http_client():
        return False
    for scheme, pool_class in cast("dict[str, Any]", pool_classes).items():
        pool_classes[scheme] = _POOL_CLASSES.get(pool_class, pool_class)
    return True


@cache
def parses_like_http_client() -> bool:
    """Parse a head, and return whether this version of http.client parses it in the same way."""
    try:
        return _parse_sample(FastResponse) == _parse_sample(HTTPResponse)
    except Exception:  # noqa: BLE001 - a future version of Python may raise any error
        return False


def _parse_sample(response_class: type[HTTPResponse]) -> tuple[Any, ...]:
    response: Any = response_class(cast("Any", _SampleSocket()))
    response.begin()
    attributes = {name: value for name, value in response.__dict__.items() if name not in ("fp", "headers", "msg")}
    return attributes, response.headers.__dict__, response.headers is response.msg, response.read()


class _SampleSocket:
    """Substitute for a socket that receives a sample."""

    def makefile(self, _: str) -> BufferedReader:
        return BufferedReader(cast("Any", BytesIO(_SAMPLE)))
