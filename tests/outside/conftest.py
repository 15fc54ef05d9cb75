"""What the tests share that need more than pip brings: a server; and an end in order, if they are ended."""

from __future__ import annotations

import os
import signal

import pytest

from tests.outside.servers.server import server as server

TESTS = os.getpid()


def end(number: int, _: object) -> None:
    """Leave the test, and with it end the programs that it runs, which are sessions of their own."""
    if os.getpid() == TESTS:
        pytest.exit(f"ended by signal {number}")
    signal.signal(number, signal.SIG_DFL)  # a worker, forked
    os.kill(os.getpid(), number)


signal.signal(signal.SIGTERM, end)
