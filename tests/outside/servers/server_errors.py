"""Errors that a real server and the driver raise, each made on purpose. Imports nothing of the package.

Every case is a function that opens the connections it needs and leaves nothing behind. The same cases
run with the driver's three kinds of connection. As a program, it has a worker raise all of them.
"""

from __future__ import annotations

# Before ssl and hashlib, or the extension finds the OpenSSL of those and not its own.
try:
    import _mysql_connector  # type: ignore[import-not-found]  # noqa: F401
except ImportError as problem:
    no_extension: str | None = f"the driver's C extension does not load: {problem}"
else:
    no_extension = None

import asyncio
import contextlib
import importlib.util
import inspect
import json
import multiprocessing
import pickle
import sys
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mysql.connector
import mysql.connector.pooling

from tests.outside.servers.server import Server
from tests.shared.facts import facts
from tests.shared.servers import free_port

PURE, EXTENSION, AIO = FLAVOURS = ("pure Python", "C extension", "asyncio")

ORDERS = "CREATE TEMPORARY TABLE orders (id INT PRIMARY KEY, name VARCHAR(3) NOT NULL, amount TINYINT)"


class Client:
    """A connection of one of the flavours; what it runs, it runs to the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, flavour: str, arguments: dict[str, Any]) -> None:
        self._loop = loop
        driver = importlib.import_module("mysql.connector.aio" if flavour == AIO else "mysql.connector")
        self._connection = self._wait(driver.connect(**arguments))

    def _wait(self, given: Any) -> Any:
        """Return what a coroutine gives in the end; anything else is what was given."""
        return self._loop.run_until_complete(given) if inspect.isawaitable(given) else given

    def run(self, statement: str, *parameters: Any) -> None:
        """Execute a statement, and fetch its rows."""
        cursor = self._wait(self._connection.cursor())
        try:
            self._wait(cursor.execute(statement, *parameters))
            if cursor.with_rows:
                self._wait(cursor.fetchall())
        finally:
            with contextlib.suppress(mysql.connector.Error):  # some drivers want cursors closed before connections
                self._wait(cursor.close())

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        with contextlib.suppress(mysql.connector.Error, OSError):
            self._wait(self._connection.close())


class Scene(contextlib.ExitStack):
    """What a case needs: connections, and tables that more than one of them can see."""

    def __init__(self, server: Server, flavour: str) -> None:
        super().__init__()
        self.server = server
        self.flavour = flavour

    def connect(self, **changes: Any) -> Client:
        if self.flavour != AIO:
            changes["use_pure"] = self.flavour == PURE
        loop = asyncio.new_event_loop()
        self.callback(loop.close)
        arguments = self.server.arguments(autocommit=True, sql_mode="TRADITIONAL", **changes)
        client = Client(loop, self.flavour, arguments)
        self.callback(client.close)
        return client

    def table(self, columns: str) -> str:
        """Create a table that lives longer than the connections opened after it."""
        name = f"mysql_errors_compat_{uuid.uuid4().hex}"
        client = self.connect()
        client.run(f"CREATE TABLE {name} ({columns}) ENGINE=InnoDB")
        self.callback(client.run, f"DROP TABLE {name}")
        return name


Case = Callable[[Scene], object]


def statements(*texts: str) -> Case:
    """Return a case that one connection is enough for; its last statement raises."""

    def case(scene: Scene) -> None:
        client = scene.connect()
        for text in texts:
            client.run(text)

    return case


def deadlock(scene: Scene) -> None:
    table = scene.table("id INT PRIMARY KEY, attempt INT NOT NULL DEFAULT 0")
    loser, winner = scene.connect(), scene.connect()
    loser.run(f"INSERT INTO {table} (id) VALUES (1), (2)")
    loser.run("START TRANSACTION")
    winner.run("START TRANSACTION")
    # The server gives up the transaction that has changed less.
    winner.run(f"INSERT INTO {table} (id) VALUES (3), (4), (5), (6), (7), (8), (9)")
    loser.run(f"UPDATE {table} SET attempt = 1 WHERE id = 1")
    winner.run(f"UPDATE {table} SET attempt = 1 WHERE id = 2")
    with ThreadPoolExecutor(1) as executor:
        waits = executor.submit(winner.run, f"UPDATE {table} SET attempt = 1 WHERE id = 1")
        loser.run(f"UPDATE {table} SET attempt = 1 WHERE id = 2")
        waits.result()


def closed_connection(scene: Scene) -> None:
    client = scene.connect()
    client.close()
    client.run("SELECT 1")


def exhausted_pool(scene: Scene) -> None:
    pool = mysql.connector.pooling.MySQLConnectionPool(
        pool_name=uuid.uuid4().hex,
        pool_size=1,
        pool_reset_session=False,  # older drivers cannot, with MariaDB
        **scene.server.arguments(use_pure=scene.flavour == PURE),
    )
    scene.callback(pool.get_connection().close)
    pool.get_connection()


def read_timeout(scene: Scene) -> None:
    scene.connect(read_timeout=1).run("SELECT SLEEP(3)")


# The errno tells that it really was this error; -1 is what the driver's own ones have, and 2055 what comes where the
# oldest driver overlooks an error between the rows, and waits for more of them.
CASES: dict[str, tuple[set[int], Case]] = {
    "duplicate key": ({1062}, statements(ORDERS, "INSERT INTO orders VALUES (1, 'a', 1), (1, 'b', 1)")),
    "more than one row": ({1242, 2055}, statements("SELECT (SELECT 1 UNION SELECT 2)")),
    "unknown table in Japanese": ({1146}, statements("SELECT * FROM `注文表`")),
    "unknown database": ({1049}, lambda scene: scene.connect(database="missing")),
    "syntax": ({1064}, statements("SELEKT '100% of %s {errno}'")),
    "SIGNAL": ({1644}, statements("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Größe ≠ 注文\\n%s'")),
    "SIGNAL with an errno": ({2013}, statements("SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 2013, MESSAGE_TEXT = ''")),
    "deadlock": ({1213}, deadlock),
    "interrupted query": ({1317, 2055}, statements("KILL QUERY CONNECTION_ID()")),
    "killed connection": ({1927, 2006, 2013, 2055, 4031}, statements("KILL CONNECTION_ID()", "SELECT 1")),
    "read timeout": ({-1, 2013, 3024}, read_timeout),
    "closed connection": ({-1, 2006, 2013, 2048, 2055}, closed_connection),
    "exhausted pool": ({-1}, exhausted_pool),
    "access denied": ({1045}, lambda scene: scene.connect(password="wrong")),
    "connection refused": ({2002, 2003}, lambda scene: scene.connect(host="127.0.0.1", port=free_port())),
    "no such socket": ({2002}, lambda scene: scene.connect(unix_socket="/nonexistent/socket")),
    # Too long for a resolver to ask anybody about it.
    "unknown host": ({2003, 2005}, lambda scene: scene.connect(host="x." * 130 + "invalid")),
    "too few parameters": ({-1}, lambda scene: scene.connect().run("SELECT %s, %s", (1,))),
    "too many parameters": ({-1}, lambda scene: scene.connect().run("SELECT %s", (1, 2))),
    "unknown type": ({-1}, lambda scene: scene.connect().run("SELECT %s", (object,))),
}


# What is raised there is no error of the driver, but one of the operating system or of the extension.
NOT_THE_DRIVERS = {
    (AIO, "connection refused"),
    (AIO, "no such socket"),
    (AIO, "unknown host"),
    (EXTENSION, "unknown type"),
}


def cases(flavour: str) -> list[str]:
    """Return the cases that this driver has for that kind of connection."""
    if flavour == AIO and not importlib.util.find_spec("mysql.connector.aio"):
        return []
    if flavour == EXTENSION and not importlib.util.find_spec("_mysql_connector"):
        return []
    absent = {case for other, case in NOT_THE_DRIVERS if other == flavour}
    if not hasattr(mysql.connector.errors, "ReadTimeoutError"):
        absent.add("read timeout")
    if flavour == AIO:
        absent.add("exhausted pool")
    return [case for case in CASES if case not in absent]


def raised(case: str, server: Server, flavour: str) -> tuple[dict[str, Any], Any]:
    """Return what is to be seen of the error of a case, and the error."""
    try:
        with Scene(server, flavour) as scene:
            CASES[case][1](scene)
    except mysql.connector.Error as error:
        return facts(error), error
    raise AssertionError(case)


def main() -> None:
    """Take a file with the server, a flavour, and "with" or "without"; print what left a worker, and what arrived.

    Or print why nothing did.
    """
    path, flavour, how = sys.argv[1:]
    server: Server = pickle.loads(Path(path).read_bytes())
    if flavour == EXTENSION and no_extension:
        print(json.dumps(no_extension))
        return
    prepare(how)
    with multiprocessing.get_context("spawn").Pool(1, prepare, (how,)) as pool:
        results = {case: pool.apply_async(raised, (case, server, flavour)) for case in cases(flavour)}
        found = {}
        for case, result in results.items():
            left, arrived = result.get(60)
            found[case] = left, facts(arrived)
    print(json.dumps(found))


def prepare(how: str) -> None:
    warnings.simplefilter("ignore", ResourceWarning)  # drivers leave sockets to the garbage collector
    if how == "with":
        importlib.import_module("mysql_errors_compat")
