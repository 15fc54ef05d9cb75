"""What the tools share: other interpreters, which they start, listen to and end, and writing to standard streams."""

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


def write(stream: TextIO | None, text: str) -> str:
    """Write to a standard stream; return why that is impossible, if it is."""
    if stream is None:
        return "closed"
    try:
        text = text.encode(stream.encoding, "backslashreplace").decode(stream.encoding)  # it may hold lone surrogates
        print(text, file=stream, flush=True)
        return ""
    except (OSError, ValueError) as problem:
        with contextlib.suppress(OSError, ValueError):  # or Python would try again at its end, and exit as it likes
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return str(problem)


def disabled() -> str:
    """Say why importing the package does nothing, if so."""
    is_disabled = os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE", "") not in ("", "0")
    return "MYSQL_ERRORS_COMPAT_DISABLE is set, so importing mysql_errors_compat does nothing" if is_disabled else ""


def end_on_signals() -> None:
    """Have the signals that end a process raise SystemExit, so that it clears up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, lambda number, _: sys.exit(128 + number))


class Child:
    """Another interpreter, which says things as lines of JSON on its standard output."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        """Start Python with `arguments`; what it writes by the way, temporary files too, goes into `folder`."""
        folder.mkdir()
        self._output = folder / "output"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                env=os.environ | dict.fromkeys(["TMPDIR", "HYPOTHESIS_STORAGE_DIRECTORY"], str(folder)),
                stdin=subprocess.PIPE,  # whose end tells it that we are gone
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
        self._heard = time.monotonic()
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):  # something may print whenever Python starts
                message = json.loads(line)
                self._heard = time.monotonic()
                self._messages.put(message)

    def message(self, limit: float) -> Any:
        """Return the next message; None if it was silent for so many seconds, or has ended, whoever has its pipe."""
        while True:
            is_over = self.has_ended() or time.monotonic() >= self._heard + limit
            with contextlib.suppress(queue.Empty):
                return self._messages.get(timeout=0.2 if is_over else 0.05)  # what was said may be on its way
            if is_over:
                return None

    def has_ended(self) -> bool:
        """Tell whether the interpreter has ended, whatever became of those that it has started."""
        return self._process.poll() is not None

    def fate(self, limit: float) -> str:
        """Say why there is no next message."""
        if (status := self._process.poll()) is None:
            return f"did not end in {limit:g} seconds"
        return f"ended the interpreter, {f'exit status {status}' if status >= 0 else signal.Signals(-status).name}"

    def last_line(self) -> str:
        """Return the last line that was written, other than messages."""
        return self._output.read_bytes().decode(errors="replace").strip().rpartition("\n")[2]

    def end(self) -> None:
        """End it, and make sure within a second that nobody is left of those that it has started."""
        # Not SIGKILL at once: multiprocessing's resource tracker ignores SIGTERM, and clears up after the others.
        until = time.monotonic() + 1
        with contextlib.suppress(OSError):  # nobody is left
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.kill()
            self._process.wait()
            while time.monotonic() < until:
                os.killpg(self._process.pid, 0)
                time.sleep(0.01)
            os.killpg(self._process.pid, signal.SIGKILL)
