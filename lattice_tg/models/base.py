"""Base classes for models: a mixin for ``repr()`` and an immutable mapping."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping
from typing import Any, Generic, TypeVar

import attrs

from lattice_tg.formatting import short_repr


def non_default_fields(model: attrs.AttrsInstance) -> Iterator[tuple[str, object]]:
    """Yield the name and value of each field that differs from its default."""
    for field in attrs.fields(type(model)):
        value: object = getattr(model, field.name)
        if value != field.default:
            yield field.name, value


class ReprMixin:
    """A mixin that omits fields with default values from ``repr()`` and from ``rich`` output."""

    __slots__ = ()

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in non_default_fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({fields})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        return non_default_fields(self)  # type: ignore[arg-type]


K = TypeVar("K")
V = TypeVar("V")


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """An immutable mapping that can be hashed and pickled.

    A ``FrozenMapping`` equals any mapping with the same items. The library does not use ``types.MappingProxyType``
    because a proxy of a dict can be neither hashed nor pickled.
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

    # The views of a dict are much faster than those of collections.abc.Mapping.
    def keys(self) -> KeysView[K]:
        """Return a view of the keys."""
        return self._items.keys()

    def items(self) -> ItemsView[K, V]:
        """Return a view of the keys and values."""
        return self._items.items()

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot set {name} to {short_repr(value)}: FrozenMapping is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete {name}: FrozenMapping is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMapping, (self._items,)
