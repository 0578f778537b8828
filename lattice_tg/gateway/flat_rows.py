"""Rows of a reply taken as JSON has them, for what our verbs send.

botocore walks through each row by its description, which for a hundred flat ones is a quarter of the call and changes
nothing: text and numbers are what they are.
"""

import json
from collections.abc import Mapping, MutableMapping
from typing import Any, cast

from lattice_tg.gateway.validation import is_sending

_FLAT_ROWS: Mapping[str, tuple[str, ...]] = {
    "ListTargets": ("items",),
    "RegisterTargets": ("successful", "unsuccessful"),
    "DeregisterTargets": ("successful", "unsuccessful"),
}
"""The members of replies whose rows have nothing but text and numbers."""


def take_flat_rows(
    operation_model: Any,
    response_dict: MutableMapping[str, Any],
    customized_response_dict: MutableMapping[str, Any] | None = None,
    **_: object,
) -> None:
    """Take the rows out of a reply before botocore parses it, and give them back after that.

    A reply in which anything is odd is left to botocore.
    """
    members = _FLAT_ROWS.get(operation_model.name, ())
    succeeded = response_dict["status_code"] < 300  # noqa: PLR2004 - from there on it is an error
    if customized_response_dict is None or not members or not succeeded or not is_sending(operation_model.name):
        return
    try:
        body: Any = json.loads(response_dict["body"].decode())  # bytes alone would be taken for UTF-16, too
    except (AttributeError, ValueError):
        return
    if isinstance(body, dict):
        reply = cast("dict[str, Any]", body)
        customized_response_dict.update({name: reply.pop(name) for name in members if _are_plain(reply.get(name))})
        response_dict["body"] = json.dumps(reply).encode()


def _are_plain(rows: object) -> bool:
    """Whether these are rows in which no member is null, as botocore leaves those out."""
    return isinstance(rows, list) and all(map(_is_plain, cast("list[object]", rows)))


def _is_plain(row: object) -> bool:
    return isinstance(row, dict) and None not in row.values()
