"""A problem in user input."""

from attrs import frozen

from lattice_tg.models.base import ReprMixin


@frozen(repr=False)
class Problem(ReprMixin):
    """A mistake: where it is, what stands there, which rule it breaks and what to write instead."""

    field: str
    """Path of the field, such as ``config.health_check.timeout_seconds`` or ``targets[3].id``; in a strict read,
    the path as written in the data."""

    value: object
    """What stands there."""

    message: str
    """``<field>=<value>: <rule>; <what to write instead>``."""

    location: str | None = None
    """``file:line``, where known."""

    def __str__(self) -> str:
        return self.message if self.location is None else f"{self.location}: {self.message}"


_MAX_VALUE_LENGTH = 80


def make_problem(field: str, value: object, rule: str) -> Problem:
    """The problem that ``field`` breaks ``rule``, which says what to write instead; a long value is shortened."""
    shown = repr(value)
    if len(shown) > _MAX_VALUE_LENGTH:
        shown = f"{shown[: _MAX_VALUE_LENGTH - 1]}…"
    return Problem(field, value, f"{field}={shown}: {rule}")
