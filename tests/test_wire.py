"""Models to and from the dicts of boto3."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import ARN, CONFIG_WIRE, CREATED, EXAMPLES, ID, SPEC, VPC
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.observed import TargetGroup, TargetGroupDeletion, TargetGroupSummary
from lattice_tg.models.problems import Problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.targets import Target, TargetFailure, TargetSummary
from lattice_tg.rules import problems
from lattice_tg.wire import from_boto3, reading, to_boto3
from strategies import junk, known_replies, legal_specs, modestly, unknown_members

SPEC_KEYS = "name, type, config, tags"
TARGETS_ELSEWHERE = "a spec has no targets; give them as Desired(spec, targets), or to plan(spec, targets=…)"
CONFIG_KEYS = "port, protocol, protocolVersion, vpcIdentifier, ipAddressType, lambdaEventStructureVersion, healthCheck"


def each_example(*names: str) -> pytest.MarkDecorator:
    cases = [(model, dict(data)) for model, data in EXAMPLES]
    return pytest.mark.parametrize(names, cases, ids=[type(model).__name__ for model, _ in EXAMPLES])


def mistakes(cls: type[attrs.AttrsInstance], data: Any) -> list[str]:
    with pytest.raises(InvalidSpecError) as caught:
        from_boto3(cls, data, strict=True)
    return [problem.message for problem in caught.value.problems]


# writing


@each_example("model", "data")
def test_models_are_written_under_the_names_of_the_service(model: Any, data: dict[str, Any]) -> None:
    """Every field of every model has its exact place in the dict."""
    assert to_boto3(model) == data


def test_what_is_not_set_is_not_sent() -> None:
    """A dict has no member for what is None."""
    written = [to_boto3(model) for model in (HealthCheck(), TargetGroupConfig(), Target(id="i-1"))]

    assert written == [{}, {}, {"id": "i-1"}]


@pytest.mark.parametrize(
    "config",
    [TargetGroupConfig(), TargetGroupConfig(health_check=HealthCheck())],
)
def test_an_empty_config_is_not_sent(config: TargetGroupConfig) -> None:
    """A config that sets nothing, or nothing but an empty health check, is left out, and so are no tags."""
    spec = TargetGroupSpec(name="resize", type="LAMBDA", config=config)
    group = TargetGroup(id=ID, arn=ARN, name="resize", type="LAMBDA", status="ACTIVE", config=config)

    assert to_boto3(spec) == {"name": "resize", "type": "LAMBDA"}
    assert to_boto3(group) == {"id": ID, "arn": ARN, "name": "resize", "type": "LAMBDA", "status": "ACTIVE"}


def test_an_empty_health_check_is_not_sent() -> None:
    """A health check that sets nothing is left out of a config that sets something."""
    assert to_boto3(TargetGroupConfig(port=80, health_check=HealthCheck())) == {"port": 80}


def test_what_is_false_is_sent() -> None:
    """False, 0 and empty text are set, and so they are written."""
    check = HealthCheck(enabled=False, port=0, path="", matcher=Matcher(http_code=""))

    assert to_boto3(check) == {"enabled": False, "port": 0, "path": "", "matcher": {"httpCode": ""}}


def test_written_dicts_are_plain_and_fresh() -> None:
    """What is written can be changed without changing the model, and JSON takes it."""
    first, second = to_boto3(SPEC), to_boto3(SPEC)

    first["tags"]["more"] = "1"
    first["config"]["port"] = 1

    assert (type(first["tags"]), second, json.loads(json.dumps(second))) == (dict, to_boto3(SPEC), second)


# reading what the service sends


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


def test_the_hook_that_readers_leave_out_does_nothing() -> None:
    """Text, numbers and words are taken as they come, without a call; cattrs, asked for them, does the same."""
    assert [reading._converter().structure(value, type(value)) for value in ("80", 80, True)] == ["80", 80, True]  # pyright: ignore[reportPrivateUsage]


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


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_no_mapping_is_a_mistake_of_the_program(data: Any) -> None:
    """What is no mapping at all is refused even leniently."""
    with pytest.raises(TypeError) as caught:
        from_boto3(Target, data)

    assert str(caught.value) == f"a Target is read from a mapping, not from {data!r}"


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

    assert all(isinstance(found, Problem) for found in problems(read))


@modestly
@given(check=st.fixed_dictionaries({}, optional={"matcher": junk, "path": junk, "port": junk, "enabled": junk}))
def test_junk_in_a_health_check_is_carried_to_the_rules(check: dict[str, Any]) -> None:
    """A lenient read of a health check refuses nothing, either."""
    config = {"protocol": "HTTP", "vpcIdentifier": VPC, "healthCheck": check}
    read = from_boto3(TargetGroupSpec, {"name": "orders", "type": "IP", "config": config})

    assert {found.field.split(".")[:2] == ["config", "health_check"] for found in problems(read)} <= {True}


@modestly
@given(arns=junk)
def test_junk_in_a_list_is_carried(arns: Any) -> None:
    """A reply is never refused, whatever stands where a list belongs."""
    assert from_boto3(TargetGroup, {"serviceArns": arns}).id == ""


# reading what people write


@each_example("model", "data")
def test_what_is_right_is_read_strictly(model: Any, data: dict[str, Any]) -> None:
    """Data without a mistake is read the same strictly and leniently; an unknown matcher cannot be written."""
    if isinstance(model, UnknownMatcher):
        return

    assert from_boto3(model.__class__, data, strict=True) == model


def test_every_mistake_is_found_at_once() -> None:
    """One error has every mistake of a file, at every depth, each with its path as written."""
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

    assert mistakes(TargetGroupSpec, data) == [
        "name=None: is required; write it",
        "type='PI': must be one of IP, INSTANCE, ALB, LAMBDA",
        "config.port='80': must be a whole number; write it without quotes",
        "config.protocol='HPPT': must be one of HTTP, HTTPS, TCP",
        "config.lambdaEventStructureVersion=1: must be one of V1, V2",
        "config.healthCheck.enabled='yes': must be true or false; write it without quotes",
        "config.healthCheck.path=7: must be text; put it in quotes",
        "config.healthCheck.healthyThresholdCount=True: must be a whole number",
        "config.healthCheck.matcher.httpCode=200: must be text; put it in quotes",
        "config.healthCheck.matcher.codes='200': is no key here; did you mean httpCode?",
        "config.healthCheck.intervalSeconds=5: is no key here; did you mean healthCheckIntervalSeconds?",
        f"config.vpc_identifier='{VPC}': is no key here; did you mean vpcIdentifier?",
        "tags['team']=5: must be text; put it in quotes",
        "tags[7]='seven': must be text; put it in quotes",
        f"colour='red': is no key here; known: {SPEC_KEYS}",
    ]


def test_a_mistake_has_its_field_and_value() -> None:
    """A mistake is a problem with the path, the value and the message."""
    with pytest.raises(InvalidSpecError) as caught:
        from_boto3(TargetGroupSpec, {"name": "a", "type": "IP", "config": {"port": "80"}}, strict=True)

    message = "config.port='80': must be a whole number; write it without quotes"
    assert caught.value.problems == (Problem("config.port", "80", message),)
    assert str(caught.value) == f"1 problem, nothing was sent:\n  {message}"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [f"data=[]: must be a mapping of {SPEC_KEYS}"]),
        (None, [f"data=None: must be a mapping of {SPEC_KEYS}"]),
        ({}, ["name=None: is required; write it", "type=None: is required; write it"]),
        ({"name": None, "type": "IP"}, ["name=None: is required; write it"]),
        ({"name": "a", "type": None}, ["type=None: must be one of IP, INSTANCE, ALB, LAMBDA"]),
        ({"name": "a", "type": ["IP"]}, ["type=['IP']: must be one of IP, INSTANCE, ALB, LAMBDA"]),
        ({"name": "a", "type": "IP", "config": None}, [f"config=None: must be a mapping of {CONFIG_KEYS}"]),
        ({"name": "a", "type": "IP", "config": "tcp"}, [f"config='tcp': must be a mapping of {CONFIG_KEYS}"]),
        ({"name": "a", "type": "IP", "tags": ["a"]}, ["tags=['a']: must be a mapping of text to text"]),
        ({"name": "a", "type": "IP", "tags": {"a": None}}, ["tags['a']=None: must be text; put it in quotes"]),
        (
            {"name": "a", "type": "IP", "config": {"healthCheck": {"matcher": "200"}}},
            ["config.healthCheck.matcher='200': must be a mapping of httpCode"],
        ),
        (
            {"name": "a", "type": "IP", "config": {"healthCheck": {"matcher": {}}}},
            ["config.healthCheck.matcher.httpCode=None: is required; write it"],
        ),
        ({"name": "a", "type": "IP", 80: 1}, [f"80=1: is no key here; known: {SPEC_KEYS}"]),
        ({"name": "a", "type": "IP", "CONFIG": {}}, ["CONFIG={}: is no key here; did you mean config?"]),
        (
            {"name": "a", "type": "IP", "targets": []},
            [f"targets=[]: is no key here; {TARGETS_ELSEWHERE}"],
        ),
        (
            {"name": "a", "type": "IP", **dict.fromkeys("hgfedcba", 1)},
            [f"{key}=1: is no key here; known: {SPEC_KEYS}" for key in "abcdefgh"],
        ),
        (
            {"name": "a", "type": "IP", "config": {None: 1, (1, 2): 2}},
            [
                f"config.(1, 2)=2: is no key here; known: {CONFIG_KEYS}",
                f"config.None=1: is no key here; known: {CONFIG_KEYS}",
            ],
        ),
        (
            {"name": "a", "type": "IP", "config": {"port": 80.0, "vpcIdentifier": 1}},
            [
                "config.port=80.0: must be a whole number",
                "config.vpcIdentifier=1: must be text; put it in quotes",
            ],
        ),
    ],
)
def test_mistakes_in_a_spec(data: Any, expected: list[str]) -> None:
    """Each kind of mistake has its exact words and path."""
    assert mistakes(TargetGroupSpec, data) == expected


def test_mistakes_in_a_matcher_of_none() -> None:
    """A required text that is null is missing."""
    assert mistakes(Matcher, {"httpCode": None}) == ["httpCode=None: is required; write it"]


def test_mistakes_in_replies() -> None:
    """Every model can be read strictly, observed ones, too; their words are open, but words."""
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

    assert mistakes(TargetGroupSummary, data) == [
        "status=1: must be text; put it in quotes",
        "protocol=2: must be text; put it in quotes",
        "createdAt='yesterday': must be a time, such as 2026-01-31T12:00:00Z",
        "lastUpdatedAt=5: must be a time, such as 2026-01-31T12:00:00Z",
        "serviceArns[1]=7: must be text; put it in quotes",
        "serviceArns[2]=None: must be text; put it in quotes",
    ]
    assert mistakes(TargetGroupSummary, {**data, "serviceArns": "a"})[-1] == "serviceArns='a': must be a list of text"


def test_null_is_not_set_in_a_strict_read() -> None:
    """Every key that may be left out may be null, of every type."""
    health_check = dict.fromkeys(["enabled", "protocol", "port", "path", "matcher", "healthCheckIntervalSeconds"])
    config = dict.fromkeys(CONFIG_WIRE) | {"healthCheck": health_check}
    summary = {"id": "a", "arn": "b", "name": "c", "type": "IP", "status": "ACTIVE"}
    nulls = dict.fromkeys(["port", "protocol", "ipAddressType", "vpcIdentifier", "createdAt"])

    assert from_boto3(TargetGroupConfig, config, strict=True) == TargetGroupConfig(health_check=HealthCheck())
    assert from_boto3(TargetGroupConfig, {"healthCheck": None}, strict=True) == TargetGroupConfig()
    assert from_boto3(TargetGroupSummary, summary | nulls, strict=True) == from_boto3(TargetGroupSummary, summary)


class Ports(IntEnum):
    WEB = 8080


class Names(str, Enum):  # noqa: UP042 - a text of a class of its own, as file formats have them
    NAME = "name"
    ORDERS = "orders"
    IP = "IP"


def test_text_and_numbers_of_other_classes_are_read() -> None:
    """What is a text or a number to Python is one here, as parsers of files have classes of their own."""
    data = {Names.NAME: Names.ORDERS, "type": Names.IP, "config": {"port": Ports.WEB}}

    spec = from_boto3(TargetGroupSpec, data, strict=True)

    assert spec == TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(port=8080))


def test_times_are_read_strictly() -> None:
    """A time may be text, as in JSON, or a time, as in TOML."""
    group = {"id": ID, "arn": ARN, "name": "a", "type": "IP", "status": "ACTIVE"}
    times = ["2026-01-31T12:00:00Z", CREATED]

    read = [from_boto3(TargetGroup, {**group, "createdAt": time}, strict=True).created_at for time in times]

    assert read == [datetime(2026, 1, 31, 12, tzinfo=UTC)] * 2


@modestly
@given(
    spec=st.dictionaries(st.sampled_from(["name", "type", "config", "tags", 5, "x"]), junk)
    | st.fixed_dictionaries({"config": st.dictionaries(st.sampled_from([*CONFIG_KEYS.split(", "), None]), junk)})
    | junk
)
def test_junk_never_crashes_a_strict_read(spec: Any) -> None:
    """Whatever stands in a file, it is read or its mistakes are told."""
    read: object = None

    with suppress(InvalidSpecError):
        read = from_boto3(TargetGroupSpec, spec, strict=True)

    assert read is None or (isinstance(spec, Mapping) and isinstance(read, TargetGroupSpec))
