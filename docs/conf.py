"""Sphinx configuration."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "lattice_tg"
author = "The lattice_tg authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "diagrams", "public_names"]
exclude_patterns = ["_build", "demo"]
html_theme = "furo"
html_title = "lattice_tg"
html_show_copyright = False
html_static_path = ["_static"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
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
