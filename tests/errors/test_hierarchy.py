"""Properties of all error classes: hierarchy, messages, pickling and copying."""

import copy
import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import pytest

import lattice_tg
from lattice_tg import errors
from lattice_tg.errors import LatticeError
from support.error_samples import SAMPLES


def iter_library_modules() -> Iterator[str]:
    """Yield the name of every module except the emulator's modules, which define no error classes."""
    for module in pkgutil.walk_packages(lattice_tg.__path__, "lattice_tg."):
        if not module.name.startswith("lattice_tg.testing"):
            yield module.name


def iter_error_classes(root: type[LatticeError] = LatticeError) -> Iterator[type[LatticeError]]:
    """Yield ``root`` and all subclasses that the library defines."""
    if root.__module__.startswith("lattice_tg."):
        yield root
    for child in root.__subclasses__():
        yield from iter_error_classes(child)


def find_error_classes() -> set[type[LatticeError]]:
    """Return the error classes that any module of the library defines."""
    for name in iter_library_modules():
        importlib.import_module(name)
    return set(iter_error_classes())


def parametrize_errors() -> pytest.MarkDecorator:
    """Return a pytest mark that runs a test with a sample of each error class."""
    return pytest.mark.parametrize("error", [error for error, _ in SAMPLES], ids=lambda error: type(error).__name__)


def attrs_fields(cls: type[Any]) -> Sequence[Any]:
    """Return the attrs fields of ``cls``, or nothing if ``cls`` is not an attrs class."""
    return attrs.fields(cls) if attrs.has(cls) else ()


def to_comparable(error: BaseException) -> tuple[object, ...]:
    """Return the contents of an error as comparable values, because errors are compared by identity."""
    return type(error), repr(error), str(error), repr(error.args), getattr(error, "__notes__", None)


def parse_documented_tree() -> dict[str, list[str]]:
    """Return the base classes of each error class according to the tree in the docstring of ``errors``."""
    docstring = inspect.getdoc(errors) or ""
    ancestors: list[str] = []
    tree: dict[str, list[str]] = {}
    for indent, name, other_base in re.findall(r"^ {4}([│├└─ ]*)(\w+Error)\b(?:\((\w+)\))?", docstring, re.MULTILINE):
        del ancestors[len(indent) // 4 :]
        tree[name] = [*ancestors[-1:], *([other_base] if other_base else [])]
        ancestors.append(name)
    return tree


def test_documented_tree_matches_the_classes() -> None:
    """The tree in the docstring of ``errors`` lists every error class under its base classes, and nothing else."""
    tree = {
        cls.__name__: [base.__name__ for base in cls.__bases__ if cls is not LatticeError]
        for cls in find_error_classes()
    }

    assert parse_documented_tree() == tree


def test_every_error_has_a_sample() -> None:
    """Every error class has a sample, so that the tests in this file cover all error classes."""
    missing = {cls.__name__ for cls in find_error_classes() - {type(error) for error, _ in SAMPLES}}

    assert not missing, f"add samples of {missing}, with every field set, to tests/support/error_samples.py"


@parametrize_errors()
def test_samples_set_every_field(error: LatticeError) -> None:
    """Each sample sets every field that its error class adds, except possibly ``target_group``."""
    own_fields = vars(type(error)).get("__attrs_attrs__", ())
    defined_fields = [field for field in own_fields if not field.inherited]
    unset = {field.name for field in defined_fields if getattr(error, field.name) == field.default}

    assert unset <= {"target_group"}


@pytest.mark.parametrize(("error", "text"), SAMPLES, ids=[type(error).__name__ for error, _ in SAMPLES])
def test_error_message_is_exact(error: LatticeError, text: str) -> None:
    """The message of each sample is exactly the expected message."""
    assert str(error) == text


@parametrize_errors()
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_errors_survive_pickling(error: LatticeError, protocol: int) -> None:
    """An unpickled error has all fields and notes of the original."""
    error_with_note = copy.deepcopy(error)
    error_with_note.add_note("while creating orders")

    restored = pickle.loads(pickle.dumps(error_with_note, protocol))

    assert to_comparable(restored) == to_comparable(error_with_note)
    assert restored.__notes__ == ["while creating orders"]


@parametrize_errors()
def test_errors_survive_copying(error: LatticeError) -> None:
    """A shallow copy, a deep copy and a copy of a copy have all fields of the original."""
    copies = [copy.copy(error), copy.deepcopy(error), copy.copy(copy.deepcopy(error))]

    assert [to_comparable(each) for each in copies] == [to_comparable(error)] * 3
    assert all(each is not error for each in copies)


@parametrize_errors()
def test_errors_compare_and_hash_by_identity(error: LatticeError) -> None:
    """Errors compare and hash by identity."""
    assert error != copy.copy(error)
    assert len({error, copy.copy(error)}) == 2


@parametrize_errors()
def test_lattice_error_catches_every_error(error: LatticeError) -> None:
    """``except LatticeError`` catches every error."""
    with pytest.raises(LatticeError):
        raise error
