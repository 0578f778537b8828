"""What a single value may look like, at the very edges."""

from typing import Any, Literal

import pytest

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.problem import make_problem
from lattice_tg.models.targets import Target
from lattice_tg.validation import target_problems
from lattice_tg.validation.validators import (
    boolean,
    first_per_field,
    instance_of,
    integer,
    may_be_new_literal,
    one_of,
    string,
)
from support.validation import group

RULE = "the rule"
NUMBER = "must be an integer from 2 to 5"


@pytest.mark.parametrize(
    ("value", "said"),
    [(1, NUMBER), (2, None), (5, None), (6, NUMBER), (0, NUMBER), (True, NUMBER), (2.0, NUMBER), ("2", NUMBER)],
)
def test_numbers(value: object, said: str | None) -> None:
    """Both ends are taken; what only looks like a number is none, and True is none, either."""
    assert integer(2, 5)(value) == said


@pytest.mark.parametrize(("low", "value", "said"), [(1, 0, "no port"), (1, -1, "1 to 5"), (0, 0, None)])
def test_a_zero_of_its_own(low: int, value: int, said: str | None) -> None:
    """A 0 that is out of range is told what it means; one that is in range is as good as any."""
    told = integer(low, 5, zero="no port")(value)

    assert told is said or (told or "").endswith(said or "?")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("aa", None),
        ("aaa", None),
        ("a", RULE),
        ("aaaa", RULE),
        ("ab", RULE),
        ("aa\n", RULE),
        ("", "empty"),
        (b"aa", RULE),
    ],
)
def test_texts(value: object, said: str | None) -> None:
    """The whole text has the pattern, within its lengths; an empty one may be told something of its own."""
    assert string("a+", 2, 3, RULE, empty="empty")(value) == said


def test_texts_of_any_kind() -> None:
    """Without a pattern only the length counts, and empty text may be fine or merely too short."""
    assert (string(None, 0, 3, RULE)(""), string(None, 1, 3, RULE)(""), string(None, 1, 3, RULE)("é\n ")) == (
        None,
        RULE,
        None,
    )


def test_kinds() -> None:
    """Words, booleans and models are told by what they must be."""
    of_two: Any = instance_of(Matcher, HealthCheck)

    assert (one_of(Literal["A", "B"])("C"), one_of(Literal["A", "B"])("B")) == ("must be one of A, B", None)
    assert (boolean(1), boolean(False)) == ("must be True or False", None)
    assert (of_two("200"), of_two(HealthCheck())) == ("must be a Matcher or a HealthCheck", None)


@pytest.mark.parametrize(
    ("value", "may_be"),
    [("QUIC", True), ("", False), ("Q\n", False), ("É", False), (5, False), (None, False), ("Q-1", True)],
)
def test_words_of_a_newer_service(value: object, may_be: bool) -> None:
    """A word that nobody knows yet is printable ASCII, as AWS writes all of them."""
    assert may_be_new_literal(value) is may_be


def test_one_problem_a_field() -> None:
    """The first of a field's problems counts, in the order found."""
    found = [make_problem(field, value, "r") for field, value in [("b", 1), ("a", 2), ("b", 3)]]

    assert first_per_field(found) == tuple(found[:2])


@pytest.mark.parametrize("port", [1, 65535])
@pytest.mark.parametrize("target_id", ["x", "x" * 200])
def test_targets_at_the_edge(target_id: str, port: int) -> None:
    """The longest and the shortest id, the lowest and the highest port."""
    assert target_problems([Target(id=target_id, port=port)]) == ()


@pytest.mark.parametrize("port", [0, -1, 65536, True, 80.0, "80", [80]])
def test_a_port_may_be_all_that_is_wrong(port: Any) -> None:
    """A target whose id is right is looked at for its port, with its group's description and without."""
    found = target_problems([Target(id="10.0.0.1", port=port)])

    assert [one.field for one in found] == ["targets[0].port"]
    assert found == target_problems([Target(id="10.0.0.1", port=port)], group("IP"))


ALB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/"
LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:"


@pytest.mark.parametrize(("kind", "start"), [("ALB", ALB), ("LAMBDA", LAMBDA), ("INSTANCE", "i-")])
def test_ids_of_each_type_at_the_edge(kind: str, start: str) -> None:
    """As much as may follow, and as little; nothing, or one more, is too much of it."""
    fits = [start + "0" * length for length in (1, 200 - len(start))]
    not_fit = [start, start + "0" * (201 - len(start))]

    assert [target_problems([Target(id=one)], group(kind)) for one in fits] == [(), ()]
    assert [len(target_problems([Target(id=one)], group(kind))) for one in not_fit] == [1, 1]
