"""The public names of ``lattice_tg.testing``."""

import sys

import pytest

from lattice_tg import testing


def test_every_public_name_exists() -> None:
    """Each name in ``__all__`` exists and is listed by ``dir()``."""
    found = {name: getattr(testing, name).__name__ for name in testing.__all__}

    assert found == {name: name for name in testing.__all__}
    assert dir(testing) == sorted(testing.__all__)


def test_other_names_raise_attribute_error() -> None:
    """Unknown names raise AttributeError."""
    with pytest.raises(AttributeError, match=r"module 'lattice_tg\.testing' has no attribute 'mock_elb'"):
        getattr(testing, "mock_elb")  # noqa: B009  (type checkers reject the attribute)


def test_missing_moto_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without moto, the error says what to install."""
    for name in ("mock", "moto_adapter"):
        monkeypatch.delitem(sys.modules, f"lattice_tg.testing.{name}")
        monkeypatch.delattr(testing, name)
    monkeypatch.setitem(sys.modules, "moto", None)

    with pytest.raises(ModuleNotFoundError) as caught:
        getattr(testing, "mock_vpc_lattice")  # noqa: B009  (the attribute access triggers the import)

    assert str(caught.value) == "lattice_tg.testing requires moto. Install it with: pip install 'lattice-tg[testing]'"
    assert caught.value.name == "moto"
