"""The models against the installed botocore: what is new there shows here."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args, get_origin

import attrs
import pytest
from botocore.session import Session  # pyright: ignore[reportMissingTypeStubs]
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg import service_errors, vocabulary
from lattice_tg.errors import InvalidIdentifierError, LatticeError
from lattice_tg.identifiers import identifier
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.observed import TargetGroup, TargetGroupDeletion, TargetGroupSummary
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.targets import Target, TargetFailure, TargetSummary
from lattice_tg.rules.health_check import FORMS
from lattice_tg.rules.spec import problems
from lattice_tg.wire.names import wire_names
from strategies import modestly

OPERATIONS = {
    "CreateTargetGroup",
    "GetTargetGroup",
    "ListTargetGroups",
    "UpdateTargetGroup",
    "DeleteTargetGroup",
    "RegisterTargets",
    "DeregisterTargets",
    "ListTargets",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
}

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
    "TargetGroupType": vocabulary.TargetGroupType,
    "TargetGroupProtocol": vocabulary.Protocol,
    "TargetGroupProtocolVersion": vocabulary.ProtocolVersion,
    "HealthCheckProtocolVersion": vocabulary.HealthCheckProtocolVersion,
    "IpAddressType": vocabulary.IpAddressType,
    "LambdaEventStructureVersion": vocabulary.LambdaEventStructureVersion,
    "TargetGroupStatus": vocabulary.TargetGroupStatus,
    "TargetStatus": vocabulary.TargetStatus,
}

NARROWER: Mapping[tuple[str, str], set[str]] = {
    # the user guide: health checks are made over HTTP and HTTPS; the service model shares one list of words
    ("HealthCheckConfig", "protocol"): {"TCP"},
}

PATTERNS: Mapping[str, str] = {
    "TargetGroupName": "(?!tg-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+",
    "TargetGroupIdentifier": r"((tg-[0-9a-z]{17})|"
    r"(arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:targetgroup/tg-[0-9a-z]{17}))",
    "TargetGroupId": "tg-[0-9a-z]{17}",
    "TargetGroupArn": r"arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:targetgroup/tg-[0-9a-z]{17}",
    "ServiceArn": r"arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:service/svc-[0-9a-z]{17}",
    "VpcId": "vpc-(([0-9a-z]{8})|([0-9a-z]{17}))",
    "HealthCheckPath": "(^/[a-zA-Z0-9@:%_+.~#?&/=-]*$|(^$))",
    "HttpCodeMatcher": "(^[0-9-,]+$|(^$))",
    "ClientToken": "[!-~]+",
    "Arn": r"arn:[a-z0-9][-.a-z0-9]{0,62}:vpc-lattice:([a-z0-9][-.a-z0-9]{0,62})?:\d{12}?:[^/].{0,1023}",
}
"""The patterns of the service model, without the anchors that come and go from version to version."""

LIMITS: Mapping[str, tuple[int, int]] = {
    "Arn": (0, 1224),
    "ClientToken": (1, 64),
    "DeregisterTargetsRequestTargetsList": (1, 100),
    "HealthCheckIntervalSeconds": (0, 300),
    "HealthCheckPath": (0, 2048),
    "HealthCheckPort": (0, 65535),
    "HealthCheckTimeoutSeconds": (0, 120),
    "HealthyThresholdCount": (0, 10),
    "HttpCodeMatcher": (0, 2000),
    "ListTargetsRequestTargetsList": (0, 20),
    "MaxResults": (1, 100),
    "NextToken": (1, 2048),
    "Port": (1, 65535),
    "RegisterTargetsRequestTargetsList": (1, 100),
    "ServiceArn": (20, 2048),
    "TagKey": (1, 128),
    "TagKeys": (0, 200),
    "TagMap": (0, 200),
    "TagValue": (0, 256),
    "TargetGroupArn": (20, 2048),
    "TargetGroupId": (20, 20),
    "TargetGroupIdentifier": (17, 2048),
    "TargetGroupName": (3, 128),
    "TargetIdString": (1, 200),
    "UnhealthyThresholdCount": (0, 10),
    "VpcId": (5, 50),
}
"""The least and the most of the service model; the rules are narrower where the documents are."""

ERRORS: Mapping[str, tuple[type[LatticeError], int, dict[str, str]]] = {
    "ValidationException": (service_errors.ValidationError, 400, {"reason": "reason", "fieldList": "fields"}),
    "AccessDeniedException": (service_errors.AccessDeniedError, 403, {}),
    "ResourceNotFoundException": (
        service_errors.ResourceNotFoundError,
        404,
        {"resourceId": "resource_id", "resourceType": "resource_type"},
    ),
    "ConflictException": (
        service_errors.ConflictError,
        409,
        {"resourceId": "resource_id", "resourceType": "resource_type"},
    ),
    "ServiceQuotaExceededException": (
        service_errors.ServiceQuotaExceededError,
        402,
        {"resourceType": "resource_type", "serviceCode": "service_code", "quotaCode": "quota_code"},
    ),
    "ThrottlingException": (
        service_errors.ThrottlingError,
        429,
        {"serviceCode": "service_code", "quotaCode": "quota_code", "retryAfterSeconds": "retry_after_seconds"},
    ),
    "InternalServerException": (
        service_errors.InternalServerError,
        500,
        {"retryAfterSeconds": "retry_after_seconds"},
    ),
}
"""Our class of each error, its HTTP status, and the field of each member."""

NOT_READ: Mapping[str, set[str]] = {
    "ServiceQuotaExceededException": {"resourceId"},  # of a group that was not made
}


@cache
def service() -> Any:
    session: Any = Session()
    return session.get_service_model("vpc-lattice")


def shapes() -> dict[str, Any]:
    """Every shape that the operations on target groups send or receive, by name."""
    found: dict[str, Any] = {}
    for name in sorted(OPERATIONS):
        operation = service().operation_model(name)
        for shape in (operation.input_shape, operation.output_shape):
            found |= {each.name: each for each in within(shape)}
    return found


def within(shape: Any) -> Iterator[Any]:
    if shape is None:
        return
    yield shape
    if shape.type_name == "structure":
        for member in shape.members.values():
            yield from within(member)
    elif shape.type_name == "list":
        yield from within(shape.member)
    elif shape.type_name == "map":
        yield from within(shape.key)
        yield from within(shape.value)


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


def compare(what: str, theirs: set[str], ours: set[str], where: str) -> None:
    new, gone = sorted(theirs - ours), sorted(ours - theirs)
    assert not new, f"botocore has something new in {what}: {new}; it belongs into {where}"
    assert not gone, f"botocore no longer has in {what}: {gone}; see {where}"


def each(mapping: Mapping[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("shape", sorted(mapping))


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
    assert set(get_args(vocabulary.HealthCheckProtocol)) == set(shapes()["TargetGroupProtocol"].enum) - {"TCP"}


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
        set(get_args(vocabulary.ResettableHealthCheckField)),
        "vocabulary.py",
    )


def without_anchors(pattern: str) -> str:
    return pattern.removeprefix(".*").removesuffix(".*").removeprefix("^").removesuffix("$")


def test_patterns() -> None:
    """The patterns are those that the rules were written from."""
    theirs = {
        f"{name} {without_anchors(shape.metadata['pattern'])}"
        for name, shape in shapes().items()
        if "pattern" in shape.metadata
    }
    ours = {f"{name} {pattern}" for name, pattern in PATTERNS.items()}

    compare("the patterns", theirs, ours, "rules/, identifiers.py or tokens.py")


def test_limits() -> None:
    """The limits are those that the rules were written from."""
    theirs = {
        f"{name} {shape.metadata.get('min')} to {shape.metadata.get('max')}"
        for name, shape in shapes().items()
        if {"min", "max"} & shape.metadata.keys()
    }
    ours = {f"{name} {low} to {high}" for name, (low, high) in LIMITS.items()}

    compare("the limits", theirs, ours, "rules/")


def is_fit(shape: str, text: str) -> bool:
    """Whether the service model takes a text."""
    low, high = LIMITS[shape]
    return low <= len(text) <= high and re.fullmatch(PATTERNS[shape], text) is not None


def near(*texts: str) -> st.SearchStrategy[str]:
    """Texts, and what differs from them by one edit."""

    def edited(text: str, position: int, cut: int, insert: str) -> str:
        place = position % (len(text) + 1)
        return text[:place] + insert + text[place + cut :]

    inserts = st.text("abz09-/:T_ ,%é", max_size=2)
    return st.builds(edited, st.sampled_from(texts), st.integers(0, 200), st.integers(0, 2), inserts)


@modestly
@given(name=near("orders", "abc", "tg-abc", "a-b", "x" * 128, "-ab", "a--b"))
def test_names_as_the_service_model_has_them(name: str) -> None:
    """The rules take a name if, and only if, the service model does."""
    found = problems(TargetGroupSpec(name=name, type="LAMBDA"))

    assert (not found) == is_fit("TargetGroupName", name)


@modestly
@given(vpc=near("vpc-0123456789abcdefg", "vpc-01234567"))
def test_vpcs_as_the_service_model_has_them(vpc: str) -> None:
    """The rules take a VPC's id if, and only if, the service model does."""
    config = TargetGroupConfig(protocol="HTTP", vpc_identifier=vpc)

    assert (not problems(TargetGroupSpec(name="orders", type="IP", config=config))) == is_fit("VpcId", vpc)


@modestly
@given(
    text=near(
        "tg-0123456789abcdefg",
        "arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0123456789abcdefg",
        "arn:aws-cn:vpc-lattice:cn-north-1:123456789012:targetgroup/tg-0123456789abcdefg",
    )
)
def test_identifiers_as_the_service_model_has_them(text: str) -> None:
    """An id or ARN is taken if, and only if, the service model takes it."""
    try:
        taken = identifier(text) == text
    except InvalidIdentifierError:
        taken = False

    assert taken == is_fit("TargetGroupIdentifier", text)


@modestly
@given(path=near("/", "/ready", "/a?b=c&d#e", "/" + "x" * 2047, "/%20@:_+.~"))
def test_paths_as_the_service_model_has_them(path: str) -> None:
    """The rules take a path if, and only if, the service model does; empty text is a reset there."""
    assert (FORMS["path"](path) is None) == (is_fit("HealthCheckPath", path) and path != "")


@modestly
@given(codes=near("200", "200,202", "200-299", "200-299,301", ",".join(["200"] * 500)))
def test_codes_within_the_service_model(codes: str) -> None:
    """The rules take no success codes that the service model does not take."""
    config = TargetGroupConfig(
        protocol="HTTP", vpc_identifier="vpc-01234567", health_check=HealthCheck.http(success_codes=codes)
    )

    assert problems(TargetGroupSpec(name="orders", type="IP", config=config)) or is_fit("HttpCodeMatcher", codes)


def test_errors() -> None:
    """Every modelled error of these operations has its class."""
    theirs = {error.name for name in OPERATIONS for error in service().operation_model(name).error_shapes}

    compare("the errors", theirs, set(ERRORS), "service_errors.py and _translation.py")


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_members_of_errors(code: str) -> None:
    """Every member of an error is a field of its class, and its HTTP status is the one we go by."""
    cls, status, fields = ERRORS[code]
    shape = {error.name: error for error in service().error_shapes}[code]
    theirs = set(shape.members) - {"message"} - NOT_READ.get(code, set())

    compare(code, theirs, set(fields), f"the class {cls.__name__} in service_errors.py")
    assert set(fields.values()) <= attrs.fields_dict(cls).keys()  # type: ignore[arg-type]
    assert shape.metadata["error"]["httpStatusCode"] == status, f"botocore has another HTTP status for {code}"
