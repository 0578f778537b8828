"""Tests of the contents of the wheel and the sdist."""

import filecmp
import tarfile
import tomllib
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from package.tracked_files import ROOT, list_files

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INFO = f"lattice_tg-{PROJECT['version']}.dist-info"
METADATA_FILES = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "sboms/lattice-tg.cdx.json"}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """Return the core metadata of the wheel."""
    return message_from_bytes(ZipFile(wheel).read(f"{INFO}/METADATA"))


def test_builds_are_reproducible(folder: Path, wheel: Path, sdist: Path) -> None:
    """Wheels from the sdist and from the source tree are identical, and so are the sdists of two builds."""
    names = [wheel.name, sdist.name]

    identical, _, _ = filecmp.cmpfiles(folder / "first", folder / "second", names, shallow=False)

    assert identical == names


def test_wheel_contains_only_the_package(wheel: Path) -> None:
    """The wheel contains every file of lattice_tg and the package metadata, and no other files."""
    names = set(ZipFile(wheel).namelist())

    assert names == list_files("lattice_tg") | {f"{INFO}/{name}" for name in METADATA_FILES}


def test_wheel_and_sdist_contain_the_py_typed_marker(wheel: Path, sdist: Path) -> None:
    """The wheel and the sdist contain py.typed, so that type checkers use the package's annotations (PEP 561)."""
    with tarfile.open(sdist) as archive:
        sdist_names = {name.partition("/")[2] for name in archive.getnames()}

    assert "lattice_tg/py.typed" in ZipFile(wheel).namelist()
    assert "lattice_tg/py.typed" in sdist_names


def test_sdist_contains_all_sources(sdist: Path) -> None:
    """The sdist contains the package, the tests, the docs, and the files that build and check them."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    root_files = {".gitignore", "LICENSE", "README.md", "noxfile.py", "pyproject.toml"}
    assert names == list_files(".ci", "docs", "lattice_tg", "tests") | root_files | {"PKG-INFO"}


def test_metadata_matches_pyproject(metadata: Message) -> None:
    """The wheel has the name, version, license, classifiers and requirements of pyproject.toml."""
    assert (metadata["Name"], metadata["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert (metadata["License-Expression"], metadata["Requires-Python"]) == ("MIT", PROJECT["requires-python"])
    extras = PROJECT["optional-dependencies"].items()
    assert metadata.get_all("Classifier", []) == PROJECT["classifiers"]
    optional = {f"{text}; extra == '{extra}'" for extra, texts in extras for text in texts}
    assert set(metadata.get_all("Requires-Dist", [])) == {*PROJECT["dependencies"], *optional}


def test_readme_is_the_description(metadata: Message) -> None:
    """The long description of the package is the README."""
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
