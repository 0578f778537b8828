"""One difference between what is and what should be."""

from attrs import frozen

from lattice_tg.representation import ReprMixin


@frozen(repr=False)
class Change(ReprMixin):
    """A field with its value now and as it should be."""

    field: str
    """Path of the field, such as ``config.port`` or ``tags['team']``."""

    old: object
    """What stands there now; None where nothing does."""

    new: object
    """What should stand there."""

    def __str__(self) -> str:
        return f"{self.field}: {self.old!r} -> {self.new!r}"
