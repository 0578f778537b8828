"""Fixtures for the tests of the transport: credentials, and a record of the requests sent in the event loop."""

from typing import Any

import pytest

from lattice_tg.transport.api import VpcLatticeApi


@pytest.fixture
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials and a Region in environment variables, where clients created by the library find them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def sent_in_loop(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Record whether each attempt was sent in the event loop."""
    recorded: list[bool] = []
    send = VpcLatticeApi.call_without_blocking

    async def record(api: VpcLatticeApi, *arguments: Any) -> Any:
        index = len(recorded)
        recorded.append(True)  # The request may raise an error.
        response = await send(api, *arguments)
        recorded[index] = response is not None
        return response

    monkeypatch.setattr(VpcLatticeApi, "call_without_blocking", record)
    return recorded
