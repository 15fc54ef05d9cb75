"""The two ends of a carrier, which are two processes, and what each of them sees of an error.

Nothing here imports the package, unless the environment says that this end has it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import mysql.connector

from tests.shared import app_errors
from tests.shared.facts import facts as facts
from tests.shared.hierarchy import CLASSES as DRIVERS

Carry = Callable[[str], Any]  # has the other end raise an error, and returns or raises what arrives
Carrier = Callable[[], AbstractContextManager[Carry]]

# What the environment says to both ends.
ENDS = "CARRIER_ENDS"  # which of them have the package: neither, sender, receiver or both
FOLDER = "CARRIER_FOLDER"  # where they may write
PORT = "CARRIER_PORT"  # a loopback port on which nobody listens
SERVER = "CARRIER_SERVER"  # arguments for connect(), in JSON, where there is a server


def folder() -> Path:
    return Path(os.environ[FOLDER])


def as_sender() -> None:
    _import_package_if("sender")


def as_receiver() -> None:
    _import_package_if("receiver")


def as_worker() -> None:
    """Be the sender from the start, as an application's module with tasks is, if a worker has imported that."""
    if "worker" in sys.argv:
        as_sender()


def _import_package_if(end: str) -> None:
    if os.environ[ENDS] in (end, "both"):
        import mysql_errors_compat  # noqa: F401


def refused() -> None:
    mysql.connector.connect(host="127.0.0.1", port=int(os.environ[PORT]), use_pure=True, connection_timeout=5)


def own_constructor() -> None:
    raise app_errors.KeywordOnly(table="orders", attempt=3)


def duplicate() -> None:
    with mysql.connector.connect(**json.loads(os.environ[SERVER])) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE orders (id INT PRIMARY KEY)")
        for _ in range(2):
            cursor.execute("INSERT INTO orders VALUES (1)")


# Classes that an application names to carriers which want to know them.
CLASSES = [*DRIVERS, app_errors.KeywordOnly]

CASES = {"refused": refused, "own constructor": own_constructor, "duplicate": duplicate}


def fail(case: str) -> None:
    """Raise an error at the sending end."""
    as_sender()
    try:
        CASES[case]()
    except mysql.connector.Error as error:
        note_sent(case, error)
        raise


def caught(case: str) -> Any:
    """Return an error that was raised at the sending end."""
    try:
        fail(case)
    except mysql.connector.Error as error:
        return error


def sent_file(case: str) -> Path:
    return folder() / f"{case}.json"


def answer_file() -> Path:
    return folder() / "answer.json"


def note_sent(case: str, error: BaseException) -> None:
    """Note what an error looks like when sent, in a file that is there only when it is complete."""
    part = sent_file(case).with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(facts(error)))
    part.replace(sent_file(case))
