"""`check`: which of an application's own exception classes survive leaving a process, and how to mend the others.

The application's code runs in another interpreter, `importing`, because it may hang, end the interpreter or write to
the standard output. That is started again, for what is left, whenever it has to be ended.
"""

import importlib.util
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from . import importing
from .processes import Child, disabled

LIMIT = 30  # seconds for any one step, such as importing a module

# The current folder is in the path of what -c runs, as it is for `python -m`.
_PROGRAM = f"import runpy; runpy.run_path({importing.__file__!r}, run_name='__main__')"
_NOT_BELOW = "not below mysql.connector.Error, so mysql_errors_compat does nothing for them:"
_IMPORT_IT = """\
nothing in {0} imports mysql_errors_compat, so no MySQL error is safe there
to mend: write `import mysql_errors_compat  # noqa: F401` into a module that the worker imports, such as the one that
    defines the errors; if one does so already, name it too: check {0} worker_module"""


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


class CheckError(Exception):
    """Nothing can be checked. The text says why."""


def check(modules: list[str], as_json: bool, only_mysql: bool, **how: list[str]) -> tuple[int, str]:
    """Check the exception classes of the modules; return the exit status and what is to be printed.

    `how` has ``skip``, modules that are left out, and ``examples``, as ``module:function``, what gives errors to check
    in place of built ones. Raises CheckError if nothing can be checked.
    """
    if importlib.util.find_spec("hypothesis") is None:
        raise CheckError("this needs Hypothesis: pip install hypothesis")
    findings, starts, named = Findings(), 0, ", ".join(modules)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        while not findings.go_on(Path(folder, str(starts)), named=modules, only_mysql=only_mysql, **how):
            starts += 1
    if not findings.classes:
        what = "subclass of mysql.connector.Error" if only_mysql else "exception class"
        lines = [f"no {what} is defined in {named}, so nothing was checked", *findings.about_modules()]
        raise CheckError("\n".join([*lines, "Name the package or the modules that define them, such as shop.errors"]))
    return findings.status(), findings.as_json() if as_json else findings.as_text(named)


@dataclass
class Findings:
    """What was found out about all classes, and about their modules."""

    classes: list[Finding] = field(default_factory=list)
    not_imported: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    package_imported_with: str | None = None  # the first module with which mysql_errors_compat comes

    def go_on(self, folder: Path, **arguments: Any) -> bool:
        """Take what one interpreter finds of what is left, until it has to be ended; tell whether that was all."""
        arguments |= {"failed": list(self.not_imported), "done": [finding.name for finding in self.classes]}
        what, blame, record = "starting Python", "nobody", ""
        child = Child(folder, "-c", _PROGRAM, json.dumps(arguments))
        try:
            while message := child.message(LIMIT):
                kind, *content = message
                if kind == "all":
                    return True
                if kind == "step":
                    what, blame, record = content
                else:
                    self._take(kind, *content)
            problem = f"{what} {child.fate(LIMIT)}"
            if blame == "nobody":
                raise CheckError(f"{problem}: {child.last_line()}".removesuffix(": "))
            self._take(blame, record, problem)
            return False
        finally:
            child.end()

    def _take(self, kind: str, content: Any, problem: str = "") -> None:
        if kind == "class":
            finding = Finding(*content)
            self.classes.append(finding._replace(problem=f"{finding.problem or ''}{problem}" or None))
        elif kind == "module":
            self.not_imported[content] = problem
        elif kind == "unusable":
            raise CheckError(content)
        else:
            setattr(self, kind, content)

    def lacks_package(self) -> bool:
        """Tell whether there are MySQL errors and nothing imports the package."""
        return not self.package_imported_with and any(finding.mysql for finding in self.classes)

    def status(self) -> int:
        """Return the exit status: 0 only if every class is known to survive where the modules run."""
        are_safe = all(finding.verdict == "safe" for finding in self.classes)
        return 0 if are_safe and not self.not_imported and not self.lacks_package() else 1

    def as_json(self) -> str:
        """Return all of it as data."""
        rows = [finding._asdict() for finding in self.classes]
        classes = [{"class": row.pop("name"), **row} for row in rows]
        return json.dumps(vars(self) | {"classes": classes, "lacks_package": self.lacks_package()}, indent=2)

    def as_text(self, named: str) -> str:
        """Return all of it for people, where `named` is what was to be checked."""
        lines = ["with mysql_errors_compat, which nothing imports:"] if self.lacks_package() else []
        width = max(len(finding.name) for finding in self.classes)
        kinds: dict[str, list[str]] = {}
        for finding in sorted(self.classes, key=lambda finding: not finding.mysql):
            if not finding.mysql and _NOT_BELOW not in lines:
                lines += ["", _NOT_BELOW]
            lines += _lines_of(finding, width)
            if finding.mend:
                kinds.setdefault(finding.mend, []).append(f"    {finding.name}: {finding.about}".removesuffix(": "))
        for mend, classes in kinds.items():
            lines += ["", f"to mend: {mend}", *classes]
        lines += ["", *self.about_modules()]
        if self.package_imported_with:
            lines.append(f"{self.package_imported_with} brings mysql_errors_compat along")
        elif self.lacks_package():
            lines.append(disabled() or _IMPORT_IT.format(named))
        counts = Counter(finding.verdict for finding in self.classes)
        lines.append(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
        return "\n".join(lines).lstrip("\n")

    def about_modules(self) -> list[str]:
        """Say which modules were not looked at, and what to do about those that cannot be imported."""
        lines = [f"not checked: {why}; to leave it out: --skip {name}" for name, why in self.not_imported.items()]
        return lines + ([f"left out: {', '.join(self.left_out)}"] if self.left_out else [])


def _lines_of(finding: Finding, width: int) -> list[str]:
    first = f"{finding.name:{width}}  {finding.verdict:7}  {finding.problem or f'examples: {finding.examples}'}"
    below = {
        "guessed": ", ".join(f"{name} is {words}" for name, words in finding.guessed.items()),
        "never given, for lack of a value to try": ", ".join(finding.never_given),
        "from args alone": finding.args_only,
    }
    return [first, *(f"{'':{width}}  {'':7}  {name}: {text}" for name, text in below.items() if text)]
