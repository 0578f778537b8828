"""A problem in user input."""

import re

from attrs import frozen

from lattice_tg.models.base import ReprMixin

_MAX_VALUE_LENGTH = 80


@frozen(repr=False)
class Problem(ReprMixin):
    """A value that breaks a rule, and how to fix it."""

    field: str
    """Path of the field, such as ``config.health_check.timeout_seconds`` or ``targets[3].id``. For data that was read
    strictly, the path as written in the data."""

    value: object
    """The value that breaks the rule."""

    rule: str
    """The rule, such as ``must be an integer from 1 to 65535``."""

    hint: str | None = None
    """How to fix the value, such as ``Remove it``. None if the rule says it."""

    location: str | None = None
    """``file:line``, if known."""

    def __str__(self) -> str:
        shown = repr(self.value)
        if len(shown) > _MAX_VALUE_LENGTH:
            shown = f"{shown[: _MAX_VALUE_LENGTH - 1]}…"
        text = f"{self.field}={shown}: {self.rule}"
        if self.hint is not None:
            text = f"{text}. {self.hint}" if self.hint.endswith("?") else f"{text}. {self.hint}."
        return text if self.location is None else f"{self.location}: {text}"


def make_problem(field: str, value: object, rule: str) -> Problem:
    """Return the problem that ``value`` breaks ``rule``, which may end in a hint as a sentence of its own."""
    rule, *hint = re.split(r"\. (?=[A-Z])", rule, maxsplit=1)
    return Problem(field, value, rule, hint[0].removesuffix(".") if hint else None)
