"""Everything that is measured. What drifts is measured in rounds, in which every subject has its turn.

A machine drifts: by its temperature, its clock, and who else uses it. So only what was taken side by
side is compared, as one ratio per round, and the result is the median of the ratios.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from . import worker
from .errors import EXPRESSIONS, KINDS, SUBJECTS

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = {
    "ours": "mysql_errors_compat",
    "stock": "mysql-connector-python",
    "tblib": "tblib",
    "PyMySQL": "PyMySQL",
    "psycopg": "psycopg",
}
TIMEOUT = 60  # seconds for one answer, of which the slowest takes a few

IMPORT = """
from time import process_time as now
start = now()
import mysql.connector
between = now()
import mysql_errors_compat
print((between - start) * 1e9, (now() - between) * 1e9)
"""
# The module tracemalloc imports others, which would not count then.
MEMORY = """
import _tracemalloc, mysql.connector
_tracemalloc.start()
import mysql_errors_compat
print(_tracemalloc.get_traced_memory()[0])
"""

Key = tuple[str, str, str]  # the subject, the kind of error or nothing, and what was measured


class Results(NamedTuple):
    """What was measured, a number per round or hop, times in nanoseconds; and with what."""

    figures: dict[Key, list[float]]
    versions: dict[str, str]

    def ratios(self, subject: str, to: str, kind: str, what: str) -> list[float]:
        """Return how the figures of two subjects relate, round by round or hop by hop."""
        ours, theirs = self.figures[subject, kind, what], self.figures[to, kind, what]
        return [one / other for one, other in zip(ours, theirs, strict=True)]


def save(results: Results) -> None:
    """Write the results, a line for each thing that was measured."""
    lines = [results.versions, *([*key, values] for key, values in results.figures.items())]
    RESULTS.write_text("[\n" + ",\n".join(map(json.dumps, lines)) + "\n]\n", encoding="utf-8")


def load() -> Results:
    """Read what `save` wrote."""
    versions, *lines = json.loads(RESULTS.read_text(encoding="utf-8"))
    return Results({(subject, kind, what): values for subject, kind, what, values in lines}, versions)


@contextmanager
def interpreter(subject: str) -> Iterator[Callable[..., Any]]:
    """Start an interpreter for a subject: a function that calls one of the worker's there."""
    # No Pool: it never ends if its worker was ended while it waited for work.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield lambda function, *arguments: executor.submit(function, subject, *arguments).result(TIMEOUT)


def measure(rounds: int, subjects: Iterable[str] = SUBJECTS) -> Results:
    """Measure everything that these subjects have."""
    there_and_back = [*subjects], [*subjects][::-1]
    figures: dict[Key, list[float]] = defaultdict(list)
    _run(IMPORT)  # which leaves byte code for the others
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        # The first of a round may be at an advantage, so every other round goes the other way.
        for key, value in _round(there_and_back[number % 2]):
            figures[key].append(value)
    figures["ours", "", "memory"] = _run(MEMORY)
    for subject in subjects:
        with interpreter(subject) as ask:
            for kind in EXPRESSIONS[subject]:
                figures[subject, kind, "bytes"] = ask(worker.sizes, kind, 0)
            figures[subject, "typical", "bytes by hop"] = ask(worker.sizes, "typical", 30)
    cpus = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*: (.+)", cpus.read_text() if cpus.exists() else "", re.MULTILINE)
    about = {
        "date": str(date.today()),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{platform.system()}, {model[1] if model else platform.machine()}",
    }
    return Results(figures, about | {PACKAGES[each]: version(PACKAGES[each]) for each in subjects})


def _round(subjects: list[str]) -> Iterator[tuple[Key, float]]:
    with ExitStack() as stack:
        asks = {subject: stack.enter_context(interpreter(subject)) for subject in subjects}
        for kind in KINDS:
            for operation in worker.OPERATIONS:
                for subject in [subject for subject in subjects if kind in EXPRESSIONS[subject]]:
                    yield (subject, kind, operation), asks[subject](worker.nanoseconds, kind, operation)
    for subject, value in zip(["stock", "ours"], _run(IMPORT), strict=True):
        yield (subject, "", "import"), value


def _run(script: str) -> list[float]:
    # Byte code is kept, whatever the environment says: compiling is not what an import costs.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    printed = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True, timeout=TIMEOUT)
    return [round(float(number)) for number in printed.split()]
