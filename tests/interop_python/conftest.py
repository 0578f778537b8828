"""Fixtures for tests with other Python packages. The nox session ``interop_python`` installs each package on its own."""

from collections.abc import Generator

import pytest

from lattice_tg.testing import RunningServer, serve


@pytest.fixture
def server() -> Generator[RunningServer]:
    """Yield an emulator that is accessed over HTTP."""
    with serve() as server:
        yield server


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials and a Region."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
