"""Sphinx extension that adds the documentation of each name to the tables of the API reference.

The page ``reference.md`` is plain Markdown. This extension adds autodoc directives for the names in its tables.
"""

import inspect
import re
from importlib import import_module

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer

PUBLIC_PACKAGES = ("lattice_tg", "lattice_tg.testing")
NAME_IN_TABLE = re.compile(r"^\| `(\w+)(?=[(`])", re.MULTILINE)
OPTIONS = {
    "AsyncRoute": ["no-members:"],
    "AsyncShift": ["no-members:"],
    "AsyncTargetGroupClient": ["no-members:"],
    "Shift": ["special-members: __next__"],
    "TargetGroupLike": [],
}
"""Options of autodoc by name, instead of those of its kind."""
WITHOUT_SIGNATURE = re.compile(r"\w+TargetGroupBuilder|(Async)?(Route|Shift)")
"""Classes that only the library creates."""


# ------------------------------------------------------- directives of autodoc


def add_directives(_: Sphinx, page: str, source: list[str]) -> None:
    """Add the documentation of the names in the tables of each section to the end of the section."""
    if page == "reference":
        sections = re.split(r"^(?=## )", source[0], flags=re.MULTILINE)
        source[0] = "".join(section + make_directives(section) for section in sections)


def make_directives(section: str) -> str:
    """Return a block with a directive for each public name in the tables of a section."""
    directives = [make_directive(name) for name in NAME_IN_TABLE.findall(section)]
    return "\n".join(["", "```{eval-rst}", *directives, "```", "", ""]) if directives else ""


def make_directive(name: str) -> str:
    """Return the directive that documents a public name."""
    package = find_package(name)
    value = getattr(import_module(str(package)), name)
    if inspect.isfunction(value):
        kind, options = "function", []
    elif not inspect.isclass(value):
        kind, options = "data", ["no-value:"]
    elif issubclass(value, Exception):
        kind, options = "class", ["show-inheritance:"]
    else:
        kind, options = "class", ["inherited-members:"] if name.endswith("TargetGroupBuilder") else []
    signature = "()" if kind == "class" and WITHOUT_SIGNATURE.fullmatch(name) else ""
    lines = [f".. auto{kind}:: {package}.{name}{signature}", *(f"   :{each}" for each in OPTIONS.get(name, options))]
    return "\n".join(lines)


def find_package(name: str) -> str | None:
    """Return the package that exports a name, or None if no package does."""
    return next((package for package in PUBLIC_PACKAGES if name in import_module(package).__all__), None)


# ------------------------------------------------------------------ docstrings


def add_alias_docstring(__: Sphinx, what: str, fullname: str, ___: object, ____: object, lines: list[str]) -> None:
    """Replace the docstring of an alias with the one in its module: autodoc only searches the exporting package."""
    package, _, name = fullname.rpartition(".")
    if what == "data" and package in PUBLIC_PACKAGES:
        # An alias has no __module__, so the table of lazy imports is the only source.
        module = f"{package}.{vars(import_module(package))['_LAZY_IMPORTS'][name]}"
        lines[:] = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", name), lines)


class FieldDocstrings:
    """Docstrings of fields, kept from napoleon, which would read the words before a colon as a type."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def save(self, _: Sphinx, what: str, __: str, ___: object, ____: object, lines: list[str]) -> None:
        """Save the docstring before napoleon processes it."""
        self.lines = lines[:] if what in ("attribute", "data", "property") else []

    def restore(self, _: Sphinx, __: str, ___: str, ____: object, _____: object, lines: list[str]) -> None:
        """Restore the saved docstring."""
        lines[:] = self.lines or lines


# ------------------------------------------------------------------ references


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement) -> nodes.Element | None:
    """Resolve a reference by bare name or by defining module to the documented public name."""
    target = str(node.get("reftarget", ""))
    name = target.rpartition(".")[2]
    package = find_package(name) if target.startswith("lattice_tg.") or "." not in target else None
    if node.get("refdomain") != "py" or package is None:
        return None
    matches = env.domains["py"].resolve_any_xref(env, node["refdoc"], app.builder, f"{package}.{name}", node, text)
    return matches[0][1] if matches else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the event handlers. Napoleon processes docstrings at the default priority of 500."""
    app.connect("source-read", add_directives)
    app.connect("autodoc-process-docstring", add_alias_docstring, priority=300)
    fields = FieldDocstrings()
    app.connect("autodoc-process-docstring", fields.save, priority=400)
    app.connect("autodoc-process-docstring", fields.restore, priority=600)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
