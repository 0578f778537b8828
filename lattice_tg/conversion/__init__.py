"""Conversion between models and the dicts that boto3 accepts and returns."""

from collections.abc import Mapping
from typing import Any, TypeVar, overload

import attrs

from lattice_tg.conversion.converter import configure_converter, structure_fn, structure_list_fn, unstructure_fn
from lattice_tg.conversion.field_names import is_model
from lattice_tg.conversion.type_defs import (
    CreateTargetGroupRequestTypeDef,
    DeleteTargetGroupResponseTypeDef,
    GetTargetGroupResponseTypeDef,
    HealthCheckConfigTypeDef,
    MatcherTypeDef,
    TargetFailureTypeDef,
    TargetGroupConfigTypeDef,
    TargetGroupSummaryTypeDef,
    TargetSummaryTypeDef,
    TargetTypeDef,
)
from lattice_tg.formatting import short_repr
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target

__all__ = ["configure_converter", "from_boto3", "structure_list_fn", "to_boto3", "unstructure_fn"]

T = TypeVar("T", bound=attrs.AttrsInstance)


@overload
def to_boto3(model: TargetGroupSpec) -> CreateTargetGroupRequestTypeDef:  # noqa: D418 - for language servers
    """Convert ``model`` to a dict in the format that boto3 accepts or returns.

    Args:
        model: A spec, a target group, a target or another model of a shape in the VPC Lattice API.

    """


@overload
def to_boto3(model: TargetGroupConfig) -> TargetGroupConfigTypeDef: ...
@overload
def to_boto3(model: HealthCheck) -> HealthCheckConfigTypeDef: ...
@overload
def to_boto3(model: Matcher) -> MatcherTypeDef: ...
@overload
def to_boto3(model: UnknownMatcher) -> dict[str, Any]: ...
@overload
def to_boto3(model: Target) -> TargetTypeDef: ...
@overload
def to_boto3(model: TargetGroup) -> GetTargetGroupResponseTypeDef: ...
@overload
def to_boto3(model: TargetGroupSummary) -> TargetGroupSummaryTypeDef: ...
@overload
def to_boto3(model: TargetGroupDeletion) -> DeleteTargetGroupResponseTypeDef: ...
@overload
def to_boto3(model: TargetSummary) -> TargetSummaryTypeDef: ...
@overload
def to_boto3(model: TargetFailure) -> TargetFailureTypeDef: ...
def to_boto3(model: attrs.AttrsInstance) -> Any:
    """Convert ``model`` to a dict in the format that boto3 accepts or returns.

    The dict contains only the fields that are set, under their names in the VPC Lattice API. For example, you can call
    ``create_target_group(**to_boto3(spec))``. If ``model`` is an instance of your own subclass of a model, the fields
    that the subclass adds are omitted.

    For type checkers, the dict is a TypedDict with the keys and Literals of the shape in the API. A response may
    contain values that are not in the Literals.

    Args:
        model: A spec, a target group, a target or another model of a shape in the VPC Lattice API.

    Raises:
        TypeError: If ``model`` is not an instance of a model.

    """
    if not is_model(type(model)):
        raise TypeError(f"model={short_repr(model)}: must be an instance of a model, such as TargetGroupSpec.")
    return unstructure_fn(type(model))(model)


def from_boto3(cls: type[T], data: Mapping[str, Any], *, strict: bool = False) -> T:
    """Create an instance of the model ``cls`` from a boto3 dict.

    By default, parsing is lenient, which suits responses: unknown enum values are kept, unknown members and
    ``ResponseMetadata`` are ignored, and a missing required member becomes an empty string. ``strict=True`` suits user
    input: unknown keys, missing keys and values of the wrong type (such as ``"80"`` for an integer) are reported as
    problems.

    Args:
        cls: The class of the model, such as ``TargetGroup``.
        data: A dict in the format that boto3 returns or accepts.
        strict: Whether to report problems in ``data``. Default: False.

    Raises:
        InvalidSpecError: If ``strict`` is True and ``data`` has problems. The error lists every problem with its path
            in ``data``.
        TypeError: If ``cls`` is not the class of a model, or if ``strict`` is False and ``data`` is not a mapping.

    """
    if not is_model(cls):
        raise TypeError(f"cls={short_repr(cls)}: must be the class of a model, such as TargetGroup.")
    if not strict:
        return structure_fn(cls)(data)
    from lattice_tg.conversion.strict_structuring import structure_strict  # noqa: PLC0415 - responses do not need it

    return structure_strict(cls, data)
