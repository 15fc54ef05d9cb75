"""For an application's own test suite: errors with hard values, and the assertion that they survive.

Needs Hypothesis, which the extra ``testing`` brings: ``pip install mysql_errors_compat[testing]``.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import reprlib
import threading
import typing
from collections.abc import Callable, Iterator
from functools import partial
from types import BuiltinFunctionType, UnionType
from typing import Any, NamedTuple, TypeVar, overload

import mysql.connector.errors

try:
    from hypothesis import reject
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException
except ImportError as _problem:
    raise ImportError(
        "mysql_errors_compat.testing needs Hypothesis: pip install 'mysql_errors_compat[testing]'"
    ) from _problem

from ._hierarchy import classes, takes_constructor_order
from ._reduce import members

__all__ = ["assert_survives", "errors"]

E = TypeVar("E", bound=BaseException)

_TEXTS = st.text(st.characters(exclude_categories=()))  # lone surrogates too
_MESSAGES = (
    st.none()
    | st.sampled_from(
        ["", "%", "100% of %s", "{errno}", "1213: x", "1213 (40001): x", "-1: x", "None", "\0\n", "\ud800"]
    )
    | _TEXTS
    | st.binary(max_size=8)
)
_ERRNOS = st.none() | st.sampled_from([0, -1, 1, 1213, 2000, 2003, 2013, 2055, 2999, 65535]) | st.integers()
_SQLSTATES = st.none() | st.sampled_from(["", "40001", "HY000"]) | _TEXTS | st.binary(max_size=5)
_VALUES = st.none() | st.lists(_TEXTS | st.integers(), max_size=4).map(tuple)
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "msg": _MESSAGES,
    "errno": _ERRNOS,
    "values": _VALUES,
    "sqlstate": _SQLSTATES,
}

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 100
_show = _short.repr


@overload
def errors() -> st.SearchStrategy[mysql.connector.errors.Error]: ...


@overload
def errors(*classes_: type[E]) -> st.SearchStrategy[E]: ...


def errors(*classes_: type[BaseException]) -> st.SearchStrategy[Any]:
    """Return a Hypothesis strategy of errors of the given classes, by default of all the driver's.

    A class that has the driver's constructor gets hard fields: no message or one in bytes, lone
    surrogates, ``%`` signs, a message that looks like a full message, errno 0 or -1, an empty sqlstate.
    Any other class is built from its constructor's type hints, as `hypothesis.strategies.builds` does,
    half of them with the optional parameters too. Parameters without a hint that are called as the
    driver's get its fields. It raises at the first example if another required parameter has no hint, or
    one that allows anything; an optional one is never given. Connections and cursors of the driver cannot
    be pickled, as if they were open. Fields for which the constructor raises ValueError are left out.

    Raises TypeError for what is no class of errors.

    >>> from hypothesis import given
    >>> from mysql.connector import errors as driver
    >>> @given(errors(driver.IntegrityError, driver.OperationalError))
    ... def test_the_errno_is_a_number(error):
    ...     assert isinstance(error.errno, int)
    >>> test_the_errno_is_a_number()
    """
    for cls in classes_:
        if not (isinstance(cls, type) and issubclass(cls, BaseException)):
            raise TypeError(f"errors() takes classes of errors, not {cls!r}")
    # Hypothesis makes a table for its first text, which takes seconds and would count as a slow example.
    st.text().validate()
    return st.sampled_from(classes_ or tuple(classes(mysql.connector.errors.Error))).flatmap(_errors_of)


def assert_survives(error: BaseException) -> None:
    """Send `error` through every pickle protocol, both picklers, `copy.copy` and `copy.deepcopy`.

    Raises AssertionError at the first difference. It names the way, the attribute, what left and what
    arrived; or, where an attribute cannot be pickled at all, that attribute and its type. Raises TypeError
    for what is no error. No process is started: `python -m mysql_errors_compat check` also tries a Pool.

    >>> import mysql.connector, threading
    >>> error = mysql.connector.IntegrityError("Duplicate entry", 1062, sqlstate="23000")
    >>> assert_survives(error)
    >>> error.lock = threading.Lock()
    >>> assert_survives(error)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: pickle protocol 0, C pickler: attribute 'lock' of type _thread.lock cannot be pickled: ...
    """
    if not isinstance(error, BaseException):
        raise TypeError(f"assert_survives() takes an error, not {error!r}")
    fault = find_fault(error)
    if fault:
        raise AssertionError(f"{fault.way}: {fault.text}") from fault.cause


class Fault(NamedTuple):
    """The first thing that goes wrong with an error on its way."""

    way: str
    text: str
    unpicklable: str | None  # the attribute that is to blame, as messages name it
    cause: Exception | None


def find_fault(error: BaseException) -> Fault | None:
    """Return what `assert_survives` would raise, or None if the error survives."""
    left = _facts(error)
    for way, send in _ways():
        try:
            arrived = _facts(send(error))
        except Exception as problem:
            for name, value in left.items():
                if reason := _why_unpicklable(name, value):
                    return Fault(way, reason, name, problem)
            return Fault(way, _say(problem), None, problem)
        changed = _differing(left, arrived, {})
        if changed:
            reason = _why_unpicklable(changed, left.get(changed))
            return Fault(way, reason or _describe(changed, left, arrived), reason and changed, None)
    return None


def _errors_of(cls: type[E]) -> st.SearchStrategy[E]:
    if _has_driver_constructor(cls):
        return _made(st.builds(cls, _MESSAGES, _ERRNOS, _VALUES, _SQLSTATES))
    try:
        hints, parameters = _hints(cls), inspect.signature(cls).parameters
    except (NameError, ValueError):  # a hint for type checkers only, or a builtin constructor
        return st.builds(cls)  # raises, and says why
    positional, named, optional = [], {}, {}
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        strategy = _of_parameter(name, hints)
        if parameter.default is parameter.empty:
            if name not in hints and name not in _FIELDS:
                return st.builds(cls)
            if parameter.kind == parameter.KEYWORD_ONLY:
                named[name] = strategy
            else:
                positional.append(strategy)  # not by name, since only these get into args
        elif parameter.kind != parameter.POSITIONAL_ONLY and _is_possible(strategy):
            optional[name] = strategy
    required = partial(st.builds, cls, *positional, **named)
    return _made(required() | required(**optional))


def never_given(cls: type[BaseException]) -> list[str]:
    """Return the optional parameters of a constructor for which `errors` has no values."""
    if _has_driver_constructor(cls):
        return []
    hints, found = _hints(cls), []
    for name, parameter in inspect.signature(cls).parameters.items():
        optional = parameter.default is not parameter.empty and parameter.kind != parameter.POSITIONAL_ONLY
        if optional and not _is_possible(_of_parameter(name, hints)):
            found.append(name)
    return found


def _of_parameter(name: str, hints: dict[str, Any]) -> st.SearchStrategy[Any]:
    return _FIELDS[name] if name in _FIELDS and name not in hints else _of_hint(hints.get(name, Any))


def _hints(cls: Any) -> dict[str, Any]:
    """Return the type hints of a constructor. Raises NameError if one cannot be resolved."""
    hints: dict[str, Any] = {}
    for method in (cls.__init__, cls.__new__, type(cls).__call__):
        hints |= typing.get_type_hints(method, include_extras=True)
    return hints


def _is_possible(strategy: st.SearchStrategy[Any]) -> bool:
    try:
        strategy.validate()
    except HypothesisException:
        return False
    return True


def _of_hint(hint: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return st.one_of([_of_hint(part) for part in typing.get_args(hint)])
    ours = isinstance(hint, type) and hint.__module__.partition(".")[0] in ("mysql", "mysqlx")
    if ours and any(word in hint.__name__ for word in ("Connection", "Cursor", "Session")):
        return st.builds(_as_if_open, st.just(hint))
    return st.from_type(Any if hint is object else hint)  # Hypothesis has no values of type Any


def _as_if_open(cls: Any) -> Any:
    """Return a connection, or what else holds one, that is as little for pickling as when it is open."""
    while inspect.isabstract(cls):
        cls = cls.__subclasses__()[0]
    try:
        made = cls()
    except Exception:  # PooledMySQLConnection wants a pool, one of asyncio a loop
        made = object.__new__(cls)
        vars(made)["_cnx"] = mysql.connector.MySQLConnection()  # to which the former hands everything on
    vars(made)["stand-in for a socket"] = threading.Lock()
    return made


@st.composite
def _made(draw: st.DrawFn, strategy: st.SearchStrategy[E]) -> E:
    try:
        return draw(strategy)
    except ValueError:  # such as the driver's own, where it knows no text for an errno
        reject()


def _has_driver_constructor(cls: type[BaseException]) -> bool:
    bases = [base for base in cls.__mro__ if base.__name__ == "Error" and takes_constructor_order(base)]
    definer = next(base for base in cls.__mro__ if "__init__" in vars(base))
    own_new = not isinstance(cls.__new__, BuiltinFunctionType) or type(cls).__call__ is not type.__call__
    return not own_new and any(definer.__module__ == base.__module__ for base in bases)


def _ways() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    pickler: Any = pickle
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield f"pickle protocol {protocol}, C pickler", partial(_pickled, pickler.dumps, pickler.loads, protocol)
        yield f"pickle protocol {protocol}, Python pickler", partial(_pickled, pickler._dumps, pickler._loads, protocol)
    yield "copy.copy", copy.copy
    yield "copy.deepcopy", copy.deepcopy


def _pickled(dumps: Callable[..., bytes], loads: Callable[[bytes], Any], protocol: int, error: Any) -> Any:
    return loads(dumps(error, protocol))


def _facts(error: BaseException) -> dict[str, Any]:
    """Return everything that must arrive, by the name it has in a message."""
    try:
        text: object = str(error)
    except Exception as problem:  # the driver's own __str__ raises where there is no message
        text = type(problem)
    attributes = {f"attribute {name!r}": value for name, value in {**vars(error), **members(error)}.items()}
    return {"type": type(error), "args": error.args, **attributes, "str()": text}


def _why_unpicklable(name: str, value: object) -> str | None:
    """Return, in a sentence about this fact of an error, why it cannot be pickled; None if it can be."""
    what = f"{name} {_name(value)}" if isinstance(value, type) else f"{name} of type {_name(type(value))}"
    try:
        data = pickle.dumps(value)
    except Exception as reason:
        return f"{what} cannot be pickled: {_one_line(reason)}"
    try:
        pickle.loads(data)
    except Exception as reason:
        return f"{what} cannot be unpickled: {_say(reason)}"
    return None


def _say(problem: BaseException) -> str:
    text = _one_line(problem)
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem).split())


def _name(cls: type) -> str:
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _difference(left: dict[str, Any], arrived: dict[str, Any], seen: dict[int, Any]) -> str | None:
    name = _differing(left, arrived, seen)
    return name and _describe(name, left, arrived)


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
        before += f" of type {_name(type(left[name]))}"
        after += f" of type {_name(type(arrived[name]))}"
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
        return _differing(_facts(left), _facts(arrived), seen) is None
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
