"""Ending what an interpreter has started. It leads a session; some of its workers make process groups of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path


def end(leader: int) -> None:
    """End all processes of a session but this one, and wait until they are gone.

    The resource trackers of multiprocessing end by themselves when the others are gone, and clear up after them.
    """
    start = time.monotonic()
    while left := others(leader):
        trackers = [pid for pid, command in left.items() if b"resource_tracker" in command]
        if leader == os.getpid() and len(trackers) == len(left):
            return  # they wait for this process
        waited = time.monotonic() - start
        assert waited < 20, left
        for pid in left:
            if pid not in trackers or waited > 10:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def others(leader: int) -> dict[int, bytes]:
    """Return the other processes of a session that run, with their command lines, if the system has a /proc to tell."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, _, session, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(session) == leader and state not in "ZX" and int(folder.name) != os.getpid():
                found[int(folder.name)] = (folder / "cmdline").read_bytes()
    return found
