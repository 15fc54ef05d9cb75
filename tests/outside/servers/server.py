"""A real server for the tests: one of their own, or the one that an environment variable names.

``MYSQL_ERRORS_COMPAT_TEST_URL``, such as ``mysql://user:password@127.0.0.1:3306/database``, names a
server to use instead. Its user needs all rights on the database, in which the tests create tables.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import mysql.connector
import pytest

from tests.shared.needs import skip_without
from tests.shared.servers import free_port

URL = "MYSQL_ERRORS_COMPAT_TEST_URL"
NO_SERVER = f"no server: `apt-get install mariadb-server` brings one, or {URL} names one"
NAME = "mysql_errors_compat"  # of the user and of the database
PATIENCE = 60  # seconds, for each step

SETUP = """
CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE USER {name}@'%' IDENTIFIED BY '{password}';
GRANT ALL ON *.* TO {name}@'%' WITH GRANT OPTION;
DELETE FROM mysql.global_priv WHERE User NOT IN ('{name}', 'mariadb.sys');
FLUSH PRIVILEGES;
"""

# Its arguments: a folder, and the server with its arguments. Standard input ends with the tests, however these end.
UNTIL_THE_TESTS_END = '"$@" & cat; kill -9 $!; wait; rm -rf "$0"'


@dataclass(frozen=True)
class Server:
    """A server, as a value that can be sent to another process."""

    host: str
    port: int
    user: str
    password: str
    database: str
    ssl_disabled: bool = False

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Return arguments for ``mysql.connector.connect`` and its asynchronous twin."""
        arguments = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
            # Newer drivers ask for a collation of MySQL 8, which MariaDB does not have.
            "charset": "utf8mb4",
            "collation": "utf8mb4_general_ci",
            "ssl_disabled": self.ssl_disabled,
            "connection_timeout": 10,
            **changes,
        }
        return {name: value for name, value in arguments.items() if _driver_knows(name)}


def _driver_knows(argument: str) -> bool:
    """Tell whether the driver has this argument, of those that are younger than the oldest drivers."""
    if argument == "use_pure":
        return hasattr(mysql.connector, "HAVE_CEXT")
    if argument == "ssl_disabled":  # without, it uses TLS only if it is told how
        try:
            mysql.connector.MySQLConnection().config(ssl_disabled=True)
        except AttributeError:
            return False
    return True


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Return how to connect to a server, which is there until the run ends."""
    if url := os.environ.get(URL):
        yield from_url(url)
    elif is_installed():
        with started() as own:
            yield own
    else:
        skip_without(NO_SERVER)


def from_url(url: str) -> Server:
    parts = urlsplit(url)
    server = Server(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")),
    )
    connection: Any = mysql.connector.connect(**server.arguments(use_pure=True))
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        ((_, cipher),) = cursor.fetchall()
    # The asynchronous connections do not go without TLS by themselves.
    return replace(server, ssl_disabled=not cipher)


def program(name: str) -> str | None:
    """Return the path of a server program, which an ordinary user's PATH may not lead to."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def is_installed() -> bool:
    """Tell whether this machine has a server that can be started."""
    return bool(program("mariadbd") and program("mariadb-install-db"))


@contextmanager
def started() -> Iterator[Server]:
    """Start a MariaDB, which ends and is removed with this context, and even if this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="mysql_errors_compat-"))
    server = Server("127.0.0.1", free_port(), NAME, secrets.token_hex(16), NAME, ssl_disabled=True)
    (folder / "setup.sql").write_text(SETUP.format(name=NAME, password=server.password).lstrip())
    # A server that starts deletes all temporary tables that it finds, of another server too.
    options = ["--no-defaults", f"--datadir={folder / 'data'}", f"--tmpdir={folder}"]
    options += ["--user=root"] if os.geteuid() == 0 else []
    create = [str(program("mariadb-install-db")), *options, "--auth-root-authentication-method=normal"]
    serve = [
        str(program("mariadbd")),
        *options,
        f"--socket={folder / 'socket'}",
        f"--pid-file={folder / 'pid'}",
        f"--port={server.port}",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        f"--init-file={folder / 'setup.sql'}",
        "--innodb-buffer-pool-size=32M",
        "--innodb-flush-log-at-trx-commit=0",
        "--max-allowed-packet=64M",
        "--lc-messages=en_US",
    ]
    with (folder / "log").open("w") as log:
        subprocess.run(create, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, timeout=PATIENCE)
        keeper = subprocess.Popen(
            ["sh", "-c", UNTIL_THE_TESTS_END, folder, *serve],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests; the server goes after they have ended
        )
    assert keeper.stdin
    try:
        deadline = time.monotonic() + PATIENCE
        while not listens(server.port):
            assert time.monotonic() < deadline, (folder / "log").read_text(errors="replace")[-4000:]
            time.sleep(0.05)
        yield server
    finally:
        keeper.stdin.close()
        keeper.wait(PATIENCE)


def listens(port: int) -> bool:
    """Tell whether a server takes connections, and greets."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return bool(connection.recv(1))
    return False
