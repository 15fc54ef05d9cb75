"""The interpreter of `check`: it imports the application's modules, while the package is absent, and then examines.

`check` runs this file by its path, since importing any part of the package installs it. Its messages are lines of
JSON, for `Findings` to read; before anything that may never return, one says what is to be done, and what is to
blame if it does not.
"""

import difflib
import importlib
import json
import operator
import os
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

PACKAGE = "mysql_errors_compat"

Tell = Callable[..., None]


class UnusableError(Exception):
    """Nothing can be checked. The text says why."""


def main() -> None:
    """Do what the command line says, in JSON, send what is found, and end the interpreter."""
    threading.Thread(target=_end_with_reader, args=(os.dup(0),), daemon=True).start()
    channel, own = os.fdopen(os.dup(1), "w"), os.getpid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what the application prints is not for our reader

    def tell(*message: object) -> None:
        if os.getpid() != own:  # the application has forked, and both have returned
            os._exit(0)
        print(json.dumps(message), file=channel, flush=True)

    try:
        _check(tell, **json.loads(sys.argv[1]))
        tell("all")
    except UnusableError as problem:
        tell("unusable", str(problem))
    except Exception:
        tell("unusable", f"this command has a fault: {traceback.format_exc()}")
    os._exit(0)  # whatever threads are left


def _end_with_reader(pipe: int) -> None:
    os.read(pipe, 1)  # it is never written to
    if sys.platform != "win32":
        os.killpg(0, signal.SIGTERM)


def _check(tell: Tell, named: list[str], skip: list[str], failed: list[str], examples: list[str], **rest: Any) -> None:
    modules = _Modules(tell, named, skip, failed)
    modules.bring_all()
    sources = []
    for name in examples:
        tell("step", f"--examples {name}", "nobody", None)
        sources.append((name, _find(name)))
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path.insert(0, root)  # this copy of the package, whatever else is installed
    examining = importlib.import_module(f"{PACKAGE}._tools.examining")
    sys.path.remove(root)
    given: list[Any] = []
    for name, source in sources:
        tell("step", f"--examples {name}", "nobody", None)
        try:
            given += examining.listed(source)
        except Exception as problem:
            raise UnusableError(f"--examples {name}: {type(problem).__name__}: {problem}") from problem
        for error in given:
            if not isinstance(error, BaseException):
                raise UnusableError(f"--examples {name}: {error!r} is no error")
    examining.examine(tell, modules.imported, given, **rest)


class _Modules:
    """The modules that are named, and all that is below them."""

    def __init__(self, tell: Tell, named: list[str], skip: list[str], failed: list[str]) -> None:
        self._tell, self._named, self._skip, self._failed = tell, named, skip, failed
        self._met: list[str] = []
        self._left_out: list[str] = []
        self.imported: list[str] = []

    def bring_all(self) -> None:
        for name in self._named:
            self._bring(name, among_tests=any(map(_is_for_tests, name.split("."))))
        for name in self._skip:
            above = [closed for closed in self._left_out + self._failed if name.startswith(f"{closed}.")]
            if name not in self._met and not above:
                raise UnusableError(f"--skip {name}: there is no such module here{_did_you_mean(name, self._met)}")
        self._tell("left out", self._left_out)

    def _bring(self, name: str, among_tests: bool) -> None:
        if name in self._met:
            return
        self._met.append(name)
        if name in self._skip or (_is_for_tests(name) and not among_tests):
            self._left_out.append(name)
            return
        if name not in self._failed:
            self._import(name)
        for part in _parts(name):
            if part.endswith(".__main__"):
                self._met.append(part)
            else:
                self._bring(part, among_tests)

    def _import(self, name: str) -> None:
        self._tell("step", f"importing {name}", "nobody" if name in self._named else "module", name)
        had_package = _has_package()
        try:
            import_module(name)
        except UnusableError as problem:
            if name in self._named:
                raise
            self._failed.append(name)
            self._tell("module", name, str(problem))
        else:
            self.imported.append(name)
            if _has_package() and not (had_package and self.imported[1:]):
                self._tell("package", name)


def _has_package() -> bool:
    package = sys.modules.get(PACKAGE)
    return package is not None and bool(package.is_installed())


def import_module(name: str) -> Any:
    """Return the module of this name. Raises UnusableError if there is none, or it raises anything."""
    if name.endswith(".py") or not all(map(str.isidentifier, name.split("."))):
        raise UnusableError(f"{name!r} is no module's name: give it as in an import statement, such as shop.errors")
    try:
        return importlib.import_module(name)
    except BaseException as problem:
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "importlib" not in frame.filename]
        where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames[1:] else ""
        text = f"{type(problem).__name__}: {' '.join(str(problem).split())}".removesuffix(": ")
        raise UnusableError(f"cannot import {name}: {text}{where}{_nearest_module(name, problem)}") from problem


def _nearest_module(name: str, problem: BaseException) -> str:
    missing = getattr(problem, "name", None)
    if not (isinstance(problem, ModuleNotFoundError) and missing and f"{name}.".startswith(f"{missing}.")):
        return ""
    parent = missing.rpartition(".")[0]
    path = getattr(sys.modules.get(parent), "__path__", []) if parent else None
    return _did_you_mean(missing, [info.name for info in pkgutil.iter_modules(path, parent and f"{parent}.")])


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _parts(module: str) -> list[str]:
    """Return the names of the modules right below an imported package, those in folders without __init__.py too."""
    folders = list(getattr(sys.modules.get(module), "__path__", []))
    names = {info.name for info in pkgutil.iter_modules(folders)}
    for folder in filter(os.path.isdir, folders):
        for entry in filter(os.DirEntry.is_dir, os.scandir(folder)):
            names |= {entry.name for file in os.listdir(entry) if file.endswith(".py")}
    return [f"{module}.{name}" for name in sorted(names) if name.isidentifier()]


def _is_for_tests(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last in ("test", "tests", "conftest") or last.startswith("test_") or last.endswith("_test")


def _find(examples: str) -> Any:
    """Return the function, the list or the error that ``module:function`` means."""
    module, _, path = examples.partition(":")
    if not path:
        raise UnusableError(f"--examples {examples}: this takes MODULE:FUNCTION")
    found = import_module(module)
    try:
        return operator.attrgetter(path)(found)
    except Exception as problem:
        text = f"{type(problem).__name__}: {problem}"
        raise UnusableError(f"--examples {examples}: {text}{_did_you_mean(path, dir(found))}") from problem


if __name__ == "__main__":
    main()
