"""Docstrings of fields in ``help()``."""

import inspect
import pydoc
from typing import Any

import pytest

from lattice_tg.models.base import FieldDocs
from support.public_api import MODELS, fields

WITH_FIELDS = [name for name, cls in MODELS.items() if fields(cls) and not issubclass(cls, BaseException)]
"""Public models, results, events and policies with public fields."""


@pytest.mark.parametrize("name", WITH_FIELDS)
def test_help_shows_the_meaning_of_each_field(name: str) -> None:
    """``help()`` shows the docstring of each public field."""
    cls = MODELS[name]
    docs = {field.name: inspect.getdoc(getattr(cls, field.name)) or "" for field in fields(cls)}

    text = pydoc.plain(pydoc.render_doc(cls))

    assert [field for field, doc in docs.items() if len(doc.split()) < 2] == []
    shown = {" ".join(line.replace("|", " ").split()) for line in text.splitlines()}
    assert [field for field, doc in docs.items() if " ".join(doc.splitlines()[0].split()) not in shown] == []


def test_a_docstring_is_the_text_below_the_field() -> None:
    """The docstring of a field is the string below the field in the source."""
    field: Any = MODELS["HealthCheck"].__dict__["interval_seconds"]

    assert inspect.getdoc(field) == "Seconds between two checks of a target (5-300). Service default: 30."


def test_classes_without_source_have_no_docstrings(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the source is missing, fields have no docstrings."""

    def raise_error(_: object) -> str:
        raise OSError

    docs = FieldDocs(MODELS["Target"])
    monkeypatch.setattr(inspect, "getsource", raise_error)

    assert (docs["id"], docs["port"]) == ("", "")
