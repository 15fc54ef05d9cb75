"""A MariaDB server for one run of the tests, and the end of it.

Run as a program, `python server_keeper.py FOLDER PARENT`, with the user's password on standard input.
It creates a server in FOLDER, prints the port on which that listens, and stops and removes it all when
standard input ends or the process PARENT is gone: however a run ends, nobody else is there to clear up.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

NAME = "mysql_errors_compat"  # of the user and of the database
SOCKET = "socket"
PATIENCE = 60  # seconds, for each step

SETUP = f"""
CREATE DATABASE {NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE USER {NAME}@'%' IDENTIFIED BY '{{password}}';
GRANT ALL ON *.* TO {NAME}@'%' WITH GRANT OPTION;
DELETE FROM mysql.global_priv WHERE User NOT IN ('{NAME}', 'mariadb.sys');
FLUSH PRIVILEGES;
"""


def program(name: str) -> str | None:
    """Return the path of a server program, which an ordinary user's PATH may not lead to."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def is_installed() -> bool:
    """Tell whether this machine has a server that can be started."""
    return bool(program("mariadbd") and program("mariadb-install-db"))


def create(folder: Path, password: str, log: int) -> None:
    """Create the data directory and the statements with which the server starts."""
    (folder / "setup.sql").write_text(SETUP.format(password=password).lstrip())
    subprocess.run(
        [
            str(program("mariadb-install-db")),
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *places(folder),
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        check=True,
        timeout=PATIENCE,
    )


def start(folder: Path, port: int, log: int) -> subprocess.Popen[bytes]:
    """Start the server on a port of the loopback interface."""
    return subprocess.Popen(
        [
            str(program("mariadbd")),
            "--no-defaults",
            *places(folder),
            f"--socket={folder / SOCKET}",
            f"--pid-file={folder / 'pid'}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            f"--init-file={folder / 'setup.sql'}",
            "--innodb-buffer-pool-size=32M",
            "--innodb-flush-log-at-trx-commit=0",
            "--max-allowed-packet=64M",
            "--lc-messages=en_US",
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )


def places(folder: Path) -> list[str]:
    # A server that starts deletes all temporary tables that it finds, of another server too.
    places = [f"--datadir={folder / 'data'}", f"--tmpdir={folder}"]
    return [*places, "--user=root"] if os.geteuid() == 0 else places


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def is_wanted(parent: int, seconds: float) -> bool:
    """Wait a while; tell whether the tests still run."""
    ready, _, _ = select.select([0], [], [], seconds)
    # A fork of the parent may keep standard input open for longer than the parent lives.
    return os.getppid() == parent and not (ready and not os.read(0, 1))


def listens(server: subprocess.Popen[bytes], port: int, parent: int) -> bool:
    """Wait until the server takes connections; return False if it ended, and somebody else may have the port."""
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline and is_wanted(parent, 0.05):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return bool(connection.recv(1)) and server.poll() is None
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(PATIENCE / 6)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def keep(folder: Path, parent: int, log: int) -> None:
    """Keep a server for as long as it is wanted."""
    create(folder, os.read(0, 100).decode().strip(), log)
    for _ in range(3):  # another process may take the port before the server does
        port = free_port()
        server = start(folder, port, log)
        try:
            if listens(server, port, parent):
                print(port, flush=True)
                while server.poll() is None and is_wanted(parent, 0.5):
                    pass
                return
        finally:
            stop(server)
    raise RuntimeError("the server does not start")


def main() -> None:
    folder, parent = Path(sys.argv[1]), int(sys.argv[2])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        log = os.open(folder / "log", os.O_CREAT | os.O_WRONLY, 0o600)
        keep(folder, parent, log)
    except Exception:
        print((folder / "log").read_text(errors="replace")[-4000:], file=sys.stderr)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
