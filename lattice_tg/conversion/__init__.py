"""Conversion between models and the dicts that boto3 takes and returns."""

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from lattice_tg.conversion.converter import configure_converter, structure_fn, unstructure_fn
from lattice_tg.conversion.strict_structuring import structure_strict

__all__ = ["configure_converter", "from_boto3", "structure_fn", "to_boto3", "unstructure_fn"]

T = TypeVar("T", bound=attrs.AttrsInstance)


def to_boto3(model: attrs.AttrsInstance) -> dict[str, Any]:
    """Convert ``model`` to the dict that boto3 takes or returns.

    The dict has only the fields that are set, under the names of the VPC Lattice API. ``to_boto3(spec)`` is exactly
    what ``create_target_group(**…)`` takes. Fields that your subclass adds to a model are omitted.

    Args:
        model: A spec, a target group, a target or any other model.

    """
    data: dict[str, Any] = unstructure_fn(type(model))(model)
    return data


def from_boto3(cls: type[T], data: Mapping[str, Any], *, strict: bool = False) -> T:
    """Create an instance of the model ``cls`` from a dict of boto3.

    By default, parsing is lenient, as responses require: unknown enum values are kept, unknown members and
    ``ResponseMetadata`` are ignored, and a missing required member becomes an empty string. With ``strict=True``, as
    user input requires, an unknown key, a missing key and a value of the wrong type (such as ``"80"`` for an integer)
    are problems.

    Args:
        cls: The class of the model, such as ``TargetGroup``.
        data: The dict that boto3 returned or takes.
        strict: Whether to report problems in ``data``. Default: False.

    Raises:
        InvalidSpecError: If ``strict`` is True and ``data`` has problems. The error has all of them, each with its
            path as written in ``data``.
        TypeError: If ``strict`` is False and ``data`` is not a mapping.

    """
    return structure_strict(cls, data) if strict else structure_fn(cls)(data)
