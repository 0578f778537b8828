"""Tests of the validation of arguments that several operations accept."""

import math

import pytest

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError
from lattice_tg.validation.arguments import to_tuple, validate_seconds


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
        ("specs", "specs='x': must be an iterable of TargetGroupSpec objects, not a string. Pass a list."),
    ],
)
def test_string_is_not_accepted_as_an_iterable(field: str, message: str) -> None:
    """The error for a string names the type of the items that the argument accepts."""
    with pytest.raises(InvalidSpecError) as caught:
        to_tuple(field, "x")

    assert [str(problem) for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        ({"timeout_seconds": 10**309}, f"timeout_seconds=1{'0' * 78}…: is too large. Pass math.inf to wait without a limit."),
        ({"timeout_seconds": -(10**309)}, f"timeout_seconds=-1{'0' * 77}…: must be a number of seconds of at least 0"),
        ({"poll_seconds": 10**309}, f"poll_seconds=1{'0' * 78}…: must be at most 86,400 seconds"),
        ({"poll_seconds": math.inf}, "poll_seconds=inf: must be at most 86,400 seconds"),
        ({"poll_seconds": True}, "poll_seconds=True: must be a number of seconds greater than 0"),
    ],
)  # fmt: skip
def test_seconds_must_be_usable(seconds: dict[str, float], message: str) -> None:
    """Integers that no float can represent and polls that are more than a day apart are rejected."""
    with pytest.raises(InvalidArgumentError) as caught:
        validate_seconds(**seconds)

    assert [str(problem) for problem in caught.value.problems] == [message]


def test_timeout_can_be_infinite() -> None:
    """A timeout can be infinite, and the largest poll interval is one day."""
    validate_seconds(timeout_seconds=math.inf, poll_seconds=86_400)
