"""What ``lattice_tg.testing`` offers."""

import pytest

from lattice_tg import testing


def test_every_public_name_is_there() -> None:
    """Each name in ``__all__`` can be had, and ``dir`` shows them."""
    found = {name: getattr(testing, name).__name__ for name in testing.__all__}

    assert found == {name: name for name in testing.__all__}
    assert dir(testing) == sorted(testing.__all__)


def test_other_names_are_not() -> None:
    """Any other name is an AttributeError, as in any module."""
    with pytest.raises(AttributeError, match=r"module 'lattice_tg\.testing' has no attribute 'mock_elb'"):
        getattr(testing, "mock_elb")  # noqa: B009  (the type checkers know that it is not there)
