"""Tests that the endpoint emits the same events and sends the same bytes as botocore's endpoint."""

import json
from collections.abc import Callable, Generator
from copy import deepcopy
from io import BytesIO
from typing import Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.history import get_global_history_recorder
from botocore.httpsession import URLLib3Session
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from lattice_tg import TargetGroupClient
from lattice_tg.transport import exchange
from lattice_tg.transport.exchange import set_endpoint
from lattice_tg.transport.parameter_validation import send_prevalidated
from support.compared_requests import RESPONSES, constant_bytes
from support.http_stub import (
    StubServer,
    http_response,
    serve,
    unused_url,
)

pytestmark = pytest.mark.usefixtures("credentials")

FastEndpoint: Any = vars(exchange)["_FastEndpoint"]
GROUP_ID = "tg-0123456789abcdefg"
GROUP: dict[str, Any] = {
    "id": GROUP_ID,
    "arn": "arn:1",
    "name": "resize",
    "type": "LAMBDA",
    "items": [],
    "tags": {},
    "createdAt": "2026-11-26T12:00:00Z",
}


@pytest.fixture
def stub() -> Generator[StubServer]:
    """Run a server that sends the same response to each request."""
    with serve(http_response(200, GROUP)) as server:
        yield server


def make_clients(url: str, **options: Any) -> list[Any]:
    """Return two boto3 clients of the library, of which only the first has the fast endpoint."""
    clients: list[Any] = [TargetGroupClient(endpoint_url=url, **options).boto3_client for _ in range(2)]
    assert [endpoint_type(client) for client in clients] == [FastEndpoint] * 2
    clients[1]._endpoint.__class__ = Endpoint
    return clients


def endpoint_type(client: Any) -> object:
    """Return the class of the endpoint of a boto3 client."""
    return client._endpoint.__class__


def add_header(name: str) -> Callable[..., None]:
    """Return an event handler that adds a header to each request."""

    def add(request: Any, **_: object) -> None:
        request.headers[name] = {"Expect": "100-continue", "host": "example.com"}.get(name, "value")

    return add


def replace_body(request: Any, **_: object) -> None:
    """Replace the body of a request with a file."""
    if request.body:
        request.body = BytesIO(request.body)


def keep_request(**_: object) -> None:
    """Do nothing."""


def replace_headers(request: Any, **_: object) -> None:
    """Replace the headers of a request with a class that allows a header to occur twice."""
    request.headers = HTTPHeaderDict(request.headers.items())
    request.headers.add("X-Twice", "1")
    request.headers.add("X-Twice", "2")


HANDLERS: list[tuple[str, Callable[..., None], str]] = [
    ("before-send", keep_request, ""),
    ("before-send", replace_headers, "X-Twice: 2"),
    ("before-send", replace_body, ""),
    *[("before-sign", add_header(name), name) for name in ("X-Custom", "Expect", "host", "connection")],
]


@pytest.mark.parametrize(("event", "handler", "header"), HANDLERS)
def test_sent_bytes_equal_botocores(event: str, handler: Callable[..., None], header: str, stub: StubServer) -> None:
    """The client sends the same bytes as botocore, even if a handler changes the request."""
    for client in make_clients(stub.url):
        client.meta.events.register(event, handler)
        client.get_target_group(targetGroupIdentifier=GROUP_ID)
        client.list_tags_for_resource(resourceArn="arn:aws:vpc-lattice:eu-west-1:1:targetgroup/a b+c;d?e#f")
        client.list_target_groups(nextToken="a b&c=d;e")
        client.create_target_group(name="resize", type="LAMBDA", clientToken="token")
        client.delete_target_group(targetGroupIdentifier=GROUP_ID)

    sent = [constant_bytes(request.raw) for request in stub.requests]
    assert len(sent) == 10
    assert sent[:5] == sent[5:]
    assert all(f"\n{header}".encode() in raw for raw in sent)


def replace_url(request: Any, **_: object) -> None:
    """Replace the URL with bytes."""
    request.url = request.url.encode()


def remove_headers(request: Any, **_: object) -> None:
    """Remove all headers."""
    request.headers = None


@pytest.mark.parametrize("handler", [replace_url, remove_headers])
def test_invalid_requests_raise_the_same_error(handler: Callable[..., None], stub: StubServer) -> None:
    """If a handler makes a request invalid, the error is the same as with botocore's endpoint."""
    outcomes: list[Any] = []
    for client in make_clients(stub.url):
        client.meta.events.register("before-send", handler)
        outcomes.append(exchange_and_record(client, send_as_user)[1])

    assert outcomes[0] == outcomes[1]


EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
)


class Events:
    """The events of one request, without values that differ between equal requests."""

    def __init__(self, client: Any) -> None:
        self.recorded: list[Any] = []
        for event in EVENTS:
            client.meta.events.register_last(event, self.record)

    def record(self, event_name: str, **arguments: Any) -> None:
        """Record an event."""
        self.recorded.append((event_name, {name: self.constant(name, value) for name, value in arguments.items()}))

    def constant(self, name: str, value: Any) -> Any:  # noqa: PLR0911 - one form for each kind of argument
        """Return the part of an argument that is the same for two equal requests."""
        if name == "request":
            return type(value), value.method, value.url, sorted(value.headers.keys())
        if name == "http_response":
            return type(value), value.status_code, dict(value.headers), value.content
        if name == "response" and value:
            return value[0].status_code, dict(value[0].headers), value[0].content, deepcopy(value[1])
        if name == "context":
            return sorted(value)
        if isinstance(value, Exception):
            return type(value), str(value)
        if name == "response_dict" and value:
            return deepcopy({**value, "headers": dict(value["headers"])})
        if name in PLAIN_ARGUMENTS:
            return deepcopy(value)
        return isinstance(value, Endpoint) or cast("Any", type(value))


PLAIN_ARGUMENTS = ("parsed", "parsed_response", "customized_response_dict", "attempts")


def send_as_user(method: Callable[..., Any], _: str, request: dict[str, Any]) -> Any:
    """Send a request that the library did not validate."""
    return method(**request)


@pytest.mark.parametrize("send", [send_prevalidated, send_as_user])
@pytest.mark.parametrize("response", RESPONSES)
def test_events_and_results_equal_botocores(response: str, send: Callable[..., Any]) -> None:
    """The events, their arguments and the result are the same as with botocore's endpoint."""
    with serve(RESPONSES[response]) as stub:
        outcomes = [exchange_and_record(client, send) for client in make_clients(stub.url, read_timeout_seconds=0.2)]

    assert outcomes[0] == outcomes[1]
    names = [name.partition(".")[0] for name, _ in outcomes[0][0]]
    assert names[-1] == ("after-call-error" if response in ("no response", "slow", "malformed") else names[-1])
    assert names.count("before-send") == names.count("needs-retry") == 1


@pytest.mark.parametrize("send", [send_prevalidated, send_as_user])
def test_unreachable_endpoint_raises_the_same_error(send: Callable[..., Any]) -> None:
    """If no server listens, the events and the error are the same as with botocore's endpoint."""
    outcomes = [exchange_and_record(client, send) for client in make_clients(unused_url())]

    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1][0] == "EndpointConnectionError"


def exchange_and_record(client: Any, send: Callable[..., Any]) -> tuple[list[Any], Any]:
    """Return the events of a request, and the response or the error."""
    events = Events(client)
    try:
        result = send(client.get_target_group, "GetTargetGroup", {"targetGroupIdentifier": GROUP_ID})
    except Exception as error:  # noqa: BLE001 - the errors are compared
        result = type(error).__name__, str(error), getattr(error, "response", None)
    return events.recorded, result


def test_handlers_can_respond(stub: StubServer) -> None:
    """A ``before-send`` handler can respond, and a ``before-parse`` handler can replace members of the response."""
    canned = cast("Any", AWSResponse)(stub.url, 200, {"x-amzn-requestid": "1"}, None)
    canned._content = json.dumps(GROUP).encode()

    def respond(**_: object) -> Any:
        return canned

    def customize(customized_response_dict: dict[str, Any], **_: object) -> None:
        customized_response_dict.update(name="customized")

    responses: list[Any] = []
    for client in make_clients(stub.url):
        client.meta.events.register("before-send", respond)
        client.meta.events.register("before-parse", customize)
        request = {"targetGroupIdentifier": GROUP_ID}
        responses += [
            send(client.get_target_group, "GetTargetGroup", request) for send in (send_prevalidated, send_as_user)
        ]

    assert responses == [responses[0]] * 4
    assert (responses[0]["id"], responses[0]["name"]) == (GROUP_ID, "customized")
    assert responses[0]["ResponseMetadata"]["RequestId"] == "1"
    assert stub.requests == []


HOSTS = st.sampled_from(
    ["http://a", "https://vpc-lattice.eu-west-1.amazonaws.com", "http://[::1]:80", "http://u:p@a:1"]
)
TARGETS = st.text(st.sampled_from("/ab?=&;#%2F\"'!~_-.:[]@é\t "), max_size=12)
SIMPLE_URL: Any = vars(exchange)["_SIMPLE_URL"]
SESSION: Any = cast("Any", URLLib3Session)()


@given(host=HOSTS, separator=st.sampled_from(["/", "?", "#", ""]), target=TARGETS)
def test_simple_urls_are_split_as_by_botocore(host: str, separator: str, target: str) -> None:
    """The origin and the target of a simple URL are those that botocore finds."""
    url = host + separator + target
    if match := SIMPLE_URL.fullmatch(url):
        assert match[2] == SESSION._path_url(url)
        assert SESSION._manager.connection_from_url(match[1]) is SESSION._manager.connection_from_url(url)


@pytest.mark.parametrize("url", ["http://a/", "https://[::1]:8443/a%20b//c?d=?e&f=g", "http://127.0.0.1:80/%3B"])
def test_usual_urls_are_simple(url: str) -> None:
    """URLs that botocore builds are split by the regular expression."""
    assert SIMPLE_URL.fullmatch(url)


def test_each_origin_has_its_pool() -> None:
    """If a handler sends a request to another server, the request does not use connections to the first."""
    with serve(http_response(200, GROUP)) as first, serve(http_response(200, GROUP)) as second:
        client = TargetGroupClient(endpoint_url=first.url)
        urls = [first.url, second.url, second.url, first.url]

        def redirect(request: Any, **_: object) -> None:
            request.url = f"{urls.pop()}/targetgroups/{GROUP_ID}"

        client.boto3_client.meta.events.register("before-send", redirect)
        for _ in range(4):
            client.get(GROUP_ID)

    assert (len(first.requests), len(second.requests)) == (2, 2)


def find_pool(client: TargetGroupClient) -> Any:
    """Return the connection pool that the client remembers, or None if the pool no longer exists."""
    manager, _, key = client.boto3_client._endpoint._last_pool
    return manager.pools.get(key)


def close_session(client: TargetGroupClient) -> None:
    """Close the HTTP session of a client, as programs did before boto3 clients had a method for this."""
    client.boto3_client._endpoint.http_session.close()


@pytest.mark.parametrize("close", [TargetGroupClient.close, close_session])
def test_closed_clients_open_new_connections(close: Callable[[TargetGroupClient], None], stub: StubServer) -> None:
    """After a client or its session is closed, the next request opens a new connection pool."""
    client = TargetGroupClient(endpoint_url=stub.url)
    client.get(GROUP_ID)
    assert find_pool(client) is not None

    close(client)
    assert find_pool(client) is None

    client.get(GROUP_ID)
    assert len(stub.requests) == 2


def test_removed_pools_are_replaced(stub: StubServer) -> None:
    """If a pool is removed between two requests, the second request does not use the pool."""
    client = TargetGroupClient(endpoint_url=stub.url)
    client.get(GROUP_ID)
    pool = find_pool(client)
    client.get(GROUP_ID)
    assert find_pool(client) is pool

    client.boto3_client._endpoint.http_session._manager.pools.clear()
    client.get(GROUP_ID)

    assert find_pool(client) is not pool


def test_session_of_the_same_class_is_used(stub: StubServer) -> None:
    """If a user replaces the HTTP session, requests do not use connections of the earlier session."""
    client = TargetGroupClient(endpoint_url=stub.url)
    client.get(GROUP_ID)
    endpoint, pool = client.boto3_client._endpoint, find_pool(client)
    earlier = endpoint.http_session

    endpoint.http_session = cast("Any", URLLib3Session)()
    client.get(GROUP_ID)

    assert find_pool(client) is not pool
    assert endpoint.http_session is not earlier


def test_proxies_receive_the_whole_url(stub: StubServer) -> None:
    """A request through an HTTP proxy is sent to the proxy, with the absolute URL as its target."""
    config = cast("Any", Config)(proxies={"http": stub.url})

    TargetGroupClient(endpoint_url="http://example.invalid:8080", config=config).get(GROUP_ID)

    assert [request.line for request in stub.requests] == [
        f"GET http://example.invalid:8080/targetgroups/{GROUP_ID} HTTP/1.1"
    ]


def set_timeout(request: Any, **_: object) -> None:
    """Set a read timeout for one request."""
    request.context["read_timeout"] = 7


def set_stream(request: Any, **_: object) -> None:
    """Make the response a stream, so that botocore does not read the body immediately."""
    request.stream_output = True


@pytest.mark.parametrize(
    ("event", "handler", "is_supported"),
    [
        ("request-created", set_timeout, hasattr(URLLib3Session, "_get_request_timeout")),  # not in older versions
        ("before-send", set_stream, True),
    ],
)
def test_special_requests_are_left_to_botocore(
    event: str, handler: Callable[..., None], is_supported: bool, monkeypatch: pytest.MonkeyPatch, stub: StubServer
) -> None:
    """If a handler sets a read timeout or requests a stream, botocore sends the request."""
    client = TargetGroupClient(endpoint_url=stub.url)
    sent = record_botocore_requests(monkeypatch)
    monkeypatch.setattr(exchange, "_originals", (*vars(exchange)["_originals"][:2], vars(URLLib3Session)["send"]))
    client.get(GROUP_ID)
    assert sent == []

    client.boto3_client.meta.events.register(event, handler)
    client.get(GROUP_ID)
    assert len(sent) == is_supported


def record_botocore_requests(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list of the requests that botocore's session sends from now on."""
    sent: list[object] = []
    send: Callable[..., Any] = vars(URLLib3Session)["send"]

    def record(session: object, request: object) -> Any:
        sent.append(request)
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", record)
    return sent


def find_methods(client: Any) -> list[tuple[object, str]]:
    """Return the methods that a test or a tool may replace, with their owners."""
    session = client._endpoint.http_session
    return [(Endpoint, "_send"), (Endpoint, "_do_get_response"), (URLLib3Session, "send"), (session, "send")]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("is_patched_first", [True, False])
def test_replaced_methods_are_called(
    number: int, is_patched_first: bool, monkeypatch: pytest.MonkeyPatch, stub: StubServer
) -> None:
    """A tool that replaces a method of botocore also receives the requests of the library."""
    sent: list[str] = []
    client = TargetGroupClient(endpoint_url=stub.url)
    owner, name = find_methods(client.boto3_client)[number]
    original: Callable[..., Any] = getattr(owner, name)

    def record(*arguments: Any) -> Any:
        sent.append(next(argument.url for argument in arguments if hasattr(argument, "url")))
        return original(*arguments)

    monkeypatch.setattr(owner, name, record)
    if is_patched_first and number < 3:
        client = TargetGroupClient(endpoint_url=stub.url)

    client.get(GROUP_ID)

    assert sent == [f"{stub.url}/targetgroups/{GROUP_ID}"]


def test_session_of_a_user_is_used(stub: StubServer) -> None:
    """If a user replaces the HTTP session of a client, the session sends the requests."""

    class Session:
        def send(self, request: Any) -> Any:
            sent.append(request.url)
            return SESSION.send(request)

    sent: list[str] = []
    client = TargetGroupClient(endpoint_url=stub.url)
    client.boto3_client._endpoint.http_session = Session()

    assert client.get(GROUP_ID).name == "resize"
    assert sent == [f"{stub.url}/targetgroups/{GROUP_ID}"]


@pytest.mark.parametrize("logger", ["botocore.endpoint", "botocore.parsers"])
def test_debug_log_is_complete(logger: str, stub: StubServer, caplog: pytest.LogCaptureFixture) -> None:
    """If botocore's debug log is enabled, the log contains the same message templates as with botocore's endpoint."""
    logs: list[list[str]] = []
    for client in make_clients(stub.url):
        with caplog.at_level("DEBUG", logger=logger):
            send_prevalidated(client.get_target_group, "GetTargetGroup", {"targetGroupIdentifier": GROUP_ID})
        logs.append([record.msg for record in caplog.records if record.name == logger])
        caplog.clear()

    assert logs[0] == logs[1]
    assert logs[0]


def test_options_are_found_without_a_message(caplog: pytest.LogCaptureFixture, stub: StubServer) -> None:
    """The first request of a process leaves no error in the debug log of botocore's session."""
    vars(exchange)["_find_urlopen_options"].cache_clear()
    with caplog.at_level("DEBUG", logger="botocore.httpsession"):
        TargetGroupClient(endpoint_url=stub.url).get(GROUP_ID)

    assert [record for record in caplog.records if record.name == "botocore.httpsession"] == []


class HistoryHandler:
    """A handler that records event types of botocore's history."""

    def __init__(self) -> None:
        self.event_types: list[str] = []

    def emit(self, event_type: str, *_: object) -> None:
        """Keep the type of a record."""
        self.event_types.append(event_type)


def test_history_is_complete(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """If botocore's history is enabled, the history contains the same types of records as with botocore's endpoint."""
    recorder, handlers = cast("Any", get_global_history_recorder()), [HistoryHandler(), HistoryHandler()]
    monkeypatch.setattr(recorder, "_enabled", True)
    for client, handler in zip(make_clients(stub.url), handlers, strict=True):
        monkeypatch.setattr(recorder, "_handlers", [handler])
        send_prevalidated(client.get_target_group, "GetTargetGroup", {"targetGroupIdentifier": GROUP_ID})

    assert handlers[0].event_types == handlers[1].event_types
    assert {"HTTP_REQUEST", "HTTP_RESPONSE", "PARSED_RESPONSE"} <= {*handlers[0].event_types}


def test_checksums_of_responses_are_verified() -> None:
    """If a handler requests that the checksum of a response is verified, botocore rejects a wrong checksum."""

    def verify_checksum(context: dict[str, Any], **_: object) -> None:
        context["checksum"] = {"response_algorithms": ["crc32"]}

    with serve(http_response(200, GROUP, x_amz_checksum_crc32="AAAAAA==")) as stub:
        outcomes: list[Any] = []
        for client in make_clients(stub.url):
            client.meta.events.register("before-call", verify_checksum)
            outcomes.append(exchange_and_record(client, send_prevalidated)[1])

    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0] == "FlexibleChecksumError"


def test_only_clients_of_the_library_change() -> None:
    """Clients that the library creates have the fast endpoint. Other clients do not have it."""
    session = cast("Any", boto3).Session()
    plain = session.client("vpc-lattice")
    clients = [TargetGroupClient(), TargetGroupClient(session=session), TargetGroupClient(boto3_client=plain)]

    assert [endpoint_type(client.boto3_client) for client in clients] == [FastEndpoint] * 2 + [Endpoint]
    assert endpoint_type(session.client("vpc-lattice")) is Endpoint


class OtherEndpoint(Endpoint):  # type: ignore[misc]
    """An endpoint that a user derived from botocore's."""


def change_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the class of botocore's endpoints."""
    monkeypatch.setattr(exchange, "Endpoint", OtherEndpoint)


def set_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the variable with which botocore changes the Host header."""
    monkeypatch.setenv("BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER", "true")


def wrap_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrap a method of botocore's endpoints."""
    send: Callable[..., Any] = vars(Endpoint)["_send"]

    def call(endpoint: object, request: object) -> Any:
        return send(endpoint, request)

    monkeypatch.setattr(Endpoint, "_send", call)


def remove_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove a method of botocore's endpoints."""
    monkeypatch.delattr(Endpoint, "_send")


def use_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove a known name, as if a new version of botocore used the name."""
    monkeypatch.setattr(exchange, "_KNOWN_NAMES", vars(exchange)["_KNOWN_NAMES"] - {"convert_to_response_dict"})


@pytest.mark.parametrize("change", [change_class, set_variable, wrap_method, remove_method, use_new_name])
def test_other_endpoints_stay_as_they_are(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If botocore's endpoint has changed, the library does not replace it and logs a debug message."""
    change(monkeypatch)
    with caplog.at_level("DEBUG", logger="lattice_tg"):
        client = TargetGroupClient()

    assert endpoint_type(client.boto3_client) is Endpoint
    assert "The endpoint of this version of botocore cannot be replaced." in caplog.text


def test_clients_without_an_endpoint_stay_as_they_are() -> None:
    """If a client has no ``_endpoint``, nothing is replaced."""
    assert set_endpoint(object()) is False
