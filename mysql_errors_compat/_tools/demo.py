"""The demonstration: what arrives of an error without the package, and what arrives with it."""

import json
import platform
import shutil
import tempfile
import textwrap
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import mysql.connector

from .. import __version__
from . import demo_measure
from .demo_measure import ERRORS, INTERPRETERS, SENT, WITH, WITHOUT, rows
from .processes import Child, disabled

PATIENCE = 3  # seconds from when the worker raises to "hangs"; an error that arrives takes milliseconds
START = 30  # seconds for an interpreter and a worker to start

ROWS = sorted((row for ways in INTERPRETERS for row in rows(ways)), key=lambda row: ERRORS.index(row[0]))
VERSIONS = {
    "mysql_errors_compat": __version__,
    "mysql-connector-python": mysql.connector.__version__,
    "Python": platform.python_version(),
}
NEXT = """\
next: put this line into the module that defines your exceptions, or that your worker starts with:
  import mysql_errors_compat  # noqa: F401
and see which of your exceptions survive (this needs `pip install hypothesis`):
  python -m mysql_errors_compat check YOUR_PACKAGE"""


class Outcome(NamedTuple):
    """What one measurement found."""

    verdict: str  # identical, changed, fails, hangs or unknown
    text: str
    differences: dict[str, dict[str, str]] | None = None


Table = dict[tuple[str, str, str], Outcome]  # by error, way, and with or without the package


def report(as_json: bool) -> tuple[int, str]:
    """Measure; return the exit status and what is to be printed."""
    table = measure()
    verdicts = {table[(*row, WITH)].verdict for row in ROWS}
    status = 1
    if verdicts <= {"identical", "unknown"}:
        status = 2 if "unknown" in verdicts else 0
    return status, _as_json(table) if as_json else _as_text(table)


def measure() -> Table:
    """Send every error every way, without the package and then with it, in several interpreters side by side."""
    table: Table = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for package in (WITHOUT, WITH):
            children: dict[str, Child] = {}
            try:
                for ways in INTERPRETERS:
                    children[ways] = Child(Path(folder, ways + package), demo_measure.__file__, ways, package)
                for ways, child in children.items():
                    for row in rows(ways):
                        table[(*row, package)] = _measured(child)
            finally:
                for child in children.values():
                    child.end()
    return table


def _measured(child: Child) -> Outcome:
    """Return what an interpreter finds next."""
    sent: dict[str, str] = {}
    message = child.message(START)
    if message and message[0] == SENT:  # from now on there is something to wait for
        sent, message = message[1], child.message(PATIENCE)
    if message:
        return _compare(sent, message[1])
    if sent and not child.has_ended():
        child.end()
        return Outcome("hangs", "hangs")
    return Outcome("unknown", f"not measured: {child.last_line() or child.fate(START)}")


def _compare(sent: dict[str, str], arrived: dict[str, str]) -> Outcome:
    """Say in words how the error that arrived differs from the one that was sent, if any was."""
    if not sent:
        wanted = "a Pool needs semaphores, and they need, on Linux, /dev/shm, mounted and writable"
        return Outcome("unknown", f"not measured: {arrived['str(e)']}; {wanted}")
    names = [name for name in {**sent, **arrived} if sent.get(name) != arrived.get(name)]
    differences = {name: {"was": sent.get(name, "missing"), "is": arrived.get(name, "missing")} for name in names}
    if not differences:
        return Outcome("identical", "identical")
    if "type(e)" in differences:
        name = arrived["type(e)"].rpartition(".")[2]
        what = "breaks the whole executor" if name == "BrokenProcessPool" else "fails"
        return Outcome("fails", f"{what}: {name}: {arrived['str(e)']}", differences)
    first, *rest = names
    was, is_now = (text if len(text) < 24 else f"{text[:20]}...{text[-1]}" for text in differences[first].values())
    text = f"{first} is {is_now}, was {was}"
    return Outcome("changed", f"{text}; {', '.join(rest)} changed too" if rest else text, differences)


def _as_json(table: Table) -> str:
    found = []
    for error, way in ROWS:
        without, with_ = (table[error, way, package]._asdict() for package in (WITHOUT, WITH))
        found.append({"error": error, "way": way, "without": without, "with": with_})
    return json.dumps({"versions": VERSIONS, "rows": found}, indent=2)


def _as_text(table: Table) -> str:
    width = max(70, min(shutil.get_terminal_size((110, 24)).columns, 120))
    lines = [", ".join(map(" ".join, VERSIONS.items())), "", *_row(width, "", WITHOUT, "with it")]
    for title in ERRORS:
        lines += textwrap.wrap(title, width)
        for error, way in ROWS:
            if error == title:
                lines += _row(width, way, table[error, way, WITHOUT].text, table[error, way, WITH].text)
    identical = Counter(key[-1] for key, outcome in table.items() if outcome.verdict == "identical")
    lines += ["", f"identical: {identical[WITHOUT]} of {len(ROWS)} without, {identical[WITH]} with"]
    if any(outcome.verdict == "hangs" for outcome in table.values()):
        lines.append(f"hangs: nothing had arrived {PATIENCE} seconds after the worker raised the error")
    return "\n".join([*lines, "", disabled() or NEXT])


def _row(width: int, way: str, without: str, with_: str) -> list[str]:
    """Return a row of the table, in as many lines as its cells need."""
    left = max(len(way) for _, way in ROWS)
    right = 14
    middle = width - left - right - len("      ")
    cells = [way], textwrap.wrap(without, middle), textwrap.wrap(with_, right)
    lines = zip_longest(*cells, fillvalue="")
    return [f"  {first:{left}}  {second:{middle}}  {third}".rstrip() for first, second, third in lines]
