"""`check`: which of an application's own error classes survive leaving a process, and how to mend the others.

The application's code runs in another interpreter, `check_work`, because it may hang, end the interpreter or
write to the standard output. That one tells what it is about to do and what it finds, and is started again, for
the classes that are left, whenever it has to be ended.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

LIMIT = 60  # seconds for any one step of the other interpreter, such as importing the modules

# The current folder is in the path of what -c runs, as it is for `python -m`.
_PROGRAM = "from mysql_errors_compat._tools import check_work; check_work.main()"


class Finding(NamedTuple):
    """What was found out about one class."""

    name: str
    verdict: str  # safe, unsafe or unknown
    examples: int = 0
    problem: str | None = None
    mend: str | None = None
    never_given: Sequence[str] = ()  # parameters for which there was no value to try


class CheckError(Exception):
    """Nothing can be checked. The text says why."""


def check(modules: Sequence[str], examples: Sequence[str], as_json: bool) -> int:
    """Check the error classes of `modules`, print what was found, and return the exit status.

    Each of `examples`, as ``module:function``, names what gives errors to check in place of built ones.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that _Interpreter can clear up
    findings: list[Finding] = []
    skipped: set[str] = set()
    try:
        if importlib.util.find_spec("hypothesis") is None:
            raise CheckError("this needs Hypothesis: pip install 'mysql_errors_compat[testing]'")
        while not _examine(modules, examples, findings, skipped):
            pass
    except CheckError as problem:
        print(f"mysql-errors-compat check: {problem}", file=sys.stderr)
        return 2
    text = _as_json(findings, skipped) if as_json else _as_text(findings, skipped, modules)
    encoding = sys.stdout.encoding
    print(text.encode(encoding, "backslashreplace").decode(encoding))  # messages may hold lone surrogates
    return 1 if any(finding.verdict == "unsafe" for finding in findings) else 0


def _as_json(findings: list[Finding], skipped: set[str]) -> str:
    rows = []
    for finding in findings:
        fields = finding._asdict()
        rows.append({"class": fields.pop("name"), **fields})
    return json.dumps({"classes": rows, "not_imported": sorted(skipped)}, indent=2)


def _as_text(findings: list[Finding], skipped: set[str], modules: Sequence[str]) -> str:
    width = max((len(finding.name) for finding in findings), default=0)
    lines = []
    for name, verdict, examples, problem, mend, never_given in findings:
        lines.append(f"{name:{width}}  {verdict:7}  {problem or f'examples: {examples}'}")
        if never_given:
            lines[-1] += f"; never given, for lack of a usable type hint: {', '.join(never_given)}"
        if mend:
            lines.append(f"{'':{width}}  to mend: {mend}")
    counts = Counter(finding.verdict for finding in findings)
    lines.append(
        ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        or f"no subclass of mysql.connector.Error is defined in {', '.join(modules)}"
    )
    if skipped:
        lines.append(f"not checked, since nothing imports it: {', '.join(sorted(skipped))}")
    return "\n".join(lines)


def _examine(modules: Sequence[str], examples: Sequence[str], findings: list[Finding], skipped: set[str]) -> bool:
    """Add the findings about the classes that are left, as far as one interpreter gets; tell whether that was all.

    `skipped` gets the modules that nothing imports.

    Raises CheckError, also if the interpreter ends or hangs while no class is to blame.
    """
    step, finding = "starting Python", None
    with _Interpreter(modules, examples, [finding.name for finding in findings]) as interpreter:
        while message := interpreter.message():
            kind, *content = message
            if kind == "step":
                step, finding = content
            elif kind == "skipped":
                skipped.update(*content)
            elif kind == "found":
                findings.append(Finding(*content[0]))
            elif kind == "unusable":
                raise CheckError(*content)
            else:
                return bool(kind == "all")
        problem = f"{step} {interpreter.fate()}"
        if not finding:
            raise CheckError(f"{problem}: {interpreter.last_line()}".removesuffix(": "))
        finding = Finding(*finding)
        findings.append(finding._replace(problem=f"{finding.problem}{problem}"))
        return False


class _Interpreter:
    """The interpreter in which the application's code runs, and all the processes that it starts."""

    def __init__(self, *arguments: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._output = Path(self._folder.name, "output")
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, json.dumps([str(self._output), *arguments])],
                env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": self._folder.name},
                stdin=subprocess.PIPE,  # whose end tells it that we are gone
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,  # and so a group, which can be ended as a whole
            )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError):  # something may print whenever Python starts
                    self._messages.put(json.loads(line))
        self._messages.put(None)

    def message(self) -> Any:
        """Return the next message, or None if none will come or it takes too long."""
        try:
            return self._messages.get(timeout=LIMIT)
        except queue.Empty:
            return None

    def fate(self) -> str:
        """Say why there is no next message."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(1)
            return f"ended the interpreter, exit status {status}"
        return f"did not end in {LIMIT} seconds"

    def last_line(self) -> str:
        """Return the last line that was written, other than messages."""
        return last_line(self._output)

    def __enter__(self) -> _Interpreter:
        return self

    def __exit__(self, *_: object) -> None:
        # Not SIGKILL for all: multiprocessing's resource tracker ignores SIGTERM, and clears up after the others.
        left = self._signal(signal.SIGTERM)
        self._process.kill()
        self._process.wait()
        assert self._process.stdin
        self._process.stdin.close()
        until = time.monotonic() + 1
        while left and time.monotonic() < until:
            time.sleep(0.01)
            left = self._signal(0)
        if left and sys.platform != "win32":
            self._signal(signal.SIGKILL)
        self._folder.cleanup()

    def _signal(self, number: int) -> bool:
        """Signal the whole group; tell whether anybody is left in it."""
        if sys.platform != "win32":  # where workers end by themselves when their parent is gone
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, number)
                return True
        return False


def last_line(output: Path, start: int = 0) -> str:
    """Return the last line that was written to `output` since it had `start` bytes."""
    return output.read_bytes()[start:].decode(errors="replace").strip().rpartition("\n")[2]
