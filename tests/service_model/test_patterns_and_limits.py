"""Tests that validation follows the patterns and limits of botocore's service model."""

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
from support.strategies import limited_examples

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
"""The patterns in the service model. Outer anchors differ between botocore versions and are omitted."""
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
"""The minimums and maximums in the service model. Validation is stricter where the AWS documentation is stricter."""


def remove_anchors(pattern: str) -> str:
    """Return ``pattern`` without outer anchors and wildcards."""
    return pattern.removeprefix(".*").removesuffix(".*").removeprefix("^").removesuffix("$")


def test_patterns_are_unchanged() -> None:
    """The patterns in the service model are the patterns that the validation rules implement."""
    botocore_patterns = {
        f"{name} {remove_anchors(shape.metadata['pattern'])}"
        for name, shape in shapes().items()
        if "pattern" in shape.metadata
    }
    expected = {f"{name} {pattern}" for name, pattern in PATTERNS.items()}

    compare("the patterns", botocore_patterns, expected, "validation/ or sending/client_tokens.py")


def test_limits_are_unchanged() -> None:
    """The limits in the service model are the limits that the validation rules implement."""
    botocore_limits = {
        f"{name} {shape.metadata.get('min')} to {shape.metadata.get('max')}"
        for name, shape in shapes().items()
        if {"min", "max"} & shape.metadata.keys()
    }
    expected = {f"{name} {low} to {high}" for name, (low, high) in LIMITS.items()}

    compare("the limits", botocore_limits, expected, "validation/")


def is_valid(shape: str, value: str) -> bool:
    """Return whether a string is valid for a shape of the service model."""
    low, high = LIMITS[shape]
    return low <= len(value) <= high and re.fullmatch(PATTERNS[shape], value) is not None


def similar_strings(*values: str) -> st.SearchStrategy[str]:
    """Return a strategy that generates strings that differ from one of ``values`` by at most one edit."""

    def edit(value: str, position: int, deleted: int, inserted: str) -> str:
        index = position % (len(value) + 1)
        return value[:index] + inserted + value[index + deleted :]

    insertions = st.text("abz09-/:T_ ,%é", max_size=2)
    return st.builds(edit, st.sampled_from(values), st.integers(0, 200), st.integers(0, 2), insertions)


@limited_examples
@given(name=similar_strings("orders", "abc", "tg-abc", "a-b", "x" * 128, "-ab", "a--b"))
def test_name_is_valid_only_if_the_service_model_accepts_it(name: str) -> None:
    """Validation accepts a name if and only if the service model accepts it."""
    problems = find_problems(TargetGroupSpec(name=name, type="LAMBDA"))

    assert (not problems) == is_valid("TargetGroupName", name)


@limited_examples
@given(vpc=similar_strings("vpc-0123456789abcdefg", "vpc-01234567"))
def test_vpc_id_is_valid_only_if_the_service_model_accepts_it(vpc: str) -> None:
    """Validation accepts a VPC id if and only if the service model accepts it."""
    config = TargetGroupConfig(protocol="HTTP", vpc_identifier=vpc)

    assert (not find_problems(TargetGroupSpec(name="orders", type="IP", config=config))) == is_valid("VpcId", vpc)


@limited_examples
@given(
    value=similar_strings(
        "tg-0123456789abcdefg",
        "arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0123456789abcdefg",
        "arn:aws-cn:vpc-lattice:cn-north-1:123456789012:targetgroup/tg-0123456789abcdefg",
    )
)
def test_identifier_is_valid_only_if_the_service_model_accepts_it(value: str) -> None:
    """Validation accepts an id or ARN if and only if the service model accepts it."""
    try:
        is_accepted = resolve_identifier(value) == value
    except InvalidIdentifierError:
        is_accepted = False

    assert is_accepted == is_valid("TargetGroupIdentifier", value)


@limited_examples
@given(path=similar_strings("/", "/ready", "/a?b=c&d#e", "/" + "x" * 2047, "/%20@:_+.~"))
def test_path_is_valid_only_if_the_service_model_accepts_it(path: str) -> None:
    """Validation accepts the same paths as the service model, but rejects the empty path, which resets the field."""
    assert (FIELD_VALIDATORS["path"](path) is None) == (is_valid("HealthCheckPath", path) and path != "")


@limited_examples
@given(codes=similar_strings("200", "200,202", "200-299", "200-299,301", ",".join(["200"] * 500)))
def test_valid_success_codes_are_accepted_by_the_service_model(codes: str) -> None:
    """The service model accepts all success codes that validation accepts."""
    config = TargetGroupConfig(
        protocol="HTTP", vpc_identifier="vpc-01234567", health_check=HealthCheck.http(success_codes=codes)
    )

    assert find_problems(TargetGroupSpec(name="orders", type="IP", config=config)) or is_valid("HttpCodeMatcher", codes)
