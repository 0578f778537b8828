"""Go to definition."""

import re
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

import lattice_tg
from support.open_document import OpenFile


@pytest.mark.parametrize("name", lattice_tg.__all__)
@pytest.mark.parametrize("typed", ["from lattice_tg import |{}", "import lattice_tg\nlattice_tg.|{}"])
def test_definitions_of_lazy_names(file: OpenFile, name: str, typed: str) -> None:
    """The definition of a lazily imported name is in the module that defines the name."""
    (uri,) = file.definitions(typed.format(name))

    source = Path(unquote(urlparse(uri).path)).read_text(encoding="utf-8")
    assert re.search(rf"^(class|def) {name}\b|^{name} = ", source, re.MULTILINE)
