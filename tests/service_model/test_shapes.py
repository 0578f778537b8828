"""Each operation, structure, member, type and word of botocore's service model has its place in the library."""

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
"""The model of each shape, member for member."""
NOT_IN_THE_MODEL: Mapping[str, set[str]] = {
    "CreateTargetGroupRequest": {"clientToken"},  # minted by the client, once for each create
}
PARTIAL: Mapping[str, set[str]] = {
    # these two are read as a TargetGroup, of which they have a part
    "CreateTargetGroupResponse": {"id", "arn", "name", "type", "config", "status"},
    "UpdateTargetGroupResponse": {"id", "arn", "name", "type", "config", "status"},
}
SPELT_OUT: Mapping[str, set[str]] = {
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
"""Requests and replies that the client writes and reads itself."""
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
NARROWER: Mapping[tuple[str, str], set[str]] = {
    # the user guide: health checks are made over HTTP and HTTPS; the service model shares one list of words
    ("HealthCheckConfig", "protocol"): {"TCP"},
}


def names_of(cls: Any) -> dict[str, str]:
    """The service's name of each field."""
    return wire_names(cls)


def field_of(cls: type[Any], member: str) -> Any:
    fields = {wire: field for field, wire in names_of(cls).items()}
    return attrs.fields_dict(cls)[fields[member]]


def types_in(kind: Any) -> set[Any]:
    """The types that a field's type allows, without None; words are text."""
    if get_origin(kind) is Literal:
        return {str}
    if get_origin(kind) in (tuple, Mapping) or isinstance(kind, type):
        return {get_origin(kind) or kind}
    return {each for part in get_args(kind) if part is not type(None) for each in types_in(part)}


def words_in(kind: Any) -> set[str]:
    if get_origin(kind) is Literal:
        return set(get_args(kind))
    return {word for part in get_args(kind) for word in words_in(part)}


def test_operations() -> None:
    """The operations on target groups, their targets and their tags are those the library knows."""
    theirs = {name for name in service().operation_names if re.search("TargetGroup|Targets|Tag|Untag", name)}

    compare("the operations", theirs, OPERATIONS, "_gateway.py")


def test_structures() -> None:
    """Every structure is a model, a part of one, or spelt out by the client."""
    structures = {name for name, shape in shapes().items() if shape.type_name == "structure"}

    compare("the structures", structures, {*MODELS, *PARTIAL, *SPELT_OUT}, "models/ and MODELS in this file")


@each(MODELS)
def test_members_of_models(shape: str) -> None:
    """Every member of a shape has a field in its model, and every field is a member."""
    model = MODELS[shape]
    theirs = set(shapes()[shape].members) - NOT_IN_THE_MODEL.get(shape, set())

    compare(shape, theirs, set(names_of(model).values()), f"the class {model.__name__} in {model.__module__}")


@each({**PARTIAL, **SPELT_OUT})
def test_members_of_other_structures(shape: str) -> None:
    """Every member of what the client writes and reads itself is known."""
    compare(shape, set(shapes()[shape].members), {**PARTIAL, **SPELT_OUT}[shape], "this file, and client.py")


@pytest.mark.parametrize("shape", sorted(PARTIAL))
def test_partial_descriptions_are_part_of_a_group(shape: str) -> None:
    """What create and update reply fits into a TargetGroup."""
    assert PARTIAL[shape] <= set(names_of(TargetGroup).values())


@each(MODELS)
def test_types_of_members(shape: str) -> None:
    """The type of every field is that of its member."""
    model = MODELS[shape]
    members = {name: member for name, member in shapes()[shape].members.items() if name in names_of(model).values()}
    theirs = {
        name: PYTHON_TYPES.get(member.type_name) or MODELS[member.name]  # no scalar: a structure
        for name, member in members.items()
    }
    ours = {name: types_in(field_of(model, name).type) for name in members}

    wrong = {name: kind for name, kind in theirs.items() if kind not in ours[name]}
    assert not wrong, f"botocore has other types in {shape}: {wrong}; they belong into {model.__module__}"


@each(MODELS)
def test_words_of_members(shape: str) -> None:
    """The word list of every field is that of its member, but for what the documents exclude."""
    model = MODELS[shape]

    for name, member in shapes()[shape].members.items():
        if words := set[str](getattr(member, "enum", ())):
            excluded = NARROWER.get((shape, name), set())
            compare(f"{shape}.{name}", words - excluded, words_in(field_of(model, name).type), "vocabulary.py")
            assert excluded <= words


@each(ALIASES)
def test_words(shape: str) -> None:
    """Each word list is the service's."""
    compare(shape, set(shapes()[shape].enum), set(get_args(ALIASES[shape])), "vocabulary.py")


def test_word_lists() -> None:
    """Every word list of the service has its alias, and health checks are the one exception."""
    lists = {name for name, shape in shapes().items() if getattr(shape, "enum", None)}

    compare("the word lists", lists, set(ALIASES), "vocabulary.py and ALIASES in this file")
    assert set(get_args(literals.HealthCheckProtocol)) == set(shapes()["TargetGroupProtocol"].enum) - {"TCP"}


def test_required_members() -> None:
    """What a request must have is a required field."""
    theirs = {f"{shape}.{member}" for shape in MODELS for member in shapes()[shape].required_members}
    ours = {
        f"{shape}.{name}"
        for shape in ("CreateTargetGroupRequest", "Target")  # all others are replies, of which nothing is required
        for field, name in names_of(MODELS[shape]).items()
        if attrs.fields_dict(MODELS[shape])[field].default is attrs.NOTHING
    }

    compare("what is required", theirs, ours, "models/")


def test_unions() -> None:
    """The matcher is the one union, of which other kinds may come."""
    assert {name for name, shape in shapes().items() if getattr(shape, "is_tagged_union", False)} == {"Matcher"}


def test_resettable_fields() -> None:
    """What a zero or empty text resets is what ``reset`` knows."""
    members = shapes()["HealthCheckConfig"].members
    fields = {wire: field for field, wire in names_of(HealthCheck).items()}
    sentinels = {fields[name] for name, member in members.items() if member.metadata.get("min") == 0}

    compare(
        "the members that can be reset",
        sentinels | {"matcher"},  # reset by its empty code
        set(get_args(literals.ResettableHealthCheckField)),
        "vocabulary.py",
    )
