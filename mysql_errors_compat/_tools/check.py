"""`check`: which of an application's own exception classes survive leaving a process, and how to mend the others.

The application's code runs in other interpreters, because it may hang, end the interpreter or write to the standard
output: in one without the package, `importing`, which finds the modules, and one with it, `check_work`. Each tells
what it is about to do and what it finds, and is started again, for what is left, whenever it has to be ended.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import importing
from .processes import DISABLED, Group, Progress, complain, end_on_signals, is_disabled, python, wait_for

LIMIT = 60  # seconds for any one step of the other interpreter, such as importing a module

# The current folder is in the path of what -c runs, as it is for `python -m`.
_IMPORT = f"import runpy; runpy.run_path({importing.__file__!r}, run_name='__main__')"
_WORK = "from mysql_errors_compat._tools import check_work; check_work.main()"


class Finding(NamedTuple):
    """What was found out about one class."""

    name: str
    verdict: str  # safe, unsafe or unknown
    examples: int = 0
    problem: str | None = None
    mend: str | None = None  # the same for all classes with the same fault
    about: str = ""  # what to mend in this one
    mysql: bool = True  # whether it is below the driver's Error
    args_only: str | None = None  # how it arrives where only args travel
    guessed: Mapping[str, str] = {}  # what parameters without a type hint got, in words
    never_given: Sequence[str] = ()  # parameters for which there was no value to try

    def unsafe(self, problem: str, mend: tuple[str, str]) -> Finding:
        """Return what is said of a class that does not survive."""
        return self._replace(verdict="unsafe", problem=problem, mend=mend[0], about=mend[1])


class Options(NamedTuple):
    """What is to be checked, and how."""

    modules: Sequence[str]
    examples: Sequence[str] = ()  # as ``module:function``: what gives errors to check in place of built ones
    skip: Sequence[str] = ()
    only_mysql: bool = False
    strict: bool = False
    as_json: bool = False


class CheckError(Exception):
    """Nothing can be checked. The text says why."""


def check(options: Options) -> tuple[int, str]:
    """Check the exception classes of the modules; return the exit status and what is to be printed."""
    end_on_signals()
    check = _Check(options)
    try:
        check.find_modules()
        if importlib.util.find_spec("hypothesis") is None:
            raise CheckError("this needs Hypothesis: pip install 'mysql_errors_compat[testing]'")
        check.examine_classes()
    except CheckError as problem:
        complain(f"mysql-errors-compat check: {problem}")
        return 2, ""
    finally:
        check.progress.clear()
    return check.status(), check.as_json() if options.as_json else check.as_text()


class _Check:
    """One run of the command."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.findings: list[Finding] = []
        self.imported: list[str] = []
        self.not_imported: dict[str, str] = {}
        self.left_out: list[str] = []
        self.package_with: str | None = None  # the first module with which mysql_errors_compat comes
        self.progress = Progress()

    def find_modules(self) -> None:
        """Have the modules imported where the package is not; start again after one that ends the interpreter."""
        options = self.options
        while True:
            self.imported, self.left_out, self.package_with = [], [], None
            failed = list(self.not_imported)
            step, name = "starting Python", None
            with _Interpreter(_IMPORT, options.modules, options.skip, options.examples, failed) as interpreter:
                while message := interpreter.message():
                    kind, *content = message
                    if kind == "step":
                        step, name = content
                        self.progress.show(step)
                    elif kind == "package":
                        self.package_with = self.package_with or content[0]
                    elif kind == "left out":
                        self.left_out += content
                    elif kind == "all":
                        return
                    else:
                        self._take(kind, content)
                problem = f"{step} {interpreter.fate()}"
                if not name or name in options.modules:
                    raise CheckError(f"{problem}: {interpreter.last_line()}".removesuffix(": "))
                self.not_imported[name] = problem

    def examine_classes(self) -> None:
        """Have all classes examined. Raises CheckError if there are none."""
        while not self._examine():
            pass
        if not self.findings:
            raise CheckError(self._nothing())

    def _examine(self) -> bool:
        """Add the findings about the classes that are left, as far as one interpreter gets; tell whether that was all.

        Raises CheckError, also if the interpreter ends or hangs while no class is to blame.
        """
        step, finding, number = "starting Python", None, 0
        options = self.options
        done = [finding.name for finding in self.findings]
        arguments = options.modules, self.imported, options.examples, options.only_mysql, done
        with _Interpreter(_WORK, *arguments) as interpreter:
            while message := interpreter.message():
                kind, *content = message
                if kind == "step":
                    step, finding = content
                    which = finding and f"checking {finding[0]}, {len(self.findings) + 1} of {number}"
                    self.progress.show(which or step)
                elif kind == "number":
                    (number,) = content
                elif kind == "found":
                    self.findings.append(Finding(*content[0]))
                elif kind == "elsewhere":
                    (self._elsewhere,) = content
                elif kind in ("all", "hung"):
                    return bool(kind == "all")
                else:
                    self._take(kind, content)
            problem = f"{step} {interpreter.fate()}"
            if not finding:
                raise CheckError(f"{problem}: {interpreter.last_line()}".removesuffix(": "))
            finding = Finding(*finding)
            self.findings.append(finding._replace(problem=f"{finding.problem}{problem}"))
            return False

    def _take(self, kind: str, content: list[Any]) -> None:
        """Take a message that both interpreters send."""
        if kind == "unusable":
            raise CheckError(*content)
        assert kind == "module"
        name, problem = content
        if problem:
            self.not_imported[name] = problem
        if not problem:
            self.imported.append(name)
        elif name in self.imported:
            self.imported.remove(name)

    def _nothing(self) -> str:
        what = "subclass of mysql.connector.Error" if self.options.only_mysql else "exception class"
        lines = [f"no {what} is defined in {self._named()}, so nothing was checked", *self._not_imported_lines()]
        if self._elsewhere:
            lines.append(f"There are some elsewhere: mysql-errors-compat check {' '.join(self._elsewhere)}")
        else:
            lines.append("Name the package or the modules that define them: mysql-errors-compat check shop.errors")
        return "\n".join(lines)

    _elsewhere: Sequence[str] = ()

    def _named(self) -> str:
        return ", ".join(self.options.modules)

    def status(self) -> int:
        """Return the exit status."""
        verdicts = {finding.verdict for finding in self.findings}
        strictly = self.options.strict and ("unknown" in verdicts or self.not_imported or not self.package_with)
        return 1 if "unsafe" in verdicts or strictly else 0

    def as_json(self) -> str:
        """Return what was found as data."""
        rows = []
        for finding in self.findings:
            fields = finding._asdict()
            rows.append({"class": fields.pop("name"), **fields})
        found = {
            "classes": rows,
            "not_imported": self.not_imported,
            "left_out": self.left_out,
            "package_imported_with": self.package_with,
        }
        return json.dumps(found, indent=2)

    def as_text(self) -> str:
        """Return what was found as a text for people."""
        width = max(len(finding.name) for finding in self.findings)
        lines = []
        for mysql in (True, False):
            group = [finding for finding in self.findings if finding.mysql == mysql]
            if group and not mysql:
                lines += ["", "not below mysql.connector.Error, so mysql_errors_compat does nothing for them:"]
            for finding in group:
                lines += _lines_of(finding, width)
        lines += self._advice()
        lines.append("")
        lines += self._not_imported_lines()
        if self.left_out:
            lines.append(f"left out: {', '.join(self.left_out)}")
        if self.package_with:
            lines.append(f"{self.package_with} brings mysql_errors_compat along")
        elif is_disabled():
            lines.append(DISABLED)
        else:
            lines.append(f"nothing in {self._named()} imports mysql_errors_compat; one of the two processes must")
        counts = Counter(finding.verdict for finding in self.findings)
        lines.append(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
        return "\n".join(lines)

    def _not_imported_lines(self) -> list[str]:
        return [f"not checked, since it cannot be imported: {name}: {why}" for name, why in self.not_imported.items()]

    def _advice(self) -> list[str]:
        """Return each advice once, and the classes that it is for."""
        kinds: dict[str, list[str]] = {}
        for finding in self.findings:
            if finding.mend:
                about = f": {finding.about}" if finding.about else ""
                kinds.setdefault(finding.mend, []).append(f"    {finding.name}{about}")
        lines = []
        for mend, classes in kinds.items():
            lines += ["", f"to mend: {mend}", *classes]
        return lines


def _lines_of(finding: Finding, width: int) -> list[str]:
    below = []
    if finding.guessed:
        below.append(f"guessed: {', '.join(f'{name} is {words}' for name, words in finding.guessed.items())}")
    if finding.never_given:
        below.append(f"never given, for lack of a value to try: {', '.join(finding.never_given)}")
    if finding.args_only:
        below.append(f"from args alone: {finding.args_only}")
    first = f"{finding.name:{width}}  {finding.verdict:7}  {finding.problem or f'examples: {finding.examples}'}"
    return [first, *(f"{'':{width}}  {'':7}  {line}" for line in below)]


class _Interpreter:
    """An interpreter in which the application's code runs, and all the processes that it starts."""

    def __init__(self, program: str, *arguments: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._output = Path(self._folder.name, "output")
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        if program == _WORK:
            arguments = str(self._output), *arguments
        with self._output.open("wb") as output:
            self._group = Group(
                python("-c", program, json.dumps(arguments)),
                env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": self._folder.name},
                stdin=subprocess.PIPE,  # whose end tells it that we are gone
                stdout=subprocess.PIPE,
                stderr=output,
            )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._group.process.stdout
        with self._group.process.stdout as lines:
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
            status = self._group.process.wait(1)
            return f"ended the interpreter, exit status {status}"
        return f"did not end in {LIMIT} seconds"

    def last_line(self) -> str:
        """Return the last line that was written, other than messages."""
        return last_line(self._output)

    def __enter__(self) -> _Interpreter:
        return self

    def __exit__(self, *_: object) -> None:
        self._group.end()
        assert self._group.process.stdin
        self._group.process.stdin.close()
        wait_for([self._group])
        self._folder.cleanup()


def last_line(output: Path, start: int = 0) -> str:
    """Return the last line that was written to `output` since it had `start` bytes."""
    return output.read_bytes()[start:].decode(errors="replace").strip().rpartition("\n")[2]
