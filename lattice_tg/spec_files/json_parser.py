"""JSON as a tree with lines. Python's own reader tells neither lines nor keys that stand twice.

Source of the grammar: RFC 8259; scalars are read by Python's ``json``, token by token.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from attrs import define

from lattice_tg.spec_files.document import (
    LineIndex,
    MappingEntry,
    MappingNode,
    Node,
    ParseError,
    ScalarNode,
    SequenceNode,
    UnsupportedNode,
)

T = TypeVar("T")

_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(
    r'[\[\]{},:]|"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])"
    r"|(?:true|false|null|NaN|-?Infinity)\b"
)
_NOT_JSON = ("NaN", "Infinity", "-Infinity")
_PUNCTUATION = "[]{},:"
_END_OF_FILE = ""


def parse_json(text: str) -> Node:
    """What ``text`` says, or an UnreadableError."""
    reader = _JsonParser(text, LineIndex.from_text(text))
    node = reader.parse_value()
    reader.expect(_END_OF_FILE, "expected one value. Write several specs as a list.")
    return node


@define
class _JsonParser:
    text: str
    lines: LineIndex
    at: int = 0

    def parse_value(self) -> Node:
        line, said = self._peek()
        if said == "{":
            return MappingNode(self._parse_sequence("{", "}", self._parse_entry), line)
        if said == "[":
            return SequenceNode(self._parse_sequence("[", "]", self.parse_value), line)
        if said in _PUNCTUATION:  # or at the end, which is empty
            raise self._syntax_error("expected a value. Remove a comma before ] or }.")
        self.at += len(said)
        return _parse_scalar(said, line)

    def expect(self, wanted: str, rule: str) -> None:
        """Step over a token that must stand here."""
        if self._peek()[1] != wanted:
            raise self._syntax_error(rule)
        self.at += len(wanted)

    def _parse_sequence(self, opening: str, closing: str, one: Callable[[], T]) -> tuple[T, ...]:
        self.at += len(opening)
        found: list[T] = []
        while self._peek()[1] != closing:
            if found:
                self.expect(",", f"expected a comma or {closing}")
            found.append(one())
        self.at += len(closing)
        return tuple(found)

    def _parse_entry(self) -> MappingEntry:
        line, key = self._peek()
        if not key.startswith('"'):
            raise self._syntax_error("expected a key in double quotes. Remove a comma before }.")
        self.at += len(key)
        self.expect(":", "expected a colon after the key")
        return MappingEntry(json.loads(key), self.parse_value(), line)

    def _peek(self) -> tuple[int, str]:
        """The line and text of the next token; at the end of the file it is empty."""
        self.at = _match_end(_SPACE, self.text, self.at)
        end = _match_end(_TOKEN, self.text, self.at)
        if end == self.at and end < len(self.text):
            raise self._syntax_error("is not valid JSON. Put strings and keys in double quotes, and remove comments.")
        return self.lines.line_number_at(self.at), self.text[self.at : end]

    def _syntax_error(self, rule: str) -> ParseError:
        return ParseError(self.lines.rest_of_line(self.at), rule, self.lines.line_number_at(self.at))


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _parse_scalar(token: str, line: int) -> ScalarNode | UnsupportedNode:
    if token in _NOT_JSON:
        return UnsupportedNode(token, "is not a JSON number. Write an integer.", line)
    try:
        return ScalarNode(json.loads(token), line)
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        return UnsupportedNode(token, "has too many digits", line)
