"""Facts on the pages about design and compatibility, compared with the project."""

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def test_design_lists_the_layers() -> None:
    """The layers are those that import-linter checks."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", read("design.md"), re.MULTILINE)

    layers = next(each["layers"] for each in PYPROJECT["tool"]["importlinter"]["contracts"] if "layers" in each)
    assert [row.replace("`", "").replace(", ", " | ") for row in rows] == layers


def test_compatibility_lists_the_dependencies() -> None:
    """The lowest versions are those of the requirements."""
    rows = re.findall(r"^\| ([\w-]+) \| ([\w.]+) or later \|", read("compatibility.md"), re.MULTILINE)

    project = PYPROJECT["project"]
    requirements = chain(project["dependencies"], *project["optional-dependencies"].values())
    assert sorted(f"{name}>={version}" for name, version in rows) == sorted(requirements)


def test_compatibility_lists_the_versions_of_python() -> None:
    """The versions of Python are those of the classifiers."""
    match = re.search(r"^\| Python \(CPython\) \| (3\.\d+) to (3\.\d+) \|", read("compatibility.md"), re.MULTILINE)

    prefix = "Programming Language :: Python :: 3."
    minors = [int(each.removeprefix(prefix)) for each in PYPROJECT["project"]["classifiers"] if each.startswith(prefix)]
    assert match is not None
    assert match.groups() == (f"3.{min(minors)}", f"3.{max(minors)}")


def test_reliability_lists_sessions_that_exist() -> None:
    """Each session on the page is in noxfile.py."""
    sessions = re.findall(r"^def (\w+)\(session: nox\.Session", (ROOT / "noxfile.py").read_text(), re.MULTILINE)

    assert set(re.findall(r"`nox -s (\w+)`", read("reliability.md"))) <= set(sessions)
