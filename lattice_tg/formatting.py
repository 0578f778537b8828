"""Formatting of values in messages."""

from collections.abc import Callable, Collection, Sequence
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")

MAX_REPR_LENGTH = 80
"""Maximum number of characters of a value in a message."""

_MAX_TEXT_LENGTH = 1000
_MAX_KEY_LENGTH = 140  # A valid tag key has at most 128 characters.
_MAX_LISTED_PROBLEMS = 50
_MAX_JOINED_TEXTS = 10


def short_repr(value: object, max_length: int = MAX_REPR_LENGTH) -> str:
    """Return ``repr(value)``, cut to ``max_length`` characters.

    The function does not fail, even if ``repr(value)`` does: a list can be nested too deeply, and an integer can have
    too many digits.
    """
    try:
        return shorten(repr(_keep_first_items(value, max_length)), max_length)
    except Exception as error:  # noqa: BLE001 - a class of the caller may raise anything in __repr__
        return f"<[{type(error).__name__} raised in repr()] {type(value).__name__} object>"


def _keep_first_items(value: Any, count: int) -> Any:
    """Return the first items of a string, list, tuple or dict, so that ``repr()`` does not format all items."""
    cls: type[Any] = value.__class__
    if cls in (str, bytes, list, tuple):
        return value[:count]
    return dict(islice(value.items(), count)) if cls is dict else value


def shorten(text: str, max_length: int = _MAX_TEXT_LENGTH) -> str:
    """Return ``text``, cut to ``max_length`` characters. An ellipsis replaces the rest."""
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def format_key(key: object) -> str:
    """Format a key for the path of a field, such as ``port`` in ``config.port``.

    Strings that are long or not printable are formatted as their ``repr()``.
    """
    text = key if isinstance(key, str) else short_repr(key, _MAX_KEY_LENGTH)
    return text if len(text) <= _MAX_KEY_LENGTH and text.isprintable() else short_repr(text, _MAX_KEY_LENGTH)


def format_item_path(path: str, key: object) -> str:
    """Format the path of an item of a mapping, such as ``tags['team']``."""
    return f"{path}[{short_repr(key, _MAX_KEY_LENGTH)}]"


def format_seconds(seconds: float) -> str:
    """Format a duration with at most two decimals, such as ``0.25 s`` or ``310 s``."""
    digits = 2 if seconds < 10 else 1 if seconds < 100 else 0  # noqa: PLR2004
    return f"{seconds:.{digits}f}".rstrip("0").rstrip(".") + " s" if digits else f"{seconds:.0f} s"


def format_problems(problems: Collection[object]) -> str:
    """Return a line with the number of problems, followed by one line for each of the first 50 problems."""
    lines = "".join(f"\n  {line}" for line in format_first(problems, _MAX_LISTED_PROBLEMS))
    return f"{len(problems)} validation error{'s' * (len(problems) != 1)}:{lines}"


def format_first(items: Collection[T], max_items: int, format_item: Callable[[T], str] = str) -> list[str]:
    """Format the first ``max_items`` items. The number of the other items follows, such as ``and 12 more``."""
    texts = list(map(format_item, islice(items, max_items)))
    omitted = len(items) - max_items
    return [*texts, f"and {omitted:,} more"] if omitted > 0 else texts


def join_first(texts: Sequence[str]) -> str:
    """Join the first texts with commas, and say how many more there are."""
    return ", ".join(format_first(texts, _MAX_JOINED_TEXTS))


def join_sentences(*sentences: str) -> str:
    """Join sentences into one string, each with exactly one final period. Empty sentences are skipped."""
    return " ".join(f"{sentence.removesuffix('.')}." for sentence in sentences if sentence)


def format_request(operation: str, target_group: str | None) -> str:
    """Format a request as its operation and the target group, such as ``CreateTargetGroup for orders``.

    If ``target_group`` is None, the result is only the operation.
    """
    return operation if target_group is None else f"{operation} for {target_group}"


def format_target(target_id: str, port: int | None) -> str:
    """Format a target as its id and port, such as ``10.0.0.1 port 80``.

    If ``port`` is None, the result is only the id.
    """
    return target_id if port is None else f"{target_id} port {port}"
