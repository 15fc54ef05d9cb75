"""Running a program to its end, or to its timeout, which is the end of everything that it has started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """How a program ended, and what it printed."""

    code: int
    stdout: str
    stderr: str = ""

    @property
    def output(self) -> str:
        """All of it, and last what was printed last."""
        return self.stderr + self.stdout


def run(
    *command: str | Path,
    cwd: Path = ROOT,
    timeout: float = 60,
    environment: Mapping[str, str] = os.environ,
    **variables: str,
) -> Done:
    """Run `command` with this environment and these variables; raise subprocess.TimeoutExpired if it does not end."""
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:  # a pipe would be kept open
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            process.wait(timeout)
        finally:
            process.kill()
            end_session(process.pid)
            process.wait()
            for file in (stdout, stderr):
                file.seek(0)
            done = Done(process.returncode, stdout.read(), stderr.read())
            if done.code:
                sys.stderr.write(done.output[-10_000:])  # for pytest to show, if the test fails
    return done


def succeed(
    *command: str | Path,
    cwd: Path = ROOT,
    timeout: float = 60,
    environment: Mapping[str, str] = os.environ,
    **variables: str,
) -> str:
    """Run `command`, which must succeed in time, and return what it printed."""
    done = run(*command, cwd=cwd, timeout=timeout, environment=environment, **variables)
    assert done.code == 0, f"{done.code}: {done.output[-10_000:]}"
    return done.output


def end_session(leader: int) -> None:
    """End all processes of a session, whatever groups they have made, and wait until they are gone.

    The resource trackers of multiprocessing end by themselves when the others are gone, and clear up after them.
    """
    start = time.monotonic()
    while left := _session(leader):
        waited = time.monotonic() - start
        assert waited < 20, left
        for pid, command in left.items():
            if b"resource_tracker" not in command or waited > 10:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _session(leader: int) -> dict[int, bytes]:
    """Return the processes of a session that run, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, _, session, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(session) == leader and state not in "ZX":
                found[int(folder.name)] = (folder / "cmdline").read_bytes()
    return found
