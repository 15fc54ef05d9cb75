"""The code blocks of a Markdown document, and running them as a reader would.

The language and the title of a fence say what it is:

- ``python title="orders.py"``: a file of that name, in the document's folder or, as "shop/orders.py", in one there;
- ``sh``: commands, run there with ``bash -e``;
- ``python``: a script, run there in an interpreter of its own;
- ``pycon``: an interpreter session, with prompts, run there as a doctest;
- ``text title="output"``: exactly what the commands or the script before it print, but for ``...``;
- ``text title="output without the package"``: what they print when nothing imports the package;
- ``text``: a picture, or what somebody else's program said.

There is nothing else. Indented code, other languages and fences without one are refused.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.shared import processes

OUTPUT, STOCK_OUTPUT = "output", "output without the package"

PATIENCE = 100  # seconds for one block; the slowest takes twenty

# How a block of each language is run, and what its file is called.
COMMANDS = {
    "sh": (["bash", "-e", "-o", "pipefail"], "block.sh"),
    "python": (["python"], "block.py"),
    "pycon": (["python", "-m", "doctest", "-o", "ELLIPSIS"], "block.txt"),
}

_PARSER = MarkdownIt("commonmark").enable("table")


class Block(NamedTuple):
    """A fenced block, and where it is."""

    place: str
    text: str
    language: str
    title: str

    @property
    def is_file(self) -> bool:
        return self.language == "python" and bool(self.title)

    @property
    def runs(self) -> bool:
        """Tell whether this is to be executed, rather than written or compared."""
        return self.language in COMMANDS and not self.title


class BadBlock(Exception):
    """A block of which nobody can say what it is, or which is not true."""


def parse(document: Path) -> list[Token]:
    """Return the document's tokens, those inside of paragraphs too."""
    tokens = _PARSER.parse(document.read_text(encoding="utf-8"))
    return [part for token in tokens for part in [token, *(token.children or [])]]


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    found = []
    for token in parse(document):
        if token.type in ("fence", "code_block"):
            place = f"{document.name}:{token.map[0] + 1 if token.map else 0}"
            fence = re.fullmatch(r'(sh|python|pycon|text)(?: title="([^"]+)")?', token.info.strip())
            if not fence:
                raise BadBlock(f"{place}: what is a block marked {token.info!r}?")
            found.append(Block(place, token.content, *fence.groups(default="")))
    return found


def without_package(source: str) -> str:
    """Return a program that does not import the package, and is the same otherwise."""
    return re.sub(r"^( *)import mysql_errors_compat\b.*$", r"\1pass", source, flags=re.MULTILINE)


def run(document: Path, folder: Path, environment: dict[str, str]) -> None:
    """Run all blocks of the document in `folder`, and compare what they print with what it says."""
    printed = None
    for block in blocks(document):
        if block.is_file:
            _write(folder / block.title, block.text)
        elif block.runs:
            printed = _execute(block, folder, environment)
        elif block.title == OUTPUT:
            _compare(block, printed)


def run_without_package(document: Path, folder: Path, environment: dict[str, str]) -> None:
    """Run those blocks of which the document says what they print without the package."""
    last = None
    for block in blocks(document):
        if block.is_file:
            _write(folder / block.title, without_package(block.text))
        elif block.runs:
            last = block._replace(text=without_package(block.text))
        elif block.title == STOCK_OUTPUT:
            _compare(block, _execute(last, folder, environment) if last else None)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")


def _compare(block: Block, printed: str | None) -> None:
    if printed is None or not doctest.OutputChecker().check_output(block.text, printed, doctest.ELLIPSIS):
        raise BadBlock(f"{block.place}: the document says\n{block.text}\nand it was\n{printed}")


def _execute(block: Block, folder: Path, environment: dict[str, str]) -> str:
    """Run a block, which must succeed in time, and return what it printed."""
    command, name = COMMANDS[block.language]
    _write(folder / name, block.text)
    done = processes.run(*command, name, cwd=folder, timeout=PATIENCE, environment=environment)
    if done.code != 0:
        raise BadBlock(f"{block.place}: {done.code}: {done.output[-10_000:]}")
    return done.stdout
