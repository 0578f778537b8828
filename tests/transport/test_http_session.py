"""Tests of the fast HTTP session, which must send the same bytes as botocore's session."""

from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any, cast
from weakref import ref

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg import RetryPolicy, TargetGroupClient, TransportError
from lattice_tg.transport import http_session
from lattice_tg.transport.http_session import set_http_session
from support.http_stub import StubServer, http_response, serve

FastHttpSession: Any = vars(http_session)["_FastHttpSession"]
GROUP_ID = "tg-0123456789abcdefg"
GROUP: dict[str, Any] = {"id": GROUP_ID, "arn": "arn:1", "name": "resize", "type": "LAMBDA", "items": [], "tags": {}}
CHANGING_HEADERS = ("authorization:", "x-amz-date:", "amz-sdk-invocation-id:")


@pytest.fixture(autouse=True)
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials in environment variables."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def stub() -> Generator[StubServer]:
    """Run a server that sends the same response to each request."""
    with serve(http_response(200, GROUP)) as server:
        yield server


def sent_bytes(raw: bytes) -> bytes:
    """Return a request without the headers that differ between two equal requests."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.decode().lower().startswith(CHANGING_HEADERS)]
    assert len(lines) == head.count(b"\r\n") + 1 - len(CHANGING_HEADERS)
    return b"\r\n".join(lines) + separator + body


def add_header(name: str) -> Callable[..., None]:
    """Return an event handler that adds a header to each request."""

    def add(request: Any, **_: object) -> None:
        request.headers[name] = {"Expect": "100-continue", "host": "example.com"}.get(name, "value")

    return add


@pytest.mark.parametrize("header", ["X-Custom", "Expect", "host", "connection"])
def test_sent_bytes_equal_botocores(header: str, stub: StubServer) -> None:
    """The session sends the same bytes as botocore's session, also if an event handler adds a special header."""
    clients: list[Any] = [TargetGroupClient(endpoint_url=stub.url).boto3_client for _ in range(2)]
    clients[1]._endpoint.http_session.__class__ = URLLib3Session
    for client in clients:
        client.meta.events.register("before-sign", add_header(header))
        client.get_target_group(targetGroupIdentifier=GROUP_ID)
        client.list_tags_for_resource(resourceArn="arn:aws:vpc-lattice:eu-west-1:1:targetgroup/a b+c;d?e#f")
        client.list_target_groups(nextToken="a b&c=d")
        client.create_target_group(name="resize", type="LAMBDA", clientToken="token")
        client.delete_target_group(targetGroupIdentifier=GROUP_ID)

    sent = [sent_bytes(request.raw) for request in stub.requests]
    assert len(sent) == 10
    assert sent[:5] == sent[5:]
    assert all(f"\n{header}:".encode() in raw for raw in sent)


FAST_SESSION, PLAIN_SESSION = FastHttpSession(), cast("Any", URLLib3Session)()


def path_or_error(session: Any, url: str) -> object:
    """Return the request target of ``url``, or the class of the error for an invalid URL."""
    try:
        return session._path_url(url)
    except ValueError as error:
        return type(error)


HOSTS = st.sampled_from(
    ["http://a", "https://vpc-lattice.eu-west-1.amazonaws.com", "http://[::1]:80", "http://u:p@a:1"]
)
TARGETS = st.text(st.sampled_from("/ab?=&;#%2F\"'!~_-.:[]@é\t "), max_size=12)


@given(host=HOSTS, separator=st.sampled_from(["/", "?", "#", ""]), target=TARGETS)
def test_request_targets_equal_botocores(host: str, separator: str, target: str) -> None:
    """The request target of each URL is the same as botocore's."""
    url = host + separator + target

    assert path_or_error(FAST_SESSION, url) == path_or_error(PLAIN_SESSION, url)


@pytest.mark.parametrize("path", ["/a", "/a;b", ""])
def test_pools_equal_urllib3s(path: str) -> None:
    """Each origin has one connection pool, which the session shares with urllib3's pool manager."""
    session = FastHttpSession()
    origins = ["http://a", "http://a:81", "https://a", "http://b", "http://a"]

    pools = [session.connection_from_url(origin + path) for origin in origins]

    assert [(pool.scheme, pool.host, pool.port) for pool in pools] == [
        ("http", "a", 80),
        ("http", "a", 81),
        ("https", "a", 443),
        ("http", "b", 80),
        ("http", "a", 80),
    ]
    assert pools == [session._manager.connection_from_url(origin) for origin in origins]
    assert session.connection_from_url(origins[-1] + path) is pools[0]


def test_closed_clients_open_new_connections(stub: StubServer) -> None:
    """After ``close()``, a client opens a new connection pool for the next request."""
    client = TargetGroupClient(endpoint_url=stub.url)
    client.get(GROUP_ID)
    session = client.boto3_client._endpoint.http_session
    pool = ref(session.connection_from_url(stub.url + "/"))

    client.close()
    assert pool() is None

    client.get(GROUP_ID)
    assert len(stub.requests) == 2


def test_pools_that_another_thread_closed_are_replaced() -> None:
    """If another thread closes a pool between two requests, the second request does not use the pool."""
    session = FastHttpSession()
    pool = session.connection_from_url("http://a/")

    pool.close()
    session._manager.pools.clear()

    assert session.connection_from_url("http://a/") is not pool


def test_proxies_receive_the_whole_url(stub: StubServer) -> None:
    """A request through an HTTP proxy is sent to the proxy, with the whole URL as its target."""
    config = cast("Any", Config)(proxies={"http": stub.url})

    TargetGroupClient(endpoint_url="http://example.invalid:8080", config=config).get(GROUP_ID)

    assert [request.line for request in stub.requests] == [
        f"GET http://example.invalid:8080/targetgroups/{GROUP_ID} HTTP/1.1"
    ]


def test_patched_sessions_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that replaces ``send()`` of botocore's session also receives the requests of the library."""
    sent: list[tuple[str, str]] = []

    def refuse(_: object, request: Any) -> None:
        sent.append((request.method, request.url))
        raise cast("Any", EndpointConnectionError)(endpoint_url=request.url)

    monkeypatch.setattr(URLLib3Session, "send", refuse)
    client = TargetGroupClient(endpoint_url="http://127.0.0.1:1", retry=RetryPolicy.disabled())

    with pytest.raises(TransportError):
        client.get(GROUP_ID)
    assert sent == [("GET", f"http://127.0.0.1:1/targetgroups/{GROUP_ID}")]


def test_requests_of_other_types_are_sent_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is not botocore's own is passed on unchanged."""
    sent: list[object] = []

    def record(_: object, request: object) -> None:
        sent.append(request)

    monkeypatch.setattr(URLLib3Session, "send", record)
    request = SimpleNamespace(headers={"x": "y"})

    FastHttpSession().send(request)

    assert sent == [request]


def session_type(client: Any) -> object:
    """Return the class of the HTTP session of a boto3 client."""
    return client._endpoint.http_session.__class__


def test_only_clients_of_the_library_change() -> None:
    """Clients that the library creates have the fast session. Other clients do not have it."""
    session = cast("Any", boto3).Session()
    plain = session.client("vpc-lattice")
    clients = [TargetGroupClient(), TargetGroupClient(session=session), TargetGroupClient(boto3_client=plain)]

    assert [session_type(client.boto3_client) for client in clients] == [FastHttpSession] * 2 + [URLLib3Session]
    assert session_type(session.client("vpc-lattice")) is URLLib3Session


class OtherSession(URLLib3Session):  # type: ignore[misc]
    """A session that a user derived from botocore's."""


@pytest.mark.parametrize("session", [None, cast("Any", OtherSession)()])
def test_unknown_sessions_stay_as_they_are(session: Any) -> None:
    """A session that is not botocore's own is not replaced."""
    assert set_http_session(SimpleNamespace(_endpoint=SimpleNamespace(http_session=session))) is False
    assert set_http_session(SimpleNamespace()) is False
    assert type(session) in (type(None), OtherSession)


def test_replaced_sessions_are_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """If botocore has another session, botocore's session stays, and the debug log says so."""
    monkeypatch.setattr(http_session, "URLLib3Session", OtherSession)
    with caplog.at_level("DEBUG", logger="lattice_tg"):
        client = TargetGroupClient()

    assert session_type(client.boto3_client) is URLLib3Session
    assert "The HTTP session of this version of botocore cannot be replaced." in caplog.text
