"""Tests of the API reference."""

import pytest

import lattice_tg
import lattice_tg.testing
from support import api_tables

PAGE = api_tables.PAGE.read_text(encoding="utf-8")
PATHS = api_tables.ROW.findall(PAGE)


def test_reference_says_what_the_docstrings_say() -> None:
    """The rows have the signatures and the docstrings of the code. ``python tests/support/api_tables.py`` updates them."""
    assert api_tables.update(PAGE) == PAGE


def test_reference_lists_every_public_name() -> None:
    """The tables list each name in ``__all__`` of both packages exactly once, and no other names."""
    names = [path for path in PATHS if "." not in path and not path.endswith("=")]

    assert sorted(names) == sorted([*lattice_tg.__all__, *lattice_tg.testing.__all__])


@pytest.mark.parametrize("variable", ["client", "lattice", "mock", "clock", "builder"])
def test_reference_lists_every_member(variable: str) -> None:
    """The tables list every public member of the clients, the emulator, its mock, its clock and a builder."""
    cls = api_tables.VARIABLES[variable]
    members = [path.removeprefix(f"{variable}.") for path in PATHS if path.startswith(f"{variable}.")]

    names = {*dir(cls), *dict(api_tables.iter_fields(cls))}
    assert sorted(members) == sorted(name for name in names if not name.startswith("_"))


@pytest.mark.parametrize("name", ["TargetGroupSpec", "TargetGroupConfig", "HealthCheck", "Matcher", "DesiredState"])
def test_reference_lists_every_field(name: str) -> None:
    """The tables list every field of the models that users construct."""
    fields = {path.removeprefix(f"{name}.") for path in PATHS if path.startswith(f"{name}.")}

    assert fields >= set(dict(api_tables.iter_fields(getattr(lattice_tg, name))))


def test_reference_lists_every_parameter_of_the_clients() -> None:
    """The tables list every parameter of the constructor, in order."""
    parameters = [path.removesuffix("=") for path in PATHS if path.endswith("=")]

    assert parameters == list(api_tables.parse_parameters(lattice_tg.TargetGroupClient))
