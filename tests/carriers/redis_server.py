"""A Redis server for one interpreter, which listens on a socket in its folder and on no port."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .ends import folder

SOCKET = folder() / "redis"


@contextmanager
def running() -> Iterator[None]:
    options = ["--port", "0", "--unixsocket", str(SOCKET), "--dir", str(folder()), "--save", ""]
    with started(["redis-server", *options]):
        while not SOCKET.exists():
            time.sleep(0.02)
        yield


@contextmanager
def started(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()  # a worker would take its time to stop in order
        process.wait()
