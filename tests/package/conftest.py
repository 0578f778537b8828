"""What the session ``package`` of nox built and installed, by the folder that it names in the environment."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder() -> Path:
    """It holds two builds, and two environments that have the wheel."""
    return Path(os.environ["PACKAGE_FOLDER"])


@pytest.fixture(scope="session")
def wheel(folder: Path) -> Path:
    (wheel,) = folder.glob("built/*.whl")
    return wheel


@pytest.fixture(scope="session")
def sdist(folder: Path) -> Path:
    (sdist,) = folder.glob("built/*.tar.gz")
    return sdist


@pytest.fixture(scope="session")
def bare(folder: Path) -> Path:
    """A Python that has the wheel, and what it needs."""
    return folder / "bare" / "bin" / "python"


@pytest.fixture(scope="session")
def full(folder: Path) -> Path:
    """A Python that has the wheel with all its extras."""
    return folder / "full" / "bin" / "python"
