"""Writer of the tables in the API reference, which say what the docstrings say.

The names in the first column are written by hand. ``python tests/support/api_tables.py`` writes the other columns.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import attrs

import lattice_tg
import lattice_tg.testing
from lattice_tg import BuildableIpTargetGroupBuilder, Route, Shift, TargetGroupClient, errors
from lattice_tg.testing import MockVpcLattice, RunningServer, VirtualClock, VpcLatticeEmulator

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
ROW = re.compile(r"^\| `([\w.]+=?)[^`]*` \|.*\|$", re.MULTILINE)
ERROR_TREE = re.compile(r"(?<=^```text\n)LatticeError\n.*?(?=^```$)", re.MULTILINE | re.DOTALL)
VARIABLES = {
    "builder": BuildableIpTargetGroupBuilder,
    "client": TargetGroupClient,
    "route": Route,
    "shift": Shift,
    "lattice": VpcLatticeEmulator,
    "mock": MockVpcLattice,
    "clock": VirtualClock,
    "server": RunningServer,
}
"""Classes by the name of a variable in the first column, as in ``client.create``."""


def update(page: str) -> str:
    """Return the page with the rows and the error tree that match the code."""
    page = ROW.sub(lambda row: make_row(row[1]), page)
    return ERROR_TREE.sub(lambda _: make_error_tree(), page)


def make_row(path: str) -> str:
    """Return the row of a public name, of a member or field, or of a parameter of the clients, as in ``retry=``."""
    if path.endswith("="):
        return f"| `{path}` | {to_markdown(parse_parameters(TargetGroupClient)[path[:-1]])} |"
    owner_name, _, name = path.rpartition(".")
    if not owner_name:
        return f"| `{path}{format_signature(path)}` | {describe_public_name(path)} |"
    owner = VARIABLES.get(owner_name) or getattr(lattice_tg, owner_name)
    if name in (fields := dict(iter_fields(owner))):
        return f"| `{path}` | {to_markdown(fields[name])} |"
    member = inspect.getattr_static(owner, name)
    signature = "" if isinstance(member, property) else format_parameters(getattr(owner, name))
    return f"| `{path}{signature}` | {first_paragraph(inspect.getdoc(member))} |"


def describe_public_name(name: str) -> str:
    """Return the first paragraph of the docstring of a name, and its fields or values."""
    value = find_public_value(name)
    if inspect.isfunction(value):
        return first_paragraph(inspect.getdoc(value))
    if inspect.isclass(value):
        return first_paragraph(inspect.getdoc(value)) + describe_fields(value)
    package = lattice_tg if name in lattice_tg.__all__ else lattice_tg.testing
    literals = [each for each in get_args(value) if isinstance(each, str)]
    return first_paragraph(find_alias_docstring(package.__name__, name)) + (
        f" Values: {join_code(literals)}." if literals else ""
    )


def find_public_value(name: str) -> Any:
    """Return the object with a public name of either package."""
    return getattr(lattice_tg if name in lattice_tg.__all__ else lattice_tg.testing, name)


def describe_fields(cls: type[Any]) -> str:
    """Return a sentence that lists the fields of a class, or nothing if the class has none."""
    found = [each.name for each in attrs.fields(cls)] if attrs.has(cls) else dict(iter_fields(cls))
    names = [name for name in found if not name.startswith("_")]
    if issubclass(cls, errors.ServiceError) and cls is not errors.ServiceError:
        own = [name for name in names if name not in dict(iter_fields(errors.ServiceError))]
        return f" Fields: {join_code(own)}, and the fields of `ServiceError`." if own else ""
    return f" Fields: {join_code(names)}." if names else ""


def join_code(names: Iterable[str]) -> str:
    """Return names as inline code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def iter_fields(cls: type[Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the docstring of each documented public field, including those of base classes."""
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("lattice_tg"):
            (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            assert isinstance(definition, ast.ClassDef)
            yield from iter_documented_names(definition.body)
            for statement in definition.body:
                if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
                    yield from iter_documented_names(statement.body)


def parse_parameters(cls: type[Any]) -> dict[str, str]:
    """Map the name of each parameter in the docstring of a class to the description of the parameter."""
    section = re.search(r"^Args:\n(.*?)\n\n", inspect.getdoc(cls) or "", re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^    (\w+): (.*(?:\n     .*)*)", section[1], re.MULTILINE)) if section else {}


def iter_documented_names(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield the public names that are assigned or annotated, with the docstring after each."""
    for statement, docstring in pairwise(body):
        name = find_assigned_name(statement)
        if not name.startswith("_") and isinstance(docstring, ast.Expr) and isinstance(docstring.value, ast.Constant):
            yield name, str(docstring.value.value)


def find_assigned_name(statement: ast.stmt) -> str:
    """Return the name that a statement assigns or annotates, or an underscore for any other statement."""
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return name
        case _:
            return "_"


def find_alias_docstring(package: str, name: str) -> str:
    """Return the docstring after the definition of an alias."""
    # An alias has no __module__, so the table of lazy imports is the only source.
    module = import_module(f"{package}.{vars(import_module(package))['_LAZY_IMPORTS'][name]}")
    return dict(iter_documented_names(ast.parse(inspect.getsource(module)).body))[name]


def format_signature(name: str) -> str:
    """Return the parameters of a public function, or nothing for any other public name."""
    value = find_public_value(name)
    return format_parameters(value) if inspect.isfunction(value) else ""


def format_parameters(function: Any) -> str:
    """Return the parameters and defaults of a function, without annotations."""
    signature = inspect.signature(function)
    parameters = [each.replace(annotation=each.empty) for name, each in signature.parameters.items() if name != "self"]
    return str(signature.replace(parameters=parameters, return_annotation=signature.empty))


def first_paragraph(docstring: str | None) -> str:
    """Return the first paragraph of a docstring as Markdown."""
    assert docstring is not None
    return to_markdown(docstring.split("\n\n")[0])


def to_markdown(docstring: str) -> str:
    """Return the reStructuredText of a docstring as the Markdown of a table cell."""
    markdown = re.sub(r":\w+:`~?(?:\w+\.)*(\w+)`", r"`\1`", " ".join(docstring.split()))
    return markdown.replace("``", "`").replace("|", r"\|")


def make_error_tree() -> str:
    """Return the tree of exceptions from the docstring of the module."""
    _, _, tree, *_ = inspect.cleandoc(str(errors.__doc__)).split("\n\n")
    return textwrap.dedent(tree) + "\n"


if __name__ == "__main__":
    PAGE.write_text(update(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
