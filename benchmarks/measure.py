"""Everything that is measured. What drifts is measured in rounds, in which every subject has its turn.

A machine drifts: by its temperature, its clock, and who else uses it. So only what was taken side by
side is compared, as one ratio per round, and the result is the median of the ratios.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from importlib.metadata import version

import pyperf

from . import instructions
from .interpreters import Interpreter, run
from .results import Key, Results
from .subjects import KINDS, SUBJECTS
from .worker import OPERATIONS

PACKAGES = ["mysql_errors_compat", "mysql-connector-python", "tblib", "PyMySQL", "psycopg", "pyperf"]

HOPS = 30
TASKS = 1000  # in a Pool

IMPORT = """
import time
start = time.process_time()
import mysql.connector
between = time.process_time()
import mysql_errors_compat
print(between - start, time.process_time() - between)
"""

# What the package asked the interpreter for. The module tracemalloc imports others, which would not count then.
ALLOCATED = """
import _tracemalloc
import mysql.connector
_tracemalloc.start()
import mysql_errors_compat
print(_tracemalloc.get_traced_memory()[0])
"""

# What the process got from the machine, before and after.
HELD = """
import psutil
process = psutil.Process()
import mysql.connector
before = process.memory_full_info().uss
import mysql_errors_compat
print(before, process.memory_full_info().uss)
"""

Figures = dict[Key, list[float]]


def measure(rounds: int, progress: Callable[[str], None]) -> Results:
    """Measure everything."""
    figures: Figures = defaultdict(list)
    loops: dict[Key, int | None] = {}
    _run(IMPORT)  # which leaves byte code for the others
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        # The first of a round may be at an advantage, so every other round goes the other way.
        _time(SUBJECTS[:: (-1) ** number], loops, figures)
        for what, script in ("import", IMPORT), ("bytes held", HELD):
            for subject, value in zip(["stock", "ours"], _run(script), strict=True):
                figures[subject, "", what].append(value)
        figures["ours", "", "bytes allocated"] += _run(ALLOCATED)
    progress("bytes and instructions")
    _count(figures)
    return Results({key: values for key, values in figures.items() if values}, _metadata())


def _run(script: str) -> list[float]:
    return [float(number) for number in run(sys.executable, "-c", script).stdout.split()]


def _time(subjects: list[str], loops: dict[Key, int | None], figures: Figures) -> None:
    with ExitStack() as stack:
        running = {subject: stack.enter_context(Interpreter(subject)) for subject in subjects}
        for kind in KINDS:
            for operation in OPERATIONS:
                for subject, interpreter in running.items():
                    key = subject, kind, operation
                    if key not in loops:
                        loops[key] = interpreter.ask("loops", kind, operation)
                    if loops[key]:
                        figures[key].append(interpreter.ask("seconds", kind, operation, loops[key]))
        for subject, interpreter in running.items():
            figures[subject, "typical", "Pool"].append(interpreter.ask("pool", TASKS))


def _count(figures: Figures) -> None:
    for subject in SUBJECTS:
        with Interpreter(subject) as interpreter:
            for kind in KINDS:
                figures[subject, kind, "bytes"] = interpreter.ask("sizes", kind, 0)
            figures[subject, "typical", "bytes by hop"] = interpreter.ask("sizes", "typical", HOPS)
    if shutil.which("valgrind"):
        for subject in ("stock", "ours"):
            figures[subject, "typical", "instructions"] = [instructions.count(subject, "typical", "round trip")]


def _metadata() -> dict[str, str]:
    machine = pyperf.Run([1.0]).get_metadata()
    return {
        "date": str(date.today()),
        "Python": f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}",
        "machine": f"{platform.system()}, {machine.get('cpu_model_name', platform.machine())}",
        **{package: version(package) for package in PACKAGES},
    }
