"""A YAML parser that keeps line numbers and duplicate keys.

The parser reads PyYAML's events instead of loading objects, so a file cannot create arbitrary Python objects. The extra
``yaml`` installs PyYAML. Import this module only to read a YAML file, because PyYAML may not be installed.
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
    ValueCounter,
)

_DECIMAL_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_INTEGER_TAG = "tag:yaml.org,2002:int"
_SCALAR_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp")}


def parse_yaml(text: str) -> Node:
    """Parse a YAML text with one document.

    Raises:
        ParseError: If the text is not valid YAML or has more than one document.

    """
    lines = LineIndex.from_text(text)
    try:
        return _YamlParser(text, lines).parse_document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, lines) from None
    except yaml.reader.ReaderError as error:
        line = lines.line_number_at(error.position)
        raise ParseError(text[error.position], "is not allowed in YAML", "Remove the character", line) from None


def _syntax_error(error: yaml.MarkedYAMLError, lines: LineIndex) -> ParseError:
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(lines.text)) if mark else 0
    message = ", ".join(part for part in (error.context, error.problem) if part)
    hint = (
        "Indent with spaces, not with tabs"
        if lines.text[index : index + 1] == "\t"
        else "Correct the syntax in this line"
    )
    return ParseError(lines.rest_of_line(index), f"is not valid YAML: {message}", hint, lines.line_number_at(index))


class _YamlParser:
    def __init__(self, text: str, lines: LineIndex) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self._scalar_loader: Any = yaml.SafeLoader("")  # The type stubs lack most methods of the loader.
        self._lines = lines
        self._counter = ValueCounter()

    def parse_document(self) -> Node:
        next(self._events)  # StreamStartEvent
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise ParseError("", "is empty", "Write a spec or a list of specs")
        node = self._parse_node(next(self._events))
        next(self._events)  # DocumentEndEvent
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise self._multiple_documents_error(event)
        return node

    def _multiple_documents_error(self, event: yaml.Event) -> ParseError:
        source = self._lines.rest_of_line(_start_index(event))
        return ParseError(
            source, "a second document starts here", "Write several specs as one list", self._line_of(event)
        )

    def _parse_node(self, event: yaml.Event) -> Node:
        self._counter.increment(self._line_of(event))
        if isinstance(event, yaml.AliasEvent):
            rule, hint = "YAML aliases are not supported", "Write the value itself"
            return UnsupportedNode(f"*{event.anchor}", rule, hint, self._line_of(event))
        tag, node = getattr(event, "tag", None), self._parse_untagged_node(event)
        if tag is None:
            return node
        hint = "Remove the tag" if tag.startswith("tag:") else "Write the value itself"  # CloudFormation: !Ref, !Sub
        return UnsupportedNode(tag, "YAML tags are not supported", hint, node.line)

    def _parse_untagged_node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._parse_scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return SequenceNode(tuple(self._parse_items()), self._line_of(event))
        return MappingNode(tuple(self._parse_entries()), self._line_of(event))

    def _parse_items(self) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._parse_node(event)

    def _parse_entries(self) -> Iterator[MappingEntry]:
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, node = self._parse_node(event), self._parse_node(next(self._events))
            if isinstance(key, ScalarNode):
                yield MappingEntry(key.value, node, key.line)
            else:
                yield self._make_unsupported_entry(key, event)

    def _make_unsupported_entry(self, key: Node, event: yaml.Event) -> MappingEntry:
        source = key.source if isinstance(key, UnsupportedNode) else self._lines.rest_of_line(_start_index(event))
        if source == "<<":
            rule, hint = "YAML merge keys are not supported", "Write the merged keys"
        else:
            rule, hint = "is not a string", "Use a string as the key"
        return MappingEntry(source, UnsupportedNode(source, rule, hint, key.line), key.line)

    def _parse_scalar(self, event: yaml.ScalarEvent) -> ScalarNode | UnsupportedNode:
        line = self._line_of(event)
        tag: str = self._scalar_loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _SCALAR_TAGS:
            return UnsupportedNode(event.value, "is not a string in YAML", "Put it in quotes", line)
        if tag == _INTEGER_TAG and not _DECIMAL_INTEGER.fullmatch(event.value):
            rule, hint = "is not a decimal integer in YAML", "Write only digits without leading zeros, or use quotes"
            return UnsupportedNode(event.value, rule, hint, line)
        try:
            return ScalarNode(self._scalar_loader.construct_object(yaml.ScalarNode(tag, event.value)), line)
        except ValueError:  # a date such as 2026-13-45, or an integer of more than 4,300 digits
            return UnsupportedNode(event.value, "is not a valid date or number", "Put it in quotes", line)

    def _line_of(self, event: yaml.Event) -> int:
        return self._lines.line_number_at(_start_index(event))


def _start_index(event: yaml.Event) -> int:
    mark: Any = event.start_mark
    index: int = mark.index
    return index
