"""The floors of the house: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lattice_tg

HOUSE = Path(lattice_tg.__file__).parent
ROOT = "lattice_tg"

FLOORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("F0", ("vocabulary", "frozen", "representation", "durations")),
    ("F1", ("models",)),
    ("F2", ("errors",)),
    ("F2, upper step", ("service_errors",)),
    ("F3", ("reports", "wire", "identifiers", "comparison", "defaults")),
    ("F3, upper step", ("target_keys",)),
    ("F3, third step", ("rules",)),
    ("F4", ("builders", "plan")),
    ("F4, upper step", ("staleness", "outcome")),
    ("F5", ("clock",)),
    ("F6", ("tokens", "pacing", "paging", "retry", "waiting", "gateway")),
    ("F6, upper step", ("calls",)),
    ("F7", ("files", "progress", "verbs")),
    ("F8", ("client",)),
)
"""Each floor and its rooms, from the ground up. A room imports only from floors below its own."""

BESIDE = "testing"
ALLOWED_BESIDE = {"clock"}
"""What the emulator may import of the library."""

PURE = {"F0", "F1", "F2", "F2, upper step", "F3", "F3, upper step", "F3, third step", "F4", "F4, upper step"}
KEPT_FROM_PURE = {"boto3", "botocore", "moto", "tenacity", "time", "random", "secrets", "uuid"}
"""What the floors without I/O, clock and chance may not import."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "cattrs": ("wire",),
    "cattr": ("wire",),
    "boto3": ("gateway", BESIDE),
    "botocore": ("gateway", BESIDE),
    "tenacity": ("calls",),
    "yaml": ("files",),
    "rich": ("progress",),
}
"""Libraries, and the rooms that may know them."""

MOST_LINES = 250

LEVELS = {room: level for level, (_, rooms) in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in HOUSE.rglob("*.py") if path.parent != HOUSE or path.name != "__init__.py")


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def floor_of(room: str) -> str:
    return FLOORS[LEVELS[room]][0]


def imports_of(source: str) -> Iterator[str]:
    """Every module that a source imports, at the top, in functions and for types alike."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module, names, level):
                yield from _imported_from("." * level + (module or ""), [alias.name for alias in names])
            case ast.Call(ast.Attribute(attr="import_module") | ast.Name("import_module" | "__import__"), args):
                yield from (str(argument.value) for argument in args[:1] if isinstance(argument, ast.Constant))
            case _:
                pass


def _imported_from(module: str, names: list[str]) -> list[str]:
    """``from lattice_tg import clock`` imports lattice_tg.clock; what is no room is taken from the root itself."""
    if module != ROOT:
        return [module]
    return [f"{ROOT}.{name}" if name in LEVELS or name == BESIDE else ROOT for name in names]


def imported_rooms(path: Path) -> list[str]:
    """The rooms of the house that a file imports; the root package is the empty room."""
    modules = [module.split(".") for module in imports_of(path.read_text(encoding="utf-8"))]
    return [module[1] if len(module) > 1 else "" for module in modules if module[0] == ROOT]


def imported_libraries(path: Path) -> set[str]:
    return {module.split(".")[0] for module in imports_of(path.read_text(encoding="utf-8"))} - {ROOT}


def each_file() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", FILES, ids=name_of)


@each_file()
def test_every_file_has_a_floor(path: Path) -> None:
    """A new file is given its floor before it is built."""
    room = room_of(path)

    assert room in LEVELS or room == BESIDE, f"{name_of(path)} has no floor: add {room!r} to FLOORS in {__file__}"


@each_file()
def test_imports_go_downwards(path: Path) -> None:
    """A file imports from its own room and from lower floors, and never from the root package."""
    room = room_of(path)
    if room not in LEVELS:  # the emulator, or a file that has no floor yet, which the first test says
        return

    wrong = [
        target or "the root package"
        for target in imported_rooms(path)
        if target != room and LEVELS.get(target, len(FLOORS)) >= LEVELS[room]
    ]

    assert not wrong, f"{name_of(path)} ({floor_of(room)}) may not import {wrong}"


@each_file()
def test_imports_are_written_in_full(path: Path) -> None:
    """No import is relative, so that a reader sees where it goes."""
    relative = [module for module in imports_of(path.read_text(encoding="utf-8")) if module.startswith(".")]

    assert not relative


@each_file()
def test_the_emulator_stands_beside(path: Path) -> None:
    """The emulator imports the clock at most, and nothing imports the emulator."""
    rooms = set(imported_rooms(path))

    if room_of(path) == BESIDE:
        assert rooms <= ALLOWED_BESIDE | {BESIDE}, f"{name_of(path)} may import {ALLOWED_BESIDE} of the library"
    else:
        assert BESIDE not in rooms, f"{name_of(path)} may not import the emulator"


@each_file()
def test_pure_floors_are_pure(path: Path) -> None:
    """Below the clock there is no I/O, no time and no chance."""
    room = room_of(path)
    if room not in LEVELS or floor_of(room) not in PURE:
        return

    assert not imported_libraries(path) & KEPT_FROM_PURE


@each_file()
def test_libraries_kept_to_one_room(path: Path) -> None:
    """What one room alone is to know, no other imports."""
    wrong = {
        library for library in imported_libraries(path) if room_of(path) not in ONLY_IN.get(library, (room_of(path),))
    }

    assert not wrong, f"{name_of(path)} may not import {wrong}"


@each_file()
def test_no_file_is_long(path: Path) -> None:
    """A file is read in one go."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_no_room_stands_on_two_floors() -> None:
    """A room is on one floor."""
    assert len(LEVELS) == sum(len(rooms) for _, rooms in FLOORS)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c", ["a.b", "c"]),
        ("from a.b import c", ["a.b"]),
        (
            "from lattice_tg import clock, TargetGroup, testing",
            ["lattice_tg.clock", "lattice_tg", "lattice_tg.testing"],
        ),
        ("from . import x", ["."]),
        ("from .a import x", [".a"]),
        ("def f():\n    import a", ["a"]),
        ("if TYPE_CHECKING:\n    import a", ["a"]),
        ("importlib.import_module('a.b')", ["a.b"]),
        ("import_module('a')", ["a"]),
        ("__import__('a')", ["a"]),
        ("import_module(name)", []),
        ("f('a')", []),
    ],
)
def test_every_kind_of_import_is_seen(source: str, expected: list[str]) -> None:
    """No spelling of an import escapes these tests."""
    assert list(imports_of(source)) == expected
