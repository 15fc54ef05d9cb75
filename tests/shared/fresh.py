"""Running a script in an interpreter of its own, in which nothing is installed that it does not install."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A warning is an error; but to fork a process that has threads, as a Pool's has, is what applications do.
WARNINGS = ["-W", "error", "-W", "ignore:This process:DeprecationWarning"]


def run(script: str, *arguments: str, timeout: float = 60) -> str:
    """Run `script`, which must succeed in time, return what it printed, and leave no process behind."""
    with tempfile.TemporaryFile("w+") as output:  # no pipe: whoever is left in the group would keep it open
        process = subprocess.Popen(
            [sys.executable, *WARNINGS, "-c", textwrap.dedent(script), *arguments],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status: object = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = f"no end in {timeout} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        printed = output.read()
    assert status == 0, f"{status}: {printed}"
    return printed
