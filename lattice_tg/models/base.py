"""Base classes for models: a mixin for ``repr()``, docstrings of fields and an immutable mapping."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping
from itertools import pairwise
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


class FieldDocs(dict[str, str]):
    """The docstrings of the fields of a class with slots, which ``help()`` shows.

    ``help()`` takes the docstring of a slot from ``__slots__`` if ``__slots__`` is a dict. The docstrings are read from
    the source of the class when one of them is requested, so that an import takes no longer.
    """

    def __init__(self, cls: type) -> None:
        super().__init__(dict.fromkeys(vars(cls)["__slots__"], ""))
        self._cls: type | None = cls

    def __getitem__(self, name: str) -> str:
        if self._cls is not None:
            self.update(_read_field_docs(self._cls))
            self._cls = None
        return super().__getitem__(name)


def _read_field_docs(cls: type) -> Iterator[tuple[str, str]]:
    """Yield the name of each field of a class, and the docstring below the field."""
    import ast  # noqa: PLC0415 - slow to import, and only help() needs the modules
    import inspect  # noqa: PLC0415

    try:
        source = inspect.getsource(cls)
    except OSError:  # The package was installed without its source.
        return
    definition: Any = ast.parse(source).body[0]
    for statement, following in pairwise(definition.body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
            case _:
                pass


def document_fields(cls: type) -> None:
    """Let ``help()`` show the docstrings of the fields of an attrs class and of its bases."""
    for base in cls.__mro__:
        if "__attrs_attrs__" in vars(base) and isinstance(vars(base).get("__slots__"), tuple):
            type.__setattr__(base, "__slots__", FieldDocs(base))


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
