"""Formatting of values in messages."""

from collections.abc import Collection


def format_seconds(seconds: float) -> str:
    """Format a duration with at most two decimals, such as ``0.25 s`` or ``310 s``."""
    digits = 2 if seconds < 10 else 1 if seconds < 100 else 0  # noqa: PLR2004
    return f"{seconds:.{digits}f}".rstrip("0").rstrip(".") + " s" if digits else f"{seconds:.0f} s"


def format_problems(problems: Collection[object]) -> str:
    """Return a line with the number of problems, followed by one line per problem."""
    lines = "".join(f"\n  {problem}" for problem in problems)
    return f"{len(problems)} validation error{'s' * (len(problems) != 1)}:{lines}"


def format_target(target_id: str, port: int | None) -> str:
    """Format a target as its id and port, such as ``10.0.0.1 port 80``.

    If ``port`` is None, the result is only the id.
    """
    return target_id if port is None else f"{target_id} port {port}"
