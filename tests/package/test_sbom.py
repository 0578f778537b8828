"""The bill of materials in the wheel."""

import json
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from package.tracked_files import HERE

PROJECT: dict[str, Any] = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WHOLE = f"pkg:pypi/lattice-tg@{PROJECT['version']}"


@pytest.fixture(scope="module")
def text(wheel: Path) -> str:
    name = f"lattice_tg-{PROJECT['version']}.dist-info/sboms/lattice-tg.cdx.json"
    return ZipFile(wheel).read(name).decode()


@pytest.fixture(scope="module")
def sbom(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def expected_parts() -> Iterator[tuple[str, str, str]]:
    """What pyproject.toml requires; it knows no other form than ``name>=version``."""
    optional = PROJECT["optional-dependencies"]
    scopes = dict.fromkeys(PROJECT["dependencies"], "required")
    scopes |= {text: "optional" for texts in optional.values() for text in texts}
    for text, scope in scopes.items():
        name, version = text.split(">=")
        yield f"pkg:pypi/{name}", f"vers:pypi/>={version}", scope


def test_it_is_what_it_says_it_is(text: str, sbom: dict[str, Any]) -> None:
    """It is of the version of CycloneDX that it names: the reference library finds nothing wrong with it."""
    validation, schema = import_module("cyclonedx.validation.json"), import_module("cyclonedx.schema")
    version = schema.SchemaVersion.from_version(sbom["specVersion"])

    assert validation.JsonStrictValidator(version).validate_str(text) is None


def test_it_is_about_this_wheel(sbom: dict[str, Any]) -> None:
    """It names the package, its version and its license."""
    assert sbom["metadata"]["component"] == {
        "type": "library",
        "bom-ref": WHOLE,
        "name": PROJECT["name"],
        "version": PROJECT["version"],
        "licenses": [{"expression": PROJECT["license"]}],
        "purl": WHOLE,
    }


def test_it_lists_what_pyproject_requires(sbom: dict[str, Any]) -> None:
    """Each requirement with its range, those of extras as optional; all are outside the wheel."""
    listed = [(part["purl"], part["versionRange"], part["scope"]) for part in sbom["components"]]

    assert sorted(listed) == sorted(expected_parts())
    assert all(part["isExternal"] for part in sbom["components"])


def test_it_tells_how_much_it_knows(sbom: dict[str, Any]) -> None:
    """It knows all that the wheel needs, and nothing of what those need in turn."""
    parts = [part["bom-ref"] for part in sbom["components"]]

    assert sbom["dependencies"] == [{"ref": WHOLE, "dependsOn": parts}]
    assert sbom["compositions"] == [
        {"aggregate": "complete", "assemblies": [WHOLE], "dependencies": [WHOLE]},
        {"aggregate": "unknown", "dependencies": parts},
    ]
