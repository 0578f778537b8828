"""A tree as plain data, and the line of each path in it."""

from collections.abc import Iterator, Mapping

from attrs import define, field, frozen

from lattice_tg.files.tree import MappingNode, Node, ScalarNode, SequenceNode, UnsupportedNode


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
                rule = f"stands twice, first in line {firsts[place]}; keep one"
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
