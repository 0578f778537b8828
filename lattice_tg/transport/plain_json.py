"""Replies taken as JSON has them, for what our verbs send.

botocore walks through a reply by its description, member by member, which is most of what reading one costs, and
changes little: text and numbers are what they are. So only what does change is looked at here: times, and what has
members or entries of its own.
"""

import json
import logging
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from lattice_tg.transport.parameter_validation import is_prevalidated, is_sending_prevalidated
from lattice_tg.transport.session import parse_timestamp

JSON_TYPES: Mapping[str, type] = {"boolean": bool, "integer": int, "long": int}
"""What JSON has to have for these; anything else is made into them by botocore, if it can be."""


def is_flat(shape: Any) -> bool:
    """Whether a structure has nothing but text, numbers and truth values, which are to JSON what they are to Python."""
    if shape.type_name != "structure" or shape.is_tagged_union or shape.is_document_type:
        return False
    return all(
        not member.serialization and (member.type_name == "string" or member.type_name in JSON_TYPES)
        for member in shape.members.values()
    )


TARGET_LIST_MEMBERS: Mapping[str, str] = {"DeregisterTargets": "targets", "RegisterTargets": "targets"}
"""The member of each operation's request that has rows."""

_CONTEXT_KEY = "lattice_tg_rows"


def detach_targets(
    params: MutableMapping[str, Any], model: Any, context: MutableMapping[str, Any] | None = None, **_: object
) -> None:
    """Keep the rows of a request of ours from botocore: the last hook before it writes the body."""
    name = TARGET_LIST_MEMBERS.get(model.name)
    if name is None or context is None or not is_prevalidated(model.name, params):
        return
    if _is_plain_json_list(model.input_shape.members[name]):
        context[_CONTEXT_KEY] = name, params[name], params
        params[name] = []


def attach_targets(
    params: MutableMapping[str, Any], context: MutableMapping[str, Any] | None = None, **_: object
) -> None:
    """Put the rows that were kept into the body: the first hook after it is written, so that others see all of it."""
    if context and _CONTEXT_KEY in context:
        name, rows, given = context.pop(_CONTEXT_KEY)
        given[name] = rows  # a hook of the user's may have given its own dict
        params["body"] = json.dumps({**json.loads(params["body"]), name: rows}).encode()


def _is_plain_json_list(rows: Any) -> bool:
    """Whether rows are what JSON has, and a request without any is refused: were they lost, it would be noticed."""
    return (
        rows.type_name == "list" and not rows.serialization and rows.metadata.get("min", 0) > 0 and is_flat(rows.member)
    )


_botocore_log = logging.getLogger("botocore.parsers")

ParseFn = Callable[[Any], Any]
"""Gives what botocore would make of a value that JSON gave; a ValueError or TypeError where that is odd."""


class _UnsupportedShapeError(Exception):
    """A reply is described by more than its JSON, such as a header."""


def make_parse_handler() -> Callable[..., None]:
    """A hook that takes replies out before botocore parses them, and gives them back after that.

    A reply in which anything is odd is left to botocore, and so are all of them while its log shows replies.
    """
    known: dict[str, ParseFn | None] = {}

    def take_reply(
        operation_model: Any,
        response_dict: MutableMapping[str, Any],
        customized_response_dict: MutableMapping[str, Any] | None = None,
        **_: object,
    ) -> None:
        operation: str = operation_model.name
        succeeded = response_dict["status_code"] < 300  # noqa: PLR2004 - from there on it is an error
        if customized_response_dict is None or not succeeded or not is_sending_prevalidated(operation):
            return
        if operation not in known:
            known[operation] = _compile_parser(operation_model.output_shape)
        take = known[operation]
        if take is None or _botocore_log.isEnabledFor(logging.DEBUG):
            return
        try:
            reply = take(_decode_json(response_dict["body"]))
        except (TypeError, ValueError):
            return
        customized_response_dict.update(reply)
        response_dict["body"] = b""

    return take_reply


def _decode_json(body: bytes) -> Any:
    """What the JSON of a reply says; members that are null, which botocore leaves out, are odd."""
    if b"null" in body:
        raise ValueError
    return json.loads(body.decode())  # bytes alone would be taken for UTF-16, too


def _compile_parser(shape: Any) -> ParseFn | None:
    """How a reply of this shape is taken; None where botocore has to make it."""
    try:
        return _compile_value(shape)
    except (AttributeError, _UnsupportedShapeError):
        return None


def _compile_value(shape: Any) -> ParseFn | None:
    """How a value of this shape is taken; None where it comes as JSON has it."""
    if shape.serialization.keys() - {"timestampFormat"}:  # a header, the payload, or another name
        raise _UnsupportedShapeError
    match shape.type_name:
        case "timestamp":
            return parse_timestamp
        case "list":
            return _compile_list(shape.member)
        case "structure" if not shape.is_document_type:
            return _compile_structure(shape)
        case "string":
            return None
        case kind if kind in JSON_TYPES:
            return _require_type(JSON_TYPES[kind])
        case _:
            raise _UnsupportedShapeError


def _require_type(kind: type) -> ParseFn:
    def take(said: object) -> object:
        if type(said) is not kind:
            raise TypeError
        return said

    return take


def _compile_list(entry: Any) -> ParseFn:
    take_entry, are_plain = _compile_value(entry), _compile_row_check(entry)

    def take(entries: list[Any]) -> list[Any]:
        if type(entries) is not list:
            raise TypeError
        return entries if take_entry is None or are_plain(entries) else [*map(take_entry, entries)]

    return take


def _compile_row_check(shape: Any) -> Callable[[list[Any]], bool]:
    """Whether rows of this shape are as JSON has them; for all of them at once, which takes a third of the time."""
    if not is_flat(shape):
        return lambda _: False
    members: Mapping[str, Any] = shape.members
    kinds = {name: JSON_TYPES[member.type_name] for name, member in members.items() if member.type_name in JSON_TYPES}

    def are_plain(rows: list[Any]) -> bool:
        if not ({*map(type, rows)} <= {dict} and members.keys() >= set[str]().union(*rows)):
            return False
        return all({type(row[name]) for row in rows if name in row} <= {kind} for name, kind in kinds.items())

    return are_plain


def _compile_structure(shape: Any) -> ParseFn:
    members = {name: _compile_value(member) for name, member in shape.members.items()}
    changed = [(name, take) for name, take in members.items() if take is not None]
    known, is_union = frozenset(members), shape.is_tagged_union

    def take(said: dict[str, Any]) -> dict[str, Any]:
        if type(said) is not dict:
            raise TypeError
        is_known = known.issuperset(said)
        if is_union and not (is_known and len(said) == 1):
            raise ValueError
        if not is_known:
            said = {name: said[name] for name in known if name in said}
        for name, take_member in changed:
            if name in said:
                said[name] = take_member(said[name])
        return said

    return take
