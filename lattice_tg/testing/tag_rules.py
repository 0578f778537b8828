"""What the service refuses in tags (User Guide, target group tags)."""

from collections.abc import Iterator, Mapping

from lattice_tg.testing.refusals import Violation

MOST_TAGS = 50
_PUNCTUATION = frozenset(" _.:/=+-@")
_RESERVED = "aws:"


def tag_violations(tags: Mapping[str, str], present: Mapping[str, str]) -> Iterator[Violation]:
    """Everything wrong with adding ``tags`` to those that are ``present``."""
    for key, value in tags.items():
        yield from _text_violations(f"tags key {key!r}", key)
        yield from _text_violations(f"tags.{key}", value)
    if len(present.keys() | tags.keys()) > MOST_TAGS:
        yield Violation("tags", f"A resource has at most {MOST_TAGS} tags")


def _text_violations(path: str, text: str) -> Iterator[Violation]:
    if text.lower().startswith(_RESERVED):
        yield Violation(path, f"The prefix {_RESERVED} is reserved")
    if text != text.strip(" "):
        yield Violation(path, "Leading and trailing spaces are not allowed")
    if not all(character.isalnum() or character in _PUNCTUATION for character in text):
        yield Violation(path, "Only letters, digits, spaces and _ . : / = + - @ are allowed")
