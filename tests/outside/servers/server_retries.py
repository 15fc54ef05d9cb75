"""A program that retries on deadlock, as applications do, and prints how each of its loops ended.

It runs once with the package and once without, and is the same program but for that import.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import mysql.connector
import mysql.connector.errorcode

from tests.outside.servers import server_errors
from tests.outside.servers.server_address import Server
from tests.outside.servers.server_program import Call, each_way


def transfer(server: Server, flavour: str, attempt: int) -> str:
    """Run into a deadlock the first time, as a transaction does that another one gets in the way of."""
    if attempt == 1:
        server_errors.run("deadlock", server, flavour)
    return f"done at attempt {attempt}"


# How applications recognise a deadlock.
LOOPS: dict[str, Callable[[mysql.connector.Error], bool]] = {
    "errno": lambda error: error.errno == mysql.connector.errorcode.ER_LOCK_DEADLOCK,
    "args": lambda error: bool(error.args[0] == 1213),
    "sqlstate": lambda error: error.sqlstate == "40001",
}


def retry(call: Call, server: Server, flavour: str, is_deadlock: Callable[[mysql.connector.Error], bool]) -> str:
    for attempt in range(1, 4):
        try:
            return str(call(transfer, server, flavour, attempt))
        except mysql.connector.Error as error:
            if not is_deadlock(error):
                return f"gave up: {error}"
    return "gave up after three attempts"


def main() -> None:
    """Take a file with the server, a flavour, and "with" or "without"; print, by way and loop, how it ended."""
    path, flavour, how = sys.argv[1:]
    server: Server = pickle.loads(Path(path).read_bytes())
    ended: dict[str, dict[str, str]] = {}
    for way, call in each_way(how == "with"):
        ended[way] = {name: retry(call, server, flavour, is_deadlock) for name, is_deadlock in LOOPS.items()}
    print(json.dumps(ended))
