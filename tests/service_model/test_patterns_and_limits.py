"""Patterns and limits of botocore's service model are those that the rules were written from."""

import re
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.validation.health_check import FIELD_VALIDATORS
from lattice_tg.validation.identifiers import resolve_identifier
from lattice_tg.validation.spec import find_problems
from support.service_model import compare, shapes
from support.strategies import modestly

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
    found = find_problems(TargetGroupSpec(name=name, type="LAMBDA"))

    assert (not found) == is_fit("TargetGroupName", name)


@modestly
@given(vpc=near("vpc-0123456789abcdefg", "vpc-01234567"))
def test_vpcs_as_the_service_model_has_them(vpc: str) -> None:
    """The rules take a VPC's id if, and only if, the service model does."""
    config = TargetGroupConfig(protocol="HTTP", vpc_identifier=vpc)

    assert (not find_problems(TargetGroupSpec(name="orders", type="IP", config=config))) == is_fit("VpcId", vpc)


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
        taken = resolve_identifier(text) == text
    except InvalidIdentifierError:
        taken = False

    assert taken == is_fit("TargetGroupIdentifier", text)


@modestly
@given(path=near("/", "/ready", "/a?b=c&d#e", "/" + "x" * 2047, "/%20@:_+.~"))
def test_paths_as_the_service_model_has_them(path: str) -> None:
    """The rules take a path if, and only if, the service model does; empty text is a reset there."""
    assert (FIELD_VALIDATORS["path"](path) is None) == (is_fit("HealthCheckPath", path) and path != "")


@modestly
@given(codes=near("200", "200,202", "200-299", "200-299,301", ",".join(["200"] * 500)))
def test_codes_within_the_service_model(codes: str) -> None:
    """The rules take no success codes that the service model does not take."""
    config = TargetGroupConfig(
        protocol="HTTP", vpc_identifier="vpc-01234567", health_check=HealthCheck.http(success_codes=codes)
    )

    assert find_problems(TargetGroupSpec(name="orders", type="IP", config=config)) or is_fit("HttpCodeMatcher", codes)
