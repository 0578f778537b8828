"""JSON as a tree with lines. Python's own reader tells neither lines nor keys that stand twice.

Source of the grammar: RFC 8259; scalars are read by Python's ``json``, token by token.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from attrs import define

from lattice_tg.files.tree import Entries, Entry, Items, Lines, Node, Refused, Scalar, UnreadableError

T = TypeVar("T")

_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(
    r'[\[\]{},:]|"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])"
    r"|(?:true|false|null|NaN|-?Infinity)\b"
)
_NOT_JSON = ("NaN", "Infinity", "-Infinity")
_PUNCTUATION = "[]{},:"
_END = ""


def json_tree(text: str) -> Node:
    """What ``text`` says, or an UnreadableError."""
    reader = _Reader(text, Lines.of(text))
    node = reader.value()
    reader.take(_END, "a file holds one value: write several specs as a list")
    return node


@define
class _Reader:
    text: str
    lines: Lines
    at: int = 0

    def value(self) -> Node:
        line, said = self._here()
        if said == "{":
            return Entries(self._several("{", "}", self._entry), line)
        if said == "[":
            return Items(self._several("[", "]", self.value), line)
        if said in _PUNCTUATION:  # or at the end, which is empty
            raise self._wrong("a value belongs here, and no comma before a ] or }")
        self.at += len(said)
        return _scalar(said, line)

    def take(self, wanted: str, rule: str) -> None:
        """Step over a token that must stand here."""
        if self._here()[1] != wanted:
            raise self._wrong(rule)
        self.at += len(wanted)

    def _several(self, opening: str, closing: str, one: Callable[[], T]) -> tuple[T, ...]:
        self.at += len(opening)
        found: list[T] = []
        while self._here()[1] != closing:
            if found:
                self.take(",", f"a comma or {closing} belongs here")
            found.append(one())
        self.at += len(closing)
        return tuple(found)

    def _entry(self) -> Entry:
        line, key = self._here()
        if not key.startswith('"'):
            raise self._wrong("a key in double quotes belongs here, and no comma before a }")
        self.at += len(key)
        self.take(":", "a colon belongs here, after the key")
        return Entry(json.loads(key), self.value(), line)

    def _here(self) -> tuple[int, str]:
        """The line and text of the next token; at the end of the file it is empty."""
        self.at = _match_end(_SPACE, self.text, self.at)
        end = _match_end(_TOKEN, self.text, self.at)
        if end == self.at and end < len(self.text):
            raise self._wrong("this is not JSON: texts and keys in double quotes, no comments")
        return self.lines.number_at(self.at), self.text[self.at : end]

    def _wrong(self, rule: str) -> UnreadableError:
        return UnreadableError(self.lines.rest_at(self.at), rule, self.lines.number_at(self.at))


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _scalar(token: str, line: int) -> Scalar | Refused:
    if token in _NOT_JSON:
        return Refused(token, "is no JSON number; write a whole number", line)
    try:
        return Scalar(json.loads(token), line)
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        return Refused(token, "is too long for a number", line)
