"""A problem in user input."""

from attrs import frozen

from lattice_tg.formatting import short_repr, shorten
from lattice_tg.models.base import ReprMixin


@frozen(repr=False)
class Problem(ReprMixin):
    """A value that breaks a rule, and how to fix it."""

    field: str
    """Path of the field, such as ``config.health_check.timeout_seconds`` or ``targets[3].id``. For problems in strictly
    parsed data, the path uses the names in that data."""

    value: object
    """The value that breaks the rule."""

    rule: str
    """The rule, such as ``must be an integer from 1 to 65535``."""

    hint: str | None = None
    """How to fix the value, such as ``Remove it``. None if the rule makes the fix obvious."""

    location: str | None = None
    """The file and line as ``file:line``, or only the file. None if the value is not from a file."""

    def __str__(self) -> str:
        message = f"{shorten(self.field)}={short_repr(self.value)}: {shorten(self.rule)}"
        if self.hint is not None:
            hint = shorten(self.hint)
            message = f"{message}. {hint}" if hint.endswith("?") else f"{message}. {hint}."
        return message if self.location is None else f"{self.location}: {message}"
