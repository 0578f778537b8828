"""Values that a program passes by mistake or an attacker passes on purpose."""

from typing import Any


class FailingRepr:
    """An object without a ``repr()``."""

    def __repr__(self) -> str:
        raise RuntimeError


class EndlessRepr:
    """An object whose ``repr()`` contains itself."""

    def __repr__(self) -> str:
        return f"EndlessRepr({self!r})"


def nest(depth: int) -> list[Any]:
    """Return a list that contains a list that contains a list, and so on."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def make_cycle() -> dict[str, Any]:
    """Return a dict that contains itself under the names of all fields."""
    cycle: dict[str, Any] = {}
    cycle.update(dict.fromkeys(("name", "type", "config", "tags", "healthCheck", "matcher", "id", "x"), cycle))
    return cycle


def make_list_cycle() -> list[Any]:
    """Return a list that contains itself."""
    cycle: list[Any] = []
    cycle.append(cycle)
    return cycle


HOSTILE_VALUES: dict[str, Any] = {
    "dict that contains itself": make_cycle(),
    "list that contains itself": make_list_cycle(),
    "list nested 100,000 times": nest(100_000),
    "integer of 5,001 digits": 10**5000,
    "long string": "x" * 1_000_000,
    "many placeholders": "${" * 500_000,
    "long bytes": b"x" * 1_000_000,
    "long list": [0] * 10_000,
    "long key": {"k" * 1_000_000: 1},
    "long value": {"k": "x" * 1_000_000},
    "lone surrogate": "\ud800",
    "failing repr": FailingRepr(),
    "endless repr": EndlessRepr(),
    "infinite number": float("inf"),
    "NaN": float("nan"),
}
"""Values that once made the library fail, or that messages once contained in full."""
