"""Tests that requests without botocore's events are the same as botocore's, and are not sent if a tool observes them."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import boto3
import botocore
import pytest
import wrapt
from botocore import auth as botocore_auth
from botocore import handlers as botocore_handlers
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.endpoint import Endpoint
from botocore.history import get_global_history_recorder
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.httpsession import URLLib3Session
from botocore.signers import RequestSigner
from botocore.stub import Stubber
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider

from lattice_tg import LatticeError, TargetGroupClient
from lattice_tg.transport import VpcLatticeApi, direct_sender
from lattice_tg.transport import session as session_module
from lattice_tg.transport.api import GET_TARGET_GROUP
from lattice_tg.transport.direct_sender import DirectSender, create_direct_sender
from support.api_operations import OPERATIONS
from support.compared_requests import RESPONSES, SUCCESS, constant_bytes
from support.http_stub import StubServer, http_response, serve
from support.sample_groups import ID, REQUESTS

pytestmark = pytest.mark.usefixtures("credentials")

REQUEST = {"targetGroupIdentifier": ID}


@pytest.fixture(autouse=True)
def sent_directly(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Record whether each request was sent without botocore's events."""
    recorded: list[bool] = []
    send = DirectSender.send

    def record(sender: DirectSender, *arguments: Any) -> Any:
        recorded.append(True)  # send() may raise an error.
        response = send(sender, *arguments)
        recorded[-1] = response is not None
        return response

    monkeypatch.setattr(DirectSender, "send", record)
    return recorded


@pytest.fixture
def stub() -> Generator[StubServer]:
    """Run a server that sends the same response to each request."""
    with serve(SUCCESS) as server:
        yield server


def make_api(url: str, **options: Any) -> VpcLatticeApi:
    """Return an API client for a new client of the library."""
    return VpcLatticeApi(TargetGroupClient(endpoint_url=url, **options).boto3_client)


def without_direct_sender(api: VpcLatticeApi) -> VpcLatticeApi:
    """Return an API client that sends every request with botocore's events."""
    object.__setattr__(api, "_direct_sender", None)
    return api


def send(api: Any, method: str, request: dict[str, Any]) -> None:
    """Send a request, without a check of the response."""
    api._send(OPERATIONS[method], request)


LISTENER = {"serviceIdentifier": "svc-1", "listenerIdentifier": "arn:aws:vpc-lattice:a/listener-1"}
RULE = {**LISTENER, "ruleIdentifier": "rule-1"}
TOKEN = {"clientToken": "token"}
SAMPLES: dict[str, dict[str, Any]] = {
    **REQUESTS,
    "create_target_group": {**REQUESTS["create_target_group"], **TOKEN},
    "get_listener": LISTENER,
    "update_listener": {**LISTENER, "defaultAction": {"fixedResponse": {"statusCode": 404}}},
    "get_rule": RULE,
    "update_rule": {**RULE, "priority": 3, "match": {"httpMatch": {"method": "GET"}}},
}
OTHERS: list[tuple[str, dict[str, Any]]] = [
    *SAMPLES.items(),
    ("create_target_group", {"name": "é/ü", "type": "LAMBDA", "tags": {"a b": "é"}, **TOKEN}),
    ("get_target_group", {"targetGroupIdentifier": f"arn:aws:vpc-lattice:eu-west-1:1:targetgroup/{ID} é?&=%~+"}),
    ("list_target_groups", {"maxResults": 100, "nextToken": "a+/=&?é %~", "targetGroupType": "IP"}),
    ("list_targets", {**REQUEST, "maxResults": 1, "nextToken": "x y", "targets": [{"id": "10.0.0.1", "port": 80}]}),
]
PREVALIDATED = [method for method in SAMPLES if OPERATIONS[method].is_prevalidated]


@pytest.mark.parametrize(("method", "request_"), [other for other in OTHERS if other[0] in PREVALIDATED])
@pytest.mark.parametrize("path", ["", "/", "/prefix", "/prefix/"])
def test_sent_bytes_equal_botocores(
    method: str, request_: dict[str, Any], path: str, stub: StubServer, sent_directly: list[bool]
) -> None:
    """The bytes of a request are the same as botocore's, even if it has other parameters than the first request."""
    api = make_api(stub.url + path)
    for request in (SAMPLES[method], request_, request_):
        send(api, method, request)
    send(without_direct_sender(api), method, request_)

    raws = [constant_bytes(request.raw) for request in stub.requests]
    assert raws[1] == raws[2] == raws[3]
    assert sent_directly == [False, True, True]


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("create_target_group", {"name": "null", "type": "LAMBDA", **TOKEN}),
        ("create_target_group", {"name": "orders", "type": "LAMBDA"}),
        ("list_target_groups", {"nextToken": None}),
    ],
)
def test_parameters_that_botocore_changes_are_sent_by_botocore(
    method: str, request_: dict[str, Any], stub: StubServer, sent_directly: list[bool]
) -> None:
    """botocore sends a request if it would add or remove a parameter."""
    api = make_api(stub.url)
    for request in (SAMPLES[method], SAMPLES[method], request_, SAMPLES[method]):
        send(api, method, request)

    assert sent_directly == [False, True, False, True]
    body = stub.requests[2].body
    assert body is None or (body["clientToken"] and {**body, **request_} == body)


def call(api: VpcLatticeApi) -> Any:
    """Return the response to a request, or the errors."""
    try:
        return api.call(GET_TARGET_GROUP, REQUEST)
    except LatticeError as error:
        cause: Any = error.__cause__
        return repr(error), repr(cause), getattr(cause, "response", None)


@pytest.mark.parametrize("response", RESPONSES)
def test_results_equal_botocores(response: str, sent_directly: list[bool]) -> None:
    """The result or the error is the same as botocore's, and each attempt sends one request."""
    with serve(SUCCESS, SUCCESS, RESPONSES[response]) as stub:
        api = make_api(stub.url, read_timeout_seconds=0.2)
        for _ in range(2):
            call(api)
        results = [call(api), call(without_direct_sender(api))]

    assert results[0] == results[1]
    assert len(stub.requests) == 4
    assert sent_directly == [False, True, True]


def test_unreachable_endpoint_raises_the_same_error(sent_directly: list[bool]) -> None:
    """If no server listens, the error is the same as botocore's."""
    with serve(SUCCESS) as stub:
        api = make_api(stub.url)
        for _ in range(2):
            call(api)
    results = [call(api), call(without_direct_sender(api))]

    assert results[0] == results[1]
    assert "EndpointConnectionError" in results[0][1]
    assert sent_directly == [False, True, True]


Observe = Callable[[Any, list[object]], Any]
"""Function that starts to observe the requests of a boto3 client. The result is a context manager."""


def handler(event: str) -> Observe:
    @contextmanager
    def observe(client: Any, observed: list[object]) -> Generator[None]:
        def record(**_: object) -> None:
            observed.append(event)

        client.meta.events.register(event, record)
        try:
            yield
        finally:
            client.meta.events.unregister(event, record)

    return observe


def patched(owner: Callable[[Any], Any], name: str) -> Observe:
    def observe(client: Any, observed: list[object]) -> Any:
        original = getattr(owner(client), name)

        @wraps(original)
        def record(*arguments: Any, **options: Any) -> Any:
            observed.append(name)
            return original(*arguments, **options)

        return patch.object(owner(client), name, record)

    return observe


def patched_class(cls: type, name: str) -> Observe:
    return patched(lambda _: cls, name)


def wrapped(cls: type, name: str) -> Observe:
    @contextmanager
    def observe(_: Any, observed: list[object]) -> Generator[None]:
        def record(original: Any, _: object, arguments: Any, options: Any) -> Any:
            observed.append(name)
            return original(*arguments, **options)

        original = vars(cls)[name]
        wrapper: Any = wrapt.FunctionWrapper(original, record)
        with patch.object(cls, name, wrapper):
            yield

    return observe


def specified(owner: Callable[[Any], Any], name: str) -> Observe:
    """Replace a method by a mock that has the signature of the method."""

    @contextmanager
    def observe(client: Any, observed: list[object]) -> Generator[None]:
        original = getattr(owner(client), name)

        def record(*arguments: Any, **options: Any) -> Any:
            observed.append(name)
            return original(*arguments, **options)

        with patch.object(owner(client), name, autospec=True, side_effect=record):
            yield

    return observe


def logged(name: str) -> Observe:
    @contextmanager
    def observe(_: Any, observed: list[object]) -> Generator[None]:
        class RecordHandler(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                observed.append(record)

        logger, log_handler = logging.getLogger(name), RecordHandler()
        logger.addHandler(log_handler)
        logger.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            logger.setLevel(logging.NOTSET)
            logger.removeHandler(log_handler)

    return observe


@contextmanager
def history(_: Any, observed: list[object]) -> Generator[None]:
    recorder: Any = get_global_history_recorder()

    class RecordHandler:
        def emit(self, event_type: str, *_: object) -> None:
            observed.append(event_type)

    record_handler = RecordHandler()
    recorder.add_handler(record_handler)
    recorder.enable()
    try:
        yield
    finally:
        recorder.disable()
        recorder._handlers.remove(record_handler)


EVENTS = (
    *("provide-client-params", "before-parameter-build", "before-endpoint-resolution", "before-call"),
    *("request-created", "choose-signer", "before-sign", "before-send", "before-parse", "response-received"),
    *("needs-retry", "after-call"),
)


class SpanRecorder(SpanProcessor):
    """A processor that records the names of spans."""

    def __init__(self, observed: list[object]) -> None:
        self._observed = observed

    def on_end(self, span: ReadableSpan) -> None:
        """Record a span."""
        self._observed.append(span.name)


@contextmanager
def traced(_: Any, observed: list[object]) -> Generator[None]:
    provider, instrumentor = TracerProvider(), cast("Any", BotocoreInstrumentor)()
    provider.add_span_processor(SpanRecorder(observed))
    instrumentor.instrument(tracer_provider=provider)
    try:
        yield
    finally:
        instrumentor.uninstrument()


PATCHED_METHODS: list[tuple[type, str]] = [
    (cls, name)
    for cls, names in {
        BaseClient: "_make_api_call _emit_api_params _resolve_endpoint_ruleset _convert_to_request_dict _make_request",
        EventAliaser: "emit emit_until_response",
        HierarchicalEmitter: "emit emit_until_response _emit",
        Endpoint: "make_request _send_request create_request prepare_request _get_response _do_get_response _send "
        "_needs_retry",
        URLLib3Session: "send",
        RequestSigner: "sign",
        AWSRequest: "__init__ prepare",
        AWSPreparedRequest: "__init__",
        SigV4Auth: "add_auth",
    }.items()
    for name in names.split()
]
OBSERVERS: dict[str, Observe] = {
    "all events": handler("*"),
    **{event: handler(f"{event}.vpc-lattice.GetTargetGroup") for event in EVENTS if event != EVENTS[2]},
    **{f"{event}.*": handler(f"{event}.*") for event in EVENTS},
    **{f"{cls.__name__}.{name}": patched_class(cls, name) for cls, name in PATCHED_METHODS},
    **{f"wrapped {cls.__name__}.{name}": wrapped(cls, name) for cls, name in PATCHED_METHODS},
    "specified class": specified(lambda _: BaseClient, "_make_api_call"),
    "specified client": specified(lambda client: client, "get_target_group"),
    "client class": patched(type, "get_target_group"),
    "client": patched(lambda client: client, "get_target_group"),
    "client.make": patched(lambda client: client, "_make_api_call"),
    "endpoint": patched(lambda client: client._endpoint, "make_request"),
    "endpoint.get": patched(lambda client: client._endpoint, "_do_get_response"),
    "endpoint.send": patched(lambda client: client._endpoint, "_send"),
    "endpoint rules": patched(lambda client: client._ruleset_resolver, "construct_endpoint"),
    "session": patched(lambda client: client._endpoint.http_session, "send"),
    "serializer": patched(lambda client: client._serializer, "serialize_to_request"),
    "signer": patched(lambda client: client._request_signer, "sign"),
    "events": patched(lambda client: client.meta.events, "emit"),
    **{
        name: logged(f"botocore.{name}")
        for name in ["auth", "endpoint", "hooks", "parsers", "regions", "retries.standard"]
    },
    "botocore": logged("botocore"),
    "history": history,
    "OpenTelemetry": traced,
}


@pytest.mark.parametrize("name", OBSERVERS)
def test_observed_requests_are_sent_by_botocore(name: str, stub: StubServer, sent_directly: list[bool]) -> None:
    """A tool observes a request, whether or not other requests were sent before the tool was started."""
    api, observe = make_api(stub.url), OBSERVERS[name]
    before, after = list[object](), list[object]()

    with observe(api.client, before):
        get(api, count=3)
    get(api, count=2)
    with observe(api.client, after):
        get(api, count=3)
    get(api, count=2)

    assert len(before) >= len(after) > 0
    assert len(after) % 3 == 0
    assert [sent_directly[index] for index in (*range(3), 4, *range(5, 8), 9)] == [*[False] * 3, True] * 2
    assert len(stub.requests) == 10


def get(api: VpcLatticeApi, *, count: int) -> None:
    """Get a target group several times."""
    for _ in range(count):
        api.call(GET_TARGET_GROUP, REQUEST)


def test_methods_patched_before_the_first_request_are_called(stub: StubServer, sent_directly: list[bool]) -> None:
    """A method stays patched if the patch was applied before the client was created."""
    observed: list[object] = []
    with OBSERVERS["Endpoint.prepare_request"](None, observed):
        api = make_api(stub.url)
        get(api, count=3)

    assert len(observed) == 3
    assert sent_directly == [False] * 3


class EqualHandler:
    """An event handler that equals the handler that it replaces."""

    def __init__(self, replaced: Any) -> None:
        self._replaced = replaced
        self.count = 0

    def __call__(self, **options: Any) -> Any:
        self.count += 1
        return self._replaced(**options)

    def __eq__(self, other: object) -> bool:
        return other is self or other is self._replaced

    def __hash__(self) -> int:
        return hash(self._replaced)


def test_equal_handlers_are_called(stub: StubServer, sent_directly: list[bool]) -> None:
    """A handler that replaces an equal handler is called, even if the user sends a request first."""
    api, replaced = make_api(stub.url), cast("Any", botocore_handlers).add_retry_headers
    get(api, count=2)
    handler = EqualHandler(replaced)
    api.client.meta.events.unregister("request-created", replaced)
    api.client.meta.events.register("request-created", handler)
    api.client.get_target_group(**REQUEST)
    get(api, count=3)

    assert handler.count == 4
    assert sent_directly == [False, True, False, False, False]


def test_stubs_respond(stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore's Stubber responds to requests while it is active."""
    api = make_api(stub.url)
    stubber: Any = cast("Any", Stubber)(api.client)
    stubber.add_response("get_target_group", {"id": ID, "name": "stubbed"}, REQUEST)
    get(api, count=2)
    with stubber:
        assert api.call(GET_TARGET_GROUP, REQUEST)["name"] == "stubbed"
    for _ in range(2):
        assert api.call(GET_TARGET_GROUP, REQUEST)["name"] == "orders"

    assert sent_directly == [False, True, False, False, True]


def headers_of(stub: StubServer, name: str) -> list[str]:
    """Return the values of a header in all requests."""
    lines = [line for request in stub.requests for line in request.raw.decode().split("\r\n")]
    return [line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name}:")]


def test_trace_ids_of_lambda_are_sent(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, sent_directly: list[bool]
) -> None:
    """In a Lambda function, each request contains the trace id of the current invocation."""
    api = make_api(stub.url)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "resize")
    for number in range(4):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={number}")
        api.call(GET_TARGET_GROUP, REQUEST)
    without_direct_sender(api).call(GET_TARGET_GROUP, REQUEST)

    assert headers_of(stub, "x-amzn-trace-id") == ["Root=0", "Root=1", "Root=2", "Root=3", "Root=3"]
    assert constant_bytes(stub.requests[3].raw) == constant_bytes(stub.requests[4].raw)
    assert sent_directly == [False, True, True, True]


def test_credentials_are_read_for_each_request(stub: StubServer, sent_directly: list[bool]) -> None:
    """Requests contain the session token of the current credentials. Without credentials, no request is sent."""
    session: Any = boto3.Session()
    api = make_api(stub.url, session=session)
    signer = api.client._request_signer
    for token in (None, None, "first", "second", "second"):
        signer._credentials = cast("Any", Credentials)("key", "secret", token)
        api.call(GET_TARGET_GROUP, REQUEST)
    signer._credentials = None
    error = call(api)

    assert headers_of(stub, "x-amz-security-token") == ["first", "second", "second"]
    assert "NoCredentialsError" in error[1]
    assert sent_directly == [False, True, True, True, True, True]


def test_refreshed_credentials_are_used(stub: StubServer, sent_directly: list[bool]) -> None:
    """If credentials are refreshed between two requests, the second request uses the new credentials."""
    keys = iter(["first", "second", "third"])

    def refresh() -> dict[str, str]:
        key = next(keys)
        return {"access_key": key, "secret_key": key, "token": key, "expiry_time": "2000-01-01T00:00:00Z"}

    api = make_api(stub.url)
    get(api, count=2)
    create = cast("Any", RefreshableCredentials).create_from_metadata
    metadata = {**refresh(), "expiry_time": "2999-01-01T00:00:00Z"}
    api.client._request_signer._credentials = credentials = create(metadata, refresh, "test")
    api.call(GET_TARGET_GROUP, REQUEST)
    credentials._expiry_time = credentials._time_fetcher()
    credentials._refresh_using = lambda: {**refresh(), "expiry_time": "2999-01-01T00:00:00Z"}
    api.call(GET_TARGET_GROUP, REQUEST)

    assert headers_of(stub, "x-amz-security-token") == ["first", "second"]
    assert sent_directly == [False, True, True, True]


CONFIGS = {
    "retries": Config(retries={"total_max_attempts": 2}),
    "unsigned": Config(signature_version=cast("Any", botocore).UNSIGNED),
    "legacy retries": Config(retries={"mode": "legacy", "total_max_attempts": 1}),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_unusual_clients_send_with_botocore(name: str, stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends all requests of clients with special settings."""
    api = make_api(stub.url, config=CONFIGS[name])
    get(api, count=3)

    assert sent_directly == [False] * 3
    assert len(stub.requests) == 3


def test_proxies_are_used(stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends requests through a proxy."""
    api = make_api("http://example.invalid", config=Config(proxies={"http": stub.url}))
    get(api, count=3)

    assert {request.line for request in stub.requests} == {f"GET http://example.invalid/targetgroups/{ID} HTTP/1.1"}
    assert sent_directly == [False] * 3


def test_other_requests_are_sent_by_botocore(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, sent_directly: list[bool]
) -> None:
    """If the sender does not build the same request as botocore, botocore sends the requests."""

    def add_header(params: dict[str, Any]) -> None:
        params["headers"]["a"] = "b"

    monkeypatch.setattr(direct_sender, "add_recursion_detection_header", add_header)
    api = make_api(stub.url)
    get(api, count=3)

    assert sent_directly == [False] * 3
    assert headers_of(stub, "a") == []


def test_sample_is_repeated_if_the_clock_advances(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, sent_directly: list[bool]
) -> None:
    """If the time changes between a sample and the request that is compared with it, another sample is built."""
    prepared_operation: Any = vars(direct_sender)["_PreparedOperation"]
    build_request, dates = prepared_operation.build_request, iter(["20261126T120000Z"])

    def build_at_other_time(prepared: Any, *arguments: Any) -> Any:
        request = build_request(prepared, *arguments)
        request.headers["X-Amz-Date"] = next(dates, request.headers["X-Amz-Date"])
        return request

    monkeypatch.setattr(prepared_operation, "build_request", build_at_other_time)
    api = make_api(stub.url)
    get(api, count=2)

    assert next(dates, None) is None
    assert sent_directly == [False, True]


def test_errors_of_samples_are_not_raised(stub: StubServer, sent_directly: list[bool]) -> None:
    """If the sender cannot compare a sample, botocore sends the requests."""
    api = make_api(stub.url)
    api.client.meta.events.unregister("request-created", cast("Any", botocore_handlers).add_retry_headers)
    get(api, count=3)

    assert sent_directly == [False] * 3
    assert len(stub.requests) == 3


def test_errors_of_checks_are_not_raised(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, sent_directly: list[bool]
) -> None:
    """If another version of botocore has no attribute that the checks use, botocore sends the requests."""

    def fail(*_: object) -> None:
        raise AttributeError

    monkeypatch.setattr(direct_sender, "_iter_handlers", fail)
    get(make_api(stub.url), count=3)

    assert sent_directly == [False] * 3
    assert len(stub.requests) == 3


def test_handlers_of_errors_are_called(sent_directly: list[bool]) -> None:
    """An ``after-call-error`` handler also observes a successful response that cannot be parsed."""
    with serve(SUCCESS, SUCCESS, http_response(200, b"[]")) as stub:
        api, observed = make_api(stub.url), list[object]()
        with handler("after-call-error.*")(api.client, observed):
            get(api, count=2)
            call(api)

    assert len(observed) == 1
    assert sent_directly == [False] * 3


class OtherSigner(SigV4Auth):  # type: ignore[misc]
    """A signer that uses an attribute of botocore's requests, as the signer of the AWS Common Runtime does."""

    def add_auth(self, request: Any) -> None:
        """Sign a request."""
        assert request.body is None
        cast("Any", super()).add_auth(request)


@pytest.mark.parametrize("sent_before", [0, 2])
def test_other_signers_are_used(
    sent_before: int, stub: StubServer, monkeypatch: pytest.MonkeyPatch, sent_directly: list[bool]
) -> None:
    """botocore sends the requests if it uses another signer, such as the signer of the AWS Common Runtime."""
    api = make_api(stub.url)
    get(api, count=sent_before)
    monkeypatch.setitem(cast("Any", botocore_auth).AUTH_TYPE_MAPS, "v4", OtherSigner)
    get(api, count=3)

    assert sent_directly[sent_before:] == [False] * 3
    assert len(stub.requests) == 3 + sent_before


class CountingCredentials(Credentials):  # type: ignore[misc]
    """Credentials that are counted when they are read."""

    count = 0

    def get_frozen_credentials(self) -> Any:
        """Return credentials that cannot change."""
        self.count += 1
        return cast("Any", super()).get_frozen_credentials()


@pytest.mark.parametrize("response", ["throttled", "no response", "success"])
def test_credentials_are_read_once_per_request(response: str) -> None:
    """A request reads the credentials one time, even if it fails."""
    with serve(SUCCESS, SUCCESS, RESPONSES[response]) as stub:
        api = make_api(stub.url)
        api.client._request_signer._credentials = credentials = cast("Any", CountingCredentials)("key", "secret")
        get(api, count=2)
        credentials.count = 0
        call(api)

    assert credentials.count == 1


def test_first_request_may_contain_null(stub: StubServer, sent_directly: list[bool]) -> None:
    """Parameters that botocore must serialize do not change how later requests are sent."""
    api = make_api(stub.url)
    for name in ("nullable", "orders", "orders", "nullable", "orders"):
        send(api, "create_target_group", {"name": name, "type": "LAMBDA", **TOKEN})

    assert sent_directly == [False, False, True, False, True]


@pytest.mark.parametrize("name", ["_serializer", "_endpoint", "_endpoint._event_emitter", "_endpoint.http_session"])
def test_replaced_objects_are_used(name: str, stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends the requests if an object that it uses for requests is replaced."""
    api = make_api(stub.url)
    get(api, count=2)
    owner, _, attribute = name.rpartition(".")
    holder = attrgetter(owner)(api.client) if owner else api.client
    replaced = getattr(holder, attribute)
    proxy = Recorder(getattr(replaced, "serializer", replaced))
    setattr(holder, attribute, proxy)
    get(api, count=3)

    assert proxy.count >= 3
    assert sent_directly[2:] == [False] * 3


class Recorder:
    """An object that counts how many attributes of another object are used."""

    def __init__(self, recorded: Any) -> None:
        self._recorded = recorded
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        self.count += 1
        return getattr(self._recorded, name)


def test_botocores_endpoint_is_used(stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends the requests if the client has botocore's endpoint again."""
    api = make_api(stub.url)
    get(api, count=2)
    api.client._endpoint.__class__ = Endpoint
    get(api, count=3)

    assert sent_directly == [False, True, False, False, False]


def test_other_endpoint_rules_are_evaluated(stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends the requests if the endpoint may depend on the parameters of a request."""
    api = make_api(stub.url)
    resolver = api.client._ruleset_resolver
    resolver._param_definitions = {**resolver._param_definitions, "Name": SimpleNamespace(builtin=None)}
    get(api, count=3)

    assert sent_directly == [False] * 3


def test_proxies_set_later_are_used(stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends requests through a proxy that was set after the first request."""
    proxies: dict[str, str] = {}
    api = make_api(stub.url, config=Config(proxies=proxies))
    get(api, count=2)
    proxies["http"] = stub.url
    get(api, count=2)

    assert stub.requests[-1].line == f"GET {stub.url}/targetgroups/{ID} HTTP/1.1"
    assert sent_directly == [False, True, False, False]


@pytest.mark.parametrize("event", ["before-parameter-build", "before-send"])
def test_handlers_added_by_another_thread_do_not_receive_samples(
    event: str, stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler that is added while a sample is built receives only requests that are sent."""
    api, received = make_api(stub.url), list[object]()
    prepare: Any = vars(direct_sender)["_prepare_from_sample"]

    def receive(**_: object) -> None:
        received.append(None)

    def add_handler_and_prepare(*arguments: Any) -> Any:
        api.client.meta.events.register(f"{event}.vpc-lattice", receive)
        return prepare(*arguments)

    get(api, count=1)
    monkeypatch.setattr(direct_sender, "_prepare_from_sample", add_handler_and_prepare)
    get(api, count=2)

    assert len(received) == 2
    assert len(stub.requests) == 3


def test_clients_without_the_serializer_send_with_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore sends all requests of a client that has botocore's serializer."""

    def set_no_serializer(_: object) -> bool:
        return False

    monkeypatch.setattr(session_module, "set_serializer", set_no_serializer)

    assert create_direct_sender(TargetGroupClient().boto3_client) is None


@pytest.mark.parametrize("attribute", ["_endpoint", "_serializer", "_ruleset_resolver"])
def test_clients_of_other_versions_send_with_botocore(attribute: str) -> None:
    """If a client has no attribute that the sender uses, botocore sends all requests."""
    client = TargetGroupClient().boto3_client
    assert create_direct_sender(client) is not None

    delattr(client, attribute)

    sender = create_direct_sender(client)
    assert sender is None or sender.send("GetTargetGroup", "get_target_group", REQUEST) is None


def test_passed_clients_send_with_botocore(stub: StubServer, sent_directly: list[bool]) -> None:
    """botocore sends all requests of a client that the user passed."""
    client: Any = cast("Any", boto3).Session().client("vpc-lattice", endpoint_url=stub.url)
    for _ in range(3):
        TargetGroupClient(boto3_client=client).get(ID)

    assert create_direct_sender(client) is None
    assert sent_directly == []
