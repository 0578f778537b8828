"""What botocore's description of a value says of it."""

from collections.abc import Mapping
from typing import Any

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
