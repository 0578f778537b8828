"""Every public name is documented as users import it, wherever in the package it lives."""

from importlib import import_module

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer

PUBLIC = ("lattice_tg.testing", "lattice_tg")


def home_of(package: str, name: str) -> str:
    """The module in which a public name is written."""
    return f"{package}.{import_module(package)._HOMES[name]}"  # noqa: SLF001 - nothing else says it of a Literal


def package_of(target: str) -> str | None:
    """The package that exports what ``target`` names by its home."""
    name = target.rpartition(".")[2]
    if target.startswith("lattice_tg.") or "." not in target:
        return next((package for package in PUBLIC if name in import_module(package).__all__), None)
    return None


def describe_data(__: Sphinx, what: str, fullname: str, ___: object, ____: object, lines: list[str]) -> None:
    """Take the words under an alias from its home: autodoc looks for them where the alias is exported."""
    package, _, name = fullname.rpartition(".")
    if what == "data" and package in PUBLIC:
        written = ModuleAnalyzer.for_module(home_of(package, name)).find_attr_docs()
        lines[:] = written.get(("", name), lines)


class Fields:
    """Keeps the words about fields from napoleon, which takes what stands before a colon for a type."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def keep(self, _: Sphinx, what: str, __: str, ___: object, ____: object, lines: list[str]) -> None:
        self.kept = lines[:] if what in ("attribute", "data", "property") else []

    def restore(self, _: Sphinx, __: str, ___: str, ____: object, _____: object, lines: list[str]) -> None:
        lines[:] = self.kept or lines


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement) -> nodes.Element | None:
    """Lead a reference to the home of a public name, or to the bare name, to where it is documented."""
    target = str(node.get("reftarget", ""))
    package = package_of(target)
    if node.get("refdomain") != "py" or package is None:
        return None
    name = f"{package}.{target.rpartition('.')[2]}"
    found = env.domains["py"].resolve_any_xref(env, node["refdoc"], app.builder, name, node, text)
    return found[0][1] if found else None


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", describe_data, priority=300)
    fields = Fields()
    app.connect("autodoc-process-docstring", fields.keep, priority=400)
    app.connect("autodoc-process-docstring", fields.restore, priority=600)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
