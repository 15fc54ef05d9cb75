"""How Sphinx makes the site: `make docs`, from the root of the repository, whose pages link to each other.

The pages are plain Markdown that a repository's viewer shows well. What only the site has is hidden there, in
comments that start with ``site:``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # so that the reference is about this copy of the package, wherever another is installed

import mysql_errors_compat  # noqa: E402

project = "mysql_errors_compat"
release = mysql_errors_compat.__version__
author = copyright = "the mysql_errors_compat authors"

root_doc = "docs/index"
include_patterns = ["docs/**.md", "patches/*.md", "benchmarks/*.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
exclude_patterns = [".*", "build", "dist"]  # folders that need not be looked through
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3  # as a repository's viewer names them
highlight_language = "none"

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
default_role = "py:obj"  # docstrings put names between single backticks

html_theme = "furo"
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"
html_title = f"{project} {release}"
html_copy_source = False
html_static_path = ["site/style.css"]
html_css_files = ["style.css"]
templates_path = ["site"]
html_additional_pages = {"index": "to-the-home-page.html"}
copybutton_exclude = ".linenos, .gp, .go"  # prompts, and what is printed

ONLY_IN_THE_SITE = re.compile(r"^<!-- site:\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'^( *```)(\w+) title="(.+)"$', re.MULTILINE)
PICTURE = re.compile(r'^<picture>\s*<source .*srcset="(.+)">\s*<img alt="(.+)" src="(.+)">\s*</picture>$', re.MULTILINE)


def adapt(app: Sphinx, page: str, source: list[str]) -> None:
    """Make of a page what MyST understands: titles above code, a light and a dark picture, and what is hidden."""
    source[0] = ONLY_IN_THE_SITE.sub(r"\1", source[0])
    source[0] = TITLE.sub(r"\1{code-block} \2\n:caption: \3", source[0])
    source[0] = PICTURE.sub(r"![\2](\3){.only-light}\n![\2](\1){.only-dark}", source[0])


def setup(app: Sphinx) -> None:
    """Have Sphinx call this file's function."""
    app.connect("source-read", adapt)
