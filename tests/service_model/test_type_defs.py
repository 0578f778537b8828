"""Tests that ``to_boto3`` returns dicts with the types of botocore's service model."""

from collections.abc import Mapping
from datetime import datetime
from types import GenericAlias
from typing import Any, Literal, get_overloads, get_type_hints

import pytest

from lattice_tg.conversion import to_boto3, type_defs
from lattice_tg.conversion.field_names import MODELS
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.service_model import shapes

SHAPES: dict[type, str] = {
    HealthCheck: "HealthCheckConfig",
    Matcher: "Matcher",
    Target: "Target",
    TargetFailure: "TargetFailure",
    TargetGroup: "GetTargetGroupResponse",
    TargetGroupConfig: "TargetGroupConfig",
    TargetGroupDeletion: "DeleteTargetGroupResponse",
    TargetGroupSpec: "CreateTargetGroupRequest",
    TargetGroupSummary: "TargetGroupSummary",
    TargetSummary: "TargetSummary",
}
"""The shape of each model. UnknownMatcher has no shape."""
SCALARS: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "timestamp": datetime}


def find_type_def(shape: str) -> Any:
    """Return the TypedDict for a shape."""
    return getattr(type_defs, f"{shape}TypeDef")


def get_python_type(shape: Any) -> Any:
    """Return the type of the values that botocore accepts or returns for ``shape``."""
    match shape.type_name:
        case "structure":
            return find_type_def(shape.name)
        case "list":
            return GenericAlias(list, get_python_type(shape.member))
        case "map":
            return GenericAlias(Mapping, (get_python_type(shape.key), get_python_type(shape.value)))
        case "string" if values := getattr(shape, "enum", None):
            return Literal[tuple(values)]
        case scalar:
            return SCALARS[scalar]


@pytest.mark.parametrize("shape", sorted(SHAPES.values()))
def test_type_defs_have_the_members_of_their_shapes(shape: str) -> None:
    """Each TypedDict has the members, the types, the enum values and the required members of the shape."""
    type_def, structure = find_type_def(shape), shapes()[shape]

    assert get_type_hints(type_def) == {name: get_python_type(member) for name, member in structure.members.items()}
    assert type_def.__required_keys__ == set(structure.required_members)


def test_to_boto3_returns_the_type_def_of_each_model() -> None:
    """``to_boto3`` has an overload for each model. The return type is the TypedDict of the model's shape."""
    hints = [get_type_hints(overload) for overload in get_overloads(to_boto3)]

    returned = {hint["model"]: hint["return"] for hint in hints}

    assert returned == {model: find_type_def(shape) for model, shape in SHAPES.items()} | {
        UnknownMatcher: dict[str, Any]
    }
    assert set(returned) == set(MODELS)


def test_every_type_def_belongs_to_a_model() -> None:
    """No TypedDict is left from a shape without a model."""
    names = {name for name in vars(type_defs) if name.endswith("TypeDef")}

    assert names == {f"{shape}TypeDef" for shape in SHAPES.values()}
