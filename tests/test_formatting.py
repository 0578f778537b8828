"""Tests of the formatting of values in messages."""

import pytest

from lattice_tg.formatting import format_seconds, format_target


@pytest.mark.parametrize(
    ("seconds", "formatted"),
    [
        (0, "0 s"),
        (6.2e-05, "0 s"),
        (0.25, "0.25 s"),
        (0.3000000000000004, "0.3 s"),
        (9.999, "10 s"),
        (12.5, "12.5 s"),
        (30.000244, "30 s"),
        (310, "310 s"),
        (1e9, "1000000000 s"),
    ],
)
def test_format_seconds_returns_few_digits(seconds: float, formatted: str) -> None:
    """A duration has at most two decimals, no trailing zeros and no exponent."""
    assert format_seconds(seconds) == formatted


@pytest.mark.parametrize(("port", "formatted"), [(80, "10.0.0.1 port 80"), (None, "10.0.0.1")])
def test_format_target_includes_the_port_if_there_is_one(port: int | None, formatted: str) -> None:
    """A target is formatted as the id, followed by the port if the target has a port."""
    assert format_target("10.0.0.1", port) == formatted
