"""Validators for single values."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, get_args

from lattice_tg.models.problem import Problem


class Rule(NamedTuple):
    """A rule that a value breaks, and how to fix the value."""

    text: str
    """The rule, such as ``must be True or False``."""

    hint: str | None = None
    """How to fix the value, or None if the rule makes the fix obvious."""


Validator = Callable[[object], Rule | None]
"""A function that returns the rule that a value breaks, or None if the value is valid."""


def integer(low: int, high: int | None = None, *, zero: Rule | None = None) -> Validator:
    """Return a validator for integers from ``low`` to ``high``.

    Args:
        low: The lowest valid integer.
        high: The highest valid integer. Default: None, which means no limit.
        zero: The rule to return for 0 if 0 is out of range. Default: the same rule as for other values.

    """
    rule = Rule(f"must be an integer of at least {low}" if high is None else f"must be an integer from {low} to {high}")

    def validate(value: object) -> Rule | None:
        if not isinstance(value, int) or isinstance(value, bool):  # bool is a subclass of int
            return rule
        if value >= low and (high is None or value <= high):
            return None
        return zero if value == 0 and zero else rule

    return validate


def string(pattern: str | None, min_length: int, max_length: int, rule: str, *, empty: Rule | None = None) -> Validator:
    """Return a validator for strings.

    Args:
        pattern: A regular expression that must match the whole string. None allows every string.
        min_length: The minimum number of characters.
        max_length: The maximum number of characters.
        rule: The rule to return for an invalid value.
        empty: The rule to return for ``""`` if ``""`` is invalid. Default: ``rule``.

    """
    broken_rule = Rule(rule)

    def validate(value: object) -> Rule | None:
        if not isinstance(value, str) or not min_length <= len(value) <= max_length:
            return empty if value == "" and empty else broken_rule
        # Compiling every pattern in advance would slow down the import.
        return None if pattern is None or re.fullmatch(pattern, value) else broken_rule

    return validate


def one_of(literal: Any) -> Validator:
    """Return a validator for the values of a ``Literal`` alias."""
    values: tuple[str, ...] = get_args(literal)
    return lambda value: None if value in values else Rule(f"must be one of {', '.join(values)}")


def boolean(value: object) -> Rule | None:
    """Validate that ``value`` is True or False."""
    return None if isinstance(value, bool) else Rule("must be True or False")


def instance_of(*classes: type) -> Validator:
    """Return a validator for instances of ``classes``."""
    names = " or a ".join(cls.__name__ for cls in classes)
    return lambda value: None if isinstance(value, classes) else Rule(f"must be a {names}")


def validate_fields(model: object, validators: Mapping[str, Validator], path: str) -> Iterator[Problem]:
    """Yield a problem for each field of ``model`` that is set to an invalid value.

    Args:
        model: The model whose fields are validated. Fields that are None are skipped.
        validators: The validator of each field.
        path: The prefix of the field name in each problem, such as ``config.``.

    """
    for field, validate in validators.items():
        value = getattr(model, field)
        if value is not None and (rule := validate(value)):
            yield Problem(path + field, value, *rule)


def validate_literals(
    model: object, validators: Mapping[str, Validator], path: str, *, allow_unknown: bool
) -> Iterator[Problem]:
    """Yield a problem for each field of ``model`` that is set to an invalid enum value.

    Args:
        model: The model whose fields are validated. Fields that are None are skipped.
        validators: The validator of each field.
        path: The prefix of the field name in each problem, such as ``config.``.
        allow_unknown: Whether to accept enum values that this library does not know.

    """
    for problem in validate_fields(model, validators, path):
        if not (allow_unknown and may_be_new_literal(problem.value)):
            yield problem


def may_be_new_literal(value: object) -> bool:
    """Return whether ``value`` may be an enum value that AWS added after this library's release.

    AWS enum values contain only printable ASCII characters.
    """
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()


def first_per_field(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the first problem for each field.

    Fixing the first problem of a field often also fixes the other problems of the field.
    """
    firsts: dict[str, Problem] = {}
    for problem in problems:
        firsts.setdefault(problem.field, problem)
    return tuple(firsts.values())
