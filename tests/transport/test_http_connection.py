"""Tests of fast connections, which must send the same bytes and have the same state as botocore's connections."""

import asyncio
import email.parser
import functools
import http.client
import logging
from copy import deepcopy
from http.client import HTTPResponse
from io import BufferedReader, BytesIO, RawIOBase
from itertools import pairwise
from types import FunctionType
from typing import Any, cast

import pytest
import urllib3.connection
import wrapt
from botocore.awsrequest import AWSHTTPConnection, AWSHTTPConnectionPool, AWSHTTPSConnection
from botocore.httpsession import URLLib3Session
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from lattice_tg import AsyncTargetGroupClient, RetryPolicy, TargetGroupClient, TransportError
from lattice_tg.transport import http_connection
from lattice_tg.transport.http_connection import (
    FastResponse,
    format_usual_headers,
    is_known,
    make_fast,
    parse_usual_head,
    set_connection_classes,
)
from support.sample_groups import ID
from support.scripted_server import WAIT, serve_scripts

pytestmark = pytest.mark.usefixtures("credentials")

BODY = b'{"id": "%b"}' % ID.encode()
HEAD = (
    b"HTTP/1.1 200 OK\r\nDate: Fri, 27 Nov 2026 00:00:00 GMT\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nConnection: keep-alive\r\nx-amzn-RequestId: 01234567-89ab\r\n\r\n" % len(BODY)
)
UNUSUAL = {
    "no head": b"",
    "empty line": b"\r\n",
    "another protocol": b"SSH-2.0\r\n\r\n",
    "old protocol": HEAD.replace(b"1.1", b"1.0", 1),
    "new protocol": HEAD.replace(b"1.1", b"1.2", 1),
    "no status": HEAD.replace(b" 200 OK", b"", 1),
    "status without a space": HEAD.replace(b"200 OK", b"200OK", 1),
    "two spaces before the status": HEAD.replace(b" 200", b"  200", 1),
    "too large status": HEAD.replace(b"200", b"2000", 1),
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD,
    "early hints": HEAD.replace(b"200", b"103", 1),
    "no content": HEAD.replace(b"200", b"204", 1),
    "not modified": HEAD.replace(b"200", b"304", 1),
    "no headers": b"HTTP/1.1 200 OK\r\n\r\n",
    "no length": HEAD.replace(b"Content-Length", b"X-Length"),
    "empty length": b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
    "negative length": HEAD.replace(b"Content-Length: ", b"Content-Length: -"),
    "length with a space": HEAD.replace(b"\r\nConnection", b" \r\nConnection"),
    "length with an underscore": HEAD.replace(b"Content-Length: ", b"Content-Length: 1_"),
    "length of many digits": HEAD.replace(b"Content-Length: ", b"Content-Length: " + b"1" * 5000),
    "chunked": HEAD.replace(b"Date: Fri", b"transfer-encoding: Chunked", 1),
    "other encoding": HEAD.replace(b"Date: Fri", b"Transfer-Encoding: gzip", 1),
    "multiple parts": HEAD.replace(b"application/json", b"Multipart/mixed; boundary=x"),
    "message": HEAD.replace(b"application/json", b"message/rfc822"),
    "delivery status": HEAD.replace(b"application/json", b"message/delivery-status"),
    "line feeds": HEAD.replace(b"\r\n", b"\n"),
    "carriage returns": HEAD.replace(b"\r\n", b"\r"),
    "carriage return in a value": HEAD.replace(b"Fri, ", b"Fri\r", 1),
    "folded": HEAD.replace(b"Fri, ", b"Fri,\r\n ", 1),
    "folded with a tab": HEAD.replace(b"Fri, ", b"Fri,\r\n\t", 1),
    "no name": HEAD.replace(b"Date", b"", 1),
    "no colon": HEAD.replace(b"Date:", b"Date", 1),
    "space before the colon": HEAD.replace(b"Date:", b"Date :", 1),
    "special character in a name": HEAD.replace(b"Date:", b"D+te:", 1),
    "letter outside of ASCII in a name": HEAD.replace(b"Date:", "Däte:".encode("latin-1"), 1),
    "letter outside of ASCII in a value": HEAD.replace(b"Fri", "Frü".encode("latin-1"), 1),
    "line separator in a value": HEAD.replace(b"Fri", b"F\x1cri\x85", 1),
    "tab in a value": HEAD.replace(b"Fri", b"F\tri", 1),
    "tab before a value": HEAD.replace(b" Fri", b"\tFri", 1),
    "unfinished head": HEAD[:-2],
    "100 headers": HEAD.replace(b"\r\n\r\n", b"\r\nX-A: 1" * 95 + b"\r\n\r\n", 1),
    "101 headers": HEAD.replace(b"\r\n\r\n", b"\r\nX-A: 1" * 96 + b"\r\n\r\n", 1),
    "long head": HEAD.replace(b"Fri", b"1" * 9000, 1),
    "too long line": HEAD.replace(b"Fri", b"1" * 70_000, 1),
}
"""Heads that http.client parses."""

USUAL = {
    "all": HEAD,
    "only a length": b"HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
    "no reason": HEAD.replace(b" OK", b"", 1),
    "empty reason": HEAD.replace(b" OK", b" ", 1),
    "reason of many words": HEAD.replace(b"OK", b"  Really  OK ", 1),
    "error": HEAD.replace(b"200 OK", b"429 Too Many Requests", 1),
    "unknown status": HEAD.replace(b"200", b"999", 1),
    "closed connection": HEAD.replace(b"keep-alive", b"Keep-Alive, CLOSE"),
    "only the first of two equal names counts": HEAD.replace(
        b"Date", b"connection: close\r\nCONTENT-LENGTH: 2\r\nDate"
    ),
    "spaces around values": HEAD.replace(b"Fri", b"  Fri  ", 1).replace(b"keep-alive", b" close "),
    "empty value": HEAD.replace(b"application/json", b""),
    "content type without a type": HEAD.replace(b"application/json", b"; multipart/mixed"),
    "90 headers": HEAD.replace(b"\r\n\r\n", b"\r\nX-A: 1" * 85 + b"\r\n\r\n", 1),
}
"""Heads that FastResponse parses."""


class PartsSocket(RawIOBase):
    """Substitute for a socket that receives one part at a time."""

    def __init__(self, *parts: bytes) -> None:
        super().__init__()
        self._parts = [*parts]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._parts.pop(0) if self._parts else b""
        part, rest = part[: len(buffer)], part[len(buffer) :]
        if rest:
            self._parts.insert(0, rest)
        buffer[: len(part)] = part
        return len(part)

    def makefile(self, _: str) -> BufferedReader:
        return BufferedReader(self)


def read(response_class: type[HTTPResponse], *parts: bytes, method: str = "GET") -> Any:
    """Return all attributes of a response and all data that follows its head, or the error."""
    response: Any = response_class(cast("Any", PartsSocket(*parts)), method=method)
    file = response.fp
    try:
        response.begin()
    except Exception as error:  # noqa: BLE001 - the errors are compared
        return repr(error), file.closed or file.read()
    assert response.headers is response.msg
    state = {name: value for name, value in response.__dict__.items() if name not in ("fp", "headers", "msg")}
    return state, describe(response.headers), file.read()


def describe(message: Any) -> dict[str, Any]:
    """Return all attributes of a message and of the messages in it."""
    payload = [*map(describe, message.get_payload())] if message.is_multipart() else message.get_payload()
    return {**vars(message), "_payload": payload, "defects": repr(message.defects)}


@pytest.fixture
def parsed_by_email(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the heads that the email package parses."""
    recorded: list[str] = []
    parse = email.parser.Parser.parsestr

    def record(parser: Any, text: str, **options: Any) -> Any:
        recorded.append(text)
        return parse(parser, text, **options)

    monkeypatch.setattr(email.parser.Parser, "parsestr", record)
    return recorded


@pytest.mark.parametrize("name", USUAL)
def test_usual_heads_are_parsed_as_in_http_client(name: str, parsed_by_email: list[str]) -> None:
    """All attributes are equal, the body is not read, and the email package is not used."""
    result = read(FastResponse, USUAL[name] + BODY)

    assert parsed_by_email == []
    assert result == read(HTTPResponse, USUAL[name] + BODY)
    assert result[-1] == BODY


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_heads_are_parsed_by_http_client(name: str) -> None:
    """All attributes, or the errors, are equal."""
    expected = read(HTTPResponse, UNUSUAL[name] + BODY)

    assert read(FastResponse, UNUSUAL[name] + BODY) == expected
    assert parse_usual_head(UNUSUAL[name] + BODY)[0] == 0


PIECES = st.sampled_from(
    [
        *(b"HTTP/1.1 ", b"200", b"204", b" OK", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b": ", b":", b" ", b"\t", b"\x0b"),
        *(b"Content-Length", b"content-length", b"Connection", b"close", b"Transfer-Encoding", b"chunked", b"0", b"12"),
        *(
            b"Content-Type",
            b"multipart/mixed",
            b"text/plain",
            b"From ",
            b"\xe4",
            b"\x85",
            b"\0",
            b"a",
            b"-",
            b"_",
            b"5",
        ),
    ]
)


@given(
    st.lists(PIECES, max_size=12).map(b"".join),
    st.lists(PIECES, max_size=6).map(b"".join),
    st.lists(st.integers(0, 60), max_size=3),
)
@example(b"Content-Length: 5", b"", [])
def test_any_head_is_parsed_as_in_http_client(headers: bytes, start: bytes, cuts: list[int]) -> None:
    """This is true for any bytes, no matter in which parts they arrive."""
    complete = b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n" + BODY
    for data in (start + headers, complete, HEAD[:-2] + headers + b"\r\n\r\n"):
        positions = [0, *sorted(cuts), len(data)]
        parts = [data[a:b] for a, b in pairwise(positions) if a < b]

        assert read(FastResponse, *parts) == read(HTTPResponse, *parts)


def test_a_head_that_arrives_in_parts_is_parsed_by_http_client() -> None:
    """The response waits for the rest of the head."""
    for position in range(1, len(HEAD)):
        assert read(FastResponse, HEAD[:position], HEAD[position:], BODY) == read(HTTPResponse, HEAD, BODY)


def test_a_response_to_a_head_request_has_no_body() -> None:
    """The length is 0, although the head contains another length."""
    assert read(FastResponse, HEAD, method="HEAD") == read(HTTPResponse, HEAD, method="HEAD")


def test_a_head_is_read_once() -> None:
    """A second call does nothing."""
    response = FastResponse(cast("Any", PartsSocket(HEAD + HEAD)))

    response.begin()
    response.begin()

    assert response.read() == HEAD[: len(BODY)]


def test_http_client_prints_heads_if_its_debug_level_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    """The output is that of http.client."""
    printed: list[str] = []
    for response_class in (FastResponse, HTTPResponse):
        response_class(cast("Any", PartsSocket(HEAD)), debuglevel=1).begin()
        printed.append(capsys.readouterr().out)

    assert printed[0] == printed[1]
    assert "header: Connection: keep-alive" in printed[0]


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (HTTPResponse, "begin"),
        (HTTPResponse, "_read_status"),
        (HTTPResponse, "_check_close"),
        (http.client, "parse_headers"),
        (http.client, "_read_headers"),
    ],
)
def test_patched_functions_are_called(owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """http.client parses the heads if a tool has patched it, even with a wrapper that equals the function."""
    called: list[str] = []

    def wrapper(wrapped: Any, _: object, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        called.append(name)
        return wrapped(*arguments, **options)

    monkeypatch.setattr(owner, name, wrapt.FunctionWrapper(getattr(owner, name), wrapper))
    response = FastResponse(cast("Any", PartsSocket(HEAD)))
    response.begin()

    assert called == [name]
    assert response.status == 200


def test_the_end_of_a_connection_is_read_once() -> None:
    """Some sockets raise another error if they are read again, which would hide that the connection was closed."""

    class ClosedSocket(PartsSocket):
        count = 0

        def readinto(self, buffer: Any) -> int:
            self.count += 1
            return super().readinto(buffer)

    socket = ClosedSocket()

    with pytest.raises(http.client.RemoteDisconnected, match="Remote end closed connection without response"):
        FastResponse(cast("Any", socket)).begin()
    assert socket.count == 1


def test_options_of_future_versions_are_passed_to_http_client() -> None:
    """Python 3.15 passes the maximum number of headers, which is None by default."""
    response: Any = FastResponse(cast("Any", PartsSocket(HEAD + BODY)))

    with pytest.raises(TypeError, match="_max_headers"):
        response.begin(_max_headers=2)
    response.begin(_max_headers=None)

    assert response.read() == BODY


def test_a_file_without_peek_is_read_by_http_client() -> None:
    """Substitutes for sockets may return simple files."""

    class Socket:
        def makefile(self, _: str) -> BytesIO:
            return BytesIO(HEAD + BODY)

    response = FastResponse(cast("Any", Socket()))
    response.begin()

    assert response.read() == BODY


# Requests

HEADERS = {"User-Agent": b"sample", "Content-Length": b"2", "X-Amz-Date": b"20261127T000000Z"}


class RecordingSocket:
    """Substitute for a socket that records what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.timeouts: list[object] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)

    def settimeout(self, seconds: object) -> None:
        self.timeouts.append(seconds)


def send(
    is_fast: bool, method: str, url: str, body: Any, headers: Any, *, base: Any = AWSHTTPConnection, **options: Any
) -> tuple[list[bytes], Any]:
    """Send a request. Return what was sent, and the state of the connection and of the socket or the error."""
    connection: Any = base("127.0.0.1", 8080, timeout=7)
    connection.sock = socket = RecordingSocket()
    if is_fast:
        connection = make_fast(connection)
    try:
        connection.request(method, url, body=deepcopy(body), headers=headers, **options)
    except Exception as error:  # noqa: BLE001 - the errors are compared
        return socket.sent, repr(error)
    replaced = ("_original_response_cls", "response_class", "sock")
    state = {name: value for name, value in connection.__dict__.items() if name not in replaced}
    return socket.sent, (state, socket.timeouts)


class UpperDict(dict[str, bytes]):
    """A dict that returns other items than it contains."""

    def items(self) -> Any:
        return [(name.upper(), value) for name, value in super().items()]


USUAL_REQUESTS: dict[str, tuple[str, str, Any, Any]] = {
    "body": ("PUT", "/a?b=%20", b"{}", HEADERS),
    "no body": ("POST", "/", None, {**HEADERS, "content-length": b"0"}),
    "get": ("GET", "/", None, {"user-agent": b""}),
    "spaces": ("GET", "/", None, {"User-Agent": b"  a  b  "}),
}
UNUSUAL_REQUESTS: dict[str, tuple[str, str, Any, Any]] = {
    "no headers": ("GET", "/", None, None),
    "empty headers": ("GET", "/", None, {}),
    "no user agent": ("PUT", "/", b"{}", {"Content-Length": b"2"}),
    "no length": ("PUT", "/", b"{}", {"User-Agent": b"a"}),
    "no length and no body": ("PUT", "/", None, {"User-Agent": b"a"}),
    "get with a body": ("GET", "/", b"{}", {"User-Agent": b"a"}),
    "host": ("PUT", "/", b"{}", {**HEADERS, "host": b"example.com"}),
    "encoding": ("PUT", "/", b"{}", {**HEADERS, "Accept-Encoding": b"gzip"}),
    "transfer encoding": ("PUT", "/", b"{}", {**HEADERS, "Transfer-Encoding": b"chunked"}),
    "text": ("PUT", "/", b"{}", {**HEADERS, "X-A": "text"}),
    "skipped header": ("PUT", "/", b"{}", {**HEADERS, "User-Agent": "@@@SKIP_HEADER@@@"}),
    "number": ("PUT", "/", b"{}", {**HEADERS, "X-A": 1}),
    "none": ("PUT", "/", b"{}", {**HEADERS, "X-A": None}),
    "name as bytes": ("PUT", "/", b"{}", {**HEADERS, b"X-A": b"1"}),
    "other mapping": ("PUT", "/", b"{}", HTTPHeaderDict({name: value.decode() for name, value in HEADERS.items()})),
    "other dict": ("PUT", "/", b"{}", UpperDict(HEADERS)),
    "body as text": ("PUT", "/", "{}", HEADERS),
    "body as a file": ("PUT", "/", BytesIO(b"{}"), HEADERS),
    "body as an iterable": ("PUT", "/", (b"{", b"}"), HEADERS),
    "line break in a value": ("PUT", "/", b"{}", {**HEADERS, "X-A": b"1\r\nX-B: 1"}),
    "folded value": ("PUT", "/", b"{}", {**HEADERS, "X-A": b"1\r\n 2"}),
    "line feed in a value": ("PUT", "/", b"{}", {**HEADERS, "X-A": b"1\n"}),
    "carriage return in a value": ("PUT", "/", b"{}", {**HEADERS, "X-A": b"\r1"}),
    "line break in a name": ("PUT", "/", b"{}", {**HEADERS, "X-A: 1\r\nX-B": b"1"}),
    "colon in a name": ("PUT", "/", b"{}", {**HEADERS, "X-A: 1": b"1"}),
    "comma in a name": ("PUT", "/", b"{}", {"X-A,User-Agent": b"1", "Content-Length": b"2"}),
    "empty name": ("PUT", "/", b"{}", {**HEADERS, "": b"1"}),
    "space in a name": ("PUT", "/", b"{}", {**HEADERS, "X A": b"1"}),
    "letter outside of ASCII in a name": ("PUT", "/", b"{}", {**HEADERS, "Xä": b"1"}),
    "letter outside of ASCII in a value": ("PUT", "/", b"{}", {**HEADERS, "X-A": "ä".encode()}),
    "tab": ("PUT", "/", b"{}", {**HEADERS, "X-A": b"1\t2"}),
}


@pytest.mark.parametrize("name", USUAL_REQUESTS)
def test_usual_requests_are_sent_at_once(name: str) -> None:
    """The bytes and the state equal those of botocore's connection, but are sent together."""
    sent, state = send(True, *USUAL_REQUESTS[name])
    expected_sent, expected_state = send(False, *USUAL_REQUESTS[name])

    assert (sent, state) == ([b"".join(expected_sent)], expected_state)


@pytest.mark.parametrize("name", UNUSUAL_REQUESTS)
def test_unusual_requests_are_formatted_by_urllib3(name: str) -> None:
    """What is sent, and the state or the error, equals that of botocore's connection."""
    method, url, body, headers = UNUSUAL_REQUESTS[name]

    assert send(True, method, url, body, headers) == send(False, method, url, body, headers)
    assert format_usual_headers(method, body, headers) is None


@pytest.mark.parametrize("method", ["", "GE T", "GET\r\n", "get"])
@pytest.mark.parametrize("url", ["/", "", "/a b", "/\r\n", "http://example.com/a", "/ä"])
def test_methods_and_urls_are_checked_by_http_client(method: str, url: str) -> None:
    """What is sent, and the state or the error, equals that of botocore's connection."""
    sent, state = send(True, method, url, None, HEADERS)
    expected_sent, expected_state = send(False, method, url, None, HEADERS)

    assert (b"".join(sent), state) == (b"".join(expected_sent), expected_state)


TEXT = st.text(st.sampled_from("aA-_ :;\r\n\t\0\x7fä"), max_size=4)
NAMES = st.sampled_from(["User-Agent", "content-length", "Host", "Expect", "X-A", "x-a"]) | TEXT
VALUES = st.sampled_from([b"2", b"0", b"gzip"]) | TEXT.map(str.encode) | TEXT


@given(
    st.sampled_from(["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"]),
    st.sampled_from([None, b"", b"{}", "{}"]),
    st.dictionaries(NAMES, VALUES, max_size=4).filter(lambda headers: headers.get("Expect") != b"100-continue"),
    st.booleans(),
    st.dictionaries(
        st.sampled_from(["chunked", "decode_content", "enforce_content_length", "preload_content"]), st.booleans()
    ),
)
def test_any_request_is_formatted_as_by_urllib3(
    method: str, body: Any, headers: dict[str, Any], is_complete: bool, options: dict[str, bool]
) -> None:
    """The bytes and the state, or the error, equal those of botocore's connection."""
    headers = {**HEADERS, **headers} if is_complete else headers
    sent, state = send(True, method, "/", body, headers, **options)
    expected_sent, expected_state = send(False, method, "/", body, headers, **options)

    assert (b"".join(sent), state) == (b"".join(expected_sent), expected_state)


def test_unknown_options_are_passed_to_urllib3() -> None:
    """A future version of urllib3 may have more options. This version raises an error."""
    assert send(True, "GET", "/", None, HEADERS, newer=1) == send(False, "GET", "/", None, HEADERS, newer=1)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (AWSHTTPConnection, "request"),
        (AWSHTTPConnection, "putheader"),
        (AWSHTTPSConnection, "request"),
        (AWSHTTPSConnection, "putheader"),
        (urllib3.connection.HTTPSConnection, "request"),
        (urllib3.connection.HTTPSConnection, "putheader"),
        (urllib3.connection.HTTPConnection, "request"),
        (urllib3.connection.HTTPConnection, "putheader"),
        (http.client.HTTPConnection, "putheader"),
    ],
)
def test_patched_functions_format_requests(owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A patched function is called as often as by botocore's connection, even if the patch is a wrapper."""
    called: list[Any] = []

    def wrapper(wrapped: Any, _: object, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        called.append(arguments[0])
        return wrapped(*arguments, **options)

    monkeypatch.setattr(owner, name, wrapt.FunctionWrapper(getattr(owner, name), wrapper))
    for base in (AWSHTTPConnection, AWSHTTPSConnection):
        called.clear()
        expected, expected_called = send(False, "PUT", "/", b"{}", HEADERS, base=base), [*called]
        called.clear()

        assert send(True, "PUT", "/", b"{}", HEADERS, base=base) == expected
        assert called == expected_called
        assert issubclass(base, owner) == (len(called) > 0)


def test_a_patched_connection_formats_its_requests() -> None:
    """A tool may also patch a single connection."""
    connection: Any = make_fast(AWSHTTPConnection("127.0.0.1"))
    connection.sock, names, putheader = RecordingSocket(), list[str](), connection.putheader

    def record(name: str, *values: bytes) -> None:
        names.append(name)
        putheader(name, *values)

    connection.putheader = record
    connection.request("PUT", "/", body=b"{}", headers=HEADERS)

    assert names[-3:] == [*HEADERS]


def test_a_request_restores_the_class_of_responses() -> None:
    """botocore's connection does the same."""
    connection: Any = make_fast(AWSHTTPConnection("127.0.0.1"))
    connection.sock, connection.response_class = RecordingSocket(), HTTPResponse

    connection.request("PUT", "/", body=b"{}", headers=HEADERS)

    assert connection.response_class is FastResponse


@pytest.mark.parametrize("name", ["putrequest", "endheaders"])
def test_tools_can_add_headers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentry adds headers after ``putrequest()``, and New Relic before ``endheaders()``."""
    connection_class: Any = http.client.HTTPConnection
    original = getattr(connection_class, name)

    def add_header(connection: Any, *arguments: Any, **options: Any) -> None:
        if name == "endheaders":
            connection.putheader("X-Trace", "1")
        original(connection, *arguments, **options)
        if name == "putrequest":
            connection.putheader("X-Trace", "1")

    monkeypatch.setattr(connection_class, name, add_header)
    sent, state = send(True, "PUT", "/", b"{}", HEADERS)
    expected_sent, expected_state = send(False, "PUT", "/", b"{}", HEADERS)

    assert (sent, state) == ([b"".join(expected_sent)], expected_state)
    assert b"\r\nX-Trace: 1\r\n" in sent[0]


def test_http_client_prints_requests_if_its_debug_level_is_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output is that of http.client."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    printed: list[str] = []
    for is_fast in (True, False):
        send(is_fast, "PUT", "/", b"{}", HEADERS)
        printed.append(capsys.readouterr().out)

    assert printed[0] == printed[1]
    assert printed[0].count("send: ") == 2


def test_a_final_response_to_expect_is_handled_by_botocore() -> None:
    """The body is not sent, and the next request of the connection is not affected."""
    results: list[Any] = []
    for is_fast in (True, False):
        with serve_scripts([b"HTTP/1.1 417 Failed\r\nContent-Length: 0\r\n\r\n"], [HEAD + BODY]) as server:
            connection: Any = AWSHTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=5)
            connection = make_fast(connection) if is_fast else connection
            headers = {**HEADERS, "Content-Length": b"0", "Expect": b"100-continue"}
            connection.request("PUT", "/", body=b"", headers=headers, preload_content=False)
            first = connection.getresponse()
            results.append((first.status, first.data, connection._response_received))
            connection.request("GET", "/", headers={"User-Agent": b"a"}, preload_content=False)
            second = connection.getresponse()
            results.append((second.status, second.read(), connection._response_received))
            connection.close()

    assert results[:2] == results[2:]
    assert results[1] == (200, BODY, False)


# Connections of clients


def test_no_request_of_a_client_uses_the_email_package(parsed_by_email: list[str]) -> None:
    """This is true for all responses of both clients: through botocore, direct, and in the event loop."""

    async def get() -> None:
        async with AsyncTargetGroupClient(endpoint_url=server.url, retry=RetryPolicy.disabled()) as client:
            for _ in range(4):
                await client.get(ID)

    with serve_scripts([HEAD + BODY]) as server:
        with TargetGroupClient(endpoint_url=server.url, retry=RetryPolicy.disabled()) as client:
            for _ in range(4):
                client.get(ID)
        asyncio.run(get())

    assert len(server.requests) == 8
    assert parsed_by_email == []


def test_errors_and_logs_contain_the_name_of_botocores_pool() -> None:
    """The class of the pool has the same name as in botocore."""
    options: dict[str, Any] = {"retry": RetryPolicy.disabled(), "read_timeout_seconds": 0.1}
    with (
        serve_scripts([WAIT]) as server,
        TargetGroupClient(endpoint_url=server.url, **options) as client,
        pytest.raises(TransportError) as caught,
    ):
        client.get(ID)

    cause: Any = caught.value.__cause__
    assert "AWSHTTPConnectionPool(host='127.0.0.1'" in str(cause.kwargs["error"])


class Client:
    """Substitute for a botocore client, with only what ``set_connection_classes()`` uses."""

    def __init__(self) -> None:
        self._endpoint = self
        self.http_session: Any = URLLib3Session()

    def connect(self, scheme: str) -> Any:
        return self.http_session._manager.connection_from_url(f"{scheme}://127.0.0.1:1")._new_conn()


def test_other_clients_are_not_changed() -> None:
    """Only the connections of one client create fast responses."""
    client, other = Client(), Client()

    assert set_connection_classes(client)
    for each, response_class in ((client, FastResponse), (other, HTTPResponse)):
        for scheme in ("http", "https"):
            connection = each.connect(scheme)
            assert connection.response_class is response_class
            assert f"{connection.response_class}" == f"{HTTPResponse}"
            assert f"{connection.__class__}" == f"{AWSHTTPConnection if scheme == 'http' else AWSHTTPSConnection}"
            connection.close()  # Restores the original class of the responses.
            assert connection.response_class is response_class
    assert AWSHTTPConnection.response_class is HTTPResponse


def test_classes_from_tools_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools, connections and responses that a tool has replaced are not changed."""

    class OtherResponse(HTTPResponse):
        pass

    class OtherConnection(AWSHTTPConnection):  # type: ignore[misc]
        pass

    class OtherPool(AWSHTTPConnectionPool):  # type: ignore[misc]
        pass

    client, other = Client(), Client()
    other.http_session._pool_classes_by_scheme["http"] = OtherPool
    for each in (client, other):
        assert set_connection_classes(each)
    with monkeypatch.context() as patch:
        patch.setattr(AWSHTTPConnection, "response_class", OtherResponse)
        assert client.connect("http").response_class is OtherResponse
    with monkeypatch.context() as patch:
        patch.setattr(AWSHTTPConnectionPool, "ConnectionCls", OtherConnection)
        connection = client.connect("http")
        assert (type(connection), connection.response_class) == (OtherConnection, HTTPResponse)
    assert other.http_session._pool_classes_by_scheme["http"] is OtherPool
    assert other.connect("http").response_class is HTTPResponse


def test_other_versions_are_not_supported() -> None:
    """Other versions of botocore may have no classes of pools, and other functions may behave differently."""

    def parse_headers(fp: Any) -> Any:
        return fp

    wrapper = functools.wraps(http.client.parse_headers)(parse_headers)
    code = http.client.parse_headers.__code__
    newer_function = FunctionType(code.replace(co_names=(*code.co_names, "newer")), {**vars(http.client)})

    assert not set_connection_classes(object())
    assert is_known(http.client.parse_headers)
    for other in (
        wrapper,
        newer_function,
        cast("Any", wrapt).FunctionWrapper(http.client.parse_headers, wrapper),
        None,
    ):
        assert not is_known(other)


def test_without_fast_connections_calls_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, sent_in_loop: list[bool]
) -> None:
    """The debug log says that the connections are botocore's own. Requests are still sent in the event loop."""

    async def get() -> None:
        async with AsyncTargetGroupClient(endpoint_url=server.url) as client:
            for _ in range(3):
                assert (await client.get(ID)).id == ID

    monkeypatch.setattr(http_connection, "_is_supported", False)
    with (
        caplog.at_level(logging.DEBUG, "lattice_tg"),
        serve_scripts([HEAD + BODY]) as server,
        TargetGroupClient(endpoint_url=server.url) as client,
    ):
        assert client.get(ID).id == ID
        asyncio.run(get())

    assert sent_in_loop == [False, False, True]
    assert "The connections cannot be replaced" in caplog.text
