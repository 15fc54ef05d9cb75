"""What a parameter of a constructor may want: by its type hint, or else, likeliest first, by its default and name."""

import functools
import inspect
import threading
import types
import typing
from collections.abc import Callable
from typing import Any, NamedTuple

import mysql.connector
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mysql.connector.connection import MySQLConnection
from mysql.connector.cursor import MySQLCursor

Strategy = st.SearchStrategy[Any]


class Kind(NamedTuple):
    """A kind of values."""

    words: str  # empty if a type hint says it
    strategy: Strategy
    names: str = ""  # the last words of the names of parameters that want it
    types: tuple[type, ...] = ()  # of the defaults of parameters that want it


@functools.cache
def two_of(strategy: Strategy) -> list[Any]:
    """Return two values, the simplest one first, or one if there are no more; not while Hypothesis runs a test."""
    found: list[Any] = []
    checks = list(HealthCheck)
    once = settings(max_examples=2, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=checks)
    settings(once, derandomize=True)(given(strategy)(lambda value: found.append(value)))()
    return found


def a_function(*_: Any, **__: Any) -> None:
    """Stand in for what is called: unlike a lambda, a function of a module can be pickled."""


class Anything(str):
    """Stands in for an object of which nothing is known: a text that has every attribute and can be called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self


def _as_if_open(cls: Any) -> Any:
    """Return a connection, or what else holds one, that is as little for pickling as when it is open."""
    while inspect.isabstract(cls):
        cls = cls.__subclasses__()[0]
    try:
        made = cls()
    except Exception:  # PooledMySQLConnection wants a pool, one of asyncio a loop
        made = object.__new__(cls)
        vars(made)["_cnx"] = MySQLConnection()  # to which the former hands everything on
    vars(made)["stand-in for a socket"] = threading.Lock()
    return made


TEXTS = st.just("orders") | st.text("abcdefghijklmnopqrstuvwxyz 0123456789%äß", min_size=1, max_size=30)
_NUMBERS = st.just(1213) | st.integers(1, 65535)
_ERRORS = st.builds(mysql.connector.OperationalError, TEXTS, st.just(1213), sqlstate=st.just("40001"))
_LISTS = st.lists(TEXTS, min_size=1, max_size=3)
_DICTS = st.just({"table": "orders"}) | st.dictionaries(TEXTS, _NUMBERS, min_size=1, max_size=3)
_COUNTED = "code errno status number count id row line retries attempt attempts timeout port limit seconds"
_WRAPPED = "cause error err e ex exc exception orig original inner"
_LIKELY = [
    Kind("a text", TEXTS, types=(str,)),
    Kind("a number", _NUMBERS, _COUNTED, (int, float)),
    Kind("an error of the driver's", _ERRORS, _WRAPPED),
    Kind("a tuple", st.tuples(TEXTS, _NUMBERS), "values args params parameters", (tuple,)),
    Kind("a dict", _DICTS, "context extra kwargs data options config payload headers", (dict,)),
    Kind("an object with any attribute", st.just(Anything("x")), "response request obj instance"),
    Kind("a list", _LISTS, "rows errors items tables columns", (list,)),
    Kind("None", st.none()),
]
_LESS_LIKELY = [
    Kind("True or False", st.booleans(), "retryable fatal flag", (bool,)),
    Kind("bytes", st.binary(min_size=1, max_size=8), types=(bytes,)),
    Kind("a function", st.just(a_function), "callback func function fn handler hook"),
    Kind("a connection", st.builds(_as_if_open, st.just(MySQLConnection)), "connection conn cnx"),
    Kind("a cursor", st.builds(_as_if_open, st.just(MySQLCursor)), "cursor cur"),
]
OF_STAR = [  # what ``*args`` of a class of errors may want
    Kind("a text, a number", st.tuples(TEXTS, _NUMBERS)),
    Kind("a text", st.tuples(TEXTS)),
    Kind("nothing", st.tuples()),
    Kind("a text, a list of errors", st.tuples(TEXTS, st.lists(_ERRORS, min_size=1, max_size=2))),
]


def guesses(name: str, default: object) -> list[Kind]:
    """Return what a parameter without a type hint may want; nothing if its default is of an odd type."""
    first = [kind for kind in _LIKELY + _LESS_LIKELY if type(default) in kind.types]
    if not first and default is not None and default is not inspect.Parameter.empty:
        return []
    last_word = name.lower().strip("_").rpartition("_")[2]
    first += [kind for kind in _LIKELY + _LESS_LIKELY if last_word in kind.names.split()]
    return first[:1] + [kind for kind in _LIKELY if kind not in first[:1]]


def strategy_of_hint(hint: Any) -> Strategy:
    """Return the values that a type hint allows; None last, a function and a connection so that they can be had."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        parts = sorted(typing.get_args(hint), key=lambda part: part is type(None))
        return st.one_of([strategy_of_hint(part) for part in parts])
    if Callable in (hint, origin):
        return st.just(a_function)
    is_drivers = isinstance(hint, type) and hint.__module__.partition(".")[0] in ("mysql", "mysqlx")
    if is_drivers and any(word in hint.__name__ for word in ("Connection", "Cursor", "Session")):
        return st.builds(_as_if_open, st.just(hint))
    return st.from_type(hint)
