"""Tests of the messages of validation rules."""

from typing import Any

import attrs
import pytest

from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.validation import find_problems
from lattice_tg.validation.tags import tag_key_problems
from support.validation import CODES_RULE, NAME_RULE, RESET, changed, checked, ip, messages

TYPE_RULE = "must be one of IP, INSTANCE, ALB, LAMBDA"
TAG_RULE = "must contain only letters, digits, spaces and _ . : / = + - @"
MANY_TAGS = {f"key-{number}": "" for number in range(51)}


def spec_with_tags(tags: Any) -> TargetGroupSpec:
    """Return a spec with ``tags``, which can have an invalid type."""
    return attrs.evolve(ip(), tags=tags)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (changed(ip(), name="tg-orders"), [f"name='tg-orders': {NAME_RULE}"]),
        (changed(ip(), name="a" * 129), [f"name='{'a' * 78}…: {NAME_RULE}"]),
        (changed(ip(), name=None), ["name=None: is required. Set it."]),
        (changed(ip(), type="POD"), [f"type='POD': {TYPE_RULE}"]),
        (changed(ip(), type=None), [f"type=None: {TYPE_RULE}"]),
        (changed(ip(), config=None), ["config=None: must be a TargetGroupConfig"]),
        (changed(ip(), config="tcp"), ["config='tcp': must be a TargetGroupConfig"]),
        (
            ip(protocol=None, vpc_identifier=None),
            [
                "config.protocol=None: is required for IP target groups. Set it.",
                "config.vpc_identifier=None: is required for IP target groups. Set it.",
            ],
        ),
        (
            ip(protocol="TCP", vpc_identifier=None),
            [
                "config.vpc_identifier=None: is required for IP target groups. Set it.",
                "config.port=None: is required for TCP target groups, which have no default port. Set it.",
            ],
        ),
        (
            ip(vpc_identifier="main"),
            ["config.vpc_identifier='main': must be a VPC id: vpc- followed by 8 or 17 characters from 0-9 and a-z"],
        ),
        (ip(port=65536), ["config.port=65536: must be an integer from 1 to 65535"]),
        (ip(port=True), ["config.port=True: must be an integer from 1 to 65535"]),
        (ip(port="80"), ["config.port='80': must be an integer from 1 to 65535"]),
        (ip(protocol="QUIC"), ["config.protocol='QUIC': must be one of HTTP, HTTPS, TCP"]),
        (ip(protocol_version="HTTP3"), ["config.protocol_version='HTTP3': must be one of HTTP1, HTTP2, GRPC"]),
        (ip(ip_address_type="IPV5"), ["config.ip_address_type='IPV5': must be one of IPV4, IPV6"]),
        (
            ip(lambda_event_structure_version="V1"),
            ["config.lambda_event_structure_version='V1': is not supported for IP target groups. Remove it."],
        ),
        (
            ip(protocol="TCP"),
            ["config.port=None: is required for TCP target groups, which have no default port. Set it."],
        ),
        (
            changed(ip(protocol="TCP"), type="ALB"),
            ["config.protocol='TCP': is not supported for ALB target groups. Use HTTP or HTTPS."],
        ),
        (
            changed(ip(health_check=HealthCheck.disabled()), type="ALB"),
            ["config.health_check=HealthCheck(enabled=False): is not supported for ALB target groups. Remove it."],
        ),
        (ip(health_check="on"), ["config.health_check='on': must be a HealthCheck"]),
        (
            ip(protocol="TCP", port=80, health_check=HealthCheck(enabled=True)),
            [
                "config.health_check.protocol=None: is required for health checks of TCP target groups. Set it.",
                "config.health_check.protocol_version=None: is required for health checks of TCP target groups. Set it.",
            ],
        ),
        (
            ip(protocol_version="GRPC", health_check=HealthCheck(enabled=True)),
            ["config.health_check.protocol_version=None: is required for health checks of GRPC target groups. Set it."],
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
                    "must start with / and have at most 2,048 characters from a-z, A-Z, 0-9 and @:%_+.~#?&/=-"
                ),
            ],
        ),
        (checked(interval_seconds=4), ["config.health_check.interval_seconds=4: must be an integer from 5 to 300"]),
        (checked(interval_seconds=0), [f"config.health_check.interval_seconds=0: {RESET}"]),
        (
            checked(timeout_seconds=5.0),
            ["config.health_check.timeout_seconds=5.0: must be an integer from 1 to 120"],
        ),
        (
            checked(timeout_seconds=False),
            ["config.health_check.timeout_seconds=False: must be an integer from 1 to 120"],
        ),
        (
            checked(timeout_seconds=0.0),
            ["config.health_check.timeout_seconds=0.0: must be an integer from 1 to 120"],
        ),
        (
            checked(matcher=Matcher(http_code="2xx")),
            [f"config.health_check.matcher.http_code='2xx': {CODES_RULE}"],
        ),
        (checked(matcher=Matcher(http_code="")), [f"config.health_check.matcher.http_code='': {RESET}"]),
        (
            checked(matcher=Matcher(http_code="200,299-201")),
            [
                "config.health_check.matcher.http_code='200,299-201': must not contain the reversed range 299-201. Write 201-299.",
            ],
        ),
        (
            checked(matcher=changed(Matcher(http_code=""), http_code=None)),
            ["config.health_check.matcher.http_code=None: is required. Set HTTP status codes such as '200'."],
        ),
        (checked(matcher="200"), ["config.health_check.matcher='200': must be a Matcher"]),
        (
            checked(matcher=UnknownMatcher(member_name="grpcCode")),
            [
                (
                    "config.health_check.matcher=UnknownMatcher(member_name='grpcCode'): "
                    "must be a Matcher because an UnknownMatcher cannot be sent. Use Matcher(http_code='200')."
                ),
            ],
        ),
        (
            spec_with_tags(MANY_TAGS),
            [f"tags={str(MANY_TAGS)[:79]}…: must have at most 50 tags, got 51. Remove at least one."],
        ),
        (spec_with_tags(["team"]), ["tags=['team']: must be a mapping of strings to strings"]),
        (spec_with_tags({"": "x"}), ["tags['']='': the key must have 1 to 128 characters, got 0"]),
        (
            spec_with_tags({"a": "x" * 257}),
            [f"tags['a']='{'x' * 78}…: the value must have 0 to 256 characters, got 257"],
        ),
        (
            spec_with_tags({"a": "aws:b"}),
            ["tags['a']='aws:b': the value must not start with aws:, which is reserved. Choose another prefix."],
        ),
        (
            spec_with_tags({"a": " b"}),
            ["tags['a']=' b': the value must not start or end with whitespace. Remove the whitespace."],
        ),
        (spec_with_tags({"a;": "b"}), [f"tags['a;']='a;': the key {TAG_RULE}"]),
        (spec_with_tags({"a": "b\tc"}), [f"tags['a']='b\\tc': the value {TAG_RULE}"]),
        (spec_with_tags({"a": "e\u0301"}), [f"tags['a']='e\u0301': the value {TAG_RULE}"]),
        (spec_with_tags({"a": 5}), ["tags['a']=5: the value must be a string. Put it in quotes."]),
        (spec_with_tags({5: "a"}), ["tags[5]=5: the key must be a string. Put it in quotes."]),
    ],
)
def test_message_has_field_value_rule_and_hint(spec: TargetGroupSpec, expected: list[str]) -> None:
    """The message of a problem contains the field, the value, the rule and a hint."""
    assert messages(find_problems(spec)) == expected


def test_problem_has_the_path_and_the_value_of_its_field() -> None:
    """The attributes of a problem contain the path of the field and the invalid value."""
    problems = find_problems(checked(interval_seconds=4))

    rule = "must be an integer from 5 to 300"
    path = "config.health_check.interval_seconds"
    assert problems == (Problem(path, 4, rule),)


def test_tag_keys_to_remove_are_validated() -> None:
    """The keys of tags to remove follow the same rules as the keys of tags to add."""
    keys: Any = ("team", "", "aws:x", 5)

    assert messages(tuple(tag_key_problems(keys))) == [
        "keys[1]='': must have 1 to 128 characters, got 0",
        "keys[2]='aws:x': must not start with aws:, which is reserved. Only AWS removes such tags.",
        "keys[3]=5: must be a string. Put it in quotes.",
    ]
