"""What a 409 means. AWS documents neither the meanings nor the words, so this goes by what users have reported.

A message may quote the name of a group, in which any of these words can stand: those of a token have a space or
come after ``already exist``.
"""

import re

from lattice_tg.service_errors import ConflictKind

_CREATE = "CreateTargetGroup"

# the first row of which a word is in the message (in lower case) decides
_PHRASES: tuple[tuple[ConflictKind, tuple[str, ...]], ...] = (
    ("token_reused", ("client token", "idempotency token")),
    ("name_exists", ("already exist",)),
    ("token_reused", ("token", "idempot")),
    ("wrong_status", ("resource status", "in_progress", "in progress", "being created")),
    ("has_targets", ("targets registered", "registered targets", "draining", "has targets")),
    ("in_use", ("in use", "used by", "listener", "rule", "associated", "service")),
)

_CREATION = re.compile(r"\bcreat(e|ion|ing)\b.*\bin progress\b|\bbeing created\b")  # CREATE_FAILED stays as it is

_CREATE_KINDS = ("token_reused", "name_exists")


def classify_conflict(operation: str, message: str) -> ConflictKind:
    """The meaning of a 409 by the operation and the service's words; ``unknown`` where they tell nothing."""
    lowered = message.lower()
    for kind, words in _PHRASES:
        fits_operation = (operation == _CREATE) == (kind in _CREATE_KINDS)
        if fits_operation and any(word in lowered for word in words):
            return kind
    return "unknown"


def is_transient(kind: ConflictKind, message: str) -> bool:
    """Whether the same request may succeed later: while a group is being created, not while it is going."""
    lowered = message.lower()
    return kind == "wrong_status" and ("create_in_progress" in lowered or _CREATION.search(lowered) is not None)
