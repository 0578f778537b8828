"""Validators for single values."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

from lattice_tg.models.problem import Problem, make_problem

Validator = Callable[[object], str | None]
"""The rule that a value breaks and what to write instead; None where it breaks none."""


def integer(low: int, high: int, *, zero: str | None = None) -> Validator:
    """A number from ``low`` to ``high``; ``zero`` is what to say of a 0."""
    rule = f"must be an integer from {low} to {high}"

    def form(value: object) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):  # True is an int to Python
            return rule
        return None if low <= value <= high else zero if value == 0 and zero else rule

    return form


def string(pattern: str | None, shortest: int, longest: int, rule: str, *, empty: str | None = None) -> Validator:
    """Text of which ``pattern``, if there is one, matches the whole; ``empty`` is what to say of ``""``."""
    matches = re.compile(pattern).fullmatch if pattern is not None else None

    def form(value: object) -> str | None:
        if isinstance(value, str) and shortest <= len(value) <= longest and (matches is None or matches(value)):
            return None
        return empty if value == "" and empty else rule

    return form


def one_of(words: Any) -> Validator:
    """One of the words of a ``Literal`` alias."""
    known: tuple[str, ...] = get_args(words)
    return lambda value: None if value in known else f"must be one of {', '.join(known)}"


def boolean(value: object) -> str | None:
    """True or False."""
    return None if isinstance(value, bool) else "must be True or False"


def instance_of(*classes: type) -> Validator:
    """A value of one of these classes."""
    names = " or a ".join(cls.__name__ for cls in classes)
    return lambda value: None if isinstance(value, classes) else f"must be a {names}"


def validate_fields(model: object, forms: Mapping[str, Validator], path: str) -> Iterator[Problem]:
    """The problems of those fields of ``model`` that are set and do not have their form."""
    for field, form in forms.items():
        value = getattr(model, field)
        if value is not None and (rule := form(value)):
            yield make_problem(path + field, value, rule)


def validate_literals(
    model: object, words: Mapping[str, Validator], path: str, *, allow_unknown: bool
) -> Iterator[Problem]:
    """The problems of words that are set; ``allow_unknown`` lets any word pass, but nothing else."""
    for found in validate_fields(model, words, path):
        if not (allow_unknown and may_be_new_literal(found.value)):
            yield found


def may_be_new_literal(value: object) -> bool:
    """Whether a value may be a word that the service knows and this library does not: what AWS writes in ASCII."""
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()


def first_per_field(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """One problem a field, the first: mending it often mends what the later ones say."""
    firsts: dict[str, Problem] = {}
    for one in found:
        firsts.setdefault(one.field, one)
    return tuple(firsts.values())
