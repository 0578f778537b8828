"""Options of the soak test."""

from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for the size and the seed of the soak."""
    parser.addoption("--soak-size", type=float, default=1.0, help="share of the full size (default: 1)")
    parser.addoption("--soak-seed", type=int, default=1, help="seed of the random numbers (default: 1)")


@pytest.fixture
def soak_size(request: pytest.FixtureRequest) -> float:
    """Return the share of the full size."""
    config: Any = request.config
    return float(config.getoption("--soak-size"))


@pytest.fixture
def soak_seed(request: pytest.FixtureRequest) -> int:
    """Return the seed of the random numbers."""
    config: Any = request.config
    return int(config.getoption("--soak-seed"))
