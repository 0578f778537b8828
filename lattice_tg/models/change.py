"""A difference between a target group and its desired state."""

from attrs import frozen

from lattice_tg.formatting import short_repr
from lattice_tg.models.base import ReprMixin

_MAX_VALUE_LENGTH = 2100  # The longest valid value is a health check path of 2,048 characters.


@frozen(repr=False)
class Change(ReprMixin):
    """A field with its current value and its desired value."""

    field: str
    """Path of the field, such as ``config.port`` or ``tags['team']``."""

    old: object
    """The current value. None if the field is not set."""

    new: object
    """The desired value."""

    def __str__(self) -> str:
        return f"{self.field}: {format_value(self.old)} -> {format_value(self.new)}"


def format_value(value: object) -> str:
    """Return a value as text for a message."""
    return short_repr(value, _MAX_VALUE_LENGTH)
