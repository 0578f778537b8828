"""Formatting of values in messages."""


def format_seconds(seconds: float) -> str:
    """``0.25 s``, ``12.5 s``, ``310 s``: no more digits than somebody reads, and never an exponent."""
    digits = 2 if seconds < 10 else 1 if seconds < 100 else 0  # noqa: PLR2004
    return f"{seconds:.{digits}f}".rstrip("0").rstrip(".") + " s" if digits else f"{seconds:.0f} s"
