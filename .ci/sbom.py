"""Puts a bill of materials into the wheel (PEP 770), as CycloneDX 1.7; a build hook of hatchling.

It is made from the same metadata as the wheel, so it cannot say anything else. The wheel bundles nothing: what is
listed is what has to be there beside it, and in which versions. As no time and no chance goes in, two builds give
the same bytes; the serial number follows from the rest.
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


def sbom(name: str, version: str, license_: str, required: Sequence[str], extras: Mapping[str, Sequence[str]]) -> str:
    """The document about a wheel that needs what is ``required``, and with an extra what that names."""
    whole = {"type": "library", "bom-ref": _purl(name, version), "name": name, "version": version}
    licensed = {"licenses": [{"expression": license_}], "purl": _purl(name, version)}
    parts = list(_parts(required, extras))
    facts = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "build"}], "component": whole | licensed},
        "components": parts,
        **_relations(whole["bom-ref"], [part["bom-ref"] for part in parts]),
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(facts))
    return json.dumps({**facts, "serialNumber": serial.urn}, indent=2) + "\n"


def _parts(required: Sequence[str], extras: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    yield from (_part(Requirement(text), "required") for text in required)
    for extra in sorted(extras):
        of_extra = [{"name": "lattice-tg:extra", "value": extra}]
        yield from (_part(Requirement(text), "optional") | {"properties": of_extra} for text in extras[extra])


def _part(requirement: Requirement, scope: str) -> dict[str, Any]:
    ranges = "|".join(sorted(map(str, requirement.specifier))) or "*"
    name = canonicalize_name(requirement.name)
    return {
        "type": "library",
        "bom-ref": _purl(name),
        "name": name,
        "versionRange": f"vers:pypi/{ranges}",
        "isExternal": True,
        "scope": scope,
        "purl": _purl(name),
    }


def _relations(whole: str, parts: Sequence[str]) -> dict[str, Any]:
    """The wheel needs its parts, and nothing else is in it; what they need in turn is not known here."""
    return {
        "dependencies": [{"ref": whole, "dependsOn": list(parts)}],
        "compositions": [
            {"aggregate": "complete", "assemblies": [whole], "dependencies": [whole]},
            {"aggregate": "unknown", "dependencies": list(parts)},
        ],
    }


def _purl(name: str, version: str | None = None) -> str:
    return f"pkg:pypi/{name}" + (f"@{version}" if version else "")


class SbomHook(BuildHookInterface[Any]):
    """Has hatchling put the document into the wheel that it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Write the document where hatchling can take it from."""
        core = self.metadata.core
        text = sbom(core.name, core.version, core.license_expression, core.dependencies, core.optional_dependencies)
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name, NAME)
        path.write_text(text, encoding="utf-8")
        build_data["sbom_files"].append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Leave nothing behind."""
        self.folder.cleanup()
