"""What a file says, with the line of each thing in it: one tree for JSON and YAML, as it was written."""

from bisect import bisect_left
from typing import TypeAlias

from attrs import frozen


@frozen
class ScalarNode:
    """A text, number, boolean or null."""

    value: object
    line: int


@frozen
class MappingEntry:
    """A key of a mapping, and what stands there; a key may stand twice."""

    key: object
    node: "Node"
    line: int


@frozen
class MappingNode:
    """A mapping."""

    entries: tuple[MappingEntry, ...]
    line: int


@frozen
class SequenceNode:
    """A list."""

    items: tuple["Node", ...]
    line: int


@frozen
class UnsupportedNode:
    """Something that may not stand in a file of specs, although its format has it."""

    text: str
    rule: str
    line: int


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode | UnsupportedNode


class ParseError(Exception):
    """The text breaks its format, so that nothing after this place can be read."""

    def __init__(self, text: object, rule: str, line: int | None = None) -> None:
        super().__init__(rule)
        self.text = text
        self.rule = rule
        self.line = line


@frozen
class LineIndex:
    """Where each line of a text ends."""

    text: str
    ends: tuple[int, ...]

    @classmethod
    def from_text(cls, text: str) -> "LineIndex":
        """The lines of ``text``, which has no line ends but newlines."""
        return cls(text, tuple(index for index, character in enumerate(text) if character == "\n"))

    def line_number_at(self, index: int) -> int:
        """The number of the line, from 1, that has the character at ``index``."""
        return bisect_left(self.ends, index) + 1

    def rest_of_line(self, index: int) -> str:
        """What stands from ``index`` to the end of its line."""
        return self.text[index:].partition("\n")[0].rstrip()
