"""The tables of docs/carriers.md, written from what tests/outside/test_carriers.py last saw.

`python -m tests.outside.transports` writes them; with ``--check`` it only tells whether the page has them.
Exit status: 0 if it has them, 1 if it has others, 2 if there is nothing to write, or no place for it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from tests.outside.carriers.runs import CARRIERS, ENDS_WITH_PACKAGE, OWN, REFUSED, kept_name
from tests.shared.fresh import ROOT

PAGE = Path("docs", "carriers.md")
SEEN = Path(".pytest_cache", "d", "carriers")  # where pytest keeps what the tests give to its cache
BEGIN, END = "<!-- transports: begin -->\n", "<!-- transports: end -->\n"
COLUMNS = ("neither", "receiver", "both")
HEADINGS = {REFUSED: "## Driver's class", OWN: "## Own constructor"}
HEADER = """
| carrier | neither | only the receiver | both |
| --- | --- | --- | --- |
"""
ONLY_THE_SENDER = """## Only the sender

With the package at the sender alone everything arrives as with both, but for these:

| carrier | driver's class | own constructor |
| --- | --- | --- |
"""

Cells = dict[tuple[str, str], str]  # by the end that has the package, and the case


class Unknown(Exception):
    """Why the tables cannot be made, or put into the page."""


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.outside.transports", description=f"Write the tables of {PAGE}."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, and show how the page differs")
    check = parser.parse_args(argv).check
    page = root / PAGE
    try:
        rows, versions = read(root / SEEN)
        before, old, after = split(page.read_text("utf-8"))
    except Unknown as reason:
        print(reason, file=sys.stderr)
        return 2
    tables = make(rows)
    if not check:
        page.write_text(f"{before}{tables}\n{versions}{after}", "utf-8")
        return 0
    old = old.rpartition("\nSeen with ")[0]  # without the versions, which may differ
    sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), tables.splitlines(True), page.name, "tests"))
    return int(old != tables)


def read(seen: Path) -> tuple[dict[str, Cells], str]:
    """Return the cells of each row, and the sentence that names the versions they are about."""
    rows: dict[str, dict[tuple[str, str], list[str]]] = {}
    versions: dict[str, str] = {}
    for carrier in CARRIERS:
        row = rows.setdefault(carrier.row, {})
        for which in ENDS_WITH_PACKAGE:
            try:
                result = json.loads((seen / kept_name(carrier, which)).read_text())
            except FileNotFoundError:
                raise Unknown(f"{carrier.name} was not tested: run pytest tests/outside/test_carriers.py") from None
            for case in (REFUSED, OWN):
                row.setdefault((which, case), []).append(result["verdicts"][case])
            versions.update(result["versions"])
    seen_with = f"Seen with {', '.join(f'{name} {version}' for name, version in versions.items())}."
    return (
        {name: {key: " or ".join(dict.fromkeys(cell)) for key, cell in row.items()} for name, row in rows.items()},
        textwrap.fill(seen_with, 120, break_long_words=False, break_on_hyphens=False) + "\n",
    )


def make(rows: dict[str, Cells]) -> str:
    tables = ""
    for case, heading in HEADINGS.items():
        tables += f"{heading}\n{HEADER}"
        for name, row in rows.items():
            tables += line(name, *(row[which, case] for which in COLUMNS))
        tables += "\n"
    tables += ONLY_THE_SENDER
    for name, row in rows.items():
        sender, both = ([row[which, case] for case in (REFUSED, OWN)] for which in ("sender", "both"))
        if sender != both:
            tables += line(name, *sender)
    return tables


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def split(page: str) -> tuple[str, str, str]:
    """Return what precedes the tables, the tables, and what follows them."""
    before, begin, rest = page.partition(BEGIN)
    tables, end, after = rest.partition(END)
    if not (begin and end):
        raise Unknown(f"{PAGE} has no place for the table: it lacks the lines\n{BEGIN}{END}".rstrip())
    return before + begin, tables, end + after


if __name__ == "__main__":
    sys.exit(main())
