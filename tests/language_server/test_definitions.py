"""Where an editor leads from a name."""

import re
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

import lattice_tg
from support.open_document import OpenFile


@pytest.mark.parametrize("name", lattice_tg.__all__)
@pytest.mark.parametrize("typed", ["from lattice_tg import |{}", "import lattice_tg\nlattice_tg.|{}"])
def test_names_lead_to_where_they_are_written(file: OpenFile, name: str, typed: str) -> None:
    """A name that is imported on first use leads to its own lines, not to the list of names."""
    (place,) = file.definitions(typed.format(name))

    source = Path(unquote(urlparse(place).path)).read_text(encoding="utf-8")
    assert re.search(rf"^(class|def) {name}\b|^{name} = ", source, re.MULTILINE)
