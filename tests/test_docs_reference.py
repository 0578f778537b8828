"""The reference leaves no public name out."""

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
def test_every_public_name_stands_in_the_reference(package: ModuleType) -> None:
    """The reference has each name of __all__ once, and no other."""
    documented = DIRECTIVE.findall(PAGE.read_text(encoding="utf-8"))

    names = [name for home, name in documented if home == package.__name__]

    assert sorted(names) == sorted(package.__all__)


def test_every_verb_of_the_client_stands_in_the_reference() -> None:
    """The reference lists what the client inherits from its parts, by theme: autodoc would sort that by letters."""
    listed = METHOD.findall(PAGE.read_text(encoding="utf-8"))

    assert sorted(listed) == [name for name in dir(lattice_tg.TargetGroupClient) if not name.startswith("_")]
