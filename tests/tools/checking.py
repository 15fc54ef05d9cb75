"""Running the tools as an application's developer does, on modules that are really there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

COMMAND = [sys.executable, "-m", "mysql_errors_compat"]
MARK = f"MYSQL_ERRORS_COMPAT_TEST_{uuid.uuid4().hex}"  # the same tests may run elsewhere on the machine
Run = subprocess.CompletedProcess[str]

DRIVER = """
from __future__ import annotations

import os, sys, threading, time
from dataclasses import dataclass
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any

from mysql.connector import Error, IntegrityError
from mysql.connector.connection import MySQLConnection
from mysql.connector.cursor import MySQLCursor

if TYPE_CHECKING:
    from mysql.connector.cursor import MySQLCursorBuffered
"""
IMPORTS = f"{DRIVER}\nimport mysql_errors_compat\n"
SAFE = "class Lost(Error): ..."


def write(folder: Path, imports: str = IMPORTS, **modules: str) -> None:
    """Write modules, which import the package if nothing else is said."""
    folder.mkdir(exist_ok=True)
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(imports + textwrap.dedent(source), encoding="utf-8")


def environment(folder: Path, mark: str = "") -> dict[str, str]:
    return os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder), "COLUMNS": "100", MARK: mark}


def run(folder: Path, *command: str, mark: str = "", **variables: str) -> Run:
    """Run a command in a folder, where it makes its temporary files too."""
    env = environment(folder, mark) | variables
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=110)


def check(folder: Path, *arguments: str, mark: str = "", **variables: str) -> Run:
    return run(folder, *COMMAND, "check", *arguments, mark=mark, **variables)


def patched(folder: Path, *arguments: str, mark: str = "", **changes: object) -> Run:
    """Run `check` with constants of it changed."""
    lines = [f"check.{name} = {value!r}" for name, value in changes.items()]
    script = ["from mysql_errors_compat._tools import check", *lines]
    script += ["import sys", "from mysql_errors_compat.__main__ import main", "sys.exit(main())"]
    return run(folder, sys.executable, "-c", "\n".join(script), "check", *arguments, mark=mark)


def rows(run: Run) -> dict[str, dict[str, Any]]:
    """Return what the data says about each class, by its name in its module."""
    return {row["class"].partition(".")[2]: row for row in json.loads(run.stdout)["classes"]}


def verdicts(run: Run) -> dict[str, str]:
    return {name: row["verdict"] for name, row in rows(run).items()}


def processes(mark: str) -> list[list[str]]:
    """Return the processes that were started, however indirectly, with this mark in the environment."""
    running = [process.info for process in psutil.process_iter(["environ", "cmdline"])]
    return [each["cmdline"] for each in running if (each["environ"] or {}).get(MARK) == mark]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
