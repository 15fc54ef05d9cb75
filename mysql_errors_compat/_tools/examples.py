"""Building errors of a class that nobody has told us about: from type hints, or from guesses."""

from __future__ import annotations

import inspect
import itertools
import sys
import threading
import types
import typing
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, NamedTuple, TypeVar

import mysql.connector
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from .survival import say

E = TypeVar("E", bound=BaseException)
Strategy = st.SearchStrategy[Any]

ATTEMPTS = 200  # calls of one constructor, at most, until a guess is accepted

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


_DRIVERS = ("mysql.connector.errors", "mysqlx.errors")


def drivers() -> tuple[type[Exception], ...]:
    """Return the base class of each of the driver's hierarchies."""
    modules = [sys.modules[name] for name in _DRIVERS if name in sys.modules]
    return tuple(module.Error for module in modules)


def drivers_classes() -> tuple[type[Exception], ...]:
    """Return all errors of mysql.connector."""
    module = mysql.connector.errors
    found = [cls for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, module.Error)]
    return tuple(dict.fromkeys(found))


def a_function(*_: Any, **__: Any) -> None:
    """Stand in for what is called: unlike a lambda, a function of a module can be pickled."""


class Anything(str):
    """Stands in for an object of which nothing is known: a text that has every attribute and can be called."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self


class Guess(NamedTuple):
    """What a parameter may want, in words, as a value to try, and as values to go on with."""

    words: str
    value: Any
    strategy: Strategy


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


def _connection() -> Any:
    return _as_if_open(mysql.connector.connection.MySQLConnection)


def _cursor() -> Any:
    return _as_if_open(mysql.connector.cursor.MySQLCursor)


def _deadlock(msg: str = "Deadlock found") -> Any:
    return mysql.connector.errors.OperationalError(msg, 1213, sqlstate="40001")


_WORDS = st.text("abcdefghijklmnopqrstuvwxyz 0123456789%äß", min_size=1, max_size=30)
_NUMBERS = st.integers(1, 65535)
_GUESSES = {
    "text": Guess("a text", "orders", _WORDS),
    "number": Guess("a number", 1213, _NUMBERS),
    "error": Guess("an error of the driver's", _deadlock(), st.builds(_deadlock, _WORDS)),
    "tuple": Guess("a tuple", ("orders", 1), st.tuples(_WORDS, _NUMBERS)),
    "dict": Guess("a dict", {"table": "orders"}, st.dictionaries(_WORDS, _NUMBERS, min_size=1, max_size=3)),
    "list": Guess("a list", ["orders"], st.lists(_WORDS, min_size=1, max_size=3)),
    "boolean": Guess("True or False", True, st.booleans()),
    "bytes": Guess("bytes", b"orders", st.binary(min_size=1, max_size=8)),
    "function": Guess("a function", a_function, st.just(a_function)),
    "object": Guess("an object with any attribute", Anything("orders"), st.just(Anything("orders"))),
    "None": Guess("None", None, st.none()),
    "connection": Guess("a connection", _connection(), st.builds(_connection)),
    "cursor": Guess("a cursor", _cursor(), st.builds(_cursor)),
}
# The last word of a parameter's name, and what it gets first. Everything else gets text first.
_NAMES = {
    "number": "code errno status number count id row line retries attempt attempts timeout port limit seconds",
    "error": "cause error err e ex exc exception orig original inner",
    "tuple": "values args params parameters",
    "dict": "context extra kwargs data options config payload headers",
    "list": "rows errors items tables columns",
    "boolean": "retryable fatal flag",
    "function": "callback func function fn handler hook",
    "object": "response request obj instance",
    "connection": "connection conn cnx",
    "cursor": "cursor cur",
}
_BY_NAME = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_BY_TYPE = {
    str: "text",
    bool: "boolean",
    int: "number",
    float: "number",
    tuple: "tuple",
    dict: "dict",
    list: "list",
    bytes: "bytes",
}
_NEXT = ("text", "number", "error", "tuple", "dict", "object", "list", "None")


def _guesses(name: str, default: object = None) -> list[Guess]:
    """Return what a parameter without a usable type hint may want, the likeliest first."""
    words = name.lower().strip("_").split("_")
    first = _BY_TYPE.get(type(default)) or _BY_NAME.get(words[-1], "text")
    return [_GUESSES[kind] for kind in dict.fromkeys((first, *_NEXT))]


def strategy_of(cls: type[E]) -> st.SearchStrategy[E]:
    """Return errors of a class, made by its constructor. Raises at the first one if there can be none."""
    if has_drivers_constructor(cls):
        return _made(st.builds(cls, _MESSAGES, _ERRNOS, _VALUES, _SQLSTATES))
    return _made(_from_plan(Plan.of(cls)))


def has_drivers_constructor(cls: type[BaseException]) -> bool:
    """Tell whether it is one of the driver's constructors that makes errors of this class, and nothing else."""
    owner = next(base for base in cls.__mro__ if "__init__" in vars(base))
    return _constructor(cls) is None and owner.__module__ in _DRIVERS and issubclass(owner, drivers())


def _constructor(cls: Any) -> Any:
    """Return the method that says what a call of the class takes, or None if it is a builtin's or the driver's."""
    if type(cls).__call__ is not type.__call__:
        return type(cls).__call__
    for base in cls.__mro__:
        for name in ("__init__", "__new__"):
            if name in vars(base) and base.__module__ not in ("builtins", *_DRIVERS):
                return getattr(base, name)
    return None


class Plan:
    """How to call one constructor."""

    _plans: typing.ClassVar[dict[type, Plan]] = {}

    @classmethod
    def of(cls, error: type[BaseException]) -> Plan:
        """Return the plan for a class, which keeps what was found out by trying."""
        if error not in cls._plans:
            cls._plans[error] = Plan(error)
        return cls._plans[error]

    def __init__(self, cls: type[BaseException]) -> None:
        self.cls: Any = cls
        self.unresolved: list[str] = []  # parameters whose hint only type checkers understand
        self.never_given: list[str] = []
        self.hinted: dict[str, Strategy] = {}
        self.optional: dict[str, Strategy] = {}  # by their hints
        self.to_guess: dict[str, list[Guess]] = {}
        self.may_be_guessed: dict[str, list[Guess]] = {}  # they are optional
        self.positional: list[str] = []
        self.accepted: dict[str, Guess] | None = None  # the guesses with which the constructor has worked
        self.star: list[tuple[Guess, ...]] = [()]  # what *args may want
        self.star_name = ""
        self.has_default = False
        self.together = True  # whether all optional parameters can be given at a time
        constructor = _constructor(cls)
        try:
            _, *parameters = _signature(constructor).parameters.values()
        except (TypeError, ValueError):  # a builtin's, which has no signature
            parameters = []
            self.star = _of_star(cls)
        hints = _hints(constructor)
        for parameter in parameters:
            self._add(parameter, hints)

    def _add(self, parameter: inspect.Parameter, hints: dict[str, Any]) -> None:
        name, kind, optional = parameter.name, parameter.kind, parameter.default is not parameter.empty
        if kind == parameter.VAR_POSITIONAL:
            if not self.has_default:  # what has one would get what is meant for *args
                self.star, self.star_name = _of_star(self.cls), f"*{name}"
            return
        self.has_default |= optional and kind != parameter.KEYWORD_ONLY
        known_by_default = parameter.default is None or type(parameter.default) in _BY_TYPE
        if kind == parameter.VAR_KEYWORD or (optional and kind == parameter.POSITIONAL_ONLY):
            return
        if not optional and kind != parameter.KEYWORD_ONLY:
            self.positional.append(name)  # not by name, since only these get into args
        hint = hints.get(name, Any)
        if hint is _UNRESOLVED:
            (self.never_given if optional else self.unresolved).append(name)
        elif hint in (Any, object):
            if optional and not known_by_default:
                return
            (self.may_be_guessed if optional else self.to_guess)[name] = _guesses(name, parameter.default)
        elif not optional:
            self.hinted[name] = _of_hint(hint)
        elif _is_possible(strategy := _of_hint(hint)):
            self.optional[name] = strategy
        else:
            self.never_given.append(name)

    def call(self, values: dict[str, Any], star: tuple[Any, ...] = ()) -> Any:
        """Call the constructor."""
        by_name = {name: value for name, value in values.items() if name not in self.positional}
        return self.cls(*(values[name] for name in self.positional), *star, **by_name)

    def search(self, hinted: dict[str, Any]) -> dict[str, Guess]:
        """Return guesses that the constructor accepts beside these values; raise what it raises if there are none."""
        if self.accepted is None:
            required, self.star = self._search_required(hinted)
            values = hinted | {name: guess.value for name, guess in required.items()}
            optional = {}
            for name, guesses in self.may_be_guessed.items():
                for guess in guesses:
                    if self._accepts(values | {name: guess.value}):
                        optional[name] = guess
                        break
                else:
                    self.never_given.append(name)
            self.together = self._accepts(values | {name: guess.value for name, guess in optional.items()})
            self.may_be_guessed = {name: [guess] for name, guess in optional.items()}
            self.accepted = required
        return self.accepted

    def _search_required(self, hinted: dict[str, Any]) -> tuple[dict[str, Guess], list[tuple[Guess, ...]]]:
        refusal: BaseException | None = None
        for attempt in itertools.islice(_combinations(self.to_guess, self.star), ATTEMPTS):
            guesses, star = attempt
            try:
                self.call(hinted | {name: guess.value for name, guess in guesses.items()}, _values(star))
                return guesses, [star]
            except (Exception, SystemExit) as problem:
                refusal = refusal or problem
        assert refusal
        raise refusal

    def _accepts(self, values: dict[str, Any]) -> bool:
        try:
            self.call(values, _values(self.star[0]))
            return True
        except (Exception, SystemExit):
            return False

    def guessed(self) -> dict[str, str]:
        """Return what was guessed, in words."""
        accepted = (self.accepted or {}) | {name: guesses[0] for name, guesses in self.may_be_guessed.items()}
        found = {name: guess.words for name, guess in accepted.items()}
        if self.star_name and self.star[0]:
            found[self.star_name] = ", ".join(guess.words for guess in self.star[0])
        return found


_UNRESOLVED = object()


def _values(guesses: tuple[Guess, ...]) -> tuple[Any, ...]:
    return tuple(guess.value for guess in guesses)


def _signature(method: Any) -> inspect.Signature:
    if sys.version_info >= (3, 14):  # where annotations are evaluated when they are looked at
        import annotationlib

        return inspect.signature(method, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(method)


def _hints(method: Any) -> dict[str, Any]:
    """Return the type hints of a method, each for itself, since some may be for type checkers only."""
    method = inspect.unwrap(method)
    if sys.version_info >= (3, 14):
        import annotationlib

        annotations = annotationlib.get_annotations(method, format=annotationlib.Format.FORWARDREF) if method else {}
    else:
        annotations = getattr(method, "__annotations__", {})
    hints: dict[str, Any] = {}
    for name, hint in annotations.items():
        try:
            one = types.SimpleNamespace(__annotations__={name: hint})
            hints |= typing.get_type_hints(one, getattr(method, "__globals__", {}), include_extras=True)
        except Exception:
            hints[name] = _UNRESOLVED
    return hints


def _of_star(cls: type) -> list[tuple[Guess, ...]]:
    text, number, error, errors = (_GUESSES[kind] for kind in ("text", "number", "error", "list"))
    if issubclass(cls, drivers()):
        return [(text, number), (text,), ()]
    group = Guess("a list of errors", [error.value], st.lists(error.strategy, min_size=1, max_size=2))
    return [(text,), (), (number, text), (text, group), (text, errors)]


def _combinations(
    guesses: dict[str, list[Guess]], stars: list[tuple[Guess, ...]]
) -> Iterator[tuple[dict[str, Guess], tuple[Guess, ...]]]:
    """Yield first what is likeliest, then with one guess changed, then with two."""
    likeliest = {name: candidates[0] for name, candidates in guesses.items()}
    for changes in range(min(3, len(guesses) + 1)):
        for star in stars:
            for names in itertools.combinations(guesses, changes):
                for others in itertools.product(*(guesses[name][1:] for name in names)):
                    yield likeliest | dict(zip(names, others, strict=True)), star


@st.composite
def _from_plan(draw: st.DrawFn, plan: Plan) -> Any:
    if plan.unresolved:
        raise NameError(f"the type hint of parameter {plan.unresolved[0]!r} cannot be resolved")
    hinted = {name: draw(strategy) for name, strategy in plan.hinted.items()}
    guessed = {name: draw(guess.strategy) for name, guess in plan.search(hinted).items()}
    optional = plan.optional | {name: guesses[0].strategy for name, guesses in plan.may_be_guessed.items()}
    names = list(optional) if draw(st.booleans()) else []
    if names and not plan.together:
        names = [draw(st.sampled_from(names))]
    star = tuple(draw(guess.strategy) for guess in plan.star[0])
    return plan.call(hinted | guessed | {name: draw(optional[name]) for name in names}, star)


@st.composite
def _made(draw: st.DrawFn, strategy: st.SearchStrategy[E]) -> E:
    try:
        return draw(strategy)
    except ValueError:  # such as the driver's own, where it knows no text for an errno
        reject()


def _is_possible(strategy: Strategy) -> bool:
    try:
        strategy.validate()
    except HypothesisException:
        return False
    return True


def _of_hint(hint: Any) -> Strategy:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, UnionType):
        return st.one_of([_of_hint(part) for part in typing.get_args(hint)])
    if Callable in (hint, origin):
        return st.just(a_function)
    ours = isinstance(hint, type) and hint.__module__.partition(".")[0] in ("mysql", "mysqlx")
    if ours and any(word in hint.__name__ for word in ("Connection", "Cursor", "Session")):
        return st.builds(_as_if_open, st.just(hint))
    return st.from_type(hint)


def why_not(cls: type[BaseException], problem: BaseException) -> str:
    """Say why no error of the class could be made, where `problem` is what was raised instead."""
    plan = Plan.of(cls)
    if plan.unresolved:
        return f"the type hint of parameter {plan.unresolved[0]!r} of its constructor cannot be resolved"
    if isinstance(problem, HypothesisException):
        problem = problem.__cause__ or problem
    return f"{'' if isinstance(problem, HypothesisException) else 'constructing it raised '}{say(problem)}"
