"""What tags may be. Source: user guide, target group tags; service model, TagMap."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from lattice_tg.models.problem import Problem, make_problem

_MAX_TAGS = 50
_MAX_KEY_LENGTH = 128
_LONGEST_VALUE = 256
_SYMBOLS = frozenset("_.:/=+-@")
_RESERVED = "aws:"


def tag_problems(tags: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with tags, one problem a tag; tags that AWS sets itself (aws:) cannot be sent."""
    if not isinstance(tags, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        yield make_problem("tags", tags, "must be a mapping of strings to strings")
        return
    if len(tags) > _MAX_TAGS:
        yield make_problem("tags", len(tags), f"must have at most {_MAX_TAGS} tags. Remove some.")
    for key, value in tags.items():
        if rule := _key_rule(key):
            yield make_problem(f"tags[{key!r}]", key, f"the key {rule}")
        elif rule := _string_rule(value, 0, _LONGEST_VALUE):
            yield make_problem(f"tags[{key!r}]", value, f"the value {rule}")


def tag_key_problems(keys: Iterable[str]) -> Iterator[Problem]:
    """What is wrong with the keys of tags to take off."""
    for key in keys:
        if rule := _key_rule(key):
            yield make_problem(f"keys[{key!r}]", key, f"the key {rule}")


def _key_rule(key: object) -> str | None:
    return _string_rule(key, 1, _MAX_KEY_LENGTH)


def _string_rule(value: object, shortest: int, longest: int) -> str | None:
    if not isinstance(value, str):
        return "must be a string. Put it in quotes."
    if not shortest <= len(value) <= longest:
        return f"must have {shortest} to {longest} characters, got {len(value)}"
    if value.startswith(_RESERVED):
        return "must not start with aws:, which is reserved. Choose another."
    if value != value.strip():
        return "must not start or end with whitespace. Remove it."
    if not all(_is_allowed(character) for character in value):
        return "must contain only letters, digits, spaces and _ . : / = + - @"
    return None


def _is_allowed(character: str) -> bool:
    return character in _SYMBOLS or unicodedata.category(character)[0] in "LNZ"
