"""Tests of the validators for single values."""

from typing import Any, Literal

import pytest

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.targets import Target
from lattice_tg.validation import target_problems
from lattice_tg.validation.validators import (
    Rule,
    boolean,
    first_per_field,
    instance_of,
    integer,
    may_be_new_literal,
    one_of,
    string,
)
from support.validation import group

RULE = Rule("must be two or three times the letter a")
EMPTY_RULE = Rule("must not be empty", "Omit it")
INTEGER_RULE = Rule("must be an integer from 2 to 5")
ZERO_RULE = Rule("must not be zero", "Omit it")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, INTEGER_RULE),
        (2, None),
        (5, None),
        (6, INTEGER_RULE),
        (0, INTEGER_RULE),
        (True, INTEGER_RULE),
        (2.0, INTEGER_RULE),
        ("2", INTEGER_RULE),
    ],
)
def test_integer_accepts_only_integers_within_its_inclusive_range(value: object, expected: Rule | None) -> None:
    """Integers within the bounds, including both bounds, are valid. Booleans, floats and strings are invalid."""
    assert integer(2, 5)(value) == expected


@pytest.mark.parametrize(
    ("low", "value", "expected"),
    [(1, 0, ZERO_RULE), (1, -1, Rule("must be an integer from 1 to 5")), (0, 0, None)],
)
def test_integer_returns_the_zero_rule_only_if_zero_is_out_of_range(
    low: int, value: int, expected: Rule | None
) -> None:
    """If zero is out of range, zero has a separate rule. Other values never have the rule for zero."""
    assert integer(low, 5, zero=ZERO_RULE)(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("aa", None),
        ("aaa", None),
        ("a", RULE),
        ("aaaa", RULE),
        ("ab", RULE),
        ("aa\n", RULE),
        ("", EMPTY_RULE),
        (b"aa", RULE),
    ],
)
def test_string_matches_the_whole_value_within_its_lengths(value: object, expected: Rule | None) -> None:
    """The pattern must match the whole string. An invalid empty string has a separate rule."""
    assert string("a+", 2, 3, RULE.text, empty=EMPTY_RULE)(value) == expected


def test_string_without_a_pattern_checks_only_the_length() -> None:
    """Without a pattern, any characters are valid. The length limits determine whether an empty string is valid."""
    rules = (
        string(None, 0, 3, RULE.text)(""),
        string(None, 1, 3, RULE.text)(""),
        string(None, 1, 3, RULE.text)("é\n "),
    )

    assert rules == (None, RULE, None)


def test_one_of_boolean_and_instance_of_name_the_valid_values() -> None:
    """The rules for literals, booleans and models list the valid values or types."""
    of_two_classes: Any = instance_of(Matcher, HealthCheck)

    assert (one_of(Literal["A", "B"])("C"), one_of(Literal["A", "B"])("B")) == (Rule("must be one of A, B"), None)
    assert (boolean(1), boolean(False)) == (Rule("must be True or False"), None)
    assert (of_two_classes("200"), of_two_classes(HealthCheck())) == (Rule("must be a Matcher or a HealthCheck"), None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("QUIC", True), ("", False), ("Q\n", False), ("É", False), (5, False), (None, False), ("Q-1", True)],
)
def test_may_be_new_literal_accepts_only_printable_ascii_strings(value: object, expected: bool) -> None:
    """An unknown enum value must be a non-empty string of printable ASCII, like all enum values of AWS."""
    assert may_be_new_literal(value) is expected


def test_first_per_field_keeps_the_first_problem_of_each_field() -> None:
    """Later problems of the same field are dropped. The remaining problems keep their order."""
    problems = [Problem(field, value, "is invalid") for field, value in [("b", 1), ("a", 2), ("b", 3)]]

    assert first_per_field(problems) == tuple(problems[:2])


@pytest.mark.parametrize("port", [1, 65535])
@pytest.mark.parametrize("target_id", ["x", "x" * 200])
def test_target_at_the_limits_is_valid(target_id: str, port: int) -> None:
    """The shortest id, the longest id, the lowest port and the highest port are valid."""
    assert target_problems([Target(id=target_id, port=port)]) == ()


@pytest.mark.parametrize("port", [0, -1, 65536, True, 80.0, "80", [80]])
def test_invalid_port_is_the_only_problem_of_a_target_with_a_valid_id(port: Any) -> None:
    """An invalid port is the only problem, whether or not the target group is known."""
    problems = target_problems([Target(id="10.0.0.1", port=port)])

    assert [problem.field for problem in problems] == ["targets[0].port"]
    assert problems == target_problems([Target(id="10.0.0.1", port=port)], group("IP"))


ALB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/"
LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:"


@pytest.mark.parametrize(("group_type", "prefix"), [("ALB", ALB), ("LAMBDA", LAMBDA), ("INSTANCE", "i-")])
def test_target_id_of_each_type_has_a_minimum_and_a_maximum_length(group_type: str, prefix: str) -> None:
    """An id must have at least one character after the prefix and at most 200 characters in total."""
    valid = [prefix + "0" * length for length in (1, 200 - len(prefix))]
    invalid = [prefix, prefix + "0" * (201 - len(prefix))]

    assert [target_problems([Target(id=target_id)], group(group_type)) for target_id in valid] == [(), ()]
    assert [len(target_problems([Target(id=target_id)], group(group_type))) for target_id in invalid] == [1, 1]
