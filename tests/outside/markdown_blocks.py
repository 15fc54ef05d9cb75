"""The code blocks of a Markdown document, and running them as a reader would.

The language and the title of a fence say what it is:

- ``python title="orders.py"``: a file of that name, in the document's folder or, as "shop/orders.py", in one there;
- ``sh``: commands, run there with ``bash -e``;
- ``python``: a script, run there in an interpreter of its own;
- ``pycon``: an interpreter session, with prompts, run there as a doctest;
- ``text title="output"``: exactly what the commands or the script before it print, but for ``...``;
- ``text title="output without the package"``: what they print when nothing imports the package;
- ``text``: a picture, or what somebody else's program said.

There is nothing else. Indented code, other languages and fences without one are refused, and so is a
file that no other block uses. (pytest uses conftest.py without being told.)
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

OUTPUT, STOCK_OUTPUT = "output", "output without the package"

PATIENCE = 100  # seconds for one block; the slowest takes twenty
MARK = "MARKDOWN_BLOCKS_FOLDER"  # in the environment of whatever a block starts

_PARSER = MarkdownIt("commonmark").enable("table")


class Block(NamedTuple):
    """A fenced block, and the line where it starts."""

    line: int
    text: str
    language: str
    title: str

    @property
    def runs(self) -> bool:
        """Tell whether this is to be executed, rather than written or compared."""
        return self.language in ("sh", "pycon") or (self.language == "python" and not self.title)


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
        if token.type not in ("fence", "code_block"):
            continue
        line = token.map[0] + 1 if token.map else 0
        fence = re.fullmatch(r'(\w+)(?: title="([^"]+)")?', token.info.strip())
        block = Block(line, token.content, *fence.groups(default="")) if fence else None
        if not block or not _is_known(block):
            raise BadBlock(f"{document.name}:{line}: what is a block marked {token.info!r}?")
        found.append(block)
    for index, block in enumerate(found):
        if block.language == "python" and block.title not in ("", "conftest.py"):
            others = [other.text for other in found[:index] + found[index + 1 :]]
            if not any(re.search(rf"\b{Path(block.title).stem}\b", text) for text in others):
                raise BadBlock(f"{document.name}:{block.line}: nothing uses {block.title}")
    return found


def _is_known(block: Block) -> bool:
    if block.title:
        is_file = block.language == "python" and re.fullmatch(r"(\w+/)*\w+\.py", block.title)
        return bool(is_file) or (block.language == "text" and block.title in (OUTPUT, STOCK_OUTPUT))
    return block.language in ("sh", "python", "pycon", "text")


def files(document: Path) -> list[Block]:
    """Return the blocks that are files."""
    return [block for block in blocks(document) if block.language == "python" and block.title]


def without_package(source: str) -> str:
    """Return a program that does not import the package, and is the same otherwise."""
    return re.sub(r"^( *)import mysql_errors_compat\b.*$", r"\1pass", source, flags=re.MULTILINE)


def run(document: Path, folder: Path, environment: dict[str, str]) -> None:
    """Run all blocks of the document in `folder`, and compare what they print with what it says."""
    printed = None
    for block in blocks(document):
        if block.runs:
            printed = _execute(document, block, folder, environment)
        elif block.language == "python":
            _write(folder / block.title, block.text)
        elif block.title == OUTPUT:
            _compare(document, block, printed)


def run_without_package(document: Path, folder: Path, environment: dict[str, str]) -> None:
    """Run those blocks of which the document says what they print without the package."""
    last = None
    for block in blocks(document):
        if block.runs:
            last = block._replace(text=without_package(block.text))
        elif block.language == "python":
            _write(folder / block.title, without_package(block.text))
        elif block.title == STOCK_OUTPUT:
            _compare(document, block, _execute(document, last, folder, environment) if last else None)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")


def _compare(document: Path, block: Block, printed: str | None) -> None:
    if printed is None or not doctest.OutputChecker().check_output(block.text, printed, doctest.ELLIPSIS):
        raise BadBlock(f"{document.name}:{block.line}: the document says\n{block.text}\nand it was\n{printed}")


def _execute(document: Path, block: Block, folder: Path, environment: dict[str, str]) -> str:
    """Run a block, which must succeed in time; return what it printed, and leave no process behind."""
    suffix = {"sh": "sh", "python": "py", "pycon": "txt"}[block.language]
    command = {
        "sh": ["bash", "-e", "-o", "pipefail"],
        "python": ["python"],
        "pycon": ["python", "-m", "doctest", "-o", "ELLIPSIS"],
    }[block.language]
    script = folder / f"line_{block.line}.{suffix}"
    script.write_text(block.text, encoding="utf-8")
    printed, complaints = script.with_suffix(".stdout"), script.with_suffix(".stderr")
    with printed.open("w") as stdout, complaints.open("w") as stderr:  # no pipes: whoever is left would keep them open
        process = subprocess.Popen(
            [*command, script.name],
            cwd=folder,
            env=environment | {MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            status: object = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            status = f"no end in {PATIENCE} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _end_all_of(folder)
    output = printed.read_text(errors="replace")
    if status != 0:
        said = (output + complaints.read_text(errors="replace"))[-10_000:]
        raise BadBlock(f"{document.name}:{block.line}: {status}: {said}")
    return output


def _end_all_of(folder: Path) -> None:
    """End all that a block started and that left its process group, as Ray's processes do, where /proc tells of it."""
    mark = f"{MARK}={folder}".encode()
    until = time.monotonic() + 10
    while True:
        left = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in path.read_bytes().split(b"\0"):
                    left.append(int(path.parent.name))
        if not left:
            return
        assert time.monotonic() < until, left
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
