"""Tests that the library supports each operation, structure, member, type and enum of botocore's service model."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args, get_origin

import attrs
import pytest

from lattice_tg import literals
from lattice_tg.conversion.field_names import wire_names
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.service_model import OPERATIONS, compare, each, service, shapes

MODELS: Mapping[str, type[Any]] = {
    "Matcher": Matcher,
    "HealthCheckConfig": HealthCheck,
    "TargetGroupConfig": TargetGroupConfig,
    "CreateTargetGroupRequest": TargetGroupSpec,
    "GetTargetGroupResponse": TargetGroup,
    "TargetGroupSummary": TargetGroupSummary,
    "DeleteTargetGroupResponse": TargetGroupDeletion,
    "Target": Target,
    "TargetSummary": TargetSummary,
    "TargetFailure": TargetFailure,
}
"""The shapes for which the library has a model class with the same members."""
REQUEST_ONLY_MEMBERS: Mapping[str, set[str]] = {
    "CreateTargetGroupRequest": {"clientToken"},  # The client generates a token for each create.
}
PARTIAL_GROUPS: Mapping[str, set[str]] = {
    # The client parses both responses as TargetGroup, although the responses lack some of the members.
    "CreateTargetGroupResponse": {"id", "arn", "name", "type", "config", "status"},
    "UpdateTargetGroupResponse": {"id", "arn", "name", "type", "config", "status"},
}
WITHOUT_MODEL: Mapping[str, set[str]] = {
    "GetTargetGroupRequest": {"targetGroupIdentifier"},
    "ListTargetGroupsRequest": {"maxResults", "nextToken", "vpcIdentifier", "targetGroupType"},
    "ListTargetGroupsResponse": {"items", "nextToken"},
    "UpdateTargetGroupRequest": {"targetGroupIdentifier", "healthCheck"},
    "DeleteTargetGroupRequest": {"targetGroupIdentifier"},
    "RegisterTargetsRequest": {"targetGroupIdentifier", "targets"},
    "RegisterTargetsResponse": {"successful", "unsuccessful"},
    "DeregisterTargetsRequest": {"targetGroupIdentifier", "targets"},
    "DeregisterTargetsResponse": {"successful", "unsuccessful"},
    "ListTargetsRequest": {"targetGroupIdentifier", "maxResults", "nextToken", "targets"},
    "ListTargetsResponse": {"items", "nextToken"},
    "ListTagsForResourceRequest": {"resourceArn"},
    "ListTagsForResourceResponse": {"tags"},
    "TagResourceRequest": {"resourceArn", "tags"},
    "TagResourceResponse": set(),
    "UntagResourceRequest": {"resourceArn", "tagKeys"},
    "UntagResourceResponse": set(),
}
"""Members of the requests and responses that the client handles without a model class."""
PYTHON_TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "timestamp": datetime,
    "map": Mapping,
    "list": tuple,
}
ALIASES: Mapping[str, Any] = {
    "TargetGroupType": literals.TargetGroupType,
    "TargetGroupProtocol": literals.Protocol,
    "TargetGroupProtocolVersion": literals.ProtocolVersion,
    "HealthCheckProtocolVersion": literals.HealthCheckProtocolVersion,
    "IpAddressType": literals.IpAddressType,
    "LambdaEventStructureVersion": literals.LambdaEventStructureVersion,
    "TargetGroupStatus": literals.TargetGroupStatus,
    "TargetStatus": literals.TargetStatus,
}
EXCLUDED_VALUES: Mapping[tuple[str, str], set[str]] = {
    # AWS user guide, "Health checks": HTTP or HTTPS. The service model shares an enum with target groups.
    ("HealthCheckConfig", "protocol"): {"TCP"},
}


def get_member_names(cls: Any) -> dict[str, str]:
    """Return the API member name of each field of ``cls``."""
    return wire_names(cls)


def get_field(cls: type[Any], member: str) -> Any:
    """Return the field of ``cls`` for an API member."""
    fields = {wire: field for field, wire in get_member_names(cls).items()}
    return attrs.fields_dict(cls)[fields[member]]


def get_types(annotation: Any) -> set[Any]:
    """Return the types in an annotation, ignoring None and counting literals as strings."""
    if get_origin(annotation) is Literal:
        return {str}
    if get_origin(annotation) in (tuple, Mapping) or isinstance(annotation, type):
        return {get_origin(annotation) or annotation}
    return {type_ for part in get_args(annotation) if part is not type(None) for type_ in get_types(part)}


def get_literals(annotation: Any) -> set[str]:
    """Return the values of all literals in an annotation."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {value for part in get_args(annotation) for value in get_literals(part)}


def test_every_operation_is_known() -> None:
    """The library supports all operations on target groups, targets and tags."""
    names = {name for name in service().operation_names if re.search("TargetGroup|Targets|Tag|Untag", name)}

    compare("the operations", names, OPERATIONS, "transport/api.py")


def test_every_structure_is_known() -> None:
    """Every structure has a model, contains a subset of a model, or is listed as handled without a model."""
    structures = {name for name, shape in shapes().items() if shape.type_name == "structure"}

    compare("the structures", structures, {*MODELS, *PARTIAL_GROUPS, *WITHOUT_MODEL}, "models/ and MODELS in this file")


@each(MODELS)
def test_models_have_a_field_for_each_member(shape: str) -> None:
    """Every member of a shape has a field in the model class, and every field of the class has a member."""
    model = MODELS[shape]
    members = set(shapes()[shape].members) - REQUEST_ONLY_MEMBERS.get(shape, set())

    compare(shape, members, set(get_member_names(model).values()), f"the class {model.__name__} in {model.__module__}")


@each({**PARTIAL_GROUPS, **WITHOUT_MODEL})
def test_members_of_structures_without_a_model_are_known(shape: str) -> None:
    """The structures that the client handles without a model have no unexpected members."""
    compare(
        shape, set(shapes()[shape].members), {**PARTIAL_GROUPS, **WITHOUT_MODEL}[shape], "this file and operations/"
    )


@pytest.mark.parametrize("shape", sorted(PARTIAL_GROUPS))
def test_create_and_update_responses_are_parts_of_a_target_group(shape: str) -> None:
    """TargetGroup has a field for every member of the responses to create and update requests."""
    assert PARTIAL_GROUPS[shape] <= set(get_member_names(TargetGroup).values())


@each(MODELS)
def test_fields_have_the_types_of_their_members(shape: str) -> None:
    """The annotation of every field includes the type of the API member."""
    model = MODELS[shape]
    members = {
        name: member for name, member in shapes()[shape].members.items() if name in get_member_names(model).values()
    }
    expected = {
        name: PYTHON_TYPES.get(member.type_name) or MODELS[member.name]  # structures have a model class
        for name, member in members.items()
    }
    actual = {name: get_types(get_field(model, name).type) for name in members}

    missing = {name: type_ for name, type_ in expected.items() if type_ not in actual[name]}
    assert not missing, f"botocore changed types in {shape}: {missing}. Change them in {model.__module__}."


@each(MODELS)
def test_fields_have_the_enum_values_of_their_members(shape: str) -> None:
    """The literals of every field are the enum values of the API member, except values that AWS does not support."""
    model = MODELS[shape]

    for name, member in shapes()[shape].members.items():
        if values := set[str](getattr(member, "enum", ())):
            excluded = EXCLUDED_VALUES.get((shape, name), set())
            compare(f"{shape}.{name}", values - excluded, get_literals(get_field(model, name).type), "literals.py")
            assert excluded <= values


@each(ALIASES)
def test_literals_have_the_values_of_their_enums(shape: str) -> None:
    """Each literal alias has the values of the enum in the service model."""
    compare(shape, set(shapes()[shape].enum), set(get_args(ALIASES[shape])), "literals.py")


def test_every_enum_has_a_literal_alias() -> None:
    """Every enum has a literal alias. Only the alias for health check protocols has no enum of the same name."""
    enums = {name for name, shape in shapes().items() if getattr(shape, "enum", None)}

    compare("the enums", enums, set(ALIASES), "literals.py and ALIASES in this file")
    assert set(get_args(literals.HealthCheckProtocol)) == set(shapes()["TargetGroupProtocol"].enum) - {"TCP"}


def test_required_members_are_required_fields() -> None:
    """Each required member of a request is a required field of the model class."""
    expected = {f"{shape}.{member}" for shape in MODELS for member in shapes()[shape].required_members}
    actual = {
        f"{shape}.{name}"
        for shape in ("CreateTargetGroupRequest", "Target")  # other shapes have no required members
        for field, name in get_member_names(MODELS[shape]).items()
        if attrs.fields_dict(MODELS[shape])[field].default is attrs.NOTHING
    }

    compare("the required members", expected, actual, "models/")


def test_matcher_is_the_only_union() -> None:
    """Matcher is the only union in the service model. AWS may add members to a union."""
    assert {name for name, shape in shapes().items() if getattr(shape, "is_tagged_union", False)} == {"Matcher"}


def test_resettable_fields_are_those_with_a_reset_value() -> None:
    """``reset`` accepts exactly the fields that zero or an empty string resets."""
    members = shapes()["HealthCheckConfig"].members
    fields = {wire: field for field, wire in get_member_names(HealthCheck).items()}
    resettable = {fields[name] for name, member in members.items() if member.metadata.get("min") == 0}

    compare(
        "the members that can be reset",
        resettable | {"matcher"},  # An empty http_code resets the matcher.
        set(get_args(literals.ResettableHealthCheckField)),
        "literals.py",
    )
