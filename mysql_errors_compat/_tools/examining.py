"""What `check` does with each class, in the interpreter that has imported them: make errors of it, and send them."""

import contextlib
import multiprocessing
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

from .. import install
from . import advice, survival
from .advice import Advice
from .check import Finding
from .examples import REFUSALS, UnresolvedHintError, tame_errors
from .survival import drivers, name_of, say
from .values import TEXTS

NO_EXAMPLE = "no example could be built: "

Tell = Callable[..., None]
Class = type[BaseException]


class NoExampleError(Exception):
    """There is no error to send. The text says why."""


def examine(tell: Tell, modules: list[str], given: list[Any], done: list[str], only_mysql: bool) -> None:
    """Send what is found about each class of the modules, and of the `given` errors, but for those that are done."""
    install()  # whatever the modules have done
    if "mysqlx.errors" in sys.modules:
        install(sys.modules["mysqlx.errors"])
    warnings.simplefilter("ignore")  # nobody would read them, and none must become an error
    st.register_type_strategy(str, TEXTS)
    found: dict[Class, None] = dict.fromkeys([*_classes(modules), *map(type, given)])
    for cls in found:
        if name_of(cls) not in done and (issubclass(cls, drivers()) or not only_mysql):
            tell("class", _examined(tell, cls, [error for error in given if type(error) is cls]))


def listed(source: Any) -> list[Any]:
    """Return what a function or a list of errors gives, or the only one."""
    given = source() if callable(source) else source
    return [given] if isinstance(given, BaseException) else list(given)


def _judged(found: Finding, verdict: str, problem: str, mend: Advice) -> Finding:
    return found._replace(verdict=verdict, problem=problem, mend=mend.text, about=mend.about)


def _examined(tell: Tell, cls: Class, errors: list[BaseException]) -> Finding:
    """Return what is found with these errors, with those that the class gives, or with built ones."""
    found = Finding(name_of(cls), "unknown", mysql=issubclass(cls, drivers()))
    try:
        pickle.dumps(cls)
    except Exception:
        problem = "cannot be imported by this name, which is all that a pickle has of it"
        return _judged(found, "unsafe", problem, Advice(advice.AT_TOP_LEVEL))
    other = _start_other_process() if advice.methods(cls) else None  # before there are any errors
    tell("step", "its constructor", "class", _judged(found, "unknown", NO_EXAMPLE, Advice(advice.GIVE_EXAMPLES)))
    try:
        errors = errors or _own_examples(cls)
        if not errors:
            errors, guessed, never_given = tame_errors(cls)
            found = found._replace(guessed=guessed, never_given=never_given)
            if any(type(error) is not cls for error in errors):
                raise NoExampleError("its constructor makes something else")
    except REFUSALS as problem:
        return _without_example(found, problem)
    usual = advice.about_fault(cls, None)
    tell("step", "rebuilding it from its args", "class", _judged(found, "unsafe", "", usual))
    found = found._replace(examples=len(errors), args_only=survival.from_args(errors))
    tell("step", "sending it", "class", _judged(found, "unsafe", "", usual))
    return _sent(found, errors, other)


def _sent(found: Finding, errors: Sequence[BaseException], other: Any) -> Finding:
    """Return what is found when they are sent, to the other process too, and then with another attribute."""
    cls = type(errors[0])
    usual, ways = advice.about_fault(cls, None), survival.ways_in_use(cls)
    for error in errors:
        if fault := survival.find_fault(error, ways):
            return _judged(found, "unsafe", str(fault), advice.about_fault(cls, fault))
        if other and (wrong := _fault_in(other, error)):
            return _judged(found, "unsafe", wrong, usual)
    with contextlib.suppress(Exception):  # if nothing can be set, nobody will
        errors[0].set_later = "on the way"  # type: ignore[attr-defined]
    if fault := survival.find_fault(errors[0], ways):
        return _judged(found, "unsafe", f"what is set on it later is lost; {fault}", usual)
    return found._replace(verdict="safe")


def _own_examples(cls: Any) -> list[BaseException]:
    own = getattr(cls, "examples", None)
    try:
        return [error for error in listed(own) if type(error) is cls] if callable(own) else []
    except Exception as problem:
        raise NoExampleError(f"its `examples` raised {say(problem)}") from problem


def _without_example(found: Finding, problem: BaseException) -> Finding:
    if isinstance(problem, UnresolvedHintError):
        mend = Advice(advice.FOR_TYPE_CHECKERS, f"parameter {problem.name!r}")
        return _judged(found, "unknown", f"{NO_EXAMPLE}{problem}", mend)
    text = str(problem) if isinstance(problem, NoExampleError) else f"constructing it raised {say(problem)}"
    return _judged(found, "unknown", f"{NO_EXAMPLE}{text}", Advice(advice.GIVE_EXAMPLES))


def _start_other_process() -> Any:
    """Return the pipe to a process without what constructors leave behind: there are no errors in it yet."""
    fork = multiprocessing.get_context("fork")
    pipe, theirs = fork.Pipe()
    fork.Process(target=_send_back, args=(theirs,), daemon=True).start()
    theirs.close()
    return pipe


def _send_back(pipe: Any) -> None:
    while data := pipe.recv_bytes():
        try:
            pipe.send(pickle.loads(data))
        except Exception as problem:
            pipe.send(say(problem))


def _fault_in(other: Any, error: BaseException) -> str | None:
    """Say what is wrong with an error that was sent to the other process and back, if anything."""
    try:
        other.send_bytes(pickle.dumps(error))
        back = other.recv()
    except (EOFError, OSError):
        return "hangs a Pool; loading it ends another process"
    if isinstance(back, str):
        return f"hangs a Pool; in another process: {back}"
    difference = survival.difference(error, back)
    return difference and f"in another process: {difference}"


def _classes(modules: Sequence[str]) -> Iterator[Class]:
    """Yield the exception classes that `modules` define."""
    known: list[Class] = [Exception]
    for cls in known:
        known += [below for below in type.__subclasses__(cls) if below not in known]
    for name in modules:
        own = {name_of(cls): cls for cls in known if cls.__module__ == name}  # dataclass(slots=True) makes two
        yield from (own[each] for each in sorted(own))
