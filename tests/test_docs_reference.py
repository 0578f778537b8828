"""Tests of the API reference."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import lattice_tg
import lattice_tg.testing

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
DIRECTIVE = re.compile(r"^\.\. auto(?:class|function|data):: ([\w.]+)\.(\w+)(?:\(\))?$", re.MULTILINE)

METHOD = re.compile(r"^   \.\. auto(?:method|property):: (\w+)$", re.MULTILINE)


@pytest.mark.parametrize("package", [lattice_tg, lattice_tg.testing], ids=lambda package: package.__name__)
def test_reference_lists_every_public_name(package: ModuleType) -> None:
    """The reference lists each name in ``__all__`` exactly once, and no other names."""
    documented = DIRECTIVE.findall(PAGE.read_text(encoding="utf-8"))

    names = [name for exporter, name in documented if exporter == package.__name__]

    assert sorted(names) == sorted(package.__all__)


def test_reference_lists_every_client_method() -> None:
    """The reference lists every public method and every property of the client."""
    members = METHOD.findall(PAGE.read_text(encoding="utf-8"))

    assert sorted(members) == [name for name in dir(lattice_tg.TargetGroupClient) if not name.startswith("_")]
