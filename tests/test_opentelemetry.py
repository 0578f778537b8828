"""The instrumentation together with OpenTelemetry's SDK and its instrumentation of botocore."""

import asyncio
import gc
import json
import re
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.metadata import entry_points
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from lattice_tg import (
    AccessDeniedError,
    AsyncTargetGroupClient,
    InvalidSpecError,
    ResourceNotFoundError,
    RetryPolicy,
    ShiftError,
    Target,
    TargetGroupClient,
    TargetGroupSpec,
    TransportError,
)
from lattice_tg.opentelemetry import LatticeInstrumentor
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.clients import MakeClient, use_asyncio
from support.http_stub import http_response, serve
from support.routes import GREEN_TARGET, open_shop
from support.sample_groups import FUNCTION, ID, SPEC, wire_group
from support.scripted_server import serve_scripts

CREATE, GET = "CreateTargetGroup", "GetTargetGroup"
TARGETS = [Target.ip(f"10.0.{index // 100}.{index % 100 + 1}") for index in range(250)]


@pytest.fixture(params=["blocking", "asyncio"])
def client_class(request: pytest.FixtureRequest) -> Generator[str]:
    """Use the blocking client or the asyncio client, and return the name of its class."""
    if request.param == "blocking":
        yield "TargetGroupClient"
    else:
        with use_asyncio():
            yield "AsyncTargetGroupClient"


@pytest.fixture
def provider() -> TracerProvider:
    """Return a tracer provider of the SDK."""
    return TracerProvider(shutdown_on_exit=False)


@pytest.fixture(autouse=True)
def exporter(provider: TracerProvider) -> Generator[InMemorySpanExporter]:
    """Instrument the clients and botocore, and yield an exporter that keeps the finished spans."""
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentors: list[Any] = [BotocoreInstrumentor(), LatticeInstrumentor()]  # type: ignore[no-untyped-call]
    for instrumentor in instrumentors:
        instrumentor.instrument(tracer_provider=provider)
    yield exporter
    for instrumentor in instrumentors:
        instrumentor.uninstrument()


def take_tree(exporter: InMemorySpanExporter) -> dict[str, list[str]]:
    """Return the names of the children of each root span, and forget the spans."""
    spans = exporter.get_finished_spans()
    exporter.clear()
    roots = [span for span in spans if span.parent is None]
    assert len(roots) == len({root.name for root in roots})
    return {root.name: [span.name for span in spans if is_child(span, root)] for root in roots}


def is_child(span: ReadableSpan, parent: ReadableSpan) -> bool:
    return span.parent is not None and span.parent.span_id == context_of(parent).span_id


def context_of(span: ReadableSpan) -> SpanContext:
    context: SpanContext | None = span.context
    assert context is not None
    return context


def find_root(exporter: InMemorySpanExporter) -> ReadableSpan:
    (root,) = [span for span in exporter.get_finished_spans() if span.parent is None]
    return root


def test_a_throttled_create_is_one_trace(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """A create that is throttled twice is one successful span with three children of botocore and three events."""
    lattice.throttle(CREATE, times=2)

    make_client().create(FUNCTION)

    root = find_root(exporter)
    assert (root.status.is_ok, root.attributes) == (
        True,
        {"code.function.name": f"lattice_tg.{client_class}.create"},
    )
    facts: list[dict[str, Any]] = [dict(event.attributes or {}) for event in root.events]
    assert all(fact.pop("aws.request_id") for fact in facts)
    request = {"lattice_tg.operation": CREATE, "lattice_tg.target_group": FUNCTION.name}
    throttled = {"error.type": "ThrottlingException", "http.response.status_code": 429}
    assert [(event.name, fact) for event, fact in zip(root.events, facts, strict=True)] == [
        ("lattice_tg.attempt", {**request, "lattice_tg.attempt": 1, **throttled}),
        ("lattice_tg.attempt", {**request, "lattice_tg.attempt": 2, **throttled}),
        ("lattice_tg.attempt", {**request, "lattice_tg.attempt": 3, "http.response.status_code": 201}),
    ]
    assert take_tree(exporter) == {f"{client_class}.create": [f"VPC Lattice.{CREATE}"] * 3}


def test_the_trace_header_arrives_at_the_server(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient
) -> None:
    """Each request has the trace header of botocore's span, in the trace of the method."""
    with serve(http_response(500), http_response(200, wire_group())) as stub:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(wait=lambda _: 0)).get(ID)

    root, children = find_root(exporter), [span for span in exporter.get_finished_spans() if span.parent]
    trace_id = f"{context_of(root).trace_id:032x}"
    expected = [
        f"Root=1-{trace_id[:8]}-{trace_id[8:]};Parent={context_of(span).span_id:016x};Sampled=1" for span in children
    ]
    headers = [re.findall(rb"(?i)^x-amzn-trace-id: (.*)\r$", request.raw, re.MULTILINE) for request in stub.requests]
    assert headers == [[header.encode()] for header in expected]
    assert root.name == f"{client_class}.get"


def test_a_span_is_a_child_of_the_callers_span(
    client_class: str,
    exporter: InMemorySpanExporter,
    provider: TracerProvider,
    make_client: MakeClient,
    lattice: VpcLatticeEmulator,
) -> None:
    """The spans of methods that are called during a span of the application are children of this span."""
    with provider.get_tracer("app").start_as_current_span("deploy"):
        client = make_client()
        client.create(FUNCTION)
        list(client.list())

    assert take_tree(exporter) == {"deploy": [f"{client_class}.create", f"{client_class}.list"]}


@pytest.mark.parametrize("method", ["register_targets", "ensure_all", "plan_all"])
def test_bulk_work_is_one_trace(
    method: str, client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """All requests of a bulk operation are children of one span, whichever worker sends them."""
    client = make_client()
    group = client.create(SPEC, wait=True)
    specs = [SPEC, *(TargetGroupSpec(name=f"group-{index}", type="LAMBDA") for index in range(5))]
    exporter.clear()
    sent = len(lattice.calls)

    if method == "register_targets":
        client.register_targets(group, TARGETS)
    else:
        list(getattr(client, method)(specs))

    operations = [f"VPC Lattice.{call.operation}" for call in lattice.calls[sent:]]
    ((name, children),) = take_tree(exporter).items()
    assert (name, sorted(children)) == (f"{client_class}.{method}", sorted(operations))
    assert len(operations) >= 3


def test_work_in_an_executor_is_one_trace(
    exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """All requests that threads of the user's executor send are children of one span."""
    with ThreadPoolExecutor(2) as executor:
        list(make_client().ensure_all([SPEC, FUNCTION], executor=executor))

    ((name, children),) = take_tree(exporter).items()
    assert (name, len(children)) == ("TargetGroupClient.ensure_all", len(lattice.calls))


def test_a_call_without_requests_has_no_span(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """Invalid specs, lists that are not read and methods without requests create no span."""
    client = make_client().with_options(retry=RetryPolicy.disabled())

    with pytest.raises(InvalidSpecError):
        client.create(TargetGroupSpec(name="Not Valid", type="LAMBDA"))
    with closing(client.list()):
        pass
    del client
    gc.collect()

    assert exporter.get_finished_spans() == ()


def test_a_list_is_one_span(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """The span of a list includes all pages. Closing or dropping the iterator ends the span."""
    client = make_client()
    for index in range(101):
        lattice_group = TargetGroupSpec(name=f"group-{index}", type="LAMBDA")
        client.boto3_client.create_target_group(name=lattice_group.name, type="LAMBDA")
    exporter.clear()
    page = "VPC Lattice.ListTargetGroups"

    assert len(list(client.list())) == 101
    read = take_tree(exporter)
    groups = client.list()
    next(groups)
    assert [span.name for span in exporter.get_finished_spans()] == [page]
    groups.close()
    closed = take_tree(exporter)
    groups = client.list()
    next(groups)
    del groups
    gc.collect()

    name = f"{client_class}.list"
    assert (read, closed, take_tree(exporter)) == ({name: [page] * 2}, {name: [page]}, {name: [page]})


def test_a_step_of_a_shift_is_one_span(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, clock: VirtualClock, boto3_client: Any
) -> None:
    """Each step of a shift and each rollback is one span. The end of the iteration sends no request and has no span."""
    with mock_vpc_lattice(clock=clock) as lattice:
        shop = open_shop(lattice, make_client(clock=clock), boto3_client)
        shift = shop.route.shift(shop.blue, shop.green, steps=(50, 100), settle_seconds=0)
        exporter.clear()

        percentages = [step.percent for step in shift]
        steps = take_roots(exporter)
        shift.roll_back()

    prefix = "Async" if client_class.startswith("Async") else ""
    next_method = "AsyncShift.__anext__" if prefix else "Shift.__next__"
    assert (percentages, steps, take_roots(exporter)) == (
        [50, 100],
        [next_method] * 2,
        [f"{prefix}Shift.roll_back"],
    )


def test_a_failed_step_of_a_shift_has_the_status_error(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, clock: VirtualClock, boto3_client: Any
) -> None:
    """The span of a step that fails has the type of the error."""
    with mock_vpc_lattice(clock=clock) as lattice:
        shop = open_shop(lattice, make_client(clock=clock), boto3_client)
        lattice.set_target_status(shop.green.id, GREEN_TARGET, "UNHEALTHY")
        exporter.clear()
        with pytest.raises(ShiftError):
            next(shop.route.shift(shop.blue, shop.green, health_timeout_seconds=0))

    root = find_root(exporter)
    assert (root.status.is_ok, (root.attributes or {})["error.type"]) == (False, "ShiftError")


def take_roots(exporter: InMemorySpanExporter) -> list[str]:
    """Return the names of the root spans, and forget the spans."""
    spans = exporter.get_finished_spans()
    exporter.clear()
    return [span.name for span in spans if span.parent is None]


def test_an_exception_that_is_thrown_into_a_generator_ends_the_span(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """If the application throws an exception into the iterator, the span ends with this error."""
    client = make_client()
    client.create(FUNCTION)
    exporter.clear()
    groups = client.list()
    next(groups)

    with pytest.raises(LookupError):
        groups.throw(LookupError("stop"))

    root = find_root(exporter)
    assert (root.status.is_ok, root.status.description) == (False, "LookupError: stop")


def test_a_failed_call_has_the_status_error(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """The span of a call that raises an error has the status, the type and the exception."""
    with pytest.raises(ResourceNotFoundError) as caught:
        make_client().get(ID)

    root = find_root(exporter)
    assert (root.status.is_ok, root.status.description) == (False, f"ResourceNotFoundError: {caught.value}")
    assert (root.attributes or {})["error.type"] == "ResourceNotFoundError"
    assert [event.name for event in root.events] == ["lattice_tg.attempt", "exception"]


def test_a_lost_response_is_an_event(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """The event of an attempt without a response has the type of the error, and no status."""
    lattice.drop_response(GET)

    with pytest.raises(TransportError):
        make_client(retry=RetryPolicy.disabled()).get(ID)

    assert dict(find_root(exporter).events[0].attributes or {}) == {
        "lattice_tg.operation": GET,
        "lattice_tg.target_group": ID,
        "lattice_tg.attempt": 1,
        "error.type": "TransportError",
    }


def test_requests_in_the_event_loop_are_events(exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request for which the asyncio client needs no thread is an event of the span of the call, once."""
    body = json.dumps(wire_group()).encode()
    success = b"HTTP/1.1 200 OK\r\nx-amzn-RequestId: 1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    rejected = b"HTTP/1.1 403 No\r\nx-amzn-ErrorType: AccessDeniedException\r\nContent-Length: 0\r\n\r\n"

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")

    async def main(url: str) -> None:
        async with AsyncTargetGroupClient(endpoint_url=url, region_name="eu-west-1") as client:
            for _ in range(3):
                await client.get(ID)
            with pytest.raises(AccessDeniedError):
                await client.get(ID)

    BotocoreInstrumentor().uninstrument()  # type: ignore[no-untyped-call]
    try:
        with serve_scripts([success], [success], [success], [rejected]) as server:
            asyncio.run(main(server.url))
    finally:
        BotocoreInstrumentor().instrument()  # type: ignore[no-untyped-call]

    facts = {"lattice_tg.operation": GET, "lattice_tg.target_group": ID, "lattice_tg.attempt": 1}
    sent = {**facts, "http.response.status_code": 200, "aws.request_id": "1"}
    attempts = [
        [dict(event.attributes or {}) for event in span.events if event.name == "lattice_tg.attempt"]
        for span in exporter.get_finished_spans()
    ]
    assert attempts[:3] == [[sent], [sent], [sent]]
    assert attempts[3] == [{**facts, "error.type": "AccessDeniedException", "http.response.status_code": 403}]


def test_suppressed_instrumentation_creates_no_spans(
    client_class: str, exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """While instrumentation is suppressed, calls work and create no spans of their own."""
    with suppress_instrumentation():
        make_client().create(FUNCTION)

    assert not [span for span in exporter.get_finished_spans() if span.name.startswith(client_class)]


def test_uninstrument_restores_the_clients(
    exporter: InMemorySpanExporter, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """After uninstrument(), a client that was created before creates no spans of its own."""
    client = make_client()
    instrumented = vars(TargetGroupClient)["create"]
    LatticeInstrumentor().uninstrument()
    try:
        client.create(FUNCTION)

        assert vars(TargetGroupClient)["create"] is instrumented.__wrapped__
        assert take_tree(exporter) == {f"VPC Lattice.{CREATE}": []}
    finally:
        LatticeInstrumentor().instrument()


def test_type_errors_still_name_the_method(make_client: MakeClient) -> None:
    """The TypeError for a wrong argument names the method of the client."""
    options: dict[str, Any] = {"color": "red"}

    with pytest.raises(
        TypeError, match=r"\ATargetGroupClient\.create\(\) got an unexpected keyword argument 'color'\Z"
    ):
        make_client().create(FUNCTION, **options)


def test_opentelemetry_finds_the_instrumentor() -> None:
    """The command ``opentelemetry-instrument`` finds the instrumentor through its entry point."""
    (entry_point,) = entry_points(group="opentelemetry_instrumentor", name="lattice_tg")

    assert entry_point.load() is LatticeInstrumentor


def test_a_cancelled_call_ends_its_span(exporter: InMemorySpanExporter) -> None:
    """A cancellation ends the span. The request in flight adds no event after the end."""

    async def main(lattice: VpcLatticeEmulator) -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            lattice.delay(CREATE, seconds=0.3)
            task = asyncio.ensure_future(client.create(FUNCTION))
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            await asyncio.sleep(0.4)

    with mock_vpc_lattice() as lattice:
        asyncio.run(main(lattice))

    root = find_root(exporter)
    assert (root.name, (root.attributes or {})["error.type"]) == ("AsyncTargetGroupClient.create", "CancelledError")
    assert [event.name for event in root.events] == ["exception"]


def test_the_current_span_of_the_caller_is_unchanged(
    client_class: str, make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """The current span is the same before, during and after the iteration."""
    client = make_client()
    client.create(FUNCTION)
    before = trace.get_current_span()
    groups = client.list()

    spans = [trace.get_current_span() for _ in groups]

    assert [*spans, trace.get_current_span()] == [before] * 2
