"""Hatchling build hook that adds a software bill of materials (CycloneDX 1.7) to the wheel (PEP 770).

The document is generated from the metadata of the wheel, so the two always agree. The wheel bundles no other packages:
the components are its dependencies with their version ranges. The document contains neither timestamps nor random
values, so builds are reproducible; the serial number is a hash of the content.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NAME = "lattice-tg.cdx.json"


def format_sbom(
    name: str, version: str, license_: str, required: Sequence[str], extras: Mapping[str, Sequence[str]]
) -> str:
    """Return the SBOM of a wheel with its ``required`` dependencies and those of its ``extras``."""
    component = {"type": "library", "bom-ref": _purl(name, version), "name": name, "version": version}
    details = {"licenses": [{"expression": license_}], "purl": _purl(name, version)}
    components = list(_iter_components(required, extras))
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "build"}], "component": component | details},
        "components": components,
        **_dependencies(component["bom-ref"], [item["bom-ref"] for item in components]),
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document))
    return json.dumps({**document, "serialNumber": serial.urn}, indent=2) + "\n"


def _iter_components(required: Sequence[str], extras: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    yield from (_component(Requirement(requirement), "required") for requirement in required)
    for extra in sorted(extras):
        properties = [{"name": "lattice-tg:extra", "value": extra}]
        for requirement in extras[extra]:
            yield _component(Requirement(requirement), "optional") | {"properties": properties}


def _component(requirement: Requirement, scope: str) -> dict[str, Any]:
    version_range = "|".join(sorted(map(str, requirement.specifier))) or "*"
    name = canonicalize_name(requirement.name)
    return {
        "type": "library",
        "bom-ref": _purl(name),
        "name": name,
        "versionRange": f"vers:pypi/{version_range}",
        "isExternal": True,
        "scope": scope,
        "purl": _purl(name),
    }


def _dependencies(wheel: str, components: Sequence[str]) -> dict[str, Any]:
    """Return the dependencies: complete for the wheel, unknown for its components."""
    return {
        "dependencies": [{"ref": wheel, "dependsOn": list(components)}],
        "compositions": [
            {"aggregate": "complete", "assemblies": [wheel], "dependencies": [wheel]},
            {"aggregate": "unknown", "dependencies": list(components)},
        ],
    }


def _purl(name: str, version: str | None = None) -> str:
    return f"pkg:pypi/{name}" + (f"@{version}" if version else "")


class SbomHook(BuildHookInterface[Any]):
    """Build hook that adds the SBOM to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - signature of hatchling
        """Write the SBOM to a temporary file and register the file with hatchling."""
        core = self.metadata.core
        content = format_sbom(
            core.name, core.version, core.license_expression, core.dependencies, core.optional_dependencies
        )
        self.temporary_directory = TemporaryDirectory()
        path = Path(self.temporary_directory.name, NAME)
        path.write_text(content, encoding="utf-8")
        build_data["sbom_files"].append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Delete the temporary file."""
        self.temporary_directory.cleanup()
