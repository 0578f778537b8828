"""Tests for lenient parsing, which never rejects a response."""

import json
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.conversion import from_boto3, structure_list_fn, to_boto3
from lattice_tg.conversion.field_names import wire_names
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.validation import find_problems
from support.conversion import CONFIG_KEYS, each_example
from support.model_examples import CREATED, VPC
from support.strategies import junk, limited_examples, target_group_responses, unknown_members, valid_specs


@each_example("model", "data")
def test_responses_are_parsed_into_models(model: Any, data: dict[str, Any]) -> None:
    """Every member of every response shape is parsed into the corresponding field."""
    assert from_boto3(model.__class__, data) == model


@limited_examples
@given(spec=valid_specs)
def test_valid_specs_survive_a_round_trip(spec: TargetGroupSpec) -> None:
    """A spec that is converted to a dict or to JSON and parsed again is equal to the original."""
    data = to_boto3(spec)

    parsed = [from_boto3(TargetGroupSpec, data), from_boto3(TargetGroupSpec, json.loads(json.dumps(data)), strict=True)]

    assert parsed == [spec, spec]


@limited_examples
@given(response=target_group_responses, unknown=unknown_members)
def test_responses_survive_a_round_trip(response: dict[str, Any], unknown: dict[str, Any]) -> None:
    """Unknown enum values and matchers are kept, and unknown members are ignored."""
    group = from_boto3(TargetGroup, {**unknown, **response})

    assert to_boto3(group) == response


def test_unknown_enum_values_are_kept() -> None:
    """Enum values that the library does not know are kept unchanged."""
    group = from_boto3(TargetGroup, {"type": "POD", "status": "PAUSED", "config": {"protocol": "QUIC"}})

    assert (group.type, group.status, group.config.protocol) == ("POD", "PAUSED", "QUIC")


def test_unknown_members_are_ignored() -> None:
    """Members that the library does not know are ignored at every depth, and so is ResponseMetadata."""
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
def test_unknown_matchers_keep_their_name(data: Any, matcher: object) -> None:
    """A matcher that botocore or the library does not know becomes an UnknownMatcher with the matcher's name."""
    assert from_boto3(HealthCheck, {"matcher": data}).matcher == matcher


def test_unknown_matcher_can_be_parsed_directly() -> None:
    """The name of an UnknownMatcher is the first key of the data, or an empty string if the data is empty."""
    parsed = [from_boto3(UnknownMatcher, data) for data in ({"grpcCode": "0"}, {})]

    assert parsed == [UnknownMatcher(member_name="grpcCode"), UnknownMatcher(member_name="")]


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
def test_missing_required_members_are_empty_strings(cls: type[attrs.AttrsInstance], expected: object) -> None:
    """If a response lacks a required member, the field is an empty string."""
    assert from_boto3(cls, {}) == expected


def test_missing_member_does_not_affect_other_members() -> None:
    """If a required member of a response is missing, the other members are still parsed."""
    assert from_boto3(TargetSummary, {"status": "HEALTHY", "port": 80}) == TargetSummary(
        id="", status="HEALTHY", port=80
    )


LISTED_MODELS: tuple[Any, ...] = (TargetSummary, TargetGroupSummary)
LISTED_MEMBERS = st.dictionaries(
    st.sampled_from([*{name for cls in LISTED_MODELS for name in wire_names(cls).values()}, "unknown"]),
    st.sampled_from([None, 0, 80, "", "HEALTHY", CREATED, CREATED.isoformat(), ["arn:1"], [], {"a": 1}]),
)


@limited_examples
@given(items=st.lists(LISTED_MEMBERS), complete=st.booleans())
@pytest.mark.parametrize("cls", LISTED_MODELS)
def test_lists_are_parsed_like_their_items(cls: Any, items: list[dict[str, Any]], complete: bool) -> None:
    """A list contains the same models as its items, even if members are missing or have another type."""
    required = {"id": "a", "arn": "b", "name": "c", "type": "IP", "status": "ACTIVE"} if complete else {}
    values = [{**required, **item} for item in items]

    parsed: list[Any] = structure_list_fn(cls)(values)

    assert [type(model) for model in parsed] == [cls] * len(items)
    assert [attrs.asdict(model) for model in parsed] == [attrs.asdict(from_boto3(cls, value)) for value in values]


@pytest.mark.parametrize("cls", LISTED_MODELS)
def test_listed_models_need_no_initialization(cls: Any) -> None:
    """The fields of models in lists have constant defaults, and no converters or validators."""
    for field in attrs.fields(cls):
        assert (field.converter, field.validator) == (None, None)
        assert field.default in (attrs.NOTHING, None, ())
    assert not hasattr(cls, "__attrs_post_init__")


@pytest.mark.parametrize("data", [{}, {"config": {}}, {"config": None}])
def test_absent_config_is_an_empty_config(data: dict[str, Any]) -> None:
    """The config of a group is never None."""
    assert from_boto3(TargetGroup, data).config == TargetGroupConfig()


def test_null_members_are_not_set() -> None:
    """A member whose value is None is parsed like an absent member."""
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
def test_times_are_parsed_from_strings(value: object, expected: object) -> None:
    """ISO 8601 strings become datetimes, and values that are not times are kept."""
    assert from_boto3(TargetGroup, {"createdAt": value}).created_at == expected


def test_any_mapping_is_parsed() -> None:
    """Lenient and strict parsing accept data of any mapping type."""
    data = MappingProxyType({"id": "i-1", "port": 80})

    assert from_boto3(Target, data) == from_boto3(Target, data, strict=True) == Target(id="i-1", port=80)


def test_any_nested_mapping_is_parsed() -> None:
    """Nested data can be of any mapping type, and a tuple can replace a list."""
    check = MappingProxyType({"path": "/", "matcher": MappingProxyType({"httpCode": "200"})})
    data = {"config": MappingProxyType({"port": 80, "healthCheck": check}), "serviceArns": ("a", "b")}

    group = from_boto3(TargetGroup, data)

    expected = TargetGroupConfig(port=80, health_check=HealthCheck(path="/", matcher=Matcher(http_code="200")))
    assert (group.config, group.service_arns) == (expected, ("a", "b"))


@pytest.mark.parametrize("junk_value", ["text", 5, [], ["a"], True])
def test_values_of_the_wrong_type_are_kept(junk_value: Any) -> None:
    """If the value for a nested model is not a mapping, the value is kept, so that validation can report it."""
    spec = from_boto3(TargetGroupSpec, {"config": junk_value})
    config = from_boto3(TargetGroupConfig, {"healthCheck": junk_value})
    check = from_boto3(HealthCheck, {"matcher": junk_value})

    assert (spec.config, config.health_check, check.matcher) == (junk_value, junk_value, junk_value)


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_non_mapping_raises_type_error(data: Any) -> None:
    """Even lenient parsing raises TypeError if the data is not a mapping."""
    with pytest.raises(TypeError) as caught:
        from_boto3(Target, data)

    assert str(caught.value) == f"Target requires a mapping, got {data!r}"


@limited_examples
@given(
    spec=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(["name", "type", "tags", "config", "clientToken"], junk)
        | {"config": st.fixed_dictionaries({}, optional=dict.fromkeys(CONFIG_KEYS.split(", "), junk)) | junk},
    )
)
def test_validation_reports_a_spec_of_any_data(spec: dict[str, Any]) -> None:
    """Lenient parsing accepts arbitrary values in a spec, so that validation can report every problem."""
    parsed = from_boto3(TargetGroupSpec, spec)

    assert all(isinstance(problem, Problem) for problem in find_problems(parsed))


@limited_examples
@given(check=st.fixed_dictionaries({}, optional={"matcher": junk, "path": junk, "port": junk, "enabled": junk}))
def test_validation_reports_a_health_check_of_any_data(check: dict[str, Any]) -> None:
    """Lenient parsing accepts arbitrary values in a health check, and validation reports only the health check."""
    config = {"protocol": "HTTP", "vpcIdentifier": VPC, "healthCheck": check}
    parsed = from_boto3(TargetGroupSpec, {"name": "orders", "type": "IP", "config": config})

    assert {problem.field.split(".")[:2] == ["config", "health_check"] for problem in find_problems(parsed)} <= {True}


@limited_examples
@given(arns=junk)
def test_any_value_is_accepted_for_a_list(arns: Any) -> None:
    """A response that has an arbitrary value instead of a list is not rejected."""
    assert from_boto3(TargetGroup, {"serviceArns": arns}).id == ""
