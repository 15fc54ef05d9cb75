"""The report: what arrives of an error without the package, and what arrives with it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import mysql.connector

from .. import __version__
from . import demo_measure
from .demo_measure import ARRIVED, ERRORS, OWN, SENT, WAYS, WITH, WITHOUT
from .processes import (
    DISABLED,
    Group,
    Progress,
    complain,
    end_on_signals,
    is_disabled,
    python,
    wait_for,
    why_no_semaphores,
)

PATIENCE = 10  # seconds from when the worker raises to "hangs"; an error that arrives takes milliseconds
DEADLINE = 45  # seconds for everything; the rest of a minute is for clearing up

# Nobody expects an application's own constructor to understand e.args.
ROWS = [(error, way) for error in ERRORS for way in WAYS if (error, way) != (OWN, "type(e)(*e.args)")]

NEXT = [
    "next: import mysql_errors_compat in the module that defines your own",
    "exceptions, or whose tasks the worker runs; and see which of your",
    "exceptions survive:",
    "  pip install 'mysql_errors_compat[testing]'",
    "  mysql-errors-compat check YOUR_PACKAGE",
]

_COLOURS = {"title": 1, "identical": 32, "hangs": 31}


class Outcome(NamedTuple):
    """What one measurement found."""

    verdict: str  # identical, changed, fails, hangs or unknown
    text: str
    differences: dict[str, dict[str, str | None]] | None = None


Table = dict[tuple[str, str, str], Outcome]  # by error, way, and with or without the package


def report(as_json: bool) -> tuple[int, str]:
    """Measure; return the exit status and what is to be printed."""
    if problem := why_no_semaphores():
        complain(f"mysql-errors-compat: {problem}")
        return 2, ""
    end_on_signals()
    table = measure()
    verdicts = {table[error, way, WITH].verdict for error, way in ROWS}
    if verdicts == {"identical", "unknown"} or verdicts == {"unknown"}:
        complain("mysql-errors-compat: not everything could be measured, so this is no verdict")
        status = 2
    else:
        status = 0 if verdicts == {"identical"} else 1
    if as_json:
        return status, _as_json(table)
    width = max(70, min(shutil.get_terminal_size((110, 24)).columns, 120))
    return status, _as_text(table, width, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


def measure() -> Table:
    """Send every error every way, without the package and with it."""
    # What may hang goes first: it waits while the others work.
    waiting = [(error, way, package) for package in (WITHOUT, WITH) for error, way in ROWS]
    waiting.sort(key=lambda key: "Pool" not in key[1])
    running: dict[tuple[str, str, str], Measurement] = {}
    ended: list[Measurement] = []
    table = dict.fromkeys(waiting, Outcome("unknown", "too slow to tell"))
    progress, start = Progress(), time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            while (waiting or running) and (seconds := time.monotonic() - start) < DEADLINE:
                for key, measurement in list(running.items()):
                    if outcome := measurement.outcome():
                        table[key] = outcome
                        measurement.end()
                        ended.append(running.pop(key))
                ended = [measurement for measurement in ended if measurement.signal(0)]  # who is left of them
                busy = sum(not measurement.has_raised() for measurement in running.values())
                if waiting and busy < max(2, os.cpu_count() or 0):
                    key = waiting.pop(0)
                    running[key] = Measurement(Path(folder, str(len(waiting))), *key)
                done = len(table) - len(waiting) - len(running)
                progress.show(f"measured {done} of {len(table)}, {seconds:.0f} s")
                time.sleep(0.01)
        finally:
            for measurement in running.values():
                measurement.end()
            wait_for([*ended, *running.values()])
            progress.clear()
    return table


class Measurement(Group):
    """An interpreter that sends one error one way."""

    def __init__(self, folder: Path, error: str, way: str, package: str) -> None:
        folder.mkdir()
        self._folder = folder
        self._raised_at: float | None = None
        with (folder / "stderr").open("wb") as stderr:
            super().__init__(
                python(demo_measure.__file__, str(folder), error, way, package),
                env=os.environ | {"TMPDIR": str(folder.parent)},  # multiprocessing leaves a folder when it is killed
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )

    def has_raised(self) -> bool:
        """Tell whether the worker has raised the error."""
        if self._raised_at is None and (self._folder / SENT).exists():
            self._raised_at = time.monotonic()
        return self._raised_at is not None

    def outcome(self) -> Outcome | None:
        """Return what was found, or None while that is open."""
        ended = self.process.poll() is not None
        hangs = self._raised_at is not None and time.monotonic() > self._raised_at + PATIENCE
        if not ended and not hangs:
            return None
        if (self._folder / ARRIVED).exists():
            arrived = json.loads((self._folder / ARRIVED).read_text())
            if self.has_raised():
                return _compare(json.loads((self._folder / SENT).read_text()), arrived)
            return Outcome("unknown", f"not measured: {arrived['str(e)']}")
        if not ended:
            return Outcome("hangs", "hangs")
        last_words = (self._folder / "stderr").read_text(errors="replace").strip().rpartition("\n")[2]
        return Outcome("unknown", f"not measured: {last_words or 'Python crashed'}")


def _compare(sent: dict[str, str], arrived: dict[str, str]) -> Outcome:
    """Say in words how the error that arrived differs from the one that was sent."""
    differences = {
        name: {"was": sent.get(name), "is": arrived.get(name)}
        for name in {**sent, **arrived}
        if sent.get(name) != arrived.get(name)
    }
    if not differences:
        return Outcome("identical", "identical")
    if "type(e)" in differences:
        name = arrived["type(e)"].rpartition(".")[2]
        what = "breaks the whole executor" if name == "BrokenProcessPool" else "fails"
        return Outcome("fails", f"{what}: {name}: {arrived['str(e)']}", differences)
    (first, values), *rest = differences.items()
    text = f"{first} is {_short(values['is'])}, was {_short(values['was'])}"
    if rest:
        text += f"; {', '.join(name for name, _ in rest)} changed too"
    return Outcome("changed", text, differences)


def _short(text: str | None) -> str:
    if text is None:
        return "missing"
    return text if len(text) < 24 else f"{text[:20]}...{text[-1]}"


def _identical(table: Table, package: str) -> int:
    return sum(table[error, way, package].verdict == "identical" for error, way in ROWS)


def _versions() -> dict[str, str]:
    return {
        "mysql_errors_compat": __version__,
        "mysql-connector-python": mysql.connector.__version__,
        "Python": platform.python_version(),
    }


def _as_json(table: Table) -> str:
    rows = [
        {
            "error": error,
            "way": way,
            "without": table[error, way, WITHOUT]._asdict(),
            "with": table[error, way, WITH]._asdict(),
        }
        for error, way in ROWS
    ]
    identical = {"without": _identical(table, WITHOUT), "with": _identical(table, WITH)}
    return json.dumps({"versions": _versions(), "identical": identical, "rows": rows}, indent=2)


def _as_text(table: Table, width: int, colour: bool) -> str:
    way_width = max(map(len, WAYS))
    space = width - way_width - len("      ")
    with_width = min(max(len(table[error, way, WITH].text) for error, way in ROWS), space // 2)
    without_width = space - with_width

    def paint(text: str, verdict: str) -> str:
        paints = colour and verdict in _COLOURS and text.strip()
        return f"\033[{_COLOURS[verdict]}m{text}\033[0m" if paints else text

    def row(way: str, without: Outcome, with_: Outcome) -> list[str]:
        cells = [way], textwrap.wrap(without.text, without_width), textwrap.wrap(with_.text, with_width)
        return [
            f"  {name:{way_width}}  {paint(left.ljust(without_width), without.verdict)}  {paint(right, with_.verdict)}"
            for name, left, right in zip_longest(*cells, fillvalue="")
        ]

    lines = [", ".join(map(" ".join, _versions().items())), ""]
    lines += row("", Outcome("title", "without the package"), Outcome("title", "with it"))
    for title in ERRORS:
        lines += [paint(part, "title") for part in textwrap.wrap(title, width)]
        for error, way in ROWS:
            if error == title:
                lines += row(way, table[error, way, WITHOUT], table[error, way, WITH])
    lines += ["", f"identical: {_identical(table, WITHOUT)} of {len(ROWS)} without, {_identical(table, WITH)} with"]
    if any(outcome.verdict == "hangs" for outcome in table.values()):
        lines.append(f"hangs: nothing had arrived {PATIENCE} seconds after the worker raised the error")
    lines += ["", *([DISABLED] if is_disabled() else NEXT)]
    return "\n".join(line.rstrip() for line in lines)
