"""The public names, fields and keywords of the library, found by reflection."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

import lattice_tg

NAMES: dict[str, Any] = {name: getattr(lattice_tg, name) for name in lattice_tg.__all__}
CLASSES: dict[str, type[Any]] = {name: value for name, value in NAMES.items() if isinstance(value, type)}
MODELS = {name: cls for name, cls in CLASSES.items() if attrs.has(cls)}
"""Public attrs classes."""


@dataclass(frozen=True)
class Keyword:
    """A keyword parameter of a call, or a field of a model."""

    name: str
    annotation: Any
    has_default: bool


@dataclass(frozen=True)
class Call:
    """A function or method that users call."""

    name: str
    """The name, such as ``HealthCheck.http``."""

    typed: str
    """The text to type before the arguments."""

    keywords: tuple[Keyword, ...]
    """The parameters that can be passed by keyword."""

    def arguments(self, keyword: str) -> str:
        """Return the whole call with the cursor at ``keyword``."""
        return self.typed + ", ".join(f"{'|' * (each.name == keyword)}{each.name}=..." for each in self.keywords) + ")"


def public_names(cls: type[Any]) -> set[str]:
    """Return the names of the public attributes of a class and of its instances."""
    return {name for name in [*dir(cls), *(each.name for each in fields(cls))] if not name.startswith("_")}


def fields(cls: type[Any]) -> tuple[Keyword, ...]:
    """Return the public fields of a model."""
    found = attrs.fields(cls) if attrs.has(cls) else ()
    return tuple(
        Keyword(field.name, field.type, has_default=field.default is not attrs.NOTHING)
        for field in found
        if not field.name.startswith("_")
    )


def literal_values_of(annotation: Any) -> tuple[str, ...]:
    """Return the values of the Literal in an annotation."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return tuple(value for each in get_args(annotation) for value in literal_values_of(each))
    return ()


def calls() -> tuple[Call, ...]:
    """Return every public function, model class and method that the library defines."""
    functions = [name for name, value in NAMES.items() if inspect.isfunction(value)]
    models = [name for name, cls in MODELS.items() if fields(cls) and not issubclass(cls, BaseException)]
    found = [_call(name, f"import lattice_tg\nlattice_tg.{name}(", NAMES[name]) for name in (*functions, *models)]
    return (*found, *(call for name, cls in CLASSES.items() for call in _methods(name, cls)))


def _methods(name: str, cls: type[Any]) -> Iterator[Call]:
    """Yield the public methods of a class."""
    for method in sorted(public_names(cls)):
        function = getattr(cls, method, None)
        if not inspect.isroutine(function) or not str(getattr(function, "__module__", "")).startswith("lattice_tg"):
            continue
        if isinstance(inspect.getattr_static(cls, method), classmethod | staticmethod):
            yield _call(f"{name}.{method}", f"import lattice_tg\nlattice_tg.{name}.{method}(", function)
        else:
            typed = f"import lattice_tg\ndef use(it: lattice_tg.{name}) -> None:\n    it.{method}("
            yield _call(f"{name}.{method}", typed, function)


def _call(name: str, typed: str, function: Any) -> Call:
    """Return the ``Call`` for a function."""
    parameters = inspect.signature(function).parameters.values()
    keywords = tuple(
        Keyword(each.name, each.annotation, has_default=each.default is not each.empty)
        for each in parameters
        if each.name != "self" and each.kind is not each.POSITIONAL_ONLY
    )
    return Call(name, typed, keywords)
