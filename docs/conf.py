"""How the site is built: Sphinx, furo, MyST; the reference comes from the docstrings."""

project = "lattice_tg"
author = "The lattice_tg authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "demo"]
html_theme = "furo"
html_title = "lattice_tg"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_class_signature = "separated"
