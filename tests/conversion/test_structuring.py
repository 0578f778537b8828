"""What the service sends, which is never refused."""

import json
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.validation import find_problems
from support.conversion import CONFIG_KEYS, each_example
from support.model_examples import CREATED, VPC
from support.strategies import junk, known_replies, legal_specs, modestly, unknown_members


@each_example("model", "data")
def test_replies_are_read_under_the_names_of_the_service(model: Any, data: dict[str, Any]) -> None:
    """Every member of every shape is read into its field."""
    assert from_boto3(model.__class__, data) == model


@modestly
@given(spec=legal_specs)
def test_legal_specs_survive_the_round_trip(spec: TargetGroupSpec) -> None:
    """A legal spec comes back from its dict, read leniently or strictly, and JSON changes nothing."""
    data = to_boto3(spec)

    read = [from_boto3(TargetGroupSpec, data), from_boto3(TargetGroupSpec, json.loads(json.dumps(data)), strict=True)]

    assert read == [spec, spec]


@modestly
@given(reply=known_replies, unknown=unknown_members)
def test_replies_survive_the_round_trip(reply: dict[str, Any], unknown: dict[str, Any]) -> None:
    """Unknown words and matchers are carried through; unknown members are ignored."""
    group = from_boto3(TargetGroup, {**unknown, **reply})

    assert to_boto3(group) == reply


def test_unknown_words_are_kept() -> None:
    """Words of a newer service are read as they come."""
    group = from_boto3(TargetGroup, {"type": "POD", "status": "PAUSED", "config": {"protocol": "QUIC"}})

    assert (group.type, group.status, group.config.protocol) == ("POD", "PAUSED", "QUIC")


def test_unknown_members_are_ignored() -> None:
    """Members of a newer service and botocore's metadata are left out, at every depth."""
    data = {
        "id": "i-1",
        "ResponseMetadata": {"HTTPStatusCode": 200},
        "zone": "eu-west-1a",
    }
    config = {"port": 80, "newer": {"a": 1}, "healthCheck": {"path": "/", "jitter": 1}}

    assert from_boto3(Target, data) == Target(id="i-1")
    assert from_boto3(TargetGroupConfig, config) == TargetGroupConfig(port=80, health_check=HealthCheck(path="/"))


@pytest.mark.parametrize(
    ("data", "matcher"),
    [
        ({"httpCode": "200", "grpcCode": None}, Matcher(http_code="200")),
        ({"httpCode": "200"}, Matcher(http_code="200")),
        ({"httpCode": ""}, Matcher(http_code="")),
        ({"SDK_UNKNOWN_MEMBER": {"name": "grpcCode"}}, UnknownMatcher(member_name="grpcCode")),
        ({"SDK_UNKNOWN_MEMBER": {}}, UnknownMatcher(member_name="")),
        ({"SDK_UNKNOWN_MEMBER": "?"}, UnknownMatcher(member_name="SDK_UNKNOWN_MEMBER")),
        ({"grpcCode": "0"}, UnknownMatcher(member_name="grpcCode")),
        ({"httpCode": None, "grpcCode": "0"}, UnknownMatcher(member_name="grpcCode")),
        ({"httpCode": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_matchers_of_any_kind_are_read(data: Any, matcher: object) -> None:
    """A matcher of a kind that botocore, or this library, does not know is kept by its name."""
    assert from_boto3(HealthCheck, {"matcher": data}).matcher == matcher


def test_unknown_matchers_are_read_by_themselves() -> None:
    """An unknown matcher has no member but the one botocore puts in its place."""
    read = [from_boto3(UnknownMatcher, data) for data in ({"grpcCode": "0"}, {})]

    assert read == [UnknownMatcher(member_name="grpcCode"), UnknownMatcher(member_name="")]


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (Matcher, Matcher(http_code="")),
        (HealthCheck, HealthCheck()),
        (TargetGroupConfig, TargetGroupConfig()),
        (TargetGroup, TargetGroup(id="", arn="", name="", type="", status="")),
        (TargetGroupSummary, TargetGroupSummary(id="", arn="", name="", type="", status="")),
        (TargetGroupDeletion, TargetGroupDeletion(id="", arn="", status="")),
        (Target, Target(id="")),
        (TargetSummary, TargetSummary(id="", status="")),
        (TargetFailure, TargetFailure(id="")),
    ],
)
def test_missing_members_are_empty(cls: type[attrs.AttrsInstance], expected: object) -> None:
    """A reply without members that a class requires is read with empty text in their place."""
    assert from_boto3(cls, {}) == expected


def test_one_missing_member_leaves_the_others() -> None:
    """What is there is read, whatever is missing."""
    assert from_boto3(TargetSummary, {"status": "HEALTHY", "port": 80}) == TargetSummary(
        id="", status="HEALTHY", port=80
    )


@pytest.mark.parametrize("data", [{}, {"config": {}}, {"config": None}])
def test_an_absent_config_reads_like_an_empty_one(data: dict[str, Any]) -> None:
    """A group's config is never None."""
    assert from_boto3(TargetGroup, data).config == TargetGroupConfig()


def test_null_members_are_not_set() -> None:
    """None in a reply reads like no member at all."""
    nulls = {"serviceArns": None, "createdAt": None, "failureCode": None}

    assert from_boto3(TargetGroup, nulls) == from_boto3(TargetGroup, {})
    assert from_boto3(TargetGroupSpec, {"name": "a", "type": "IP", "tags": None}).tags == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-31T12:00:00Z", CREATED),
        ("2026-01-31T12:00:00+00:00", CREATED),
        (CREATED, CREATED),
        ("yesterday", "yesterday"),
        (5, 5),
    ],
)
def test_times_are_read_from_text_as_well(value: object, expected: object) -> None:
    """A reply kept as JSON is read like one from botocore; what is no time is kept as it comes."""
    assert from_boto3(TargetGroup, {"createdAt": value}).created_at == expected


def test_any_mapping_is_read() -> None:
    """What is read need not be a dict."""
    data = MappingProxyType({"id": "i-1", "port": 80})

    assert from_boto3(Target, data) == from_boto3(Target, data, strict=True) == Target(id="i-1", port=80)


def test_any_mapping_within_a_mapping_is_read() -> None:
    """The same holds of a member, and a list may be any sequence that holds."""
    check = MappingProxyType({"path": "/", "matcher": MappingProxyType({"httpCode": "200"})})
    data = {"config": MappingProxyType({"port": 80, "healthCheck": check}), "serviceArns": ("a", "b")}

    group = from_boto3(TargetGroup, data)

    expected = TargetGroupConfig(port=80, health_check=HealthCheck(path="/", matcher=Matcher(http_code="200")))
    assert (group.config, group.service_arns) == (expected, ("a", "b"))


@pytest.mark.parametrize("found", ["text", 5, [], ["a"], True])
def test_junk_is_carried_as_it_is(found: Any) -> None:
    """What stands where a model or a list belongs is kept, so that the rules can name it."""
    spec = from_boto3(TargetGroupSpec, {"config": found})
    config = from_boto3(TargetGroupConfig, {"healthCheck": found})
    check = from_boto3(HealthCheck, {"matcher": found})

    assert (spec.config, config.health_check, check.matcher) == (found, found, found)


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_no_mapping_is_a_mistake_of_the_program(data: Any) -> None:
    """What is no mapping at all is refused even leniently."""
    with pytest.raises(TypeError) as caught:
        from_boto3(Target, data)

    assert str(caught.value) == f"Target requires a mapping, got {data!r}"


@modestly
@given(
    spec=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(["name", "type", "tags", "config", "clientToken"], junk)
        | {"config": st.fixed_dictionaries({}, optional=dict.fromkeys(CONFIG_KEYS.split(", "), junk)) | junk},
    )
)
def test_junk_is_carried_to_the_rules(spec: dict[str, Any]) -> None:
    """A lenient read of a spec refuses nothing, so that the rules can name every mistake."""
    read = from_boto3(TargetGroupSpec, spec)

    assert all(isinstance(found, Problem) for found in find_problems(read))


@modestly
@given(check=st.fixed_dictionaries({}, optional={"matcher": junk, "path": junk, "port": junk, "enabled": junk}))
def test_junk_in_a_health_check_is_carried_to_the_rules(check: dict[str, Any]) -> None:
    """A lenient read of a health check refuses nothing, either."""
    config = {"protocol": "HTTP", "vpcIdentifier": VPC, "healthCheck": check}
    read = from_boto3(TargetGroupSpec, {"name": "orders", "type": "IP", "config": config})

    assert {found.field.split(".")[:2] == ["config", "health_check"] for found in find_problems(read)} <= {True}


@modestly
@given(arns=junk)
def test_junk_in_a_list_is_carried(arns: Any) -> None:
    """A reply is never refused, whatever stands where a list belongs."""
    assert from_boto3(TargetGroup, {"serviceArns": arns}).id == ""
