"""Running `check` as an application's developer runs it, on modules that are really there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tools.test_demo import MARK, Run

COMMAND = [sys.executable, "-m", "mysql_errors_compat", "check"]
IMPORTS = """
from __future__ import annotations

import os, sys, threading, time
from dataclasses import dataclass
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any

import mysql_errors_compat
from mysql.connector import Error, IntegrityError
from mysql.connector.connection import MySQLConnection
from mysql.connector.cursor import MySQLCursor
from mysql.connector.pooling import PooledMySQLConnection

try:
    from mysql.connector.abstracts import MySQLConnectionAbstract
except ImportError:  # driver 2.0
    MySQLConnectionAbstract = MySQLConnection
if TYPE_CHECKING:
    from mysql.connector.cursor import MySQLCursorBuffered
"""


def write(folder: Path, **modules: str) -> None:
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(IMPORTS + textwrap.dedent(source))


def check(folder: Path, *arguments: str, command: list[str] = COMMAND, mark: str = "") -> Run:
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder), MARK: mark}
    return subprocess.run([*command, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=110)


def patched(*statements: str) -> list[str]:
    """Return the command with something about it changed."""
    script = "; ".join(["import sys", *statements, "from mysql_errors_compat.__main__ import main", "sys.exit(main())"])
    return [sys.executable, "-c", script, "check"]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def rows(run: Run) -> dict[str, dict[str, Any]]:
    return {row["class"].partition(".")[2]: row for row in json.loads(run.stdout)["classes"]}


def is_progress(line: str) -> bool:
    return line.startswith(("importing ", "checking ", "starting a Pool"))


def complaints(run: Run) -> str:
    """Return what is on standard error, but for progress, which a slow machine has more of."""
    return "".join(line for line in run.stderr.splitlines(keepends=True) if not is_progress(line))
