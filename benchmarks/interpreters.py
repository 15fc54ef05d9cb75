"""Fresh interpreters to measure in. Each has a time limit, and leaves no process behind."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parent.parent
TIMEOUT = 60  # seconds for one answer, of which the slowest takes a few

# Byte code is kept as usual, whatever the environment says: compiling is not what an import costs.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

Ended = subprocess.CompletedProcess[str]


class Interpreter:
    """A running `benchmarks.worker`."""

    def __init__(self, subject: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", subject],
            cwd=ROOT,
            env=_ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # and so a group, which can be ended as a whole
        )

    def ask(self, request: str, *arguments: object) -> Any:
        """Return the worker's answer to a request, which is the name of one of its methods."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([request, *arguments]).encode() + b"\n")
        if not select.select([self._process.stdout], [], [], TIMEOUT)[0]:
            raise TimeoutError(f"no answer to {request} {arguments} in {TIMEOUT} seconds")
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with self._process:  # closes the pipes and waits
            pass


def run(*command: str, text: str = "", environment: Mapping[str, str] = _ENVIRONMENT) -> Ended:
    """Run a command to its end and return what it wrote; one that fails raises CalledProcessError."""
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=text, capture_output=True, text=True, check=True, timeout=TIMEOUT
    )
