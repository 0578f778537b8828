"""Tests of the software bill of materials in the wheel."""

import json
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from package.tracked_files import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WHEEL_PURL = f"pkg:pypi/lattice-tg@{PROJECT['version']}"


@pytest.fixture(scope="module")
def text(wheel: Path) -> str:
    """Return the software bill of materials as a string."""
    name = f"lattice_tg-{PROJECT['version']}.dist-info/sboms/lattice-tg.cdx.json"
    return ZipFile(wheel).read(name).decode()


@pytest.fixture(scope="module")
def sbom(text: str) -> dict[str, Any]:
    """Return the parsed software bill of materials."""
    document: dict[str, Any] = json.loads(text)
    return document


def expected_components() -> Iterator[tuple[str, str, str]]:
    """Yield a component for each requirement in pyproject.toml. The format must be ``name>=version``."""
    optional = PROJECT["optional-dependencies"]
    scopes = dict.fromkeys(PROJECT["dependencies"], "required")
    scopes |= {text: "optional" for texts in optional.values() for text in texts}
    for text, scope in scopes.items():
        name, version = text.split(">=")
        yield f"pkg:pypi/{name}", f"vers:pypi/>={version}", scope


def test_sbom_is_valid_cyclonedx(text: str, sbom: dict[str, Any]) -> None:
    """The reference library of CycloneDX accepts the document as valid in the declared CycloneDX version."""
    validation, schema = import_module("cyclonedx.validation.json"), import_module("cyclonedx.schema")
    version = schema.SchemaVersion.from_version(sbom["specVersion"])

    assert validation.JsonStrictValidator(version).validate_str(text) is None


def test_sbom_describes_the_wheel(sbom: dict[str, Any]) -> None:
    """The main component of the document has the name, the version and the license of the package."""
    assert sbom["metadata"]["component"] == {
        "type": "library",
        "bom-ref": WHEEL_PURL,
        "name": PROJECT["name"],
        "version": PROJECT["version"],
        "licenses": [{"expression": PROJECT["license"]}],
        "purl": WHEEL_PURL,
    }


def test_sbom_lists_the_requirements(sbom: dict[str, Any]) -> None:
    """Each requirement is an external component with a version range. Requirements of extras are optional."""
    components = [
        (component["purl"], component["versionRange"], component["scope"]) for component in sbom["components"]
    ]

    assert sorted(components) == sorted(expected_components())
    assert all(component["isExternal"] for component in sbom["components"])


def test_sbom_declares_its_completeness(sbom: dict[str, Any]) -> None:
    """The document declares that the wheel's dependencies are complete and that transitive dependencies are unknown."""
    components = [component["bom-ref"] for component in sbom["components"]]

    assert sbom["dependencies"] == [{"ref": WHEEL_PURL, "dependsOn": components}]
    assert sbom["compositions"] == [
        {"aggregate": "complete", "assemblies": [WHEEL_PURL], "dependencies": [WHEEL_PURL]},
        {"aggregate": "unknown", "dependencies": components},
    ]
