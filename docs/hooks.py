"""What mkdocs does not do by itself: pages from outside of docs/, and sessions in docstrings.

The pages link to files of the repository, such as ../CHANGELOG.md, so that the links work wherever the repository
is shown. In the site, what they link to becomes a page or a file too.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import griffe
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent

LINK = re.compile(r"(?<=\]\()[^)\s:#]+")  # the target of a relative link, without its anchor
SESSION = re.compile(r"^>>> .+?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def on_config(config: MkDocsConfig) -> None:
    """Show the version, on every page, and no other than the one that is documented."""
    source = (ROOT / "mysql_errors_compat" / "__init__.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    config.site_name += f" {version}"


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the files that the pages link to, and those that these link to."""
    waiting = [ROOT / "docs" / file.src_uri for file in files.documentation_pages()]
    for page in waiting:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            target = _target(page, link)
            if target.is_file() and not files.get_file_from_path(_in_site(target)):
                inclusion = InclusionLevel.NOT_IN_NAV
                files.append(File.generated(config, _in_site(target), abs_src_path=str(target), inclusion=inclusion))
                if target.suffix == ".md":
                    waiting.append(target)


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Point the links to where their targets are in the site."""
    source = Path(page.file.abs_src_path or "")
    folder = posixpath.dirname(page.file.src_uri)
    return LINK.sub(lambda link: posixpath.relpath(_in_site(_target(source, link[0])), folder or "."), markdown)


def _target(page: Path, link: str) -> Path:
    target = (page.parent / link).resolve()
    indexes = [target / name for name in ("index.md", "README.md")]
    return next((index for index in indexes if index.is_file()), target)


def _in_site(path: Path) -> str:
    path = path.relative_to(ROOT)
    if path.name == "README.md":
        path = path.with_name("readme.md")  # or mkdocs takes it for an index
    return path.as_posix().removeprefix("docs/")


class Sessions(griffe.Extension):
    """Makes code of the interpreter sessions in docstrings."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Put a fence around each."""
        if obj.docstring:
            obj.docstring.value = SESSION.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)
