"""The tables of docs/carriers.md, made of what the carriers do.

`python -m tests.outside.transports` runs all of them and writes the tables.
"""

from __future__ import annotations

import importlib.metadata
import platform
import textwrap
from collections.abc import Callable

from tests.outside.carriers.runs import CARRIERS, ENDS_WITH_PACKAGE, OWN, REFUSED, Carrier, Crossing, run
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

Cross = Callable[[Carrier, str], dict[str, Crossing]]


def tables(cross: Cross) -> str:
    """Return the tables; `cross` says what a carrier does, by which ends have the package."""
    rows: dict[str, dict[tuple[str, str], str]] = {}
    for carrier in CARRIERS:
        row = rows.setdefault(carrier.row, {})
        for which in ENDS_WITH_PACKAGE:
            for case, crossing in cross(carrier, which).items():
                seen = row.setdefault((which, case), crossing.verdict())
                if crossing.verdict() not in seen.split(" or "):
                    row[which, case] = f"{seen} or {crossing.verdict()}"
    made = ""
    for case, heading in HEADINGS.items():
        made += f"{heading}\n{HEADER}"
        for name, row in rows.items():
            made += line(name, *(row[which, case] for which in COLUMNS))
        made += "\n"
    made += ONLY_THE_SENDER
    for name, row in rows.items():
        sender, both = ([row[which, case] for case in (REFUSED, OWN)] for which in ("sender", "both"))
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
    before, _, after = split()
    PAGE.write_text(f"{before}{tables(run)}\n{versions()}{after}", "utf-8")


if __name__ == "__main__":
    main()
