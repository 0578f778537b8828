"""Sphinx configuration."""

import re
import sys
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER / "_ext"))

project = "lattice_tg"
author = "The lattice_tg authors"
release = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "api_reference",
]
exclude_patterns = ["_build", "demo"]
html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = f"lattice_tg {release}"
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Blocks of the language `text` show output, which nobody copies.
copybutton_selector = "div.highlight:not(.highlight-text *) pre"
myst_heading_anchors = 3
nitpicky = True
nitpick_ignore = [
    ("py:mod", "lattice_tg.errors"),
    # The client imports some classes for type checkers only, so Sphinx does not resolve the annotations next to them.
    ("py:class", "Executor"),
]
nitpick_ignore_regex = [
    # Other projects document these names.
    ("py:.*", r"(attr|cattrs|collections\.abc|concurrent\.futures|contextlib|datetime|os|types|typing)\..*"),
    # Type variables have no documentation.
    ("py:.*", r"lattice_tg\.(builders\.BuildableT|conversion\.T|testing\.mock\.DecoratedT)"),
    # The TypedDicts have the members of the service's shapes.
    ("py:.*", r"lattice_tg\.conversion\.type_defs\..*"),
    # Annotations of the emulator name private classes.
    ("py:.*", r"lattice_tg\.testing\.(backend|http_messages|mock|state)\..*"),
]
# A reference to `type` is ambiguous: it is a builtin and a field of three classes.
suppress_warnings = ["ref.python"]
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
LINK_TO_PAGE = re.compile(r"^- \[(.+?)\]\(([\w-]+)\.md\)", re.MULTILINE)


def add_toctrees(_: Sphinx, page: str, source: list[str]) -> None:
    """Add the table of contents of each section of ``index.md``, which is a page of plain Markdown without directives.

    The entries are the links in lists. Each section has its heading as a caption.
    """
    if page == "index":
        introduction = source[0].partition("\n## ")[0]
        for caption, content in (("", introduction), *SECTION.findall(source[0])):
            options = [":hidden:", f":caption: {caption}"] if caption else [":hidden:"]
            entries = [f"{title} <{target}>" for title, target in LINK_TO_PAGE.findall(content)]
            source[0] += "\n".join(["", "```{toctree}", *options, "", *entries, "```", ""])


def setup(app: Sphinx) -> None:
    """Connect the event handler."""
    app.connect("source-read", add_toctrees)
