"""vcrpy, which records and replays HTTP."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, TargetGroup, TargetGroupClient, TargetGroupSpec
from lattice_tg.testing import serve

VCR: Any = import_module("vcr")
SPEC = TargetGroupSpec(name="resize", type="LAMBDA")


@pytest.mark.usefixtures("credentials")
def test_recorded_responses_are_replayed(tmp_path: Path) -> None:
    """After the server has stopped, both clients read the response that was recorded."""
    cassette = str(tmp_path / "create.yaml")
    with serve() as server, VCR.use_cassette(cassette):
        recorded = TargetGroupClient(endpoint_url=server.url).create(SPEC, client_token="token")

    async def replay() -> TargetGroup:
        async with AsyncTargetGroupClient(endpoint_url=server.url) as client:
            return await client.create(SPEC, client_token="token")

    with VCR.use_cassette(cassette, record_mode="none") as played:
        assert TargetGroupClient(endpoint_url=server.url).create(SPEC, client_token="token") == recorded
        assert played.play_count == 1
    with VCR.use_cassette(cassette, record_mode="none") as played:
        assert asyncio.run(replay()) == recorded
        assert played.play_count == 1
