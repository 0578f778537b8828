"""Tests of the validation of arguments that several operations accept."""

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.validation.arguments import to_tuple


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (
            "targets",
            (
                "targets='x': must be an iterable of Target objects, not a string. "
                "Pass a list such as [Target.ip('10.0.0.1')]."
            ),
        ),
        ("items", "items='x': must be an iterable of specs, not a string. Pass a list of specs."),
        ("keys", "keys='x': must be an iterable of strings, not a string. Pass ['x']."),
    ],
)
def test_string_is_not_accepted_as_an_iterable(field: str, message: str) -> None:
    """The error for a string names the type of the items that the argument accepts."""
    with pytest.raises(InvalidSpecError) as caught:
        to_tuple(field, "x")

    assert [str(problem) for problem in caught.value.problems] == [message]
