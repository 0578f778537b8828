"""How a length of time is printed for people."""

import pytest

from lattice_tg.formatting import format_seconds


@pytest.mark.parametrize(
    ("seconds", "printed"),
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
def test_seconds_are_printed_as_somebody_reads_them(seconds: float, printed: str) -> None:
    """Few digits, no zeros at the end, and never an exponent."""
    assert format_seconds(seconds) == printed
