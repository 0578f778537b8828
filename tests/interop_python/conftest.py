"""Fixtures for tests with other Python packages. The nox session ``interop_python`` installs each package on its own."""

from collections.abc import Generator

import pytest

from lattice_tg.testing import RunningServer, serve
from support.sample_groups import ID
from support.scripted_server import ScriptedServer, serve_scripts


@pytest.fixture
def server() -> Generator[RunningServer]:
    """Yield an emulator that is accessed over HTTP."""
    with serve() as server:
        yield server


@pytest.fixture
def recording_server() -> Generator[ScriptedServer]:
    """Yield a server that records requests and responds to each with a target group."""
    body = b'{"id": "%b"}' % ID.encode()
    with serve_scripts([b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)]) as server:
        yield server


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials and a Region."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
