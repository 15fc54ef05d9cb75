"""The demonstration: what arrives of an error without the package, and what arrives with it."""

import json
import multiprocessing
import os
import platform
import shutil
import tempfile
import textwrap
import time
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import mysql.connector

from .. import __version__
from . import demo_measure
from .demo_measure import ERRORS, INTERPRETERS, OWN, SENT, WITH, WITHOUT
from .processes import Child, complain, disabled, end_on_signals, show_progress

PATIENCE = 4  # seconds from when the worker raises to "hangs"; an error that arrives takes milliseconds
DEADLINE = 45  # seconds for everything; the rest of a minute is for clearing up

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


class Outcome(NamedTuple):
    """What one measurement found."""

    verdict: str  # identical, changed, fails, hangs or unknown
    text: str
    differences: dict[str, dict[str, str | None]] | None = None


Table = dict[tuple[str, str, str], Outcome]  # by error, way, and with or without the package


def report(as_json: bool) -> tuple[int, str]:
    """Measure; return the exit status and what is to be printed."""
    end_on_signals()
    table = measure()
    status = 0
    for error, way in ROWS:
        if table[error, way, WITH].verdict not in ("identical", "unknown"):
            status = 1
        elif table[error, way, WITH].verdict == "unknown" and not status:
            status = 2
    if status == 2:
        complain("mysql-errors-compat: not everything could be measured, so this is no verdict")
    return status, _as_json(table) if as_json else _as_text(table)


def measure() -> Table:
    """Send every error every way, without the package and with it, several interpreters at a time."""
    # What hangs goes first: it waits while the others work.
    waiting = [(ways, package) for package in (WITHOUT, WITH) for ways in reversed(INTERPRETERS)]
    running: list[_Interpreter] = []
    table: Table = {}
    start = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            while (waiting or running) and time.monotonic() < start + DEADLINE:
                running = [interpreter for interpreter in running if not interpreter.has_done(table)]
                busy = [interpreter for interpreter in running if not interpreter.sent]
                if waiting and len(busy) < max(2, os.cpu_count() or 0):
                    running.append(_Interpreter(Path(folder, str(len(waiting))), *waiting.pop(0)))
                show_progress(f"measured {len(table)} of {2 * len(ROWS)}")
                time.sleep(0.01)
        finally:
            show_progress()
            for interpreter in running:
                interpreter.child.end()
    unknown = Outcome("unknown", "not measured: too slow to tell")
    return {(*row, package): unknown for row in ROWS for package in (WITH, WITHOUT)} | table


class _Interpreter:
    """An interpreter that sends the errors some ways, and what it has not said yet."""

    def __init__(self, folder: Path, ways: str, package: str) -> None:
        self.child = Child(folder, demo_measure.__file__, ways, package)
        self.sent: dict[str, str] = {}  # what the worker has raised, and has not arrived
        self._sent_at = 0.0
        self._package = package
        self._open = [(error, way) for way in INTERPRETERS[ways] for error in ERRORS if (error, way) in ROWS]

    def has_done(self, table: Table) -> bool:
        """Put into the table what it has found meanwhile; tell whether that was all, and it has been ended."""
        has_ended = self.child.has_ended()
        while self._open and (message := self.child.message(0)):
            kind, seen = message
            if kind == SENT:
                self.sent, self._sent_at = seen, time.monotonic()
            else:
                self._settle(table, _compare(self.sent, seen))
        if self.sent and time.monotonic() > self._sent_at + PATIENCE:
            self._settle(table, Outcome("hangs", "hangs"))
            has_ended = True
        while self._open and has_ended:
            self._settle(table, Outcome("unknown", f"not measured: {self.child.last_line() or 'Python crashed'}"))
        if not self._open:
            self.child.end()
        return not self._open

    def _settle(self, table: Table, outcome: Outcome) -> None:
        table[(*self._open.pop(0), self._package)] = outcome
        self.sent = {}


def _compare(sent: dict[str, str], arrived: dict[str, str]) -> Outcome:
    """Say in words how the error that arrived differs from the one that was sent, if any was."""
    if not sent:
        return Outcome("unknown", f"not measured: {_why_no_semaphores() or arrived['str(e)']}")
    names = [name for name in {**sent, **arrived} if sent.get(name) != arrived.get(name)]
    differences = {name: {"was": sent.get(name), "is": arrived.get(name)} for name in names}
    if not differences:
        return Outcome("identical", "identical")
    if "type(e)" in differences:
        name = arrived["type(e)"].rpartition(".")[2]
        what = "breaks the whole executor" if name == "BrokenProcessPool" else "fails"
        return Outcome("fails", f"{what}: {name}: {arrived['str(e)']}", differences)
    first, *rest = names
    text = f"{first} is {_short(arrived.get(first))}, was {_short(sent.get(first))}"
    return Outcome("changed", f"{text}; {', '.join(rest)} changed too" if rest else text, differences)


def _short(text: str | None) -> str:
    if text is None:
        return "missing"
    return text if len(text) < 24 else f"{text[:20]}...{text[-1]}"


def _why_no_semaphores() -> str:
    """Say why no Pool can work on this machine, if that is so."""
    try:
        multiprocessing.Lock()
        return ""
    except (ImportError, OSError) as problem:
        where = "on Linux they need /dev/shm, mounted and writable"
        return f"this machine has no working semaphores ({type(problem).__name__}: {problem}); {where}"


def _identical(table: Table, package: str) -> int:
    return [table[(*row, package)].verdict for row in ROWS].count("identical")


def _as_json(table: Table) -> str:
    rows = []
    for error, way in ROWS:
        without, with_ = table[error, way, WITHOUT]._asdict(), table[error, way, WITH]._asdict()
        rows.append({"error": error, "way": way, "without": without, "with": with_})
    identical = {"without": _identical(table, WITHOUT), "with": _identical(table, WITH)}
    return json.dumps({"versions": VERSIONS, "identical": identical, "rows": rows}, indent=2)


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
    lines += ["", f"identical: {_identical(table, WITHOUT)} of {len(ROWS)} without, {_identical(table, WITH)} with"]
    if any(outcome.verdict == "hangs" for outcome in table.values()):
        lines.append(f"hangs: nothing had arrived {PATIENCE} seconds after the worker raised the error")
    return "\n".join([*lines, "", disabled() or NEXT])
