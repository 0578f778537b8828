"""Validation of arguments that several operations accept."""

import sys
from collections.abc import Iterable
from typing import TypeGuard, TypeVar

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError
from lattice_tg.formatting import short_repr
from lattice_tg.models.problem import Problem
from lattice_tg.models.targets import Target
from lattice_tg.validation.targets import target_problems
from lattice_tg.validation.validators import Rule

T = TypeVar("T")

_MAX_INTERVAL_SECONDS = 86_400

_STRING_RULES = {
    "items": Rule("must be an iterable of specs, not a string", "Pass a list of specs"),
    "specs": Rule("must be an iterable of TargetGroupSpec objects, not a string", "Pass a list"),
    "targets": Rule(
        "must be an iterable of Target objects, not a string", "Pass a list such as [Target.ip('10.0.0.1')]"
    ),
}


def raise_if_any(problems: Iterable[Problem], error_class: type[InvalidArgumentError] = InvalidSpecError) -> None:
    """Raise one error that contains all ``problems``, if there are any.

    Raises:
        InvalidArgumentError: If there is at least one problem. The error is an instance of ``error_class``.

    """
    if collected := tuple(problems):
        raise error_class(collected)


def to_tuple(field: str, values: Iterable[T]) -> tuple[T, ...]:
    """Return ``values`` as a tuple.

    Args:
        field: The name of the argument.
        values: Any iterable of items except a string.

    Raises:
        InvalidSpecError: If ``values`` is a string or not iterable.

    """
    reject_single_value(field, values)
    return tuple(values)


def reject_single_value(field: str, values: Iterable[object]) -> None:
    """Raise an error if ``values`` is a single value instead of an iterable.

    Strings and bytes count as single values because iterating over a string would yield its characters.

    Raises:
        InvalidSpecError: If ``values`` is a string or not iterable.

    """
    if isinstance(values, str | bytes):
        default_rule = Rule("must be an iterable of strings, not a string", f"Pass [{short_repr(values)}]")
        raise InvalidSpecError((Problem(field, values, *_STRING_RULES.get(field, default_rule)),))
    if not isinstance(values, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may not use type checking
        raise InvalidSpecError((Problem(field, values, "must be an iterable", "Pass a list"),))


def validate_targets(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Validate ``targets`` and return the targets as a tuple.

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
        seconds: The numbers of seconds by argument name. ``poll_seconds`` must be greater than 0 and at most 86,400.
            All other arguments must be at least 0 and can be ``math.inf``.

    Raises:
        InvalidArgumentError: If a value is not a number or is out of range.

    """
    rules = {
        name: interval_rule(value) if name == "poll_seconds" else _timeout_rule(value)
        for name, value in seconds.items()
    }
    raise_if_any((Problem(name, seconds[name], *rule) for name, rule in rules.items() if rule), InvalidArgumentError)


def interval_rule(value: object) -> Rule | None:
    """Return the rule that the seconds between two polls or the timeout of a socket break, or None."""
    if isinstance(value, int | float) and value > _MAX_INTERVAL_SECONDS:
        return Rule(f"must be at most {_MAX_INTERVAL_SECONDS:,} seconds")
    return None if is_number(value) and value > 0 else Rule("must be a number of seconds greater than 0")


def _timeout_rule(value: object) -> Rule | None:
    if isinstance(value, int) and value > sys.float_info.max:
        return Rule("is too large", "Pass math.inf to wait without a limit")
    return None if is_number(value) and value >= 0 else Rule("must be a number of seconds of at least 0")


def is_number(value: object) -> TypeGuard[float]:
    """Return whether ``value`` is a float, or an integer that can be converted to a float.

    Booleans do not count as numbers.
    """
    return isinstance(value, float) or (
        isinstance(value, int) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    )
