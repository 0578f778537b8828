"""Documentation of public names under the package that exports them, not the module that defines them."""

from importlib import import_module

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer

PUBLIC_PACKAGES = ("lattice_tg.testing", "lattice_tg")


def defining_module(package: str, name: str) -> str:
    """Return the module that defines the public ``name`` of ``package``."""
    # A Literal alias has no __module__, so the table of lazy imports is the only source.
    return f"{package}.{import_module(package)._LAZY_IMPORTS[name]}"  # noqa: SLF001


def exporting_package(target: str) -> str | None:
    """Return the package that exports ``target``, or None if no package does."""
    name = target.rpartition(".")[2]
    if target.startswith("lattice_tg.") or "." not in target:
        return next((package for package in PUBLIC_PACKAGES if name in import_module(package).__all__), None)
    return None


def add_alias_docstring(__: Sphinx, what: str, fullname: str, ___: object, ____: object, lines: list[str]) -> None:
    """Replace the docstring of an alias with the one in its module: autodoc only searches the exporting package."""
    package, _, name = fullname.rpartition(".")
    if what == "data" and package in PUBLIC_PACKAGES:
        docstrings = ModuleAnalyzer.for_module(defining_module(package, name)).find_attr_docs()
        lines[:] = docstrings.get(("", name), lines)


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


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement) -> nodes.Element | None:
    """Resolve a reference by bare name or by defining module to the documented public name."""
    target = str(node.get("reftarget", ""))
    package = exporting_package(target)
    if node.get("refdomain") != "py" or package is None:
        return None
    name = f"{package}.{target.rpartition('.')[2]}"
    matches = env.domains["py"].resolve_any_xref(env, node["refdoc"], app.builder, name, node, text)
    return matches[0][1] if matches else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the event handlers. Napoleon processes docstrings at the default priority of 500."""
    app.connect("autodoc-process-docstring", add_alias_docstring, priority=300)
    fields = FieldDocstrings()
    app.connect("autodoc-process-docstring", fields.save, priority=400)
    app.connect("autodoc-process-docstring", fields.restore, priority=600)
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
