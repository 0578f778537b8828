"""Tests for strict parsing of user input."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.conversion import from_boto3
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.conversion import CONFIG_KEYS, SPEC_KEYS, each_example
from support.model_examples import ARN, CONFIG_WIRE, CREATED, ID, VPC
from support.strategies import junk, limited_examples

TAG_LIST_HINT = "Write each tag as a key and a value, such as {'team': 'shop'}."
TARGETS_HINT = "Remove the key and call plan(spec, targets=...), or use DesiredState(spec, targets)."


def format_problems(cls: type[attrs.AttrsInstance], data: Any) -> list[str]:
    """Return the problems that strict parsing of ``data`` reports."""
    with pytest.raises(InvalidSpecError) as caught:
        from_boto3(cls, data, strict=True)
    return [str(problem) for problem in caught.value.problems]


@each_example("model", "data")
def test_valid_data_is_parsed_strictly(model: Any, data: dict[str, Any]) -> None:
    """Strict parsing returns the same model as lenient parsing, but rejects an unknown matcher."""
    if isinstance(model, UnknownMatcher):
        return

    assert from_boto3(model.__class__, data, strict=True) == model


def test_all_problems_are_reported_at_once() -> None:
    """One error contains the problems at every depth. Each problem has the path of the value in the data."""
    data = {
        "type": "PI",
        "colour": "red",
        "tags": {"team": 5, 7: "seven", "ok": "ok"},
        "config": {
            "port": "80",
            "protocol": "HPPT",
            "vpc_identifier": VPC,
            "lambdaEventStructureVersion": 1,
            "healthCheck": {
                "enabled": "yes",
                "intervalSeconds": 5,
                "healthyThresholdCount": True,
                "path": 7,
                "matcher": {"httpCode": 200, "codes": "200"},
            },
        },
    }

    assert format_problems(TargetGroupSpec, data) == [
        "name=None: is required. Add it.",
        "type='PI': must be one of IP, INSTANCE, ALB, LAMBDA",
        "config.port='80': must be an integer. Write it without quotes.",
        "config.protocol='HPPT': must be one of HTTP, HTTPS, TCP",
        "config.lambdaEventStructureVersion=1: must be one of V1, V2",
        "config.healthCheck.enabled='yes': must be true or false. Write true or false without quotes.",
        "config.healthCheck.path=7: must be a string. Put it in quotes.",
        "config.healthCheck.healthyThresholdCount=True: must be an integer",
        "config.healthCheck.matcher.httpCode=200: must be a string. Put it in quotes.",
        "tags['team']=5: must be a string. Put it in quotes.",
        "tags[7]='seven': must be a string. Put it in quotes.",
        f"colour='red': unknown key. Known keys: {SPEC_KEYS}.",
        f"config.vpc_identifier='{VPC}': unknown key. Did you mean vpcIdentifier?",
        "config.healthCheck.intervalSeconds=5: unknown key. Did you mean healthCheckIntervalSeconds?",
        "config.healthCheck.matcher.codes='200': unknown key. Did you mean httpCode?",
    ]


def test_problem_has_path_value_rule_and_hint() -> None:
    """A problem has a path, a value, a rule and a hint, and the error message contains all four."""
    with pytest.raises(InvalidSpecError) as caught:
        from_boto3(TargetGroupSpec, {"name": "a", "type": "IP", "config": {"port": "80"}}, strict=True)

    rule, hint = "must be an integer", "Write it without quotes"
    assert caught.value.problems == (Problem("config.port", "80", rule, hint),)
    assert str(caught.value) == f"1 validation error:\n  config.port='80': {rule}. {hint}."
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [f"data=[]: must be a mapping (known keys: {SPEC_KEYS})"]),
        (None, [f"data=None: must be a mapping (known keys: {SPEC_KEYS})"]),
        ({}, ["name=None: is required. Add it.", "type=None: is required. Add it."]),
        ({"name": None, "type": "IP"}, ["name=None: is required. Add it."]),
        ({"name": "a", "type": None}, ["type=None: must be one of IP, INSTANCE, ALB, LAMBDA"]),
        ({"name": "a", "type": ["IP"]}, ["type=['IP']: must be one of IP, INSTANCE, ALB, LAMBDA"]),
        (
            {"name": "a", "type": "IP", "config": None},
            [f"config=None: must be a mapping (known keys: {CONFIG_KEYS}). Remove it."],
        ),
        (
            {"name": "a", "type": "IP", "config": "tcp"},
            [f"config='tcp': must be a mapping (known keys: {CONFIG_KEYS})"],
        ),
        (
            {"name": "a", "type": "IP", "tags": ["a"]},
            [f"tags=['a']: must be a mapping of strings to strings. {TAG_LIST_HINT}"],
        ),
        ({"name": "a", "type": "IP", "tags": {"a": None}}, ["tags['a']=None: must be a string. Put it in quotes."]),
        (
            {"name": "a", "type": "IP", "config": {"healthCheck": {"matcher": "200"}}},
            ["config.healthCheck.matcher='200': must be a mapping (known keys: httpCode)"],
        ),
        (
            {"name": "a", "type": "IP", "config": {"healthCheck": {"matcher": {}}}},
            ["config.healthCheck.matcher.httpCode=None: is required. Add it."],
        ),
        ({"name": "a", "type": "IP", 80: 1}, [f"80=1: unknown key. Known keys: {SPEC_KEYS}."]),
        ({"name": "a", "type": "IP", "CONFIG": {}}, ["CONFIG={}: unknown key. Did you mean config?"]),
        (
            {"name": "a", "type": "IP", "targets": []},
            [f"targets=[]: unknown key. {TARGETS_HINT}"],
        ),
        (
            {"name": "a", "type": "IP", **dict.fromkeys("hgfedcba", 1)},
            [f"{key}=1: unknown key. Known keys: {SPEC_KEYS}." for key in "abcdefgh"],
        ),
        (
            {"name": "a", "type": "IP", "config": {None: 1, (1, 2): 2}},
            [
                f"config.(1, 2)=2: unknown key. Known keys: {CONFIG_KEYS}.",
                f"config.None=1: unknown key. Known keys: {CONFIG_KEYS}.",
            ],
        ),
        (
            {"name": "a", "type": "IP", "config": {"port": 80.0, "vpcIdentifier": 1}},
            [
                "config.port=80.0: must be an integer",
                "config.vpcIdentifier=1: must be a string. Put it in quotes.",
            ],
        ),
    ],
)
def test_problems_in_a_spec(data: Any, expected: list[str]) -> None:
    """Each type of problem is reported with the expected message and path."""
    assert format_problems(TargetGroupSpec, data) == expected


def test_hint_depends_on_the_keys_of_the_model() -> None:
    """A key that specs do not support can be a misspelled key of another model."""
    assert format_problems(Target, {"Id": "10.0.0.1", "STATUS": 1}) == [
        "Id='10.0.0.1': unknown key. Did you mean id?",
        "STATUS=1: unknown key. Remove it. Only responses contain this key.",
    ]


def test_null_for_a_required_string_is_missing() -> None:
    """A required string that is null is reported as missing."""
    assert format_problems(Matcher, {"httpCode": None}) == ["httpCode=None: is required. Add it."]


def test_problems_in_a_response() -> None:
    """Strict parsing also works for responses. The enum values in a response can be any string."""
    data = {
        "id": ID,
        "arn": ARN,
        "name": "orders",
        "type": "POD",
        "status": 1,
        "protocol": 2,
        "createdAt": "yesterday",
        "lastUpdatedAt": 5,
        "serviceArns": ["a", 7, None],
    }

    assert format_problems(TargetGroupSummary, data) == [
        "status=1: must be a string. Put it in quotes.",
        "protocol=2: must be a string. Put it in quotes.",
        "createdAt='yesterday': must be a time such as 2026-01-31T12:00:00Z",
        "lastUpdatedAt=5: must be a time such as 2026-01-31T12:00:00Z",
        "serviceArns[1]=7: must be a string. Put it in quotes.",
        "serviceArns[2]=None: must be a string. Put it in quotes.",
    ]
    assert (
        format_problems(TargetGroupSummary, {**data, "serviceArns": "a"})[-1]
        == "serviceArns='a': must be a list of strings"
    )


def test_null_for_an_optional_key_is_not_set() -> None:
    """The value of an optional key can be null. The field is then not set."""
    health_check = dict.fromkeys(["enabled", "protocol", "port", "path", "matcher", "healthCheckIntervalSeconds"])
    config = dict.fromkeys(CONFIG_WIRE) | {"healthCheck": health_check}
    summary = {"id": "a", "arn": "b", "name": "c", "type": "IP", "status": "ACTIVE"}
    nulls = dict.fromkeys(["port", "protocol", "ipAddressType", "vpcIdentifier", "createdAt"])

    assert from_boto3(TargetGroupConfig, config, strict=True) == TargetGroupConfig(health_check=HealthCheck())
    assert from_boto3(TargetGroupConfig, {"healthCheck": None}, strict=True) == TargetGroupConfig()
    assert from_boto3(TargetGroupSummary, summary | nulls, strict=True) == from_boto3(TargetGroupSummary, summary)


class PortNumber(IntEnum):
    WEB = 8080


class Text(str, Enum):  # noqa: UP042 - a subclass of str, as some parsers return
    NAME = "name"
    ORDERS = "orders"
    IP = "IP"


def test_subclasses_of_str_and_int_are_parsed() -> None:
    """Keys and values can be instances of subclasses of str and int, because some file parsers return them."""
    data = {Text.NAME: Text.ORDERS, "type": Text.IP, "config": {"port": PortNumber.WEB}}

    spec = from_boto3(TargetGroupSpec, data, strict=True)

    assert spec == TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(port=8080))


def test_times_are_strings_or_datetimes() -> None:
    """A time can be a string (as in JSON) or a datetime (as in TOML)."""
    group = {"id": ID, "arn": ARN, "name": "a", "type": "IP", "status": "ACTIVE"}
    times = ["2026-01-31T12:00:00Z", CREATED]

    parsed = [from_boto3(TargetGroup, {**group, "createdAt": time}, strict=True).created_at for time in times]

    assert parsed == [datetime(2026, 1, 31, 12, tzinfo=UTC)] * 2


@limited_examples
@given(
    spec=st.dictionaries(st.sampled_from(["name", "type", "config", "tags", 5, "x"]), junk)
    | st.fixed_dictionaries({"config": st.dictionaries(st.sampled_from([*CONFIG_KEYS.split(", "), None]), junk)})
    | junk
)
def test_strict_parsing_of_any_data_returns_a_spec_or_problems(spec: Any) -> None:
    """Strict parsing of arbitrary data returns a spec or raises InvalidSpecError."""
    parsed: object = None

    with suppress(InvalidSpecError):
        parsed = from_boto3(TargetGroupSpec, spec, strict=True)

    assert parsed is None or (isinstance(spec, Mapping) and isinstance(parsed, TargetGroupSpec))
