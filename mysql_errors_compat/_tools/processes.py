"""What the tools share: other interpreters, which they start, listen to and end, and what people see meanwhile."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO


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


def show_progress(text: str = "") -> None:
    """Say in one line of a terminal, in place of the one before, how far things are; without a text, remove it."""
    if sys.stderr and sys.stderr.isatty():
        complain(f"\r\033[K{text}", end="")


def disabled() -> str:
    """Say why importing the package does nothing, if so."""
    is_disabled = os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE", "") not in ("", "0")
    return "MYSQL_ERRORS_COMPAT_DISABLE is set, so importing mysql_errors_compat does nothing" if is_disabled else ""


def end_on_signals() -> None:
    """Have the signals that end a process raise SystemExit, so that it clears up."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, lambda number, _: sys.exit(128 + number))


class Child:
    """An interpreter that runs as safely as this one, and says things as lines of JSON on its standard output."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        """Start Python with `arguments`; what it writes by the way, temporary files too, goes into `folder`."""
        safe_path = ["-P"] if getattr(sys.flags, "safe_path", False) else []
        folder.mkdir()
        self._output = folder / "output"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *(["-I"] if sys.flags.isolated else safe_path), *arguments],
                env=os.environ | dict.fromkeys(["TMPDIR", "HYPOTHESIS_STORAGE_DIRECTORY"], str(folder)),
                stdin=subprocess.PIPE,  # whose end tells it that we are gone
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError):  # something may print whenever Python starts
                    self._messages.put(json.loads(line))

    def message(self, limit: float) -> Any:
        """Return the next message; None if there is none within so many seconds, or it has ended.

        Its end is looked for, and not the pipe's: a process that it has started may hold that.
        """
        until = time.monotonic() + limit
        while True:
            ended = self.has_ended()
            with contextlib.suppress(queue.Empty):
                return self._messages.get(timeout=0.2 if ended else min(0.05, limit))
            if ended or time.monotonic() >= until:
                return None

    def has_ended(self) -> bool:
        """Tell whether the interpreter has ended, whatever became of those that it has started."""
        return self._process.poll() is not None

    def fate(self, limit: float) -> str:
        """Say why there is no next message."""
        status = self._process.poll()
        if status is None:
            return f"did not end in {limit:g} seconds"
        return f"ended the interpreter, {f'exit status {status}' if status >= 0 else signal.Signals(-status).name}"

    def last_line(self) -> str:
        """Return the last line that was written, other than messages."""
        return self._output.read_bytes().decode(errors="replace").strip().rpartition("\n")[2]

    def end(self) -> None:
        """End it, and make sure within a second that nobody is left of those that it has started."""
        # Not SIGKILL at once: multiprocessing's resource tracker ignores SIGTERM, and clears up after the others.
        self._signal(signal.SIGTERM)
        self._process.kill()
        self._process.wait()
        assert self._process.stdin
        self._process.stdin.close()
        until = time.monotonic() + 1
        while self._signal(0) and time.monotonic() < until:
            time.sleep(0.01)
        if sys.platform != "win32":
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> bool:
        """Signal its group; tell whether anybody is left there."""
        if sys.platform != "win32":  # where workers end by themselves when their parent is gone
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, number)
                return True
        return False
