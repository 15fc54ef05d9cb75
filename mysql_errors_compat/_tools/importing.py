"""The interpreter of `check`: it imports the application's modules, while the package is absent, and then examines.

`check` runs this file by its path, since importing any part of the package installs it. It sends lines of JSON, which
`Findings` takes; before anything that may never return, one says what that is and what is to blame if it does not.
"""

import difflib
import importlib
import json
import operator
import os
import pkgutil
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

PACKAGE = "mysql_errors_compat"
_UNASKED = re.compile(r"__main__|tests?|conftest|test_\w+|\w+_test")

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
    os.killpg(0, signal.SIGTERM)


def _check(tell: Tell, named: list[str], skip: list[str], failed: list[str], examples: list[str], **rest: Any) -> None:
    modules = _import_all(tell, named, skip, failed)
    examining = importlib.import_module(f"{PACKAGE}._tools.examining")
    errors = []
    for name in examples:
        tell("step", f"--examples {name}", "nobody", "")
        errors += _given(name)
    examining.examine(tell, modules, errors, **rest)


def _import_all(tell: Tell, named: list[str], skip: list[str], failed: list[str]) -> list[str]:
    """Import the modules and all that is below them; return those that can be imported."""
    imported, left_out, met = [], [], []
    package_with = None
    waiting = named[::-1]
    while waiting:
        name = waiting.pop()
        met.append(name)
        if name in skip or (name not in named and _is_for_tests_or_main(name)):
            left_out.append(name)
            continue
        if name not in failed:
            tell("step", f"importing {name}", "nobody" if name in named else "module", name)
            try:
                import_module(name)
                imported.append(name)
            except UnusableError as problem:
                if name in named:
                    raise
                tell("module", name, str(problem))
            if not package_with and PACKAGE in sys.modules and sys.modules[PACKAGE].is_installed():
                package_with = name
        waiting += [part for part in reversed(_parts(name)) if part not in met + waiting]
    for name in skip:
        if not any(f"{name}.".startswith(f"{one}.") for one in left_out + failed) and name not in met:
            raise UnusableError(f"--skip {name}: there is no such module here{_did_you_mean(name, met)}")
    tell("left_out", left_out)
    tell("package_imported_with", package_with)
    return imported


def import_module(name: str) -> Any:
    """Return the module of this name. Raises UnusableError if there is none, or it raises anything."""
    if name.endswith(".py") or not all(map(str.isidentifier, name.split("."))):
        raise UnusableError(f"{name!r} is no module's name: give it as in an import statement, such as shop.errors")
    try:
        return importlib.import_module(name)
    except BaseException as problem:
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "importlib" not in frame.filename]
        where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames[1:] else ""
        raise UnusableError(f"cannot import {name}: {_say(problem)}{where}{_nearest(problem)}") from problem


def _say(problem: BaseException) -> str:
    return " ".join("".join(traceback.format_exception_only(problem)).split())


def _nearest(problem: BaseException) -> str:
    if not isinstance(problem, ModuleNotFoundError) or not problem.name:
        return ""
    parent = problem.name.rpartition(".")[0]
    path = getattr(sys.modules.get(parent), "__path__", []) if parent else None
    return _did_you_mean(problem.name, [info.name for info in pkgutil.iter_modules(path, parent and f"{parent}.")])


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = [each for each in difflib.get_close_matches(name, known, 1) if each != name]
    return f"; did you mean {close[0]}?" if close else ""


def _parts(module: str) -> list[str]:
    """Return the names of the modules right below an imported package, those in folders without __init__.py too."""
    folders = list(getattr(sys.modules.get(module), "__path__", []))
    names = {info.name for info in pkgutil.iter_modules(folders)}
    for folder in filter(os.path.isdir, folders):
        for entry in filter(os.DirEntry.is_dir, os.scandir(folder)):
            names |= {entry.name for file in os.listdir(entry) if file.endswith(".py")}
    return [f"{module}.{name}" for name in sorted(names) if name.isidentifier()]


def _is_for_tests_or_main(name: str) -> bool:
    """Tell whether a module is left out unless it is named, or what it is in: only then anybody asks about it."""
    *above, last = (_UNASKED.fullmatch(part) for part in name.split("."))
    return last is not None and not any(above)


def _given(name: str) -> list[Any]:
    """Return the errors that ``module:function`` gives."""
    module, _, path = name.partition(":")
    if not path:
        raise UnusableError(f"--examples {name}: this takes MODULE:FUNCTION")
    found = import_module(module)
    try:
        errors = list(operator.attrgetter(path)(found)())
    except Exception as problem:
        raise UnusableError(f"--examples {name}: {_say(problem)}{_did_you_mean(path, dir(found))}") from problem
    for error in errors:
        if not isinstance(error, BaseException):
            raise UnusableError(f"--examples {name}: {error!r} is no error")
    return errors


if __name__ == "__main__":
    main()
