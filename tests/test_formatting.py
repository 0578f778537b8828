"""Tests of the formatting of values in messages."""

from typing import Any

import pytest

from lattice_tg.formatting import (
    format_item_path,
    format_key,
    format_problems,
    format_seconds,
    format_target,
    short_repr,
)
from support.hostile_values import HOSTILE_VALUES, nest

MAX_LENGTH = 80


@pytest.mark.parametrize(
    ("value", "formatted"),
    [
        ("a" * 78, f"'{'a' * 78}'"),
        ("a" * 79, f"'{'a' * 78}…"),
        (b"a" * 100, f"b'{'a' * 77}…"),
        ({"port": 80}, "{'port': 80}"),
        ([0] * 100, f"[{'0, ' * 26}…"),
        ((0,) * 100, f"({'0, ' * 26}…"),
        (dict.fromkeys(range(100), 0), "{0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0, 10: 0, 11: 0, 12: …"),
        ("\ud800", r"'\ud800'"),
    ],
)  # fmt: skip
def test_value_is_cut_to_80_characters(value: object, formatted: str) -> None:
    """The text of a value is its ``repr()`` with at most 80 characters."""
    assert short_repr(value) == formatted


def test_text_of_a_value_without_repr_names_the_error() -> None:
    """If ``repr()`` fails, the text names the error and the class of the value."""
    assert short_repr(nest(100_000)) == "<[RecursionError raised in repr()] list object>"
    assert short_repr(10**5000) == "<[ValueError raised in repr()] int object>"


@pytest.mark.parametrize("name", HOSTILE_VALUES)
def test_text_of_any_value_is_short_and_printable(name: str) -> None:
    """Values that are large, contain themselves or fail in ``repr()`` have a short text that can be printed."""
    text = short_repr(HOSTILE_VALUES[name])

    assert (len(text) <= MAX_LENGTH, text.isprintable()) == (True, True)


@pytest.mark.parametrize(
    ("key", "formatted"),
    [
        ("port", "port"),
        ("on call", "on call"),
        (80, "80"),
        ("a\nb", r"'a\nb'"),
        ("\ud800", r"'\ud800'"),
        ("k" * 140, "k" * 140),
        ("k" * 141, f"'{'k' * 138}…"),
    ],
)
def test_key_in_a_path_is_short_and_printable(key: object, formatted: str) -> None:
    """A key is formatted without quotes unless the key is long or not printable."""
    assert format_key(key) == formatted


def test_path_of_an_item_contains_the_repr_of_the_key() -> None:
    """The key of an item is formatted with quotes and cut after 140 characters."""
    assert format_item_path("tags", "team") == "tags['team']"
    assert format_item_path("tags", "k" * 1000) == f"tags['{'k' * 138}…]"


def test_first_50_problems_are_listed() -> None:
    """The text lists 50 problems and states how many problems are omitted."""
    problems: list[Any] = [f"port={index}: is wrong" for index in range(3000)]

    lines = format_problems(problems).splitlines()

    assert lines == ["3000 validation errors:", *(f"  {problem}" for problem in problems[:50]), "  and 2,950 more"]
    assert format_problems(problems[:50]).splitlines() == ["50 validation errors:", *lines[1:51]]


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
