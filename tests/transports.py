"""README's table of carriers, written from what tests/test_carriers.py last saw.

`python -m tests.transports` writes the table; with ``--check`` it only tells whether README has it.
Exit status: 0 if README has the table, 1 if it has another one, 2 if there is no table to write, or no place for it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .carriers.runs import CARRIERS, OWN, REFUSED, kept_name
from .fresh import ROOT

SEEN = Path(".pytest_cache", "d", "carriers")  # where pytest keeps what the tests give to its cache
BEGIN, END = "<!-- transports: begin -->\n", "<!-- transports: end -->\n"
HEADER = """\
| carrier | driver's class without | with | own constructor without | with |
| --- | --- | --- | --- | --- |
"""


class Unknown(Exception):
    """Why the table cannot be made, or put into README."""


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.transports", description="Write README's table of carriers.")
    parser.add_argument("--check", action="store_true", help="change nothing, and show how README differs")
    check = parser.parse_args(argv).check
    readme = root / "README.md"
    try:
        table, versions = make(root / SEEN)
        before, old, after = split(readme.read_text("utf-8"))
    except Unknown as reason:
        print(reason, file=sys.stderr)
        return 2
    if not check:
        readme.write_text(before + table + "\n" + versions + after, "utf-8")
        return 0
    old = old.partition("\n\n")[0] + "\n"  # without the versions, which may differ
    sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), table.splitlines(True), readme.name, "tests"))
    return int(old != table)


def make(seen: Path) -> tuple[str, str]:
    """Return the table, and the sentence that names the versions it is about."""
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    versions: dict[str, str] = {}
    for carrier in CARRIERS:
        row = rows.setdefault(carrier.row, {"none": [], "both": []})
        for which, results in row.items():
            try:
                result = json.loads((seen / kept_name(carrier, which)).read_text())
            except FileNotFoundError:
                raise Unknown(f"{carrier.name} was not tested: run pytest tests/test_carriers.py") from None
            results.append(result["verdicts"])
            versions.update(result["versions"])
    table = HEADER
    for name, row in rows.items():
        cells = [
            " or ".join(dict.fromkeys(verdicts[case] for verdicts in results))
            for case in (REFUSED, OWN)
            for results in row.values()
        ]
        table += f"| {' | '.join([name, *cells])} |\n"
    seen_with = f"Seen with {', '.join(f'{name} {version}' for name, version in versions.items())}."
    return table, textwrap.fill(seen_with, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def split(readme: str) -> tuple[str, str, str]:
    """Return what precedes the table, the table, and what follows it."""
    before, begin, rest = readme.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not (begin and end):
        raise Unknown(f"README.md has no place for the table: it lacks the lines\n{BEGIN}{END}".rstrip())
    return before + begin, table, end + after


if __name__ == "__main__":
    sys.exit(main())
