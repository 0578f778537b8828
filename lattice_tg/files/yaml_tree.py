"""YAML as a tree with lines, from the parser's events: no object is ever built from what the file says.

Imported on first use only: PyYAML comes with the extra ``yaml``.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from lattice_tg.files.tree import Entries, Entry, Items, Lines, Node, Refused, Scalar, UnreadableError

_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_INT = "tag:yaml.org,2002:int"
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}


def yaml_tree(text: str) -> Node:
    """What ``text`` says, or an UnreadableError."""
    lines = Lines.of(text)
    try:
        return _Reader(text, lines).document()
    except yaml.MarkedYAMLError as error:
        raise _broken(error, lines) from None
    except yaml.reader.ReaderError as error:
        rule = "is a character that YAML does not have; take it out"
        raise UnreadableError(text[error.position], rule, lines.number_at(error.position)) from None


def _broken(error: yaml.MarkedYAMLError, lines: Lines) -> UnreadableError:
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(lines.text)) if mark else 0
    said = ", ".join(part for part in (error.context, error.problem) if part)
    way_out = "; indent with spaces, not with tabs" if lines.text[at : at + 1] == "\t" else ""
    return UnreadableError(lines.rest_at(at), f"this is not YAML: {said}{way_out}", lines.number_at(at))


class _Reader:
    def __init__(self, text: str, lines: Lines) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self._scalars: Any = yaml.SafeLoader("")  # its type stubs leave most of it open
        self._lines = lines

    def document(self) -> Node:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise UnreadableError("", "is empty; write a spec, or a list of them")
        node = self._node(next(self._events))
        next(self._events)  # the document's end
        if not isinstance(more := next(self._events), yaml.StreamEndEvent):
            raise self._second_document(more)
        return node

    def _second_document(self, event: yaml.Event) -> UnreadableError:
        rule = "a second document begins here; write several specs as one list"
        return UnreadableError(self._lines.rest_at(_start(event)), rule, self._line(event))

    def _node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return Refused(f"*{event.anchor}", "is an alias; write out what it stands for", self._line(event))
        tag, node = getattr(event, "tag", None), self._untagged(event)
        return node if tag is None else Refused(tag, "is a tag, which is not read here; take it out", node.line)

    def _untagged(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self._items()), self._line(event))
        return Entries(tuple(self._entries()), self._line(event))

    def _items(self) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event)

    def _entries(self) -> Iterator[Entry]:
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, node = self._node(event), self._node(next(self._events))
            if isinstance(key, Scalar):
                yield Entry(key.value, node, key.line)
            else:
                yield Entry(*self._refused_key(key, event))

    def _refused_key(self, key: Node, event: yaml.Event) -> tuple[str, Node, int]:
        text = key.text if isinstance(key, Refused) else self._lines.rest_at(_start(event))
        rule = "is a merge; write out what it brings in" if text == "<<" else "is no key: a key is a text"
        return text, Refused(text, rule, key.line), key.line

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar | Refused:
        line = self._line(event)
        tag: str = self._scalars.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _PLAIN_TAGS:
            return Refused(event.value, "means something else to YAML than text; put it in quotes", line)
        if tag == _INT and not _DECIMAL.fullmatch(event.value):
            return Refused(event.value, "is a number to YAML, but no decimal one; write 1 to 9 first, or quotes", line)
        try:
            return Scalar(self._scalars.construct_object(yaml.ScalarNode(tag, event.value)), line)
        except ValueError:  # a date that is in no calendar, a number of thousands of digits
            return Refused(event.value, "cannot be read as a date or number; put it in quotes", line)

    def _line(self, event: yaml.Event) -> int:
        return self._lines.number_at(_start(event))


def _start(event: yaml.Event) -> int:
    mark: Any = event.start_mark
    index: int = mark.index
    return index
