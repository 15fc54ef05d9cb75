"""The tables of docs/carriers.md, of what the carriers do.

`python -m tests.outside.transports` runs all of them and writes the tables. The tests read what is expected there.
"""

from __future__ import annotations

import importlib.metadata
import platform
import textwrap

from tests.outside.carriers.runs import CARRIERS, ENDS_WITH_PACKAGE, OWN, REFUSED, run
from tests.shared.processes import ROOT

PAGE = ROOT / "docs" / "carriers.md"
BEGIN, END = "<!-- transports: begin -->\n", "<!-- transports: end -->\n"
SEEN_WITH = "\nSeen with "  # and the versions, which may differ
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

Verdicts = dict[tuple[str, str], str]  # by which ends have the package, and the case


def read() -> dict[str, Verdicts]:
    """Return what the page says of each row."""
    _, written, _ = split()
    tables = [
        [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
        for section in written.split("## ")[1:]
    ]
    said: dict[str, Verdicts] = {}
    for case, table in zip(HEADINGS, tables, strict=False):
        for name, *cells in table:
            verdicts = said.setdefault(name, {})
            verdicts.update({(which, case): cell for which, cell in zip(COLUMNS, cells, strict=True)})
            verdicts["sender", case] = verdicts["both", case]
    for name, *cells in tables[-1]:
        said[name].update({("sender", case): cell for case, cell in zip(HEADINGS, cells, strict=True)})
    return said


def tables(rows: dict[str, Verdicts]) -> str:
    """Return the tables of what was seen."""
    made = ""
    for case, heading in HEADINGS.items():
        made += f"{heading}\n{HEADER}"
        for name, row in rows.items():
            made += line(name, *(row[which, case] for which in COLUMNS))
        made += "\n"
    made += ONLY_THE_SENDER
    for name, row in rows.items():
        sender, both = ([row[which, case] for case in HEADINGS] for which in ("sender", "both"))
        if sender != both:
            made += line(name, *sender)
    return made


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def versions() -> str:
    """Return the sentence that names what the tables are about."""
    names = dict.fromkeys(["mysql-connector-python", *(name for carrier in CARRIERS for name in carrier.needs)])
    found = [f"Python {platform.python_version()}", *(f"{name} {importlib.metadata.version(name)}" for name in names)]
    text = f"{SEEN_WITH.lstrip()}{', '.join(found)}."
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def split() -> tuple[str, str, str]:
    """Return what precedes the tables on the page, the tables and the versions, and what follows them."""
    before, begin, rest = PAGE.read_text("utf-8").partition(BEGIN)
    written, end, after = rest.partition(END)
    return before + begin, written, end + after


def main() -> None:
    rows: dict[str, Verdicts] = {}
    for carrier in CARRIERS:  # where several share a row, the tests tell whether they do the same
        seen = {which: run(carrier, which) for which in ENDS_WITH_PACKAGE}
        rows[carrier.row] = {(which, case): seen[which][case].verdict() for which in seen for case in HEADINGS}
    before, _, after = split()
    PAGE.write_text(f"{before}{tables(rows)}\n{versions()}{after}", "utf-8")


if __name__ == "__main__":
    main()
