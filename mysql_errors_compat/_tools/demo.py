"""The demonstration: what arrives of an error without the package, and what arrives with it."""

import json
import os
import platform
import shutil
import sys
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import mysql.connector

from .. import __version__
from . import demo_measure
from .demo_measure import ERRORS, INTERPRETERS, OWN, SENT, WITH, WITHOUT
from .processes import Child, disabled, end_on_signals, show_progress, write

PATIENCE = 3  # seconds from when the worker raises to "hangs"; an error that arrives takes milliseconds
START = 30  # seconds for an interpreter and a worker to start
AT_A_TIME = len(INTERPRETERS) - 1 + (os.cpu_count() or 1)  # interpreters: the Pools that hang only wait

# Nobody expects an application's own constructor to understand e.args.
ROWS = [(error, way) for error in ERRORS for ways in INTERPRETERS.values() for way in ways]
ROWS.remove((OWN, "type(e)(*e.args)"))
VERSIONS = {
    "mysql_errors_compat": __version__,
    "mysql-connector-python": mysql.connector.__version__,
    "Python": platform.python_version(),
}
NEXT = """\
next: put this line into the module that defines your own exceptions, or
that your worker starts with:
  import mysql_errors_compat  # noqa: F401
and see which of your exceptions survive, for which `pip install
hypothesis` brings what it needs:
  python -m mysql_errors_compat check YOUR_PACKAGE"""

_WANTED = "a Pool needs semaphores, and they need, on Linux, /dev/shm, mounted and writable"


class Outcome(NamedTuple):
    """What one measurement found."""

    verdict: str  # identical, changed, fails, hangs or unknown
    text: str
    differences: dict[str, dict[str, str]] | None = None


Table = dict[tuple[str, str, str], Outcome]  # by error, way, and with or without the package


def report(as_json: bool) -> tuple[int, str]:
    """Measure; return the exit status and what is to be printed."""
    end_on_signals()
    table = measure()
    verdicts = {table[(*row, WITH)].verdict for row in ROWS}
    status = 1
    if verdicts <= {"identical", "unknown"}:
        status = 2 if "unknown" in verdicts else 0
    if status == 2:
        write(sys.stderr, "mysql-errors-compat: not everything could be measured, so this is no verdict")
    return status, _as_json(table) if as_json else _as_text(table)


def measure() -> Table:
    """Send every error every way, without the package and with it, several interpreters at a time."""
    table: Table = {}
    children: list[Child] = []
    # What hangs goes first: it waits while the others work.
    order = [(ways, package) for package in (WITHOUT, WITH) for ways in reversed(INTERPRETERS)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ThreadPoolExecutor(AT_A_TIME) as threads:
        jobs = [
            threads.submit(_measure, Path(folder, str(n)), *which, children, table) for n, which in enumerate(order)
        ]
        try:
            while not all(job.done() for job in jobs):
                show_progress(f"measured {len(table)} of {2 * len(ROWS)}")
                time.sleep(0.01)
        finally:
            show_progress()
            for job in jobs:
                job.cancel()
            for child in children:
                child.end()
    return table


def _measure(folder: Path, ways: str, package: str, children: list[Child], table: Table) -> None:
    """Put into the table what one interpreter finds, and end it."""
    child = Child(folder, demo_measure.__file__, ways, package)
    children.append(child)
    for row in [(error, way) for way in INTERPRETERS[ways] for error in ERRORS if (error, way) in ROWS]:
        sent: dict[str, str] = {}
        message = child.message(START)
        if message and message[0] == SENT:  # from now on there is something to wait for
            sent, message = message[1], child.message(PATIENCE)
        if message:
            table[(*row, package)] = _compare(sent, message[1])
        elif sent and not child.has_ended():
            table[(*row, package)] = Outcome("hangs", "hangs")
            child.end()
        else:
            child.end()
            reason = child.last_line() or child.fate(START)
            table[(*row, package)] = Outcome("unknown", f"not measured: {reason}")
    child.end()


def _compare(sent: dict[str, str], arrived: dict[str, str]) -> Outcome:
    """Say in words how the error that arrived differs from the one that was sent, if any was."""
    if not sent:
        return Outcome("unknown", f"not measured: {arrived['str(e)']}; {_WANTED}")
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


def _identical(table: Table) -> dict[str, int]:
    verdicts = {package: [table[(*row, package)].verdict for row in ROWS] for package in (WITHOUT, WITH)}
    return {package.split()[0]: found.count("identical") for package, found in verdicts.items()}


def _as_json(table: Table) -> str:
    rows = []
    for error, way in ROWS:
        without, with_ = (table[error, way, package]._asdict() for package in (WITHOUT, WITH))
        rows.append({"error": error, "way": way, "without": without, "with": with_})
    return json.dumps({"versions": VERSIONS, "identical": _identical(table), "rows": rows}, indent=2)


def _as_text(table: Table) -> str:
    width = max(70, min(shutil.get_terminal_size((110, 24)).columns, 120))
    way_width = max(len(way) for _, way in ROWS)
    space = width - way_width - len("      ")
    with_width = min(max(len(table[(*row, WITH)].text) for row in ROWS), space // 2)

    def row(way: str, without: str, with_: str) -> list[str]:
        cells = [way], textwrap.wrap(without, space - with_width), textwrap.wrap(with_, with_width)
        parts = zip_longest(*cells, fillvalue="")
        return [f"  {name:{way_width}}  {left:{space - with_width}}  {right}".rstrip() for name, left, right in parts]

    lines = [", ".join(map(" ".join, VERSIONS.items())), "", *row("", "without the package", "with it")]
    for title in ERRORS:
        lines += textwrap.wrap(title, width)
        for error, way in ROWS:
            if error == title:
                lines += row(way, table[error, way, WITHOUT].text, table[error, way, WITH].text)
    without, with_ = _identical(table).values()
    lines += ["", f"identical: {without} of {len(ROWS)} without, {with_} with"]
    if any(outcome.verdict == "hangs" for outcome in table.values()):
        lines.append(f"hangs: nothing had arrived {PATIENCE} seconds after the worker raised the error")
    return "\n".join([*lines, "", disabled() or NEXT])
