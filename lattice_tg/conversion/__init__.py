"""Conversion between models and the dicts of boto3."""

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from lattice_tg.conversion.strict_structuring import structure_strict
from lattice_tg.conversion.structuring import is_mapping_value, structure_fn
from lattice_tg.conversion.unstructuring import unstructure_fn

__all__ = ["from_boto3", "structure_fn", "to_boto3", "unstructure_fn"]


T = TypeVar("T", bound=attrs.AttrsInstance)


def to_boto3(model: attrs.AttrsInstance) -> dict[str, Any]:
    """The dict that boto3 takes or returns for ``model``: only what is set, under the service's names.

    ``to_boto3(spec)`` is exactly what ``create_target_group(**…)`` takes. Fields that a class of your own adds to a
    model are left out.

    Args:
        model: A spec, a group, a target, or any other model.

    """
    data: dict[str, Any] = unstructure_fn(type(model))(model)
    return data


def from_boto3(cls: type[T], data: Mapping[str, Any], *, strict: bool = False) -> T:
    """The model of class ``cls`` that ``data`` describes under the service's names.

    Lenient, as for what the service sends: unknown words are kept, unknown members and ``ResponseMetadata`` are
    ignored, a missing member is empty. Strict, as for what a user wrote in a file: an unknown key, a missing one
    or a value of the wrong type (``"80"`` for a number) is a mistake.

    Args:
        cls: The class of the model, such as ``TargetGroup``.
        data: What boto3 returned or takes.
        strict: Read what a user wrote; by default, what the service sent.

    Raises:
        InvalidSpecError: With ``strict``: all mistakes at once, each with its path as written in ``data``.
        TypeError: Without it: ``data`` is no mapping.

    """
    if strict:
        return structure_strict(cls, data)
    if not is_mapping_value(data):  # callers may be untyped
        raise TypeError(f"a {cls.__name__} is read from a mapping, not from {data!r}")
    return structure_fn(cls)(data)
