"""Servers for one interpreter, which end with it. Each listens on a socket in a folder, and on no port."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path


@contextmanager
def started(*command: str | Path) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()  # a worker would take its time to stop in order
        process.wait()


@contextmanager
def listening(path: Path, *command: str | Path) -> Iterator[None]:
    """Run a server until the context ends, which begins when the server takes connections."""
    with started(*command):
        while not _answers(path):
            time.sleep(0.02)
        yield


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def redis(path: Path) -> AbstractContextManager[None]:
    folder, name = str(path.parent), str(path)
    options = ["--port", "0", "--unixsocket", name, "--dir", folder, "--save", "", "--logfile", "redis.log"]
    return listening(path, "redis-server", *options)


def free_port() -> int:
    """Return a loopback port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
