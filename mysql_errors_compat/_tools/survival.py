"""Sending an error every way there is in one process, and saying how what arrives differs from what left."""

from __future__ import annotations

import copy
import json
import pickle
import reprlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import MemberDescriptorType
from typing import Any, NamedTuple

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 100
_show = _short.repr

# What an error of the driver has outside of anybody's sight. str() and args show what is in them.
_PRIVATE = {"attribute '_full_msg'", "attribute '_values'"}
_FIELDS = {f"attribute {name!r}" for name in ("msg", "errno", "sqlstate")}
# Members that the interpreter sets by itself. The second is what lacked an attribute: it may be anything.
_NOT_SENT = {vars(BaseException)["__suppress_context__"], vars(AttributeError).get("obj")}


class Fault(NamedTuple):
    """The first thing that goes wrong with an error on its way."""

    way: str
    text: str
    unpicklable: str | None  # the attribute that is to blame, as messages name it
    cause: Exception | None


def find_fault(error: BaseException) -> Fault | None:
    """Send `error` through every pickle protocol, both picklers and copy; return what goes wrong, or None."""
    left = facts(error)
    for way, send in _ways():
        try:
            arrived = facts(send(error))
        except Exception as problem:
            for name, value in left.items():
                if reason := _why_unpicklable(name, value):
                    return Fault(way, reason, name, problem)
            return Fault(way, say(problem), None, problem)
        changed = _differing(left, arrived, {})
        if changed:
            reason = _why_unpicklable(changed, left.get(changed))
            return Fault(way, reason or _describe(changed, left, arrived), reason and changed, None)
    return None


def from_args(errors: Iterable[BaseException]) -> str:
    """Say how errors of one class arrive where only their class and `args` travel, in JSON."""
    lost: set[str] = set()
    for error in errors:
        if bytes in (type(getattr(error, "msg", None)), *map(type, error.args)):
            continue  # JSON has none, and the driver's full message is a text
        try:
            arrived: Any = type(error)(*_through_json(error.args))
        except Exception as problem:
            return f"does not arrive: {say(problem)}"
        before, after = facts(error), facts(arrived)
        for name in _differing_all(before, after):
            if name in _FIELDS or not name.startswith("attribute"):
                return f"arrives changed: {_describe(name, before, after)}"
            lost.add(name.removeprefix("attribute ").strip("'"))
    return "arrives as itself" + (f", without {', '.join(sorted(lost))}" if lost else "")


def _through_json(args: tuple[Any, ...]) -> list[Any]:
    """Return what Celery gives to the class at the other end: JSON, and repr() of what JSON has no form for."""
    received = []
    for arg in args:
        try:
            received.append(json.loads(json.dumps(arg)))
        except (TypeError, ValueError):
            received.append(repr(arg))
    return received


def _differing_all(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    names = [name for name in {**before, **after} if name not in _PRIVATE]
    return [name for name in names if _differing(_only(before, name), _only(after, name), {})]


def _only(found: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: found[name]} if name in found else {}


def _ways() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    pickler: Any = pickle
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield f"pickle protocol {protocol}, C pickler", partial(_pickled, pickler.dumps, pickler.loads, protocol)
        yield f"pickle protocol {protocol}, Python pickler", partial(_pickled, pickler._dumps, pickler._loads, protocol)
    yield "copy.copy", copy.copy
    yield "copy.deepcopy", copy.deepcopy


def _pickled(dumps: Callable[..., bytes], loads: Callable[[bytes], Any], protocol: int, error: Any) -> Any:
    return loads(dumps(error, protocol))


def facts(error: BaseException) -> dict[str, Any]:
    """Return everything that must arrive, by the name it has in a message."""
    try:
        text: object = str(error)
    except Exception as problem:  # the driver's own __str__ raises where there is no message
        text = type(problem)
    attributes = {f"attribute {name!r}": value for name, value in {**vars(error), **_members(error)}.items()}
    return {"type": type(error), "args": error.args, **attributes, "str()": text}


def _members(error: BaseException) -> dict[str, Any]:
    """Return what an error holds outside of ``__dict__``: in slots, and in members of builtin bases."""
    in_class = {name: value for base in reversed(type(error).__mro__) for name, value in vars(base).items()}
    found = {}
    for name, member in in_class.items():
        if isinstance(member, MemberDescriptorType) and member not in _NOT_SENT:
            try:
                value = member.__get__(error)
            except AttributeError:
                continue
            if value is not None or "__slots__" in vars(member.__objclass__):  # a builtin's None was never set
                found[name] = value
    return found


def _why_unpicklable(name: str, value: object) -> str | None:
    """Return, in a sentence about this fact of an error, why it cannot be pickled; None if it can be."""
    what = f"{name} {name_of(value)}" if isinstance(value, type) else f"{name} of type {name_of(type(value))}"
    try:
        data = pickle.dumps(value)
    except Exception as reason:
        return f"{what} cannot be pickled: {_one_line(reason)}"
    try:
        pickle.loads(data)
    except Exception as reason:
        return f"{what} cannot be unpickled: {say(reason)}"
    return None


def say(problem: BaseException) -> str:
    """Return the type of an exception and its text, in one line."""
    text = _one_line(problem)
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem).split())


def name_of(cls: type) -> str:
    """Return the name of a class as messages have it."""
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def difference(left: BaseException, arrived: BaseException) -> str | None:
    """Say how an error that arrived differs from the one that left; return None if it does not."""
    before, after = facts(left), facts(arrived)
    name = _differing(before, after, {})
    return name and _describe(name, before, after)


def _differing(left: dict[str, Any], arrived: dict[str, Any], seen: dict[int, Any]) -> str | None:
    """Return the name of the first fact that is not the same on both sides, or None."""
    for name in {**left, **arrived}:
        if not (name in left and name in arrived and _same(left[name], arrived[name], seen)):
            return name
    return None


def _describe(name: str, left: dict[str, Any], arrived: dict[str, Any]) -> str:
    if name not in arrived:
        return f"{name} left as {_show(left[name])} and did not arrive"
    if name not in left:
        return f"{name} arrived as {_show(arrived[name])} and never left"
    before, after = _show(left[name]), _show(arrived[name])
    if before == after:
        before += f" of type {name_of(type(left[name]))}"
        after += f" of type {name_of(type(arrived[name]))}"
    return f"{name} left as {before} and arrived as {after}"


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
        return _differing(facts(left), facts(arrived), seen) is None
    try:
        if left == arrived or (left != left and arrived != arrived):  # the latter is NaN
            return True
    except Exception:  # an array compares by element
        pass
    if type(left).__module__ == "builtins" and type(left) is not object:
        return False
    if hasattr(left, "__dict__") and not _same(vars(left), vars(arrived), seen):
        return False
    try:
        contents = left.__reduce_ex__(2), arrived.__reduce_ex__(2)
    except Exception:  # a lock has no contents
        return True
    return _same(*contents, seen)
