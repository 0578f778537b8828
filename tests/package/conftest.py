"""Fixtures for the distributions that ``nox -s package`` built and installed."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder() -> Path:
    """Return the directory with two builds and two virtual environments that contain the wheel."""
    return Path(os.environ["PACKAGE_FOLDER"])


@pytest.fixture(scope="session")
def wheel(folder: Path) -> Path:
    """Return the wheel that was built from the sdist."""
    (wheel,) = folder.glob("first/*.whl")
    return wheel


@pytest.fixture(scope="session")
def sdist(folder: Path) -> Path:
    """Return the sdist of the first build."""
    (sdist,) = folder.glob("first/*.tar.gz")
    return sdist


@pytest.fixture(scope="session")
def bare(folder: Path) -> Path:
    """Return the Python interpreter of an environment with the wheel and its required dependencies."""
    return folder / "bare" / "bin" / "python"


@pytest.fixture(scope="session")
def full(folder: Path) -> Path:
    """Return the Python interpreter of an environment with the wheel and all extras."""
    return folder / "full" / "bin" / "python"
