"""What is in the wheel and the sdist."""

import filecmp
import tarfile
import tomllib
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from package.tracked_files import HERE, kept

PROJECT: dict[str, Any] = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INFO = f"lattice_tg-{PROJECT['version']}.dist-info"
BESIDE = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "sboms/lattice-tg.cdx.json"}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    return message_from_bytes(ZipFile(wheel).read(f"{INFO}/METADATA"))


def test_two_builds_are_the_same(folder: Path, wheel: Path, sdist: Path) -> None:
    """A wheel built from the sdist and one built from the tree are the same bytes, and so are two sdists."""
    names = [wheel.name, sdist.name]

    same, _, _ = filecmp.cmpfiles(folder / "built", folder / "built again", names, shallow=False)

    assert same == names


def test_the_wheel_has_the_library_and_nothing_else(wheel: Path) -> None:
    """Every file of lattice_tg, the marker of its types among them, and what describes it."""
    names = set(ZipFile(wheel).namelist())

    assert names == kept("lattice_tg") | {f"{INFO}/{name}" for name in BESIDE}
    assert "lattice_tg/py.typed" in names


def test_the_sdist_has_what_it_takes_to_check_it(sdist: Path) -> None:
    """Library, tests, docs, and what runs and builds them."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    top = {".gitignore", "LICENSE", "README.md", "noxfile.py", "pyproject.toml"}
    assert names == kept(".ci", "docs", "lattice_tg", "tests") | top | {"PKG-INFO"}


def test_the_metadata_say_what_pyproject_says(metadata: Message) -> None:
    """Name, version, license, Pythons and requirements arrive in the wheel."""
    assert (metadata["Name"], metadata["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert (metadata["License-Expression"], metadata["Requires-Python"]) == ("MIT", PROJECT["requires-python"])
    extras = PROJECT["optional-dependencies"].items()
    named = {f"{text}; extra == '{extra}'" for extra, texts in extras for text in texts}
    assert set(metadata.get_all("Requires-Dist", [])) == {*PROJECT["dependencies"], *named}


def test_the_readme_is_the_description(metadata: Message) -> None:
    """What people read on a package's page is the README."""
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (HERE / "README.md").read_text(encoding="utf-8")
