"""What the tools share: starting interpreters, ending all that came of them, and saying how far things are."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Any, TextIO

DISABLED = "MYSQL_ERRORS_COMPAT_DISABLE is set, so importing mysql_errors_compat does nothing"
SECONDS = 5  # between two lines of progress, where there is no terminal


def python(*arguments: str) -> list[str]:
    """Return a command that runs this Python as safely as it was started."""
    safe_path = getattr(sys.flags, "safe_path", False)
    return [sys.executable, *(["-I"] if sys.flags.isolated else ["-P"] if safe_path else []), *arguments]


def is_disabled() -> bool:
    """Tell whether importing the package does nothing."""
    return os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE", "") not in ("", "0")


def end_on_signals() -> None:
    """Have the signals that end a process raise SystemExit, so that it clears up."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, lambda number, _: sys.exit(128 + number))


def why_no_semaphores() -> str | None:
    """Say why multiprocessing cannot work here, or return None if it can."""
    try:
        multiprocessing.get_context("spawn" if sys.platform == "win32" else "fork").Lock()
    except (ImportError, OSError) as problem:
        return (
            f"multiprocessing has no working semaphores here ({type(problem).__name__}: {problem}), so no Pool can "
            "be tried: on Linux it needs /dev/shm, mounted and writable"
        )
    return None


def complain(text: str, end: str = "\n") -> None:
    """Write to standard error, if there is one that can be written to."""
    if sys.stderr:
        try:
            print(text, end=end, file=sys.stderr, flush=True)
        except OSError:
            give_up(sys.stderr)


def give_up(stream: TextIO) -> None:
    """Have a stream that cannot be written to lead nowhere: Python would try again, and exit as it likes."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Progress:
    """A line on standard error that says how far things are."""

    def __init__(self) -> None:
        self._shown = ""
        self._last = time.monotonic()
        self._terminal = bool(sys.stderr) and sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Show a line in place of the one before, or now and then one below it, if it is a pipe."""
        if text == self._shown:
            return
        if self._terminal:
            complain(f"\r{text:{len(self._shown)}}", end="")
            self._shown = text
        elif time.monotonic() > self._last + SECONDS:
            complain(text)
            self._shown, self._last = text, time.monotonic()

    def clear(self) -> None:
        """Remove the line from a terminal."""
        if self._terminal and self._shown:
            complain(f"\r{'':{len(self._shown)}}\r", end="")
            self._shown = ""


class Group:
    """A process and all that it starts, which can be ended as a whole."""

    def __init__(self, command: list[str], **options: Any) -> None:
        self.process = subprocess.Popen(command, start_new_session=True, **options)

    def signal(self, number: int) -> bool:
        """Signal the whole group; tell whether anybody is left in it."""
        if sys.platform != "win32":  # where workers end by themselves when their parent is gone
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, number)
                return True
        return False

    def end(self) -> None:
        """End the process, and ask the others to."""
        # Not SIGKILL for all: multiprocessing's resource tracker ignores SIGTERM, and clears up after the others.
        self.signal(signal.SIGTERM)
        self.process.kill()
        self.process.wait()


def wait_for(ended: Iterable[Group]) -> None:
    """Wait until nobody is left of groups that were ended, and make sure of it."""
    until = time.monotonic() + 1
    left = [group for group in ended if group.signal(0)]
    while left and time.monotonic() < until:
        time.sleep(0.01)
        left = [group for group in left if group.signal(0)]
    if sys.platform != "win32":
        for group in left:
            group.signal(signal.SIGKILL)
