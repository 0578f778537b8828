"""A problem says what is wrong, and where."""

import copy
import pickle

import attrs
import pytest

from lattice_tg.models.problem import Problem
from support.model_examples import VPC


def test_a_problem_prints_its_message() -> None:
    """A problem without a location prints its message alone."""
    assert str(Problem("config.port", 0, "must not")) == "config.port=0: must not"


def test_a_problem_prints_its_location() -> None:
    """A problem with a location prints it first, as compilers do."""
    located = Problem("config.port", 0, "must not", location="groups.yaml:7")

    assert str(located) == "groups.yaml:7: config.port=0: must not"


def test_problems_survive_pickling_and_copying() -> None:
    """A problem is a plain value."""
    found = Problem("config.port", 0, "must not", location="groups.yaml:7")

    assert [pickle.loads(pickle.dumps(found)), copy.copy(found), copy.deepcopy(found)] == [found] * 3
    assert hash(found) == hash(attrs.evolve(found))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a" * 78, f"'{'a' * 78}'"), ("a" * 79, f"'{'a' * 78}…"), (VPC, repr(VPC)), (None, "None")],
)
def test_a_problem_shortens_a_long_value(value: object, shown: str) -> None:
    """A message shows at most 80 characters of a value; the value itself is kept whole."""
    found = Problem("name", value, "is wrong")

    assert (str(found), found.value) == (f"name={shown}: is wrong", value)
