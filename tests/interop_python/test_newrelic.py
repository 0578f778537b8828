"""The New Relic agent, which replaces methods of botocore's clients and adds headers to the requests of http.client."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, RetryPolicy, TargetGroupClient
from support.sample_groups import ID
from support.scripted_server import ScriptedServer

OPTIONS: dict[str, Any] = {"retry": RetryPolicy.disabled()}


@pytest.fixture(autouse=True)
def environment(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials, and keep the tool from sending data."""
    monkeypatch.setenv("NEW_RELIC_LICENSE_KEY", "0" * 40)
    monkeypatch.setenv("NEW_RELIC_APP_NAME", "test")
    monkeypatch.setenv("NEW_RELIC_DEVELOPER_MODE", "true")  # The agent sends nothing.


def test_requests_in_a_transaction_work_and_have_trace_headers(recording_server: ScriptedServer) -> None:
    """The agent sets attributes of the serializer, and adds the headers of distributed tracing to each request.

    The agent does not follow a transaction into ``asyncio.run()``.
    """
    agent: Any = import_module("newrelic.agent")
    agent.initialize()
    application = agent.register_application(timeout=10.0)

    async def get() -> None:
        async with AsyncTargetGroupClient(endpoint_url=recording_server.url, **OPTIONS) as client:
            for _ in range(4):
                assert (await client.get(ID)).id == ID

    with TargetGroupClient(endpoint_url=recording_server.url, **OPTIONS) as client:
        for _ in range(3):
            assert client.get(ID).id == ID
        recording_server.requests.clear()
        with agent.BackgroundTask(application, name="test"):
            for _ in range(4):
                assert client.get(ID).id == ID
            asyncio.run(get())

    assert [request.lower().count(b"\r\ntraceparent: ") for _, request in recording_server.requests] == [1] * 4 + [
        0
    ] * 4
