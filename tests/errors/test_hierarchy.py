"""What every error promises: it is of one tree, says what is wrong, and travels with all its facts."""

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


def modules_of_the_library() -> Iterator[str]:
    """All but the emulator, which has no errors of this tree."""
    for module in pkgutil.walk_packages(lattice_tg.__path__, "lattice_tg."):
        if not module.name.startswith("lattice_tg.testing"):
            yield module.name


def classes_of_the_tree(root: type[LatticeError] = LatticeError) -> Iterator[type[LatticeError]]:
    """The errors of the library, its own and no test's."""
    if root.__module__.startswith("lattice_tg."):
        yield root
    for child in root.__subclasses__():
        yield from classes_of_the_tree(child)


def all_classes() -> set[type[LatticeError]]:
    for name in modules_of_the_library():
        importlib.import_module(name)
    return set(classes_of_the_tree())


def each_error() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("error", [error for error, _ in SAMPLES], ids=lambda error: type(error).__name__)


def fields_of(cls: type[Any]) -> Sequence[Any]:
    return attrs.fields(cls) if attrs.has(cls) else ()


def facts(error: BaseException) -> tuple[object, ...]:
    """All that an error says; errors within it are compared by what they say, too."""
    return type(error), repr(error), str(error), repr(error.args), getattr(error, "__notes__", None)


def drawn_tree() -> dict[str, list[str]]:
    """Each class in the drawing of ``errors``, with its parents: the one it hangs from, then those in brackets."""
    drawing = inspect.getdoc(errors) or ""
    stem: list[str] = []
    tree: dict[str, list[str]] = {}
    for lead, name, others in re.findall(r"^ {4}([│├└─ ]*)(\w+Error)\b(?:\((\w+)\))?", drawing, re.MULTILINE):
        del stem[len(lead) // 4 :]
        tree[name] = [*stem[-1:], *([others] if others else [])]
        stem.append(name)
    return tree


def test_the_tree_is_as_drawn() -> None:
    """The drawing in the docstring of ``errors`` has each class under its parents, and no other."""
    tree = {cls.__name__: [base.__name__ for base in cls.__bases__ if cls is not LatticeError] for cls in all_classes()}

    assert drawn_tree() == tree


def test_every_error_has_a_sample() -> None:
    """No class of the tree escapes the tests of this file."""
    without = {cls.__name__ for cls in all_classes() - {type(error) for error, _ in SAMPLES}}

    assert not without, f"add a sample of {without}, with every fact set and its text, to tests/test_errors.py"


@each_error()
def test_samples_set_every_fact(error: LatticeError) -> None:
    """A sample differs from the default wherever its own class has a field."""
    own = [field for field in fields_of(type(error)) if not field.inherited]
    unset = {field.name for field in own if getattr(error, field.name) == field.default}

    assert unset <= {"target_group"}


@pytest.mark.parametrize(("error", "text"), SAMPLES, ids=[type(error).__name__ for error, _ in SAMPLES])
def test_errors_say_what_is_wrong(error: LatticeError, text: str) -> None:
    """The text of every error is exact."""
    assert str(error) == text


@each_error()
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_errors_survive_pickling(error: LatticeError, protocol: int) -> None:
    """An error comes out of a pickle with all its facts, and its notes."""
    noted = copy.deepcopy(error)
    noted.add_note("while creating orders")

    restored = pickle.loads(pickle.dumps(noted, protocol))

    assert facts(restored) == facts(noted)
    assert restored.__notes__ == ["while creating orders"]


@each_error()
def test_errors_survive_copying(error: LatticeError) -> None:
    """Copies, deep and shallow, have all the facts; a copy of a copy, too."""
    copies = [copy.copy(error), copy.deepcopy(error), copy.copy(copy.deepcopy(error))]

    assert [facts(each) for each in copies] == [facts(error)] * 3
    assert all(each is not error for each in copies)


@each_error()
def test_errors_are_told_apart(error: LatticeError) -> None:
    """An error is itself and no other, and may stand in a set."""
    assert error != copy.copy(error)
    assert len({error, copy.copy(error)}) == 2


@each_error()
def test_errors_are_of_one_tree(error: LatticeError) -> None:
    """``except LatticeError`` catches every one."""
    with pytest.raises(LatticeError):
        raise error
