"""Sending an error every way there is in one process, and saying how what arrives differs from what left."""

import contextlib
import copy
import inspect
import json
import pickle
import reprlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 100
_show = _short.repr

_SHOWN = ("type", "args", "attribute 'msg'", "attribute 'errno'", "attribute 'sqlstate'", "str()")
_PRIVATE = {"_full_msg": "the full message", "_values of the constructor call": "the values"}
# Members that the interpreter sets by itself. The second is what lacked an attribute: it may be anything.
_NOT_SENT = {vars(BaseException)["__suppress_context__"], vars(AttributeError).get("obj")}


class _Nothing:
    """What stands for a fact that is not there."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()
Way = tuple[str, Callable[[Any], Any], Callable[[Any], Any]]  # its name, how an error leaves, and how it arrives


def _at_once(error: Any) -> Any:
    return error


_COPIES: list[Way] = [("copy.copy", copy.copy, _at_once), ("copy.deepcopy", copy.deepcopy, _at_once)]


class Fault(NamedTuple):
    """The first thing that goes wrong with an error on its way."""

    way: str
    text: str
    hangs: bool = False  # a Pool, since the error leaves and then its arrival raises
    unpicklable: str = ""  # the attribute that is to blame, as messages name it
    cause: BaseException | None = None

    def __str__(self) -> str:
        way = "" if self.unpicklable else f"{self.way}: "
        return f"{'hangs a Pool; ' if self.hangs else ''}{way}{self.text}"


def every_way() -> list[Way]:
    """Return every pickle protocol with both picklers, and both ways of copying."""
    python: Any = pickle
    ways: list[Way] = []
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for which, dumps, loads in ("C", pickle.dumps, pickle.loads), ("Python", python._dumps, python._loads):
            ways.append((f"pickle protocol {protocol}, {which} pickler", partial(dumps, protocol=protocol), loads))
    return ways + _COPIES


def ways_in_use(cls: type) -> list[Way]:
    """Return what today's programs do with errors of a class: the default protocol, Celery's, and copying."""
    protocol = 2 if name_of(cls).isascii() else 3  # no earlier one has a form for other names
    celerys: Way = (f"pickle protocol {protocol}", partial(pickle.dumps, protocol=protocol), pickle.loads)
    return [("pickle", pickle.dumps, pickle.loads), celerys, *_COPIES]


def find_fault(error: BaseException, ways: Iterable[Way]) -> Fault | None:
    """Send `error` these ways; return the first thing that goes wrong, or None."""
    left = facts(error)
    for way, leave, arrive in ways:
        hangs = False
        try:
            data = leave(error)
            hangs = arrive is not _at_once
            arrived = facts(arrive(data))
        except (Exception, SystemExit) as problem:
            reasons = ((name, _why_unpicklable(name, value)) for name, value in left.items())
            name, reason = next((each for each in reasons if each[1]), ("", say(problem)))
            return Fault(way, reason, hangs, name, problem)
        for changed in _differing(left, arrived):
            reason = _why_unpicklable(changed, left.get(changed))
            return Fault(way, reason or _describe(changed, left, arrived), unpicklable=changed if reason else "")
    return None


def from_args(errors: Iterable[BaseException]) -> str:
    """Say how errors of one class arrive where only their class and `args` travel, in JSON, as Celery has it."""
    lost: set[str] = set()
    for error in errors:
        before = facts(error)
        try:
            after = facts(type(error)(*json.loads(json.dumps(error.args, default=repr))))
        except (Exception, SystemExit) as problem:
            return f"does not arrive: {say(problem)}"
        for name in _differing(before, after):
            if name in _SHOWN:
                return f"arrives changed: {_describe(name, before, after)}"
            if name.startswith("attribute"):  # str() and args show what is in the others
                lost.add(name.removeprefix("attribute ").strip("'"))
    return f"arrives as itself, without {', '.join(sorted(lost))}" if lost else "arrives as itself"


def drivers() -> tuple[type[Exception], ...]:
    """Return the base class of each of the driver's hierarchies that are imported."""
    modules = [sys.modules[name] for name in ("mysql.connector.errors", "mysqlx.errors") if name in sys.modules]
    return tuple(module.Error for module in modules)


def facts(error: BaseException) -> dict[str, Any]:
    """Return everything that must arrive, by the name it has in a message."""
    text: Any = NOTHING
    with contextlib.suppress(Exception):  # the driver's own __str__ raises where there is no message
        text = str(error)
    held = {**vars(error), **_members(error)}.items()
    named = {_PRIVATE.get(name, f"attribute {name!r}"): value for name, value in held}
    return {"type": type(error), "args": error.args, **named, "str()": text}


def _members(error: BaseException) -> dict[str, Any]:
    """Return what an error holds outside of ``__dict__``: in slots, and in members of builtin bases."""
    members = inspect.getmembers(type(error), inspect.ismemberdescriptor)
    return {name: getattr(error, name, NOTHING) for name, member in members if member not in _NOT_SENT}


def _why_unpicklable(name: str, value: object) -> str:
    """Return, in a sentence about this fact of an error, why it cannot be pickled, if so."""
    what = f"{name} {name_of(value)}" if isinstance(value, type) else f"{name} of type {name_of(type(value))}"
    step = "pickled"
    try:
        data = pickle.dumps(value)
        step = "unpickled"
        pickle.loads(data)
        return ""
    except Exception as reason:
        return f"{what} cannot be {step}: {say(reason)}"


def say(problem: BaseException) -> str:
    """Return the type of an exception and its text, in one line."""
    return " ".join("".join(traceback.format_exception_only(problem)).split())


def name_of(cls: type) -> str:
    """Return the name of a class as messages have it."""
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _differing(left: dict[str, Any], arrived: dict[str, Any], seen: dict[int, Any] | None = None) -> Iterator[str]:
    """Yield the names of the facts that are not the same on both sides."""
    seen = {} if seen is None else seen
    for name in {**left, **arrived}:
        if not _same(left.get(name, NOTHING), arrived.get(name, NOTHING), seen):
            yield name


def _describe(name: str, left: dict[str, Any], arrived: dict[str, Any]) -> str:
    return f"{name} left as {_show(left.get(name, NOTHING))} and arrived as {_show(arrived.get(name, NOTHING))}"


def _same(left: Any, arrived: Any, seen: dict[int, Any]) -> bool:
    """Compare as a user would: by value, and by contents where that does not say they are equal."""
    if type(left) is not type(arrived):
        return False
    if left is arrived or seen.get(id(left)) is arrived:
        return True
    seen[id(left)] = arrived  # an error may hold itself
    if isinstance(left, (list, tuple)):
        return len(left) == len(arrived) and all(_same(a, b, seen) for a, b in zip(left, arrived, strict=True))
    if isinstance(left, dict):
        return left.keys() == arrived.keys() and all(_same(left[key], arrived[key], seen) for key in left)
    if isinstance(left, BaseException):
        return not any(_differing(facts(left), facts(arrived), seen))
    with contextlib.suppress(Exception):  # an array compares by element
        if left == arrived or (left != left and arrived != arrived):  # the latter is NaN
            return True
    if type(left).__module__ == "builtins" and type(left) is not object:
        return False
    with contextlib.suppress(TypeError):  # a lock has no contents
        return _same(left.__reduce_ex__(2), arrived.__reduce_ex__(2), seen)
    return True
