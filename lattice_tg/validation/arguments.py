"""Validation of arguments that several operations accept."""

from collections.abc import Iterable
from typing import TypeVar

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError
from lattice_tg.models.problem import Problem
from lattice_tg.models.targets import Target
from lattice_tg.validation.targets import target_problems

T = TypeVar("T")


def raise_if_any(problems: Iterable[Problem], error_class: type[InvalidArgumentError] = InvalidSpecError) -> None:
    """Raise one error with all ``problems`` unless there are none.

    Raises:
        InvalidArgumentError: If there is at least one problem. The error is an instance of ``error_class``.

    """
    if collected := tuple(problems):
        raise error_class(collected)


def to_tuple(field: str, values: Iterable[T]) -> tuple[T, ...]:
    """Return ``values`` as a tuple.

    Args:
        field: The name of the argument.
        values: The items, in any iterable except a string.

    Raises:
        InvalidSpecError: If ``values`` is a string or not iterable.

    """
    reject_single_value(field, values)
    return tuple(values)


def reject_single_value(field: str, values: Iterable[object]) -> None:
    """Raise an error if ``values`` is a single value instead of an iterable.

    Iterating over a string would yield its characters, so a string is rejected as a single value.

    Raises:
        InvalidSpecError: If ``values`` is a string or not iterable.

    """
    if isinstance(values, str):
        raise InvalidSpecError((Problem(field, values, "must be an iterable of values", f"Pass [{values!r}]"),))
    if not isinstance(values, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        raise InvalidSpecError((Problem(field, values, "must be an iterable", "Pass a list"),))


def validate_targets(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Return ``targets`` as a tuple if each target is well-formed.

    Raises:
        InvalidSpecError: If ``targets`` is not an iterable, or if a target breaks a rule.

    """
    items = to_tuple("targets", targets)
    raise_if_any(target_problems(items))
    return items


def validate_optional_targets(targets: Iterable[Target] | None) -> tuple[Target, ...] | None:
    """Return None if ``targets`` is None, and otherwise the validated targets as a tuple.

    Raises:
        InvalidSpecError: If ``targets`` is neither None nor an iterable, or if a target breaks a rule.

    """
    return None if targets is None else validate_targets(targets)


def validate_seconds(**seconds: float) -> None:
    """Raise an error if a number of seconds is out of range.

    Args:
        seconds: The numbers of seconds by argument name. ``poll_seconds`` must be greater than 0, all other arguments
            at least 0.

    Raises:
        InvalidArgumentError: If a value is not a number or is out of range.

    """
    problems: list[Problem] = []
    for name, value in seconds.items():
        if name == "poll_seconds" and not (is_number(value) and value > 0):
            problems.append(Problem(name, value, "must be a number of seconds greater than 0"))
        elif not (is_number(value) and value >= 0):
            problems.append(Problem(name, value, "must be a number of seconds of at least 0"))
    raise_if_any(problems, InvalidArgumentError)


def is_number(value: object) -> bool:
    """Return whether ``value`` is an integer or a float.

    A boolean is not a number here.
    """
    return isinstance(value, int | float) and not isinstance(value, bool)
