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
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

from tests.shared import processes

OUTPUT, STOCK_OUTPUT = "output", "output without the package"

PATIENCE = 100  # seconds for one block; the slowest takes twenty

# How a block of each language is run, and what its file is called.
COMMANDS = {
    "sh": (["bash", "-e", "-o", "pipefail"], "block.sh"),
    "python": (["python"], "block.py"),
    "pycon": (["python", "-m", "doctest", "-o", "ELLIPSIS"], "block.txt"),
}

PARSER = MarkdownIt("commonmark").enable("table")


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


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    found = []
    for token in PARSER.parse(document.read_text(encoding="utf-8")):
        if token.type in ("fence", "code_block"):
            place = f"{document.name}:{token.map[0] + 1 if token.map else 0}"
            fence = re.fullmatch(r'(sh|python|pycon|text)(?: title="([^"]+)")?', token.info.strip())
            if not fence:
                raise BadBlock(f"{place}: what is a block marked {token.info!r}?")
            found.append(Block(place, token.content, *fence.groups(default="")))
    return found


def run(document: Path, folder: Path, environment: dict[str, str], *, beside: Sequence[Block] = ()) -> None:
    """Run all blocks of the document in `folder`, and compare what they print with what it says.

    The files are `beside` and the document's own. What it says of the same programs without the package is compared
    with what they print in a folder of their own, in which no file imports that.
    """
    stock = folder.with_name("stock")
    program, printed = None, None
    for block in [*beside, *blocks(document)]:
        if block.is_file:
            _write(folder / block.title, block.text)
            _write(stock / block.title, re.sub(r"^import mysql_errors_compat\b.*$", "", block.text, flags=re.MULTILINE))
        elif block.runs:
            program, printed = block, _execute(block, folder, environment)
        elif block.title == OUTPUT:
            _compare(block, printed)
        elif block.title == STOCK_OUTPUT:
            _compare(block, program and _execute(program, stock, environment))


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
