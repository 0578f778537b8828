"""The New Relic agent, which replaces methods of botocore's clients and adds headers to the requests of http.client."""

import asyncio
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, RetryPolicy, TargetGroupClient
from support.sample_groups import ID
from support.scripted_server import ScriptedServer, serve_scripts

BODY = b'{"id": "%b"}' % ID.encode()
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
OPTIONS: dict[str, Any] = {"retry": RetryPolicy.disabled(), "region_name": "eu-west-1"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("NEW_RELIC_LICENSE_KEY", "0" * 40)
    monkeypatch.setenv("NEW_RELIC_APP_NAME", "test")
    monkeypatch.setenv("NEW_RELIC_DEVELOPER_MODE", "true")  # The agent sends nothing.


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts([RESPONSE]) as server:
        yield server


def test_requests_in_a_transaction_work_and_have_trace_headers(server: ScriptedServer) -> None:
    """The agent sets attributes of the serializer, and adds the headers of distributed tracing to each request.

    The agent does not follow a transaction into ``asyncio.run()``.
    """
    agent: Any = import_module("newrelic.agent")
    agent.initialize()
    application = agent.register_application(timeout=10.0)

    async def get() -> None:
        async with AsyncTargetGroupClient(endpoint_url=server.url, **OPTIONS) as client:
            for _ in range(4):
                assert (await client.get(ID)).id == ID

    with TargetGroupClient(endpoint_url=server.url, **OPTIONS) as client:
        for _ in range(3):
            assert client.get(ID).id == ID
        server.requests.clear()
        with agent.BackgroundTask(application, name="test"):
            for _ in range(4):
                assert client.get(ID).id == ID
            asyncio.run(get())

    assert [request.lower().count(b"\r\ntraceparent: ") for _, request in server.requests] == [1] * 4 + [0] * 4
