"""The service's rules: what is legal passes, what is not is named, all of it at once."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import ALB_ARN, CONFIG, HEALTH_CHECK, LAMBDA_ARN, TARGET_GROUP, VPC
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.observed import TargetGroup
from lattice_tg.models.problems import Problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.rules import check, problems, target_problems, update_problems
from lattice_tg.rules.tags import tag_key_problems
from lattice_tg.wire import from_boto3
from spec_cases import ILLEGAL, LEGAL
from strategies import junk, legal_specs, modestly

RESET = (
    "means back to the default, to the service; leave the field out, "
    "or update_health_check(reset=…) to reset it on a group that exists"
)
NAME_RULE = "must be 3 to 128 of a-z, 0-9 and single inner hyphens, and not start with tg-"
TYPE_RULE = "must be one of IP, INSTANCE, ALB, LAMBDA"
CODES_RULE = "must be HTTP status codes such as '200', '200,202' or '200-299'"
TAG_RULE = "may have letters, digits, spaces and _ . : / = + - @ only"


def changed(model: Any, **fields: Any) -> Any:
    """A model with other fields, of any type at all."""
    return attrs.evolve(model, **fields)


def ip(**config: Any) -> TargetGroupSpec:
    fields: dict[str, Any] = {"protocol": "HTTP", "vpc_identifier": VPC, **config}
    return TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(**fields))


def checked(**health_check: Any) -> TargetGroupSpec:
    return ip(health_check=HealthCheck(**health_check))


def tagged(tags: Any) -> TargetGroupSpec:
    return attrs.evolve(ip(), tags=tags)


def group(kind: str, **config: Any) -> TargetGroup:
    return attrs.evolve(TARGET_GROUP, type=kind, config=TargetGroupConfig(**config))


def messages(found: tuple[Problem, ...]) -> list[str]:
    return [problem.message for problem in found]


# the table


@pytest.mark.parametrize("claim", LEGAL)
def test_the_legal_passes(claim: str) -> None:
    """A request that the documents allow has no problem."""
    assert messages(problems(from_boto3(TargetGroupSpec, LEGAL[claim]))) == []


@pytest.mark.parametrize("claim", ILLEGAL)
def test_the_illegal_is_named(claim: str) -> None:
    """A request that the documents forbid has a problem in each field that is to blame, and in no other."""
    request, blamed = ILLEGAL[claim]

    found = problems(from_boto3(TargetGroupSpec, request))

    assert sorted(problem.field for problem in found) == sorted(blamed)


@modestly
@given(spec=legal_specs)
def test_legal_specs_pass(spec: TargetGroupSpec) -> None:
    """Whatever is put together within the rules has no problem."""
    assert problems(spec) == problems(spec, allow_unknown=True) == ()


# all problems at once


def test_check_raises_all_problems_at_once() -> None:
    """One error has every problem of a spec; a spec without one passes."""
    spec = changed(ip(port=0, protocol="TCP", protocol_version="HTTP1"), name="x", tags={"aws:a": "b"})

    with pytest.raises(InvalidSpecError) as caught:
        check(spec)

    check(ip())
    assert caught.value.problems == problems(spec)
    assert messages(problems(spec)) == [
        f"name='x': {NAME_RULE}",
        "config.protocol_version='HTTP1': is not for TCP groups; remove it",
        "config.port=0: is no port; write 1 to 65535, or leave it out for the default of HTTP (80) or HTTPS (443)",
        "tags['aws:a']='aws:a': the key must not start with aws:, which AWS keeps for itself; choose another",
    ]


def test_one_problem_a_field() -> None:
    """A field that breaks several rules is named once, by the first."""
    words: Any = "QUIC"
    spec = TargetGroupSpec(name="orders", type="LAMBDA", config=TargetGroupConfig(port=0, protocol=words))

    assert messages(problems(spec)) == [
        "config.port=0: is not for LAMBDA groups; remove it",
        "config.protocol='QUIC': is not for LAMBDA groups; remove it",
    ]


@modestly
@given(spec=st.builds(TargetGroupSpec, **dict.fromkeys(["name", "type", "config", "tags"], junk)))
def test_no_field_is_named_twice(spec: TargetGroupSpec) -> None:
    """Whatever is wrong, each field is named once."""
    fields = [problem.field for problem in problems(spec)]

    assert len(fields) == len(set(fields))


# exact words


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (changed(ip(), name="tg-orders"), [f"name='tg-orders': {NAME_RULE}"]),
        (changed(ip(), name="a" * 129), [f"name='{'a' * 78}…: {NAME_RULE}"]),
        (changed(ip(), name=None), ["name=None: is required; write one"]),
        (changed(ip(), type="POD"), [f"type='POD': {TYPE_RULE}"]),
        (changed(ip(), type=None), [f"type=None: {TYPE_RULE}"]),
        (changed(ip(), config=None), ["config=None: must be a TargetGroupConfig"]),
        (changed(ip(), config="tcp"), ["config='tcp': must be a TargetGroupConfig"]),
        (
            ip(protocol=None, vpc_identifier=None),
            [
                "config.protocol=None: is required for IP groups; set it",
                "config.vpc_identifier=None: is required for IP groups; set it",
            ],
        ),
        (
            ip(protocol="TCP", vpc_identifier=None),
            [
                "config.vpc_identifier=None: is required for IP groups; set it",
                "config.port=None: is required for TCP groups, which have no default port; set it",
            ],
        ),
        (ip(vpc_identifier="main"), ["config.vpc_identifier='main': must be a VPC's id: vpc- and 8 or 17 of 0-9, a-z"]),
        (ip(port=65536), ["config.port=65536: must be a whole number from 1 to 65535"]),
        (ip(port=True), ["config.port=True: must be a whole number from 1 to 65535"]),
        (ip(port="80"), ["config.port='80': must be a whole number from 1 to 65535"]),
        (ip(protocol="QUIC"), ["config.protocol='QUIC': must be one of HTTP, HTTPS, TCP"]),
        (ip(protocol_version="HTTP3"), ["config.protocol_version='HTTP3': must be one of HTTP1, HTTP2, GRPC"]),
        (ip(ip_address_type="IPV5"), ["config.ip_address_type='IPV5': must be one of IPV4, IPV6"]),
        (
            ip(lambda_event_structure_version="V1"),
            ["config.lambda_event_structure_version='V1': is not for IP groups; remove it"],
        ),
        (ip(protocol="TCP"), ["config.port=None: is required for TCP groups, which have no default port; set it"]),
        (
            changed(ip(protocol="TCP"), type="ALB"),
            ["config.protocol='TCP': is not for ALB groups; write HTTP or HTTPS"],
        ),
        (
            changed(ip(health_check=HealthCheck.disabled()), type="ALB"),
            ["config.health_check=HealthCheck(enabled=False): is not for ALB groups; remove it"],
        ),
        (ip(health_check="on"), ["config.health_check='on': must be a HealthCheck"]),
        (
            ip(protocol="TCP", port=80, health_check=HealthCheck(enabled=True)),
            [
                "config.health_check.protocol=None: is required to check TCP groups; set it",
                "config.health_check.protocol_version=None: is required to check TCP groups; set it",
            ],
        ),
        (
            ip(protocol_version="GRPC", health_check=HealthCheck(enabled=True)),
            ["config.health_check.protocol_version=None: is required to check GRPC groups; set it"],
        ),
        (checked(enabled="yes"), ["config.health_check.enabled='yes': must be True or False"]),
        (checked(enabled=1), ["config.health_check.enabled=1: must be True or False"]),
        (checked(protocol="TCP"), ["config.health_check.protocol='TCP': must be one of HTTP, HTTPS"]),
        (checked(port=0), [f"config.health_check.port=0: {RESET}"]),
        (checked(path=""), [f"config.health_check.path='': {RESET}"]),
        (
            checked(path="ready"),
            [
                (
                    "config.health_check.path='ready': "
                    "must start with / and have at most 2048 of a-z A-Z 0-9 @:%_+.~#?&/=-"
                ),
            ],
        ),
        (checked(interval_seconds=4), ["config.health_check.interval_seconds=4: must be a whole number from 5 to 300"]),
        (checked(interval_seconds=0), [f"config.health_check.interval_seconds=0: {RESET}"]),
        (
            checked(timeout_seconds=5.0),
            ["config.health_check.timeout_seconds=5.0: must be a whole number from 1 to 120"],
        ),
        (
            checked(timeout_seconds=False),
            ["config.health_check.timeout_seconds=False: must be a whole number from 1 to 120"],
        ),
        (
            checked(timeout_seconds=0.0),
            ["config.health_check.timeout_seconds=0.0: must be a whole number from 1 to 120"],
        ),
        (
            checked(matcher=Matcher(http_code="2xx")),
            [f"config.health_check.matcher.http_code='2xx': {CODES_RULE}"],
        ),
        (checked(matcher=Matcher(http_code="")), [f"config.health_check.matcher.http_code='': {RESET}"]),
        (
            checked(matcher=Matcher(http_code="200,299-201")),
            [
                "config.health_check.matcher.http_code='200,299-201': the range 299-201 runs backwards; write 201-299",
            ],
        ),
        (
            checked(matcher=changed(Matcher(http_code=""), http_code=None)),
            ["config.health_check.matcher.http_code=None: is required; write HTTP status codes such as '200'"],
        ),
        (checked(matcher="200"), ["config.health_check.matcher='200': must be a Matcher"]),
        (
            checked(matcher=UnknownMatcher(member_name="grpcCode")),
            [
                (
                    "config.health_check.matcher=UnknownMatcher(member_name='grpcCode'): "
                    "can be read but not sent; write a Matcher(http_code=…)"
                ),
            ],
        ),
        (
            tagged({f"key-{number}": "" for number in range(51)}),
            ["tags=51: a resource has at most 50 tags; leave some out"],
        ),
        (tagged(["team"]), ["tags=['team']: must be a mapping of text to text"]),
        (tagged({"": "x"}), ["tags['']='': the key has 0 characters; it must have 1 to 128"]),
        (tagged({"a": "x" * 257}), [f"tags['a']='{'x' * 78}…: the value has 257 characters; it must have 0 to 256"]),
        (
            tagged({"a": "aws:b"}),
            ["tags['a']='aws:b': the value must not start with aws:, which AWS keeps for itself; choose another"],
        ),
        (tagged({"a": " b"}), ["tags['a']=' b': the value must not start or end with a space; take it off"]),
        (tagged({"a;": "b"}), [f"tags['a;']='a;': the key {TAG_RULE}"]),
        (tagged({"a": "b\tc"}), [f"tags['a']='b\\tc': the value {TAG_RULE}"]),
        (tagged({"a": "e\u0301"}), [f"tags['a']='e\u0301': the value {TAG_RULE}"]),
        (tagged({"a": 5}), ["tags['a']=5: the value must be text; write it in quotes"]),
        (tagged({5: "a"}), ["tags[5]=5: the key must be text; write it in quotes"]),
    ],
)
def test_problems_say_what_is_wrong(spec: TargetGroupSpec, expected: list[str]) -> None:
    """A message names the field, the value, the rule and the way out."""
    assert messages(problems(spec)) == expected


def test_a_problem_has_its_field_and_value() -> None:
    """A problem has the path of the field and the value itself, beside the message."""
    found = problems(checked(interval_seconds=4))

    rule = "must be a whole number from 5 to 300"
    path = "config.health_check.interval_seconds"
    assert found == (Problem(path, 4, f"{path}=4: {rule}"),)


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("port", 1, 65535),
        ("interval_seconds", 5, 300),
        ("timeout_seconds", 1, 120),
        ("healthy_threshold_count", 2, 10),
        ("unhealthy_threshold_count", 2, 10),
    ],
)
def test_the_ends_of_ranges_are_legal(field: str, low: int, high: int) -> None:
    """Both ends of a range are in it, and the next numbers are not."""
    verdicts = [bool(problems(checked(**{field: number}))) for number in (low - 1, low, high, high + 1)]

    assert verdicts == [True, False, False, True]


@pytest.mark.parametrize("codes", ["200-200", "200-299,404", "200," * 499 + "200"])
def test_success_codes_that_are_legal(codes: str) -> None:
    """A range may be of one code, and a list as long as 2,000 characters."""
    assert problems(checked(matcher=Matcher(http_code=codes))) == ()


@pytest.mark.parametrize("kind", ["ALB", "LAMBDA"])
def test_an_empty_health_check_is_no_health_check(kind: Any) -> None:
    """A health check that sets nothing is not sent, so any type may have it."""
    config = TargetGroupConfig() if kind == "LAMBDA" else TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC)
    spec = TargetGroupSpec(name="orders", type=kind, config=changed(config, health_check=HealthCheck()))

    assert problems(spec) == ()


def test_rules_of_tcp_are_not_for_lambda() -> None:
    """A LAMBDA group of TCP is told that it takes no protocol, and not that TCP needs a port."""
    spec = TargetGroupSpec(name="orders", type="LAMBDA", config=TargetGroupConfig(protocol="TCP"))

    assert messages(problems(spec)) == ["config.protocol='TCP': is not for LAMBDA groups; remove it"]


def test_a_health_check_that_does_not_belong_is_not_looked_into() -> None:
    """Where no health check may be, its own fields are not complained about."""
    spec = changed(checked(port=70000), type="ALB")

    assert [problem.field for problem in problems(spec)] == ["config.health_check"]


@pytest.mark.parametrize("spec", [None, "orders", {"name": "orders", "type": "IP"}])
def test_what_is_no_spec(spec: Any) -> None:
    """Something else than a spec, such as a builder, is told so."""
    assert messages(problems(spec)) == [f"spec={spec!r}: must be a TargetGroupSpec; a builder makes one with build()"]


# junk


@modestly
@given(
    spec=st.builds(
        TargetGroupSpec,
        name=junk,
        type=junk,
        config=st.builds(TargetGroupConfig, **dict.fromkeys(attrs.fields_dict(TargetGroupConfig), junk)),
        tags=junk | st.dictionaries(st.text(max_size=2) | st.integers(), junk, max_size=2),
    ),
    allow_unknown=st.booleans(),
)
def test_junk_never_crashes_the_rules(spec: TargetGroupSpec, allow_unknown: bool) -> None:
    """Whatever a field holds, its problem is told or there is none."""
    found = problems(spec, allow_unknown=allow_unknown)

    assert all(isinstance(problem, Problem) for problem in found)


@modestly
@given(
    kind=st.sampled_from(["IP", "INSTANCE"]) | junk,
    protocol=st.sampled_from(["HTTP", "TCP"]) | junk,
    version=st.sampled_from(["GRPC", None]) | junk,
    health_check=st.builds(
        HealthCheck,
        **dict.fromkeys(attrs.fields_dict(HealthCheck), junk) | {"matcher": junk | st.builds(Matcher, http_code=junk)},
    ),
)
def test_junk_in_a_health_check_never_crashes_the_rules(
    kind: Any, protocol: Any, version: Any, health_check: HealthCheck
) -> None:
    """Whatever a health check holds, its problems are told or there are none."""
    config = TargetGroupConfig(protocol=protocol, protocol_version=version, health_check=health_check)
    spec = TargetGroupSpec(name="orders", type=kind, config=config)

    found = (*problems(spec), *problems(spec, allow_unknown=True), *update_problems(health_check, ()))

    assert all(isinstance(problem, Problem) for problem in found)


@modestly
@given(
    targets=st.lists(st.builds(Target, id=junk, port=junk) | junk, max_size=3),
    kind=st.sampled_from(["IP", "INSTANCE", "ALB", "LAMBDA", "POD"]),
)
def test_junk_never_crashes_the_rules_of_targets(targets: list[Any], kind: str) -> None:
    """Whatever stands in a list of targets, its problems are told or there are none."""
    found = (*target_problems(targets), *target_problems(targets, group(kind)))

    assert all(isinstance(problem, Problem) for problem in found)


# unknown words


def test_unknown_words_are_problems_unless_allowed() -> None:
    """With ``allow_unknown``, words of a newer service pass, wherever words stand."""
    health_check: dict[str, Any] = {"protocol": "QUIC", "protocol_version": "HTTP3"}
    config: dict[str, Any] = {"protocol": "QUIC", "protocol_version": "HTTP3", "ip_address_type": "IPV7"}
    spec = changed(ip(**config, health_check=HealthCheck(**health_check)), type="POD")

    fields = [problem.field for problem in problems(spec)]

    assert problems(spec, allow_unknown=True) == ()
    assert fields == [
        "type",
        "config.protocol",
        "config.protocol_version",
        "config.ip_address_type",
        "config.health_check.protocol",
        "config.health_check.protocol_version",
    ]
    with pytest.raises(InvalidSpecError):
        check(spec)
    check(spec, allow_unknown=True)


def test_allowing_unknown_words_allows_nothing_else() -> None:
    """With ``allow_unknown``, what is no word, and every other rule, is still checked."""
    wrong: dict[str, Any] = {"protocol": "", "protocol_version": 5, "port": 0}
    spec = changed(ip(**wrong, health_check=HealthCheck(**wrong)), type=5)

    fields = [problem.field for problem in problems(spec, allow_unknown=True)]

    assert fields == [
        "type",
        "config.protocol",
        "config.protocol_version",
        "config.port",
        "config.health_check.protocol",
        "config.health_check.protocol_version",
        "config.health_check.port",
    ]


def test_rules_of_a_known_type_hold_for_unknown_words() -> None:
    """A word that the library does not know frees no other field."""
    spec = changed(ip(protocol="QUIC", port=0), type="LAMBDA")

    fields = [problem.field for problem in problems(spec, allow_unknown=True)]

    assert fields == ["config.port", "config.protocol", "config.vpc_identifier"]


# tags of a group that exists


def test_keys_of_tags_to_take_off() -> None:
    """Every key is held to the rules of keys."""
    keys: Any = ("team", "", "aws:x", 5)

    assert messages(tuple(tag_key_problems(keys))) == [
        "keys['']='': the key has 0 characters; it must have 1 to 128",
        "keys['aws:x']='aws:x': the key must not start with aws:, which AWS keeps for itself; choose another",
        "keys[5]=5: the key must be text; write it in quotes",
    ]


# targets


@pytest.mark.parametrize(
    ("target", "kind", "config"),
    [
        (Target.ip("10.0.0.1"), "IP", {}),
        (Target.ip("10.0.0.1", 8080), "IP", {"ip_address_type": "IPV4"}),
        (Target.ip("2001:db8::1"), "IP", {"ip_address_type": "IPV6"}),
        (Target.ip("2001:db8::1"), "IP", {"ip_address_type": "IPV7"}),
        (Target.ip("203.0.113.9"), "IP", {}),
        (Target.instance("i-0123456789abcdef0", 80), "INSTANCE", {}),
        (Target.alb(ALB_ARN, 443), "ALB", {}),
        (Target.alb(ALB_ARN.replace("arn:aws:", "arn:aws-cn:")), "ALB", {}),
        (Target.lambda_(LAMBDA_ARN), "LAMBDA", {}),
        (Target.lambda_(LAMBDA_ARN.removesuffix(":live")), "LAMBDA", {}),
        (Target(id="anything"), "POD", {}),
    ],
)
def test_targets_that_fit(target: Target, kind: str, config: dict[str, Any]) -> None:
    """A target of the group's type and family has no problem; a group of an unknown type takes any."""
    assert target_problems([target], group(kind, **config)) == target_problems([target]) == ()


@pytest.mark.parametrize(
    ("target", "kind", "config", "expected"),
    [
        (
            Target.ip("10.0.0.256"),
            "IP",
            {},
            ["targets[0].id='10.0.0.256': must be an IP address in an IP group, of the family IPV4"],
        ),
        (
            Target.ip("fe80::1%eth0"),
            "IP",
            {"ip_address_type": "IPV6"},
            ["targets[0].id='fe80::1%eth0': must be an IP address in an IP group, of the family IPV6"],
        ),
        (
            Target.ip("2001:db8::1"),
            "IP",
            {},
            ["targets[0].id='2001:db8::1': must be of the group's address family, IPV4"],
        ),
        (
            Target.ip("10.0.0.1"),
            "IP",
            {"ip_address_type": "IPV6"},
            ["targets[0].id='10.0.0.1': must be of the group's address family, IPV6"],
        ),
        (
            Target.ip("10.0.0.1"),
            "INSTANCE",
            {},
            ["targets[0].id='10.0.0.1': must be an instance's id (i-…) in an INSTANCE group"],
        ),
        (
            Target.lambda_(LAMBDA_ARN),
            "ALB",
            {},
            [f"targets[0].id='{LAMBDA_ARN}': must be the ARN of an Application Load Balancer in an ALB group"],
        ),
        (
            Target.alb(ALB_ARN.replace("/app/", "/net/")),
            "ALB",
            {},
            [
                f"targets[0].id='{ALB_ARN.replace('/app/', '/net/')}'"[:93]
                + "…: must be the ARN of an Application Load Balancer in an ALB group",
            ],
        ),
        (
            Target.instance("i-0a", 80),
            "LAMBDA",
            {},
            [
                "targets[0].id='i-0a': must be the ARN of a function, version or alias in a LAMBDA group",
                "targets[0].port=80: is not for LAMBDA targets; leave it out",
            ],
        ),
    ],
)
def test_targets_that_do_not_fit(target: Target, kind: str, config: dict[str, Any], expected: list[str]) -> None:
    """With the group's description, type, address family and port of its targets are held against it."""
    assert messages(target_problems([target], group(kind, **config))) == expected
    assert target_problems([target]) == ()


def test_all_problems_of_all_targets() -> None:
    """All targets are looked at, each problem with the target's place in the list that was given."""
    targets: list[Any] = [
        Target.ip("10.0.0.1"),
        Target(id=""),
        Target(id="x" * 201, port=0),
        changed(Target(id=""), id=None),
        "10.0.0.1",
    ]

    assert messages(target_problems(targets, start=100)) == [
        "targets[101].id='': must be text of 1 to 200 characters",
        f"targets[102].id='{'x' * 78}…: must be text of 1 to 200 characters",
        "targets[102].port=0: is no port; write 1 to 65535, or leave it out for the group's",
        "targets[103].id=None: is required; write an address, an instance id or an ARN",
        "targets[104]='10.0.0.1': must be a Target, such as Target.ip('10.0.0.1')",
    ]


@pytest.mark.parametrize(("kind", "target"), [("ALB", Target.alb(ALB_ARN)), ("LAMBDA", Target.lambda_(LAMBDA_ARN))])
def test_groups_of_one_target(kind: str, target: Target) -> None:
    """ALB and LAMBDA groups take one target; the same one twice is one."""
    other = changed(target, id=target.id.replace("123456789012", "210987654321"))

    assert target_problems([target, target], group(kind)) == target_problems([target, other]) == ()
    assert messages(target_problems([target, other], group(kind))) == [
        f"targets=2: {kind} groups take one target; leave the others out"
    ]


@pytest.mark.parametrize("kind", ["IP", "INSTANCE", "POD"])
def test_groups_of_many_targets(kind: str) -> None:
    """Other groups take any number."""
    targets = {"IP": [Target.ip("10.0.0.1"), Target.ip("10.0.0.2")]}.get(
        kind, [Target.instance("i-0a"), Target.instance("i-0b")]
    )

    assert target_problems(targets, group(kind)) == target_problems([], group(kind)) == ()


# updates


def test_updates_that_are_legal() -> None:
    """An update may set fields, reset others, or both."""
    found = [
        update_problems(HEALTH_CHECK, ()),
        update_problems(HealthCheck(), ["port", "matcher"]),
        update_problems(HealthCheck(path="/ready"), {"port"}),
    ]

    assert found == [(), (), ()]


@pytest.mark.parametrize(
    ("health_check", "reset", "expected"),
    [
        (
            HealthCheck(),
            (),
            ["health_check=HealthCheck(): says nothing to change; set a field, or name one in reset"],
        ),
        (HealthCheck(port=80), ("port",), ["reset[0]='port': is set, too, to 80; set it or reset it"]),
        (
            HealthCheck(),
            ("enabled",),
            [
                (
                    "reset[0]='enabled': must be one of port, path, interval_seconds, timeout_seconds, "
                    "healthy_threshold_count, unhealthy_threshold_count, matcher"
                ),
            ],
        ),
        (HealthCheck(port=0), (), [f"health_check.port=0: {RESET}"]),
        (
            HealthCheck(interval_seconds=1, matcher=Matcher(http_code="x")),
            ("path",),
            [
                "health_check.interval_seconds=1: must be a whole number from 5 to 300",
                f"health_check.matcher.http_code='x': {CODES_RULE}",
            ],
        ),
        ({"port": 80}, (), ["health_check={'port': 80}: must be a HealthCheck"]),
    ],
)
def test_updates_that_are_not(health_check: Any, reset: Any, expected: list[str]) -> None:
    """An update is held to the rules of health checks, and must say something, and nothing twice."""
    assert messages(update_problems(health_check, reset)) == expected


def test_unknown_words_in_updates() -> None:
    """Unknown words are problems in an update, too, unless allowed."""
    word: Any = "QUIC"
    health_check = HealthCheck(protocol=word)

    assert messages(update_problems(health_check, ())) == ["health_check.protocol='QUIC': must be one of HTTP, HTTPS"]
    assert update_problems(health_check, (), allow_unknown=True) == ()


def test_an_observed_group_makes_a_legal_spec() -> None:
    """What the service describes can be created again."""
    observed = changed(TARGET_GROUP, config=changed(CONFIG, lambda_event_structure_version=None))

    assert problems(observed.to_spec()) == ()
