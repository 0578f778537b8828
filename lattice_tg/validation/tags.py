"""Validation of tags.

Sources: AWS user guide, "Target group tags"; service model, TagMap.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from lattice_tg.formatting import format_item_path
from lattice_tg.models.problem import Problem
from lattice_tg.validation.validators import Rule

_MAX_TAGS = 50
_MAX_KEY_LENGTH = 128
_MAX_VALUE_LENGTH = 256
_SYMBOLS = frozenset("_.:/=+-@")
_RESERVED_PREFIX = "aws:"
_RESERVED_RULE = Rule("must not start with aws:, which is reserved", "Choose another prefix")


def tag_problems(tags: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the problems in ``tags``, at most one per tag.

    Tags with the prefix ``aws:`` are invalid because only AWS can set them.
    """
    if not isinstance(tags, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may not use type checking
        yield Problem("tags", tags, "must be a mapping of strings to strings")
        return
    if len(tags) > _MAX_TAGS:
        yield Problem("tags", tags, f"must have at most {_MAX_TAGS} tags, got {len(tags)}", "Remove at least one")
    for key, value in tags.items():
        if rule := _key_rule(key):
            yield Problem(format_item_path("tags", key), key, f"the key {rule.text}", rule.hint)
        elif rule := _string_rule(value, 0, _MAX_VALUE_LENGTH):
            yield Problem(format_item_path("tags", key), value, f"the value {rule.text}", rule.hint)


def tag_key_problems(keys: Iterable[str]) -> Iterator[Problem]:
    """Validate the tag keys of an untag request and yield at most one problem per key."""
    for index, key in enumerate(keys):
        if rule := _key_rule(key):
            hint = "Only AWS removes such tags" if rule is _RESERVED_RULE else rule.hint
            yield Problem(f"keys[{index}]", key, rule.text, hint)


def _key_rule(key: object) -> Rule | None:
    return _string_rule(key, 1, _MAX_KEY_LENGTH)


def _string_rule(value: object, min_length: int, max_length: int) -> Rule | None:
    """Return the rule that a tag key or tag value breaks, or None if ``value`` is valid."""
    if not isinstance(value, str):
        return Rule("must be a string", "Put it in quotes")
    if not min_length <= len(value) <= max_length:
        return Rule(f"must have {min_length} to {max_length} characters, got {len(value)}")
    if value.startswith(_RESERVED_PREFIX):
        return _RESERVED_RULE
    if value != value.strip():
        return Rule("must not start or end with whitespace", "Remove the whitespace")
    if not all(_is_allowed(character) for character in value):
        return Rule("must contain only letters, digits, spaces and _ . : / = + - @")
    return None


def _is_allowed(character: str) -> bool:
    return character in _SYMBOLS or unicodedata.category(character)[0] in "LNZ"
