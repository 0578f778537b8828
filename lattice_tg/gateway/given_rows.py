"""The targets of a request written as the JSON that they are.

botocore walks through each row by its description to write the body of a request, which for a hundred of them is a
tenth of the call and changes nothing. So rows that our rules have checked are kept from it, and put into the body
that it has written.
"""

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from lattice_tg.gateway.shapes import is_flat
from lattice_tg.gateway.validation import is_prevalidated

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
