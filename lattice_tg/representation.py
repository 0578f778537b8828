"""How models print: the fields that say something, in order, and nothing else."""

from collections.abc import Iterator

import attrs


def non_default_fields(model: attrs.AttrsInstance) -> Iterator[tuple[str, object]]:
    """The name and value of each field that differs from its default."""
    for field in attrs.fields(type(model)):
        value: object = getattr(model, field.name)
        if value != field.default:
            yield field.name, value


class ReprMixin:
    """``repr()`` that leaves out what is not set, and the same for the ``rich`` library."""

    __slots__ = ()

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in non_default_fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({fields})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        return non_default_fields(self)  # type: ignore[arg-type]
