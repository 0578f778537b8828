"""Parsed documents: nodes with line numbers, and the plain data in them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from attrs import define, field, frozen


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


@frozen
class FileProblem:
    """What is wrong at one place of a file."""

    field: str
    value: object
    rule: str
    line: int | None = None


@frozen
class Document:
    """What a file says."""

    data: object
    """As plain data; of a key that stands twice, the first; for what is refused, None."""

    lines: Mapping[str, int]
    """The line of each path."""

    unsupported: tuple[FileProblem, ...]
    """What may not stand in a file of specs."""

    duplicate_keys: tuple[FileProblem, ...]
    """The keys that stand twice."""

    def line_of(self, path: str) -> int:
        """The line of ``path``, or of the nearest thing around it."""
        around = (self.lines[place] for place in (path, *parent_paths(path)) if place in self.lines)
        return next(around, self.lines[""])


def parent_paths(path: str) -> Iterator[str]:
    """The paths that lead to ``path``, the longest first."""
    return (path[:at] for at in range(len(path) - 1, 0, -1) if path[at] in ".[")


def build_document(tree: Node) -> Document:
    """The data of ``tree`` with their places."""
    survey = _DocumentBuilder()
    data = survey.visit(tree, "", tree.line)
    return Document(data, survey.lines, tuple(survey.refused), tuple(survey.repeated))


@define
class _DocumentBuilder:
    lines: dict[str, int] = field(factory=dict[str, int])
    refused: list[FileProblem] = field(factory=list[FileProblem])
    repeated: list[FileProblem] = field(factory=list[FileProblem])

    def visit(self, node: Node, path: str, line: int) -> object:
        """The data of ``node``; an entry's line is that of its key."""
        self.lines.setdefault(path, line)
        match node:
            case ScalarNode(value):
                return value
            case UnsupportedNode(text, rule):
                self.refused.append(FileProblem(path or "data", text, rule, node.line))
                return None
            case SequenceNode(items):
                return [self.visit(item, f"{path}[{index}]", item.line) for index, item in enumerate(items)]
            case _:
                return self._mapping(node, path)

    def _mapping(self, node: MappingNode, path: str) -> dict[object, object]:
        data: dict[object, object] = {}
        firsts: dict[str, int] = {}
        for entry in node.entries:
            place = _child_path(path, entry.key)
            if place in firsts:
                rule = f"duplicate key (first defined in line {firsts[place]}). Keep one."
                self.repeated.append(FileProblem(place, _to_plain_data(entry.node), rule, entry.line))
            else:
                firsts[place] = entry.line
                data[entry.key] = self.visit(entry.node, place, entry.line)
        return data


def _child_path(path: str, key: object) -> str:
    """The path of an entry, spelled as the strict reader does."""
    if path.rpartition(".")[2] == "tags":
        return f"{path}[{key!r}]"
    return f"{path}.{key}" if path else str(key)


def _to_plain_data(node: Node) -> object:
    return _DocumentBuilder().visit(node, "", node.line)
