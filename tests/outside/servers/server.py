"""A real server for the tests: one of their own, or the one that an environment variable names.

``MYSQL_ERRORS_COMPAT_TEST_URL``, such as ``mysql://user:password@127.0.0.1:3306/database``, names a
server to use instead. Its user needs all rights on the database, in which the tests create tables.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import mysql.connector
import pytest

from tests.outside.servers import server_keeper
from tests.outside.servers.server_address import Server

URL = "MYSQL_ERRORS_COMPAT_TEST_URL"
NO_SERVER = f"no server: `apt-get install mariadb-server` brings one, or {URL} names one"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Return how to connect to a server, which is there until the run ends."""
    if url := os.environ.get(URL):
        yield from_url(url)
    elif server_keeper.is_installed():
        with started() as own:
            yield own
    else:
        skip_without(NO_SERVER)


def skip_without(reason: str) -> NoReturn:
    """Skip the test for lack of something, or fail it in CI, where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


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
    try:
        cursor = connection.cursor()
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        ((_, cipher),) = cursor.fetchall()
    finally:
        connection.close()
    # The asynchronous connections do not go without TLS by themselves.
    return replace(server, ssl_disabled=not cipher)


@contextmanager
def started() -> Iterator[Server]:
    """Start a server, whose keeper stops and removes it even if this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="mysql_errors_compat-"))
    password = secrets.token_hex(16)
    keeper = subprocess.Popen(
        [sys.executable, server_keeper.__file__, str(folder), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests; the server goes after they have ended
    )
    assert keeper.stdin
    assert keeper.stdout
    assert keeper.stderr
    try:
        print(password, file=keeper.stdin, flush=True)
        port = keeper.stdout.readline()
        assert port, keeper.stderr.read()
        name, socket = server_keeper.NAME, str(folder / server_keeper.SOCKET)
        yield Server("127.0.0.1", int(port), name, password, name, socket, ssl_disabled=True)
    finally:
        keeper.stdin.close()
        try:
            keeper.wait(30)
        finally:
            keeper.kill()
            keeper.wait()
            keeper.stdout.close()
            keeper.stderr.close()
