"""A JSON parser that keeps line numbers and duplicate keys, which ``json.loads`` drops.

The grammar follows RFC 8259. Python's ``json`` module parses the scalars.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from lattice_tg.spec_files.document import (
    LineIndex,
    MappingEntry,
    MappingNode,
    Node,
    ParseError,
    ScalarNode,
    SequenceNode,
    UnsupportedNode,
    ValueCounter,
)

T = TypeVar("T")

_WHITESPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(
    r'[\[\]{},:]|"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"'
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])"
    r"|(?:true|false|null|NaN|-?Infinity)\b"
)
_NON_JSON_NUMBERS = ("NaN", "Infinity", "-Infinity")
_PUNCTUATION = "[]{},:"
_END_OF_FILE = ""


def parse_json(text: str) -> Node:
    """Parse a JSON text.

    Raises:
        ParseError: If the text is not valid JSON.

    """
    parser = _JsonParser(text, LineIndex.from_text(text))
    node = parser.parse_value()
    parser.expect(_END_OF_FILE, "expected one JSON value, got more text", "Write several specs as a list")
    return node


@define
class _JsonParser:
    text: str
    lines: LineIndex
    position: int = 0
    counter: ValueCounter = field(factory=ValueCounter)

    def parse_value(self) -> Node:
        line, source = self._peek()
        self.counter.increment(line)
        if source == "{":
            return MappingNode(self._parse_items("{", "}", self._parse_entry), line)
        if source == "[":
            return SequenceNode(self._parse_items("[", "]", self.parse_value), line)
        if source in _PUNCTUATION:  # The empty token at the end of the file also matches.
            raise self._syntax_error("expected a value", "Add a value, or remove any extra comma")
        self.position += len(source)
        return _parse_scalar(source, line)

    def expect(self, expected: str, rule: str, hint: str | None = None) -> None:
        """Skip the next token, or raise ParseError if the token is not ``expected``."""
        if self._peek()[1] != expected:
            raise self._syntax_error(rule, hint)
        self.position += len(expected)

    def _parse_items(self, opening: str, closing: str, parse_item: Callable[[], T]) -> tuple[T, ...]:
        self.position += len(opening)
        items: list[T] = []
        while self._peek()[1] != closing:
            if items:
                self.expect(",", f"expected a comma or {closing}")
            items.append(parse_item())
        self.position += len(closing)
        return tuple(items)

    def _parse_entry(self) -> MappingEntry:
        line, key = self._peek()
        if not key.startswith('"'):
            raise self._syntax_error(
                "expected a key in double quotes", "Close the object with } and remove any trailing comma"
            )
        self.position += len(key)
        self.expect(":", "expected a colon after the key")
        return MappingEntry(json.loads(key), self.parse_value(), line)

    def _peek(self) -> tuple[int, str]:
        """Return the line and the text of the next token.

        At the end of the file, the text is empty.
        """
        self.position = _match_end(_WHITESPACE, self.text, self.position)
        end = _match_end(_TOKEN, self.text, self.position)
        if end == self.position and end < len(self.text):
            raise self._syntax_error("is not valid JSON", "Put strings and keys in double quotes, and remove comments")
        return self.lines.line_number_at(self.position), self.text[self.position : end]

    def _syntax_error(self, rule: str, hint: str | None) -> ParseError:
        line = self.lines.line_number_at(self.position)
        return ParseError(self.lines.rest_of_line(self.position), rule, hint, line)


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _parse_scalar(token: str, line: int) -> ScalarNode | UnsupportedNode:
    if token in _NON_JSON_NUMBERS:
        return UnsupportedNode(token, "is not a JSON number", "Write an integer", line)
    try:
        return ScalarNode(json.loads(token), line)
    except ValueError:  # Python rejects integers of more than 4,300 digits.
        return UnsupportedNode(token, "has too many digits", None, line)
