"""The interpreter of `check` that constructs, pickles and copies an application's errors, with the package.

Its messages are lines of JSON: ``["step", what, finding]`` before anything that may not return, with the finding
about the class, if one is to blame, should it not; ``["module", name, problem]`` for one that cannot be imported
here, though it could before; ``["number", count]``, of classes; ``["found", finding]``; ``["elsewhere", names]``,
modules of the application's that have errors and were not named; ``["unusable", why]``; and at the end ``["all"]``,
or ``["hung"]`` if a Pool in this interpreter hangs and the classes that are left need another one.
"""

from __future__ import annotations

import multiprocessing
import operator
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, UnsatisfiedAssumption

from .. import install
from . import advice, survival
from .check import Finding, last_line
from .examples import Plan, drivers, has_drivers_constructor, strategy_of, why_not
from .importing import UnusableError, import_module, serve, why
from .processes import why_no_semaphores
from .survival import name_of, say

EXAMPLES = 25  # of each class, at most
PATIENCE = 10  # seconds until a Pool hangs; what arrives takes milliseconds

NO_EXAMPLE = "no example could be built: "

_settings = settings(
    max_examples=EXAMPLES,
    derandomize=True,  # the same examples every time
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def main() -> None:
    """Examine what the command line says, write the messages, and end the interpreter."""
    serve(_run)


def _run(
    tell: Callable[..., None],
    output: str,
    named: list[str],
    modules: list[str],
    examples: list[str],
    only_mysql: bool,
    done: list[str],
) -> str:
    """Examine all classes but those that are done, and return the last message."""
    tell("step", f"importing {', '.join(named)}", None)
    failed = _import_all(named, modules)
    all_given = []
    for name in examples:
        tell("step", f"--examples {name}", None)
        all_given += _given(name)
    if problem := why_no_semaphores():
        raise UnusableError(problem)
    tell("step", "starting a Pool", None)
    courier = _Courier(named, modules, Path(output))
    failed |= courier.failed
    for name, text in failed.items():
        tell("module", name, text)
    found = list(_classes([name for name in modules if name not in failed]))
    found += [type(error) for error in all_given if type(error) not in found]
    found = list(dict.fromkeys(cls for cls in found if not only_mysql or issubclass(cls, drivers())))
    tell("number", len(found))
    if not found:
        tell("elsewhere", _elsewhere(modules))
    warnings.simplefilter("ignore")  # nobody would read them, and none must become an error
    for cls in found:
        if name_of(cls) not in done:
            tell("found", _examine(cls, [error for error in all_given if type(error) is cls], courier, tell))
            if courier.has_hung:
                return "hung"
    return "all"


def _import_all(named: Sequence[str], modules: Sequence[str]) -> dict[str, str]:
    """Import the modules and install the package; return those that cannot be imported, and why."""
    failed = {}
    for name in modules:
        try:
            import_module(name)
        except UnusableError as problem:
            if name in named:
                raise UnusableError(f"{problem}, in a second process") from None
            failed[name] = f"{why(problem.__cause__ or problem)}, in a second process"
    install()  # whatever they have done
    if "mysqlx.errors" in sys.modules:
        install(sys.modules["mysqlx.errors"])
    return failed


def _given(name: str) -> list[BaseException]:
    """Return the errors that `name`, as ``module:function``, gives."""
    module, _, path = name.partition(":")
    found = import_module(module)
    try:
        given_ones = _listed(operator.attrgetter(path)(found))
    except Exception as problem:
        raise UnusableError(f"--examples {name}: {say(problem)}") from problem
    for error in given_ones:
        if not isinstance(error, BaseException):
            raise UnusableError(f"--examples {name}: {error!r} is no error")
    return given_ones


def _listed(found: Any) -> list[Any]:
    """Return the errors that a function or a list gives, or the only one."""
    if callable(found):
        found = found()
    return [found] if isinstance(found, BaseException) else list(found)


def _classes(modules: Sequence[str]) -> Iterator[type[BaseException]]:
    """Yield the exception classes that `modules` define, in the order of their definition."""
    known = list(_below([Exception]))
    for name in modules:
        reachable = dict.fromkeys(_reachable(sys.modules[name], name))
        yield from reachable
        names = {name_of(cls) for cls in reachable}
        # A class that @dataclass(slots=True) has replaced may still be there under the same name.
        hidden = [cls for cls in known if cls.__module__ == name and name_of(cls) not in names]
        yield from {name_of(cls): cls for cls in hidden}.values()


def _reachable(owner: Any, module: str) -> Iterator[type[BaseException]]:
    """Yield the exception classes in a module, or in a class of it, and those in them."""
    prefix = f"{owner.__qualname__}." if isinstance(owner, type) else ""
    for cls in list(vars(owner).values()):
        if isinstance(cls, type) and cls.__module__ == module and cls.__qualname__ == prefix + cls.__name__:
            if issubclass(cls, Exception) and _is_found(cls):
                yield cls
            yield from _reachable(cls, module)


def _below(found: list[type[BaseException]]) -> list[type[BaseException]]:
    """Return all classes below these, which are in the list too."""
    seen = set(found)
    for cls in found:
        below = [c for c in type.__subclasses__(cls) if c not in seen]
        seen.update(below)
        found += below
    return found


def _elsewhere(modules: Sequence[str]) -> list[str]:
    """Return the modules, other than the driver's and these, that define errors of the driver's hierarchies."""
    found = dict.fromkeys(cls.__module__ for cls in _below(list(drivers())))
    return [name for name in found if name.partition(".")[0] not in ("mysql", "mysqlx") and name not in modules]


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

    def __init__(self, named: Sequence[str], modules: Sequence[str], output: Path) -> None:
        self.has_hung = False
        self._output = output
        self._deaths: list[str] = []  # of threads
        threading.excepthook = lambda death: self._deaths.append(say(death.exc_value or death.exc_type()))
        self._pool = multiprocessing.get_context("spawn").Pool(1)
        self.failed = self._pool.apply(_import_all, (named, modules))
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
                return f"a Pool brings back {say(arrived)}"
            difference = survival.difference(error, arrived)
            return difference and f"a Pool: {difference}"
        raise AssertionError("the worker raised nothing")


def _raise(error: BaseException) -> NoReturn:
    raise error


def _examine(
    cls: type[BaseException], examples: Sequence[BaseException], courier: _Courier, tell: Callable[..., None]
) -> Finding:
    found = Finding(name_of(cls), "unknown", mysql=issubclass(cls, drivers()))
    if not _is_found(cls):
        problem = "cannot be imported by this name, which is all that a pickle has of it"
        return found.unsafe(problem, advice.Advice(advice.AT_TOP_LEVEL, ""))
    no_example = found._replace(problem=NO_EXAMPLE, mend=advice.GIVE_EXAMPLES)
    tell("step", "its constructor", no_example)
    reason = ""
    if not examples:
        examples, reason, found = _make(cls, found)
    if not examples:
        text, about = advice.about_example(cls)
        return no_example._replace(problem=NO_EXAMPLE + reason, mend=text, about=about)
    found = found._replace(verdict="safe", examples=len(examples))
    unsafe = found.unsafe("", advice.about_fault(cls, None))
    fault, faulty = None, examples
    for error in examples:
        tell("step", "pickling and copying it", unsafe)
        if fault := survival.find_fault(error):
            faulty = [error]
            break
    mend = advice.about_fault(cls, fault)
    tell("step", "rebuilding it from its args", unsafe)
    args_only = survival.from_args(examples)
    found, unsafe = found._replace(args_only=args_only), unsafe._replace(args_only=args_only)
    for error in faulty:
        tell("step", "sending it through a Pool", unsafe._replace(mend=mend.text, about=mend.about))
        wrong = courier.carry(error)
        if fault:
            way = "" if fault.unpicklable else f"{fault.way}: "
            wrong = f"{'hangs a Pool; ' if courier.has_hung else ''}{way}{fault.text}"
        if wrong:
            return found.unsafe(wrong, mend)
    return found


def _make(cls: type[BaseException], found: Finding) -> tuple[list[BaseException], str, Finding]:
    """Return the errors that the class gives, or else built ones; if none, also why; and what was guessed."""
    try:
        own: Any = getattr(cls, "examples", [])
        may_be_errors = callable(own) or isinstance(own, (BaseException, Iterable))  # or called so for another reason
        examples = [error for error in _listed(own) if type(error) is cls] if may_be_errors else []
    except Exception as problem:
        return [], f"its `examples` raised {say(problem)}", found
    if examples:
        return examples, "", found
    refusals: list[BaseException] = []

    @_settings
    @given(st.data())
    def build(data: st.DataObject) -> None:
        try:
            examples.append(data.draw(strategy_of(cls)))
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
    if not examples:
        reason = why_not(cls, refusals[0])
        return [], f"its `examples` gives no error of this class, and {reason}" if own else reason, found
    if not has_drivers_constructor(cls):
        plan = Plan.of(cls)
        found = found._replace(guessed=plan.guessed(), never_given=plan.never_given)
    return examples, "", found
