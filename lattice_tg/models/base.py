"""Base classes of the models: ``repr()`` and an immutable mapping."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping
from typing import Any, Generic, TypeVar

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


K = TypeVar("K")
V = TypeVar("V")


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """An immutable mapping: hashable, picklable, equal to any mapping with the same items.

    (``types.MappingProxyType`` can neither be pickled nor hashed.)
    """

    __slots__ = ("_items",)
    _items: dict[K, V]

    def __init__(self, items: Mapping[K, V] | None = None, /) -> None:
        object.__setattr__(self, "_items", dict(items or {}))

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def keys(self) -> KeysView[K]:
        """The keys; like ``items()``, the inner dict's own view, which is much faster than a mapping's."""
        return self._items.keys()

    def items(self) -> ItemsView[K, V]:
        """The keys and values."""
        return self._items.items()

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a FrozenMapping cannot change: {name} was not set to {value!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a FrozenMapping cannot change: {name} was not deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMapping, (self._items,)
