"""Tests of the validation of specs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.conversion import from_boto3
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.validation import find_problems, validate
from support.model_examples import CONFIG, TARGET_GROUP, VPC
from support.spec_cases import INVALID, VALID
from support.strategies import junk, limited_examples, valid_specs
from support.validation import NAME_RULE, changed, checked, ip, messages


@pytest.mark.parametrize("case", VALID)
def test_valid_request_has_no_problems(case: str) -> None:
    """A request that the AWS documentation allows has no problems."""
    assert messages(find_problems(from_boto3(TargetGroupSpec, VALID[case]))) == []


@pytest.mark.parametrize("case", INVALID)
def test_invalid_request_has_a_problem_in_each_invalid_field(case: str) -> None:
    """A request that the AWS documentation forbids has problems in exactly the invalid fields."""
    request, fields = INVALID[case]

    problems = find_problems(from_boto3(TargetGroupSpec, request))

    assert sorted(problem.field for problem in problems) == sorted(fields)


@limited_examples
@given(spec=valid_specs)
def test_generated_valid_spec_has_no_problems(spec: TargetGroupSpec) -> None:
    """A spec that is generated from valid values has no problems."""
    assert find_problems(spec) == find_problems(spec, allow_unknown=True) == ()


def test_validate_raises_one_error_with_all_problems() -> None:
    """One error contains all problems of a spec. A valid spec raises no error."""
    spec = changed(ip(port=0, protocol="TCP", protocol_version="HTTP1"), name="x", tags={"aws:a": "b"})

    with pytest.raises(InvalidSpecError) as caught:
        validate(spec)

    validate(ip())
    assert caught.value.problems == find_problems(spec)
    assert messages(find_problems(spec)) == [
        f"name='x': {NAME_RULE}",
        "config.protocol_version='HTTP1': is not supported for TCP target groups. Remove it.",
        "config.port=0: must be an integer from 1 to 65535. For HTTP and HTTPS, omit it to use the default (80 or 443).",
        "tags['aws:a']='aws:a': the key must not start with aws:, which is reserved. Choose another prefix.",
    ]


def test_field_that_violates_several_rules_has_one_problem() -> None:
    """If a field violates several rules, only the first problem is reported."""
    protocol: Any = "QUIC"
    spec = TargetGroupSpec(name="orders", type="LAMBDA", config=TargetGroupConfig(port=0, protocol=protocol))

    assert messages(find_problems(spec)) == [
        "config.port=0: is not supported for LAMBDA target groups. Remove it.",
        "config.protocol='QUIC': is not supported for LAMBDA target groups. Remove it.",
    ]


@limited_examples
@given(spec=st.builds(TargetGroupSpec, **dict.fromkeys(["name", "type", "config", "tags"], junk)))
def test_each_field_has_at_most_one_problem(spec: TargetGroupSpec) -> None:
    """A spec with arbitrary values has at most one problem per field."""
    fields = [problem.field for problem in find_problems(spec)]

    assert len(fields) == len(set(fields))


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
def test_ranges_include_their_bounds(field: str, low: int, high: int) -> None:
    """Both bounds of a range are valid. The next lower and the next higher integer are invalid."""
    is_invalid = [bool(find_problems(checked(**{field: number}))) for number in (low - 1, low, high, high + 1)]

    assert is_invalid == [True, False, False, True]


@pytest.mark.parametrize("codes", ["200-200", "200-299,404", "200," * 499 + "200"])
def test_range_of_one_code_and_list_of_2000_characters_are_valid(codes: str) -> None:
    """The two codes in a range may be equal, and a list of codes may have up to 2,000 characters."""
    assert find_problems(checked(matcher=Matcher(http_code=codes))) == ()


@pytest.mark.parametrize("group_type", ["ALB", "LAMBDA"])
def test_empty_health_check_is_valid_for_every_type(group_type: Any) -> None:
    """A health check without fields is not sent, so it is valid even for types without health checks."""
    config = TargetGroupConfig() if group_type == "LAMBDA" else TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC)
    spec = TargetGroupSpec(name="orders", type=group_type, config=changed(config, health_check=HealthCheck()))

    assert find_problems(spec) == ()


def test_tcp_rules_do_not_apply_to_lambda() -> None:
    """A LAMBDA group with TCP has a problem for the protocol, but no problem for the missing port."""
    spec = TargetGroupSpec(name="orders", type="LAMBDA", config=TargetGroupConfig(protocol="TCP"))

    assert messages(find_problems(spec)) == [
        "config.protocol='TCP': is not supported for LAMBDA target groups. Remove it."
    ]


def test_fields_of_an_unsupported_health_check_are_not_validated() -> None:
    """If a type does not support health checks, the only problem is the health check as a whole."""
    spec = changed(checked(port=70000), type="ALB")

    assert [problem.field for problem in find_problems(spec)] == ["config.health_check"]


def test_spec_of_an_existing_group_is_valid() -> None:
    """``to_spec()`` of an existing group returns a valid spec."""
    target_group = changed(TARGET_GROUP, config=changed(CONFIG, lambda_event_structure_version=None))

    assert find_problems(target_group.to_spec()) == ()
