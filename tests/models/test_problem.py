"""Tests of Problem."""

import copy
import pickle

import attrs
import pytest

from lattice_tg.models.problem import Problem
from support.model_examples import VPC


def test_problem_without_location_formats_as_its_message() -> None:
    """The string of a problem consists of the field, the value and the rule."""
    assert str(Problem("config.port", 0, "must not")) == "config.port=0: must not"


def test_problem_with_location_starts_with_it() -> None:
    """The string of a problem with a location starts with the location, like a compiler message."""
    problem = Problem("config.port", 0, "must not", location="groups.yaml:7")

    assert str(problem) == "groups.yaml:7: config.port=0: must not"


def test_problem_survives_pickling_and_copying() -> None:
    """Pickled and copied problems are equal, and equal problems have equal hashes."""
    problem = Problem("config.port", 0, "must not", location="groups.yaml:7")

    assert [pickle.loads(pickle.dumps(problem)), copy.copy(problem), copy.deepcopy(problem)] == [problem] * 3
    assert hash(problem) == hash(attrs.evolve(problem))


@pytest.mark.parametrize(
    ("value", "formatted"),
    [("a" * 78, f"'{'a' * 78}'"), ("a" * 79, f"'{'a' * 78}…"), (VPC, repr(VPC)), (None, "None")],
)
def test_problem_shortens_a_long_value(value: object, formatted: str) -> None:
    """The string of a problem contains at most 80 characters of the value. ``value`` itself is not shortened."""
    problem = Problem("name", value, "is wrong")

    assert (str(problem), problem.value) == (f"name={formatted}: is wrong", value)


@pytest.mark.parametrize(
    ("hint", "formatted"),
    [("Remove it", "name=5: is wrong. Remove it."), ("Did you mean 6?", "name=5: is wrong. Did you mean 6?")],
)
def test_problem_formats_its_hint_as_a_sentence(hint: str, formatted: str) -> None:
    """A hint ends with a period unless it is a question."""
    assert str(Problem("name", 5, "is wrong", hint)) == formatted
