"""Parsed documents: nodes with line numbers, and their plain data."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from typing import TypeAlias

from attrs import define, field, frozen

from lattice_tg.conversion.key_correction import parent_paths
from lattice_tg.formatting import format_item_path, format_key
from lattice_tg.models.problem import Problem

MAX_VALUES = 1_000_000
_MAX_SOURCE_LENGTH = 1000
_MAX_PATH_LENGTH = 300
"""Length of a path below which the children of a value have paths of their own. Paths in specs are shorter."""


@frozen
class ScalarNode:
    """A string, a number, a boolean or null."""

    value: object
    line: int


@frozen
class MappingEntry:
    """A key and a value of a mapping. Several entries can have the same key."""

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
    """A construct that the file format allows but spec files do not support."""

    source: str
    rule: str
    hint: str | None
    line: int


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode | UnsupportedNode


class ParseError(Exception):
    """The file is malformed, so the rest of the file cannot be parsed."""

    def __init__(self, value: object, rule: str, hint: str | None = None, line: int | None = None) -> None:
        super().__init__(rule)
        self.value = value
        self.rule = rule
        self.hint = hint
        self.line = line


class ValueCounter:
    """A counter for the values in a file. The limit keeps the memory that a file needs below about 1 GB."""

    def __init__(self) -> None:
        self._count = 0

    def increment(self, line: int) -> None:
        """Count one value.

        Raises:
            ParseError: If there are more than 1,000,000 values.

        """
        self._count += 1
        if self._count > MAX_VALUES:
            raise ParseError("…", f"the file has more than {MAX_VALUES:,} values", "Split the file", line)


@frozen
class LineIndex:
    """A text and the positions of its line ends."""

    text: str
    ends: "array[int]"

    @classmethod
    def from_text(cls, text: str) -> "LineIndex":
        """Create an index of ``text``. Only line feeds may end lines in ``text``."""
        return cls(text, array("Q", (match.start() for match in re.finditer("\n", text))))

    def line_number_at(self, index: int) -> int:
        """Return the line number (starting at 1) of the character at ``index``."""
        return bisect_left(self.ends, index) + 1

    def rest_of_line(self, index: int) -> str:
        """Return the text from ``index`` to the end of the line, at most 1,000 characters."""
        return self.text[index : index + _MAX_SOURCE_LENGTH].partition("\n")[0].rstrip()


@frozen
class LocatedProblem:
    """A problem and its line in a file. The line is None if the problem concerns the whole file."""

    problem: Problem
    line: int | None = None


@frozen
class Document:
    """The contents of a file."""

    data: object
    """Plain data. The first value of a duplicate key is kept, and unsupported constructs become None."""

    lines: Mapping[str, int]
    """Line number of each value, by the path of the value in the document, such as ``config.port``."""

    unsupported: tuple[LocatedProblem, ...]
    """A problem for each unsupported construct."""

    duplicate_keys: tuple[LocatedProblem, ...]
    """A problem for each duplicate key."""

    def line_of(self, path: str) -> int:
        """Return the line of ``path``, or of its nearest parent in the document."""
        parent_lines = (self.lines[parent] for parent in (path, *parent_paths(path)) if parent in self.lines)
        return next(parent_lines, self.lines[""])

    def locate(self, problem: Problem) -> LocatedProblem:
        """Return ``problem`` with the line of its field."""
        return LocatedProblem(problem, self.line_of(problem.field))


def build_document(root: Node) -> Document:
    """Create a document from its root node."""
    builder = _DocumentBuilder()
    data = builder.visit(root, "", root.line)
    return Document(data, builder.lines, tuple(builder.unsupported), tuple(builder.duplicate_keys))


@define
class _DocumentBuilder:
    lines: dict[str, int] = field(factory=dict[str, int])
    unsupported: list[LocatedProblem] = field(factory=list[LocatedProblem])
    duplicate_keys: list[LocatedProblem] = field(factory=list[LocatedProblem])

    def visit(self, node: Node, path: str, line: int) -> object:
        """Convert ``node`` to plain Python data and record the line numbers of its values.

        For a value in a mapping, the line number of its key is recorded.
        """
        self.lines.setdefault(path, line)
        match node:
            case ScalarNode(value):
                return value
            case UnsupportedNode(source, rule, hint):
                problem = Problem(path or "data", source, rule, hint)
                self.unsupported.append(LocatedProblem(problem, node.line))
                return None
            case SequenceNode(items):
                return [self.visit(item, _item_path(path, index), item.line) for index, item in enumerate(items)]
            case _:
                return self._visit_mapping(node, path)

    def _visit_mapping(self, node: MappingNode, path: str) -> dict[object, object]:
        data: dict[object, object] = {}
        first_lines: dict[str, int] = {}
        for entry in node.entries:
            child_path = _child_path(path, entry.key)
            # Outside of tags, the keys 80 and "80" are the same key.
            name = repr(entry.key) if _is_tags(path) else str(entry.key)
            if name in first_lines:
                rule = f"duplicate key (first defined in line {first_lines[name]})"
                problem = Problem(child_path, _to_plain_data(entry.node), rule, "Keep one")
                self.duplicate_keys.append(LocatedProblem(problem, entry.line))
            else:
                first_lines[name] = entry.line
                data[entry.key] = self.visit(entry.node, child_path, entry.line)
        return data


def _item_path(path: str, index: int) -> str:
    return path if len(path) > _MAX_PATH_LENGTH else f"{path}[{index}]"


def _child_path(path: str, key: object) -> str:
    """Return the path of an entry in the notation that ``from_boto3(strict=True)`` uses."""
    if len(path) > _MAX_PATH_LENGTH:
        return path
    if _is_tags(path):
        return format_item_path(path, key)
    return f"{path}.{format_key(key)}" if path else format_key(key)


def _is_tags(path: str) -> bool:
    return path.rpartition(".")[2] == "tags"


def _to_plain_data(node: Node) -> object:
    return _DocumentBuilder().visit(node, "", node.line)
