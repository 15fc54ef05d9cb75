"""The interpreter of `check` in which the application's code runs: it imports, constructs, pickles and copies.

Its messages are lines of JSON: ``["step", what, finding]`` before anything that may not return, with the finding
about the class, if one is to blame, should it not; ``["skipped", modules]``, which nothing imports;
``["found", finding]``; ``["unusable", why]``; and at the end
``["all"]``, or ``["hung"]`` if a Pool in this interpreter hangs and the classes that are left need another one.
"""

from __future__ import annotations

import importlib
import inspect
import json
import multiprocessing
import operator
import os
import pkgutil
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, UnsatisfiedAssumption

from .. import install
from ..testing import _FIELDS, Fault, _difference, _facts, _hints, _name, _say, errors, find_fault, never_given
from .check import CheckError, Finding, last_line

EXAMPLES = 25  # of each class, at most
PATIENCE = 10  # seconds until a Pool hangs; what arrives takes milliseconds

NO_EXAMPLE = "no example could be built: "
GIVE_EXAMPLES = (
    "give the class a classmethod `examples` that returns errors, or this command --examples MODULE:FUNCTION"
)
GIVE_HINTS = f"give its parameters type hints; or {GIVE_EXAMPLES}"
KEEP_PLAIN_VALUES = "keep only plain values in the error: text, numbers, and lists or dicts of them"

_settings = settings(
    max_examples=EXAMPLES,
    derandomize=True,  # the same examples every time
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# What a class may have of its own, and what it would have without.
_METHODS = {
    "__reduce_ex__": "{driver}.__reduce_ex__",
    "__reduce__": "{driver}.__reduce__",
    "__setstate__": "BaseException.__setstate__",
    "__setattr__": "BaseException.__setattr__",
    "__copy__": "None",
    "__deepcopy__": "None",
}


def main() -> None:
    """Examine what the command line says, write the messages, and end the interpreter."""
    threading.Thread(target=_end_with_reader, args=(os.dup(0),), daemon=True).start()
    with open(os.devnull, "rb") as nothing, os.fdopen(os.dup(1), "w") as channel:
        os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)  # what the application prints is not for our reader

        def tell(*message: object) -> None:
            print(json.dumps(message), file=channel, flush=True)

        try:
            tell(_run(tell, *json.loads(sys.argv[1])))
        except CheckError as problem:
            tell("unusable", str(problem))
        except Exception:
            tell("unusable", f"this command has a fault: {traceback.format_exc()}")
    os._exit(0)  # a Pool may not let go


def _end_with_reader(pipe: int) -> None:
    os.read(pipe, 1)  # it is never written to
    if sys.platform != "win32":
        os.killpg(0, signal.SIGTERM)
    os._exit(1)


def _run(tell: Callable[..., None], output: str, modules: list[str], examples: list[str], done: list[str]) -> str:
    """Examine all classes but those that are done, and return the last message."""
    tell("step", f"importing {', '.join(modules)}", None)
    _import_all(modules)
    tell("skipped", [name for module in modules for name in _not_imported(module)])
    all_given = []
    for name in examples:
        tell("step", f"--examples {name}", None)
        all_given += _given(name)
    left = [cls for cls in _classes(modules, all_given) if _name(cls) not in done]
    if left:
        warnings.simplefilter("ignore")  # nobody would read them, and none must become an error
        courier = _Courier(modules, Path(output))
    for cls in left:
        tell("found", _examine(cls, [error for error in all_given if type(error) is cls], courier, tell))
        if courier.has_hung:
            return "hung"
    return "all"


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        _import(module)


def _not_imported(module: str) -> list[str]:
    """Return the modules of a package that importing it has not imported."""
    names = [info.name for info in pkgutil.iter_modules(getattr(sys.modules[module], "__path__", []), f"{module}.")]
    found = [name for name in names if name not in sys.modules and not name.endswith(".__main__")]
    return found + [name for part in names if part in sys.modules for name in _not_imported(part)]


def _import(name: str) -> Any:
    if not all(map(str.isidentifier, name.split("."))):
        raise CheckError(
            f"{name!r} is not the name of a module: give it as in an import statement, such as shop.errors"
        )
    try:
        module = importlib.import_module(name)
    except BaseException as problem:
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "importlib" not in frame.filename]
        where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames[1:] else ""
        raise CheckError(f"cannot import {name}: {_say(problem)}{where}") from problem
    if "mysqlx.errors" in sys.modules:
        install(sys.modules["mysqlx.errors"])
    return module


def _given(name: str) -> list[BaseException]:
    """Return the errors that `name`, as ``module:function``, gives."""
    module, _, path = name.partition(":")
    if not path:
        raise CheckError(f"--examples {name}: this takes MODULE:FUNCTION")
    found = _import(module)
    try:
        given_ones = _listed(operator.attrgetter(path)(found))
    except Exception as problem:
        raise CheckError(f"--examples {name}: {_say(problem)}") from problem
    for error in given_ones:
        if not isinstance(error, _drivers()):
            raise CheckError(f"--examples {name}: {_name(type(error))} is no subclass of mysql.connector.Error")
    return given_ones


def _listed(found: Any) -> list[Any]:
    """Return the errors that a function or a list gives, or the only one."""
    if callable(found):
        found = found()
    return [found] if isinstance(found, BaseException) else list(found)


def _drivers() -> tuple[type[Exception], ...]:
    """Return the base class of each of the driver's hierarchies."""
    modules = [sys.modules[name] for name in ("mysql.connector.errors", "mysqlx.errors") if name in sys.modules]
    return tuple(module.Error for module in modules)


def _classes(modules: Sequence[str], given_ones: Sequence[BaseException]) -> list[type[BaseException]]:
    """Return the error classes that `modules`, and modules in them, define, and those of the given errors."""
    found: list[type[BaseException]] = list(_drivers())
    for cls in found:
        found += [c for c in cls.__subclasses__() if c not in found]
    # By name: a class that @dataclass(slots=True) has replaced may still be there under the same.
    chosen: dict[str, type[BaseException]] = {}
    for cls in found:
        here = any(f"{cls.__module__}.".startswith(f"{module}.") for module in modules)
        if (here or any(type(error) is cls for error in given_ones)) and (_name(cls) not in chosen or _is_found(cls)):
            chosen[_name(cls)] = cls
    return list(chosen.values())


def _is_found(cls: type) -> bool:
    """Tell whether pickle finds this very class by its name."""
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls


class _Courier:
    """A Pool with one worker, which has imported the modules afresh and raises what it is given.

    It hangs for ever when the thread that takes in results dies of one, or the worker of a task.
    """

    def __init__(self, modules: Sequence[str], output: Path) -> None:
        self.has_hung = False
        self._output = output
        self._deaths: list[str] = []  # of threads
        threading.excepthook = lambda death: self._deaths.append(_say(death.exc_value or death.exc_type()))
        self._pool = multiprocessing.get_context("spawn").Pool(1)
        try:
            self._pool.apply(_import_all, (modules,))
        except CheckError as problem:
            raise CheckError(f"{problem}, in a second process") from None
        self._workers = set(multiprocessing.active_children())

    def carry(self, error: BaseException) -> str | None:
        """Return what is wrong with what arrives from the worker, None if it is `error` again."""
        start = self._output.stat().st_size
        until = time.monotonic() + PATIENCE
        result = self._pool.apply_async(_raise, (error,))
        while not result.ready():
            lost = self._deaths or set(multiprocessing.active_children()) != self._workers
            if (lost or time.monotonic() > until) and not result.ready():
                self.has_hung = True
                reason = self._deaths[0] if self._deaths else last_line(self._output, start)
                return f"hangs a Pool{reason and ': '}{reason}"
            result.wait(0.01)
        try:
            result.get()
        except BaseException as arrived:
            if type(arrived) is not type(error):
                return f"a Pool brings back {_say(arrived)}"
            difference = _difference(_facts(error), _facts(arrived), {})
            return difference and f"a Pool: {difference}"
        raise AssertionError("the worker raised nothing")


def _raise(error: BaseException) -> NoReturn:
    raise error


def _examine(
    cls: type[BaseException], examples: Sequence[BaseException], courier: _Courier, tell: Callable[..., None]
) -> Finding:
    name = _name(cls)
    if not _is_found(cls):
        mend = f"define the class at the top level of {cls.__module__}, and under the name {cls.__name__}"
        return Finding(name, "unsafe", 0, "cannot be imported by this name, which is all that a pickle has of it", mend)
    tell("step", "its constructor", Finding(name, "unknown", 0, NO_EXAMPLE, GIVE_EXAMPLES))
    why = ""
    left_out: list[str] = []
    if not examples:
        examples, why, left_out = _make(cls)
    if not examples:
        return Finding(name, "unknown", 0, NO_EXAMPLE + why, GIVE_HINTS if "type hint" in why else GIVE_EXAMPLES)
    count = len(examples)
    for error in examples:
        tell("step", "pickling and copying it", Finding(name, "unsafe", count, "", _how_to_mend(cls, None)))
        fault = find_fault(error)
        tell("step", "sending it through a Pool", Finding(name, "unsafe", count, "", _how_to_mend(cls, fault)))
        problem = courier.carry(error)
        if fault:
            way = "" if fault.unpicklable else f"{fault.way}: "
            problem = f"{way}{fault.text}{'; hangs a Pool' if courier.has_hung else ''}"
        if problem:
            return Finding(name, "unsafe", count, problem, _how_to_mend(cls, fault))
    return Finding(name, "safe", count, never_given=left_out)


def _make(cls: type[BaseException]) -> tuple[list[BaseException], str, list[str]]:
    """Return the errors that the class gives, or else built ones, and the parameters left out; if none, also why."""
    try:
        own: Any = getattr(cls, "examples", [])
        may_be_errors = callable(own) or isinstance(own, (BaseException, Iterable))  # or called so for another reason
        examples = [error for error in _listed(own) if type(error) is cls] if may_be_errors else []
    except Exception as problem:
        return [], f"its `examples` raised {_say(problem)}", []
    if examples:
        return examples, "", []
    refusals: list[BaseException] = []

    @_settings
    @given(st.data())
    def build(data: st.DataObject) -> None:
        try:
            examples.append(data.draw(errors(cls)))
        except UnsatisfiedAssumption as problem:  # which stands for what the constructor raised
            refusals.append(problem.__context__ or problem)
            raise
        except HypothesisException:
            raise
        except (Exception, SystemExit) as problem:
            refusals.append(problem)

    try:
        build()
    except Exception as problem:
        refusals.append(problem)
    if examples:
        return examples, "", never_given(cls)
    why = _why_not(cls, refusals[0])
    return [], f"its `examples` gives no error of this class, and {why}" if own else why, []


def _why_not(cls: Any, problem: BaseException) -> str:
    """Say why the class could not be constructed, where `problem` is what was raised instead."""
    try:
        hints = _hints(cls)
        required = {
            name
            for name, parameter in inspect.signature(cls).parameters.items()
            if parameter.default is parameter.empty and "VAR_" not in parameter.kind.name
        }
    except NameError as missing:
        return f"a type hint of its constructor cannot be resolved: {missing}"
    except ValueError:  # a builtin constructor has no signature
        hints, required = {}, set()
    for name in sorted(required):
        if name not in hints and name not in _FIELDS:
            return f"parameter {name!r} of its constructor has no type hint"
        if hints.get(name) in (Any, object):
            return f"the type hint of parameter {name!r} of its constructor allows anything"
    if isinstance(problem, HypothesisException):
        problem = problem.__cause__ or problem
    return f"{'' if isinstance(problem, HypothesisException) else 'constructing it raised '}{_say(problem)}"


def _how_to_mend(cls: type[BaseException], fault: Fault | None) -> str:
    if fault and fault.unpicklable == "args":
        return "call super().__init__() with the message as text; without, args keeps all that is given"
    if fault and fault.unpicklable:
        return f"do not keep {fault.unpicklable} in the error: store what you need of it instead, as text or numbers"
    params = getattr(cls, "__dataclass_params__", None)
    if params and params.frozen:
        return "leave frozen=True out of its @dataclass: whoever raises or brings back an error assigns to it"
    methods, inherited = [], []
    for name, original in _METHODS.items():
        owner = next((base for base in cls.__mro__ if name in vars(base)), object)
        if owner.__module__.partition(".")[0] not in ("builtins", "mysql", "mysqlx"):
            methods.append(f"{owner.__qualname__}.{name}")
            if owner is not cls:
                driver = next(base for base in cls.__mro__ if base in _drivers())
                inherited.append(f"{name} = {original.format(driver=_name(driver))}")
    if not methods:
        return KEEP_PLAIN_VALUES
    mend = f"remove {' and '.join(methods)}: without, mysql_errors_compat brings the class back whole"
    return mend + (f"; or put into {cls.__qualname__}: {'; '.join(inherited)}" if inherited else "")
