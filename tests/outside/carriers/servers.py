"""Servers for one interpreter. Each listens on a socket in its folder, and on no port."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from .ends import folder

REDIS = folder() / "redis"


def redis() -> AbstractContextManager[None]:
    options = ["--port", "0", "--unixsocket", str(REDIS), "--dir", str(folder()), "--save", ""]
    return listening(["redis-server", *options], REDIS)


def python(module: str, path: Path) -> AbstractContextManager[None]:
    """Run a module of this folder, which serves on the socket `path`."""
    return listening([sys.executable, "-m", f"tests.outside.carriers.{module}", str(path)], path)


@contextmanager
def listening(command: list[str], path: Path) -> Iterator[None]:
    with started(command):
        while not _answers(path):
            time.sleep(0.02)
        yield


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@contextmanager
def started(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()  # a worker would take its time to stop in order
        process.wait()
