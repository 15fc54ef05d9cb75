"""What `check` does with each class, in the interpreter that has imported them: make errors of it, and send them."""

import contextlib
import multiprocessing
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from hypothesis import strategies as st

from .. import install
from . import survival
from .advice import AT_TOP_LEVEL, GIVE_EXAMPLES, about_fault, methods
from .check import Finding
from .examples import REFUSALS, tame_errors
from .survival import Way, drivers, name_of, say
from .values import TEXTS

NO_ERROR = "no error could be built: "

Tell = Callable[..., None]


def examine(tell: Tell, modules: list[str], given: list[Any], done: list[str], only_mysql: bool) -> None:
    """Send what is found about each class of the modules, and of the `given` errors, but for those that are done."""
    install()  # whatever the modules have done
    if "mysqlx.errors" in sys.modules:
        install(sys.modules["mysqlx.errors"])
    warnings.simplefilter("ignore")  # nobody would read them, and none must become an error
    st.register_type_strategy(str, TEXTS)
    found: dict[type[BaseException], None] = dict.fromkeys([*_classes(modules), *map(type, given)])
    for cls in found:
        if name_of(cls) not in done and (issubclass(cls, drivers()) or not only_mysql):
            tell("class", _examined(tell, cls, [error for error in given if type(error) is cls]))


def _examined(tell: Tell, cls: type[BaseException], errors: list[BaseException]) -> Finding:
    """Return what is found with these errors, with those that the class gives, or with built ones."""
    found = Finding(name_of(cls), "unknown", mysql=issubclass(cls, drivers()), mend=GIVE_EXAMPLES)
    try:
        pickle.dumps(cls)
    except Exception:
        problem = "cannot be imported by this name, which is all that a pickle has of it"
        return found._replace(verdict="unsafe", problem=problem, mend=AT_TOP_LEVEL)
    ways = survival.ways_in_use(cls)
    if methods(cls):
        ways.append(_way_to_other_process())  # before there are any errors
    tell("step", "its constructor", "class", found._replace(problem=NO_ERROR))
    try:
        errors = errors or _own_examples(cls)
        if not errors:
            errors, guessed, never_given = tame_errors(cls)
            found = found._replace(guessed=guessed, never_given=never_given)
    except REFUSALS as problem:
        return found._replace(problem=f"{NO_ERROR}{say(problem)}")
    if any(type(error) is not cls for error in errors):
        return found._replace(problem=f"{NO_ERROR}its constructor makes something else")
    mend, about = about_fault(cls, None)
    found = found._replace(verdict="unsafe", mend=mend, about=about, examples=len(errors))
    tell("step", "sending it", "class", found)
    return _sent(found._replace(args_only=survival.from_args(errors)), errors, ways)


def _sent(found: Finding, errors: Sequence[BaseException], ways: list[Way]) -> Finding:
    """Return what is found when they are sent, and then with another attribute."""
    for error in errors:
        if fault := survival.find_fault(error, ways):
            mend, about = about_fault(type(error), fault)
            return found._replace(problem=str(fault), mend=mend, about=about)
    with contextlib.suppress(Exception):  # if nothing can be set, nobody will
        errors[0].set_later = "on the way"  # type: ignore[attr-defined]
    if fault := survival.find_fault(errors[0], ways):
        return found._replace(problem=f"what is set on it later is lost; {fault}")
    return found._replace(verdict="safe", mend=None, about="")


def _own_examples(cls: Any) -> list[BaseException]:
    own = getattr(cls, "examples", None)
    try:
        return [error for error in own() if type(error) is cls] if callable(own) else []
    except Exception as problem:
        raise RuntimeError(f"its `examples` raised {say(problem)}") from problem


def _way_to_other_process() -> Way:
    """Return the way through a process without what constructors leave behind: there are no errors in it yet."""
    fork = multiprocessing.get_context("fork")
    pipe, theirs = fork.Pipe()
    fork.Process(target=_send_back, args=(theirs,), daemon=True).start()
    theirs.close()
    return "in another process", pickle.dumps, partial(_loaded_there, pipe)


def _send_back(pipe: Any) -> None:
    while data := pipe.recv_bytes():
        try:
            pipe.send((pickle.loads(data), ""))
        except Exception as problem:
            pipe.send((None, say(problem)))


def _loaded_there(pipe: Any, data: bytes) -> Any:
    pipe.send_bytes(data)
    try:
        error, problem = pipe.recv()
    except EOFError:
        error, problem = None, "loading it ends that process"
    if problem:
        raise RuntimeError(problem)
    return error


def _classes(modules: Sequence[str]) -> Iterator[type[BaseException]]:
    """Yield the exception classes that `modules` define."""
    known: list[type[BaseException]] = [Exception]
    for cls in known:
        known += [below for below in type.__subclasses__(cls) if below not in known]
    for name in modules:
        own = {name_of(cls): cls for cls in known if cls.__module__ == name}  # dataclass(slots=True) makes two
        yield from (own[each] for each in sorted(own))
