"""How Sphinx makes the site: ``make docs``."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_site"))

# The theme's colours come from a package that configures logging for the whole process.
logging.getLogger("alembic").setLevel(logging.WARNING)

project = "Continuum"
author = "The Continuum authors"
project_copyright = author
release = version_of("continuum-sqlalchemy")
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "pages",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_site"]

myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True

# Every reference must resolve, but for those out of the package (the site is built without a
# network), type variables, and types of attributes that are not meant for users.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(asyncio|collections|datetime|enum|sqlalchemy|typing)\..+"),
    ("py:.*", r"(continuum\..+\.)?[A-Z]"),
    ("py:class", r"(continuum\.schema\.recorded\.)?(RecordedTable|Journal)"),
    ("py:class", r"continuum\.alembic\.plugin\._Target"),
    # Imported for type checkers only, so that autodoc cannot tell where they are from.
    ("py:class", r"Mapper|Scope|Session|TypeEngine|scoped_session"),
]

html_theme = "furo"
html_title = "Continuum"
html_static_path = ["_site/static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
