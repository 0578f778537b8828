"""A pytest plugin that runs each test inside the emulator."""

from collections.abc import Generator

import pytest

from lattice_tg.testing import mock_vpc_lattice


@pytest.fixture(autouse=True)
def emulator() -> Generator[None]:  # pyright: ignore[reportUnusedFunction]
    """Start an emulator for a test that knows only moto."""
    with mock_vpc_lattice():
        yield
