"""Datadog's ddtrace, which traces the requests of botocore, urllib3 and http.client."""

from importlib import import_module
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config

from lattice_tg import RetryPolicy, TargetGroupClient
from support.sample_groups import ID
from support.scripted_server import ScriptedServer

DDTRACE: Any = import_module("ddtrace")
TRACING: Any = import_module("ddtrace.trace")
TRACE_FILTER: Any = TRACING.TraceFilter
OPTIONS: dict[str, Any] = {"retry": RetryPolicy.disabled()}


@pytest.fixture(autouse=True)
def environment(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials, and keep the tool from sending data."""
    monkeypatch.setenv("DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false")
    monkeypatch.setenv("DD_REMOTE_CONFIGURATION_ENABLED", "false")


def test_requests_have_the_same_spans_and_headers_as_with_boto3(recording_server: ScriptedServer) -> None:
    """Each request is traced, and no span stays open."""
    tracer, spans = TRACING.tracer, list[Any]()

    class Recorder(TRACE_FILTER):  # type: ignore[misc]
        def process_trace(self, trace: Any) -> None:
            spans.extend(trace)

    tracer.configure(trace_processors=[Recorder()])
    DDTRACE.patch(botocore=True, urllib3=True, httplib=True)
    plain = cast("Any", boto3).client(
        "vpc-lattice", "eu-west-1", endpoint_url=recording_server.url, config=Config(retries={"total_max_attempts": 1})
    )
    plain.get_target_group(targetGroupIdentifier=ID)
    plain.close()
    expected = sorted(span.name for span in spans)
    for _ in range(4):
        spans.clear()
        with TargetGroupClient(endpoint_url=recording_server.url, **OPTIONS) as client:
            assert tracer.current_span() is None
            client.get(ID)
            assert tracer.current_span() is None
        assert sorted(span.name for span in spans) == expected

    assert len(expected) >= 2
    headers = [[line.partition(b":")[0] for line in request.split(b"\r\n")] for _, request in recording_server.requests]
    assert all(sorted(names) == sorted(headers[0]) for names in headers)
