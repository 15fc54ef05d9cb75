"""The interpreter of `check` that finds and imports an application's modules, without the package.

`check` runs this file by its path, since importing any part of the package installs it. The other
interpreter, `check_work`, imports it.

Its messages are lines of JSON: ``["step", what, module]`` before anything that may not return, with the module
that is to blame, should it not; ``["module", name, problem]``, where `problem` says why it could not be
imported; ``["left out", name]``; ``["package", name]``, the module with which mysql_errors_compat came, if
any; ``["unusable", why]``, and at the end ``["all"]``.
"""

from __future__ import annotations

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
from collections.abc import Callable, Iterator
from typing import Any

PACKAGE = "mysql_errors_compat"


class UnusableError(Exception):
    """Nothing can be checked. The text says why."""


def serve(run: Callable[..., Any]) -> None:
    """Call `run` with a function that sends a message, and what the command line says; send what it returns; end."""
    threading.Thread(target=_end_with_reader, args=(os.dup(0),), daemon=True).start()
    with open(os.devnull, "rb") as nothing, os.fdopen(os.dup(1), "w") as channel:
        os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)  # what the application prints is not for our reader

        def tell(*message: object) -> None:
            print(json.dumps(message), file=channel, flush=True)

        try:
            tell(run(tell, *json.loads(sys.argv[1])))
        except Exception as problem:
            # Not by the class: the one of the file that runs is another than the one that is imported.
            known = type(problem).__name__ == UnusableError.__name__
            tell("unusable", str(problem) if known else f"this command has a fault: {traceback.format_exc()}")
    os._exit(0)  # a Pool may not let go


def _end_with_reader(pipe: int) -> None:
    os.read(pipe, 1)  # it is never written to
    if sys.platform != "win32":
        os.killpg(0, signal.SIGTERM)
    os._exit(1)


def import_module(name: str) -> Any:
    """Return the module of this name. Raises UnusableError if there is none, or it raises anything."""
    if not all(map(str.isidentifier, name.split("."))):
        raise UnusableError(
            f"{name!r} is not the name of a module: give it as in an import statement, such as shop.errors"
        )
    try:
        return importlib.import_module(name)
    except BaseException as problem:
        raise UnusableError(f"cannot import {name}: {why(problem)}{_did_you_mean(name, problem)}") from problem


def why(problem: BaseException) -> str:
    """Say in one line what was raised during an import, and where."""
    text = " ".join(str(problem).split())
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "importlib" not in frame.filename]
    frames = [frame for frame in frames if frame.filename != __file__]
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(problem).__name__}{text and ': '}{text}{where}"


def _did_you_mean(name: str, problem: BaseException) -> str:
    missing = getattr(problem, "name", None)
    if not (isinstance(problem, ModuleNotFoundError) and missing and f"{name}.".startswith(f"{missing}.")):
        return ""
    parent, _, last = missing.rpartition(".")
    path = getattr(sys.modules.get(parent), "__path__", None) if parent else None
    known = [info.name for info in pkgutil.iter_modules(path)] if path or not parent else []
    close = difflib.get_close_matches(last, known, 1)
    return f"; did you mean {parent}{parent and '.'}{close[0]}{name.removeprefix(missing)}?" if close else ""


def parts(module: str) -> Iterator[str]:
    """Yield the names of the modules right below an imported package, those in folders without __init__.py too."""
    folders = list(getattr(sys.modules[module], "__path__", []))
    names = {info.name for info in pkgutil.iter_modules(folders)}
    for folder in filter(os.path.isdir, folders):
        names |= {entry.name for entry in os.scandir(folder) if entry.is_dir() and _has_modules(entry.path)}
    yield from (f"{module}.{name}" for name in sorted(names) if name.isidentifier())


def _has_modules(folder: str) -> bool:
    return any(name.endswith(".py") for name in os.listdir(folder))


def is_for_tests(name: str) -> bool:
    """Tell whether this is a name of tests."""
    last = name.rpartition(".")[2]
    return last in ("test", "tests", "conftest") or last.startswith("test_") or last.endswith("_test")


def has_package() -> bool:
    """Tell whether the package has been imported, by whomever, and is installed."""
    package = sys.modules.get(PACKAGE)
    return package is not None and bool(package.is_installed())


def _run(tell: Callable[..., None], named: list[str], skip: list[str], examples: list[str], failed: list[str]) -> str:
    for name in examples:
        if not name.partition(":")[2]:
            raise UnusableError(f"--examples {name}: this takes MODULE:FUNCTION")
    told: set[str] = set()

    def bring(name: str, among_tests: bool) -> None:
        """Import a module and all below it."""
        if name in told:
            return
        told.add(name)
        if name in skip or (is_for_tests(name) and not among_tests):
            tell("left out", name)
            return
        if name not in failed:
            tell("step", f"importing {name}", name)
            try:
                import_module(name)
            except UnusableError as problem:
                if name in named:
                    raise
                tell("module", name, str(problem.__cause__ and why(problem.__cause__)))
            else:
                tell("module", name, None)
                if has_package():
                    tell("package", name)
        if name in sys.modules:
            for part in parts(name):
                if not part.endswith(".__main__"):
                    bring(part, among_tests)

    for name in named:
        among_tests = any(map(is_for_tests, name.split(".")))
        bring(name, among_tests)
    for name in examples:
        module, _, path = name.partition(":")
        tell("step", f"--examples {name}", None)
        found = import_module(module)
        try:
            operator.attrgetter(path)(found)
        except Exception as problem:
            raise UnusableError(f"--examples {name}: {type(problem).__name__}: {problem}") from problem
    return "all"


if __name__ == "__main__":
    serve(_run)
