"""The Sentry SDK, which adds trace headers to the requests of http.client and urllib3."""

import asyncio
from contextlib import nullcontext
from importlib import import_module
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config

from lattice_tg import AsyncTargetGroupClient, RetryPolicy, TargetGroupClient
from support.sample_groups import ID
from support.scripted_server import ScriptedServer

SENTRY: Any = import_module("sentry_sdk")
TRANSPORT: Any = import_module("sentry_sdk.transport").Transport
OPTIONS: dict[str, Any] = {"retry": RetryPolicy.disabled()}
HEADERS = (b"sentry-trace:", b"baggage:")


class NullTransport(TRANSPORT):  # type: ignore[misc]
    """A transport that sends nothing."""

    def capture_envelope(self, envelope: object) -> None: ...


def count_headers(request: bytes) -> list[int]:
    """Return how often each trace header occurs in a request, and how often its name is signed."""
    lines = request.lower().split(b"\r\n")
    return [sum(line.startswith(name) for line in lines) for name in HEADERS] + [
        request.partition(b"SignedHeaders=")[2].partition(b",")[0].count(name[:-1]) for name in HEADERS
    ]


def make_plain(server: ScriptedServer) -> Any:
    """Return a boto3 client without retries."""
    config = Config(retries={"total_max_attempts": 1})
    return cast("Any", boto3).client("vpc-lattice", "eu-west-1", endpoint_url=server.url, config=config)


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("lifecycle", ["static", "stream"])
def test_requests_have_the_same_trace_headers_as_with_boto3(lifecycle: str, recording_server: ScriptedServer) -> None:
    """This is true for requests through botocore, direct requests, and clients created before Sentry starts."""

    async def get() -> None:
        async with AsyncTargetGroupClient(endpoint_url=recording_server.url, **OPTIONS) as client:
            for _ in range(4):
                await client.get(ID)

    earlier_plain = make_plain(recording_server)
    with TargetGroupClient(endpoint_url=recording_server.url, **OPTIONS) as earlier:
        for _ in range(3):
            earlier.get(ID)
        recording_server.requests.clear()
        SENTRY.init(
            dsn="http://key@127.0.0.1:9/1",
            traces_sample_rate=1.0,
            trace_propagation_targets=[".*"],
            transport=NullTransport,
            _experiments={"trace_lifecycle": lifecycle},
        )
        plain = make_plain(recording_server)
        with SENTRY.start_transaction(name="test") if lifecycle == "static" else nullcontext():
            earlier_plain.get_target_group(targetGroupIdentifier=ID)
            for _ in range(4):
                earlier.get(ID)
            plain.get_target_group(targetGroupIdentifier=ID)
            with TargetGroupClient(endpoint_url=recording_server.url, **OPTIONS) as client:
                for _ in range(4):
                    client.get(ID)
            asyncio.run(get())
        plain.close()
        earlier_plain.close()

    counts = [count_headers(request) for _, request in recording_server.requests]
    assert counts == [*[counts[0]] * 5, *[counts[5]] * 9]
    assert counts[0][:2] == counts[5][:2] == [1, 1]
