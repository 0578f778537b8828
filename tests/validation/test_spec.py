"""Which specs the rules take, and which they refuse."""

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
from support.spec_cases import ILLEGAL, LEGAL
from support.strategies import junk, legal_specs, modestly
from support.validation import NAME_RULE, changed, checked, ip, messages


@pytest.mark.parametrize("claim", LEGAL)
def test_the_legal_passes(claim: str) -> None:
    """A request that the documents allow has no problem."""
    assert messages(find_problems(from_boto3(TargetGroupSpec, LEGAL[claim]))) == []


@pytest.mark.parametrize("claim", ILLEGAL)
def test_the_illegal_is_named(claim: str) -> None:
    """A request that the documents forbid has a problem in each field that is to blame, and in no other."""
    request, blamed = ILLEGAL[claim]

    found = find_problems(from_boto3(TargetGroupSpec, request))

    assert sorted(problem.field for problem in found) == sorted(blamed)


@modestly
@given(spec=legal_specs)
def test_legal_specs_pass(spec: TargetGroupSpec) -> None:
    """Whatever is put together within the rules has no problem."""
    assert find_problems(spec) == find_problems(spec, allow_unknown=True) == ()


def test_check_raises_all_problems_at_once() -> None:
    """One error has every problem of a spec; a spec without one passes."""
    spec = changed(ip(port=0, protocol="TCP", protocol_version="HTTP1"), name="x", tags={"aws:a": "b"})

    with pytest.raises(InvalidSpecError) as caught:
        validate(spec)

    validate(ip())
    assert caught.value.problems == find_problems(spec)
    assert messages(find_problems(spec)) == [
        f"name='x': {NAME_RULE}",
        "config.protocol_version='HTTP1': is not supported for TCP target groups. Remove it.",
        "config.port=0: must be an integer from 1 to 65535. Omit it to use the default for HTTP (80) or HTTPS (443).",
        "tags['aws:a']='aws:a': the key must not start with aws:, which is reserved. Choose another prefix.",
    ]


def test_one_problem_a_field() -> None:
    """A field that breaks several rules is named once, by the first."""
    words: Any = "QUIC"
    spec = TargetGroupSpec(name="orders", type="LAMBDA", config=TargetGroupConfig(port=0, protocol=words))

    assert messages(find_problems(spec)) == [
        "config.port=0: is not supported for LAMBDA target groups. Remove it.",
        "config.protocol='QUIC': is not supported for LAMBDA target groups. Remove it.",
    ]


@modestly
@given(spec=st.builds(TargetGroupSpec, **dict.fromkeys(["name", "type", "config", "tags"], junk)))
def test_no_field_is_named_twice(spec: TargetGroupSpec) -> None:
    """Whatever is wrong, each field is named once."""
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
def test_the_ends_of_ranges_are_legal(field: str, low: int, high: int) -> None:
    """Both ends of a range are in it, and the next numbers are not."""
    verdicts = [bool(find_problems(checked(**{field: number}))) for number in (low - 1, low, high, high + 1)]

    assert verdicts == [True, False, False, True]


@pytest.mark.parametrize("codes", ["200-200", "200-299,404", "200," * 499 + "200"])
def test_success_codes_that_are_legal(codes: str) -> None:
    """A range may be of one code, and a list as long as 2,000 characters."""
    assert find_problems(checked(matcher=Matcher(http_code=codes))) == ()


@pytest.mark.parametrize("kind", ["ALB", "LAMBDA"])
def test_an_empty_health_check_is_no_health_check(kind: Any) -> None:
    """A health check that sets nothing is not sent, so any type may have it."""
    config = TargetGroupConfig() if kind == "LAMBDA" else TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC)
    spec = TargetGroupSpec(name="orders", type=kind, config=changed(config, health_check=HealthCheck()))

    assert find_problems(spec) == ()


def test_rules_of_tcp_are_not_for_lambda() -> None:
    """A LAMBDA group of TCP is told that it takes no protocol, and not that TCP needs a port."""
    spec = TargetGroupSpec(name="orders", type="LAMBDA", config=TargetGroupConfig(protocol="TCP"))

    assert messages(find_problems(spec)) == [
        "config.protocol='TCP': is not supported for LAMBDA target groups. Remove it."
    ]


def test_a_health_check_that_does_not_belong_is_not_looked_into() -> None:
    """Where no health check may be, its own fields are not complained about."""
    spec = changed(checked(port=70000), type="ALB")

    assert [problem.field for problem in find_problems(spec)] == ["config.health_check"]


def test_an_observed_group_makes_a_legal_spec() -> None:
    """What the service describes can be created again."""
    observed = changed(TARGET_GROUP, config=changed(CONFIG, lambda_event_structure_version=None))

    assert find_problems(observed.to_spec()) == ()
