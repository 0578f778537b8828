"""YAML as a tree with lines, from the parser's events: no object is ever built from what the file says.

Imported on first use only: PyYAML comes with the extra ``yaml``.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

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

_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_INT = "tag:yaml.org,2002:int"
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}


def parse_yaml(text: str) -> Node:
    """What ``text`` says, or an UnreadableError."""
    lines = LineIndex.from_text(text)
    try:
        return _YamlParser(text, lines).parse_document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, lines) from None
    except yaml.reader.ReaderError as error:
        rule = "is not allowed in YAML. Remove the character."
        raise ParseError(text[error.position], rule, lines.line_number_at(error.position)) from None


def _syntax_error(error: yaml.MarkedYAMLError, lines: LineIndex) -> ParseError:
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(lines.text)) if mark else 0
    said = ", ".join(part for part in (error.context, error.problem) if part)
    way_out = ". Indent with spaces, not with tabs." if lines.text[at : at + 1] == "\t" else ""
    return ParseError(lines.rest_of_line(at), f"is not valid YAML: {said}{way_out}", lines.line_number_at(at))


class _YamlParser:
    def __init__(self, text: str, lines: LineIndex) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self._scalars: Any = yaml.SafeLoader("")  # its type stubs leave most of it open
        self._lines = lines

    def parse_document(self) -> Node:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise ParseError("", "is empty. Write a spec or a list of specs.")
        node = self._parse_node(next(self._events))
        next(self._events)  # the document's end
        if not isinstance(more := next(self._events), yaml.StreamEndEvent):
            raise self._multiple_documents_error(more)
        return node

    def _multiple_documents_error(self, event: yaml.Event) -> ParseError:
        rule = "a second document starts here. Write several specs as one list."
        return ParseError(self._lines.rest_of_line(_start_index(event)), rule, self._line(event))

    def _parse_node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return UnsupportedNode(
                f"*{event.anchor}", "is an alias, which is not supported. Write the value itself.", self._line(event)
            )
        tag, node = getattr(event, "tag", None), self._parse_untagged(event)
        return node if tag is None else UnsupportedNode(tag, "is a tag, which is not supported. Remove it.", node.line)

    def _parse_untagged(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return SequenceNode(tuple(self._items()), self._line(event))
        return MappingNode(tuple(self._entries()), self._line(event))

    def _items(self) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._parse_node(event)

    def _entries(self) -> Iterator[MappingEntry]:
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, node = self._parse_node(event), self._parse_node(next(self._events))
            if isinstance(key, ScalarNode):
                yield MappingEntry(key.value, node, key.line)
            else:
                yield MappingEntry(*self._unsupported_key(key, event))

    def _unsupported_key(self, key: Node, event: yaml.Event) -> tuple[str, Node, int]:
        text = key.text if isinstance(key, UnsupportedNode) else self._lines.rest_of_line(_start_index(event))
        rule = (
            "is a merge key, which is not supported. Write the merged keys."
            if text == "<<"
            else "is not a string. Use a string as the key."
        )
        return text, UnsupportedNode(text, rule, key.line), key.line

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode | UnsupportedNode:
        line = self._line(event)
        tag: str = self._scalars.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _PLAIN_TAGS:
            return UnsupportedNode(event.value, "is not a string in YAML. Put it in quotes.", line)
        if tag == _INT and not _DECIMAL.fullmatch(event.value):
            return UnsupportedNode(
                event.value, "is not a decimal integer in YAML. Start it with 1 to 9, or put it in quotes.", line
            )
        try:
            return ScalarNode(self._scalars.construct_object(yaml.ScalarNode(tag, event.value)), line)
        except ValueError:  # a date that is in no calendar, a number of thousands of digits
            return UnsupportedNode(event.value, "is not a valid date or number. Put it in quotes.", line)

    def _line(self, event: yaml.Event) -> int:
        return self._lines.line_number_at(_start_index(event))


def _start_index(event: yaml.Event) -> int:
    mark: Any = event.start_mark
    index: int = mark.index
    return index
