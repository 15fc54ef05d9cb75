"""Building errors of a class that nobody has told us about, with a call that its constructor accepts."""

import contextlib
import functools
import inspect
import itertools
import sys
import types
import typing
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from .values import OF_STAR, Kind, Strategy, guesses, strategy_of_hint, two_of

ATTEMPTS = 100  # calls of one constructor, at most, with and then without what is optional
REFUSALS = (Exception, SystemExit)  # by which a constructor says that it does not want what it is given

_TEXTS = st.text(st.characters(exclude_categories=()))  # lone surrogates too
_HARD_MESSAGES = ["", "%", "100% of %s", "{errno}", "1213: x", "1213 (40001): x", "-1: x", "None", "\0\n", "\ud800"]
_HARD_FIELDS: list[Strategy] = [
    st.none() | st.sampled_from(_HARD_MESSAGES) | _TEXTS | st.binary(max_size=8),
    st.none() | st.sampled_from([0, -1, 1, 1213, 2000, 2003, 2013, 2055, 2999, 65535]) | st.integers(),
    st.none() | st.lists(_TEXTS | st.integers(), max_size=4).map(tuple),
    st.none() | st.sampled_from(["", "40001", "HY000"]) | _TEXTS | st.binary(max_size=5),
]
_TAME_FIELDS = [("Deadlock found", 1213, None, "40001"), (None, 2003), ("größer als 100%",)]
_DRIVERS = ("mysql.connector.errors", "mysqlx.errors")
_FOR_SIGNATURE: dict[str, Any] = {}
if sys.version_info >= (3, 14):  # where annotations are evaluated when they are looked at
    import annotationlib

    _FOR_SIGNATURE["annotation_format"] = annotationlib.Format.FORWARDREF


Kinds = dict[str, Kind]  # by parameter
Likely = dict[str, list[Kind]]
ValueOf = Callable[[Strategy], Any]


@st.composite
def errors_of(draw: st.DrawFn, cls: Any) -> Any:
    """Return errors of a class, made by its constructor. Raises at the first one if there can be none."""
    drawn = functools.cache(draw)
    try:
        if _owner(cls).__module__ in _DRIVERS:
            return cls(*map(draw, _HARD_FIELDS))
        required, accepted, _ = _search(cls, drawn)
        return _make(cls, accepted if draw(st.booleans()) else required, drawn)
    except ValueError:  # such as the driver's own, where it knows no text for an errno
        reject()


def tame_errors(cls: Any) -> tuple[list[Any], dict[str, str], list[str]]:
    """Return up to three errors of a class; what was guessed; what had nothing to try.

    Raises what its constructor raises.
    """
    if _owner(cls).__module__ in _DRIVERS:
        return [cls(*fields) for fields in _TAME_FIELDS], {}, []

    def simplest(strategy: Strategy) -> Any:
        return two_of(strategy)[0]

    required, accepted, never_given = _search(cls, simplest)
    errors = [_make(cls, accepted, simplest)]
    for kinds, value_of in (accepted, lambda strategy: two_of(strategy)[-1]), (required, simplest):
        with contextlib.suppress(*REFUSALS):  # of another value, or of the defaults
            errors.append(_make(cls, kinds, value_of))
    return errors, {name: kind.words for name, kind in accepted.items() if kind.words}, never_given


def _make(cls: Any, kinds: Kinds, value_of: ValueOf) -> Any:
    values = OrderedDict((name.strip("*"), value_of(kind.strategy)) for name, kind in kinds.items())
    bound = inspect.BoundArguments(_signature(cls), values)
    return cls(*bound.args, **bound.kwargs)


def _search(cls: Any, value_of: ValueOf) -> tuple[Kinds, Kinds, list[str]]:
    """Return with what kinds of values an error is made, of what is required and of all, and what got none.

    It is the first one that has a text, if there is any. Raises what the constructor raises if there is no error.
    """
    required, optional = _parameters(cls)
    for name, likely in required.items():
        if not likely:
            text = f"the type hint of parameter {name!r} of its constructor cannot be resolved"
            raise NameError(f"{text}; import what it names outside of `if TYPE_CHECKING:`")
    found: list[Kinds] = []
    refusals: list[BaseException] = []
    for kinds in _combinations(required, {name: likely for name, likely in optional.items() if likely}):
        try:
            error = _make(cls, kinds, value_of)
            found.append(kinds)
            str(error)
            break
        except REFUSALS as problem:
            refusals.append(problem)
    if not found:
        raise refusals[0]
    accepted = found[-1]
    return {name: accepted[name] for name in required}, accepted, [name for name in optional if name not in accepted]


def _combinations(required: Likely, optional: Likely) -> Iterator[Kinds]:
    """Yield first what is likeliest, then with one kind changed, then with two; and all that without the optional."""
    for parameters in [required | optional, required] if optional else [required]:
        for each in itertools.islice(_changed(list(parameters.values())), ATTEMPTS):
            yield dict(zip(parameters, each, strict=True))


def _changed(likely: list[list[Kind]]) -> Iterator[tuple[Kind, ...]]:
    for changes in range(min(3, len(likely) + 1)):
        for changed in itertools.combinations(range(len(likely)), changes):
            yield from itertools.product(*(kinds[1:] if i in changed else kinds[:1] for i, kinds in enumerate(likely)))


def _owner(cls: type) -> type:
    """Return the class that says what a call of `cls` takes."""
    return next(base for base in cls.__mro__ if not vars(base).keys().isdisjoint(("__init__", "__new__")))


def _signature(cls: type) -> inspect.Signature:
    owner: Any = _owner(cls)
    method = owner.__init__ if "__init__" in vars(owner) else owner.__new__
    _, *parameters = inspect.signature(method, **_FOR_SIGNATURE).parameters.values()
    return inspect.Signature(parameters)


def _parameters(cls: type) -> tuple[Likely, Likely]:
    """Return what a call of the class requires, and what else it takes."""
    required: Likely = {}
    optional: Likely = {}
    for each in _signature(cls).parameters.values():
        kinds = _kinds(each, vars(sys.modules[_owner(cls).__module__]))
        if each.kind == each.VAR_POSITIONAL and not optional:  # or it would get what is meant for *args
            required[f"*{each.name}"] = OF_STAR
        elif each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            continue
        elif each.default is each.empty:
            required[each.name] = kinds
        else:
            optional[each.name] = kinds
    return required, optional


def _kinds(each: inspect.Parameter, names: dict[str, Any]) -> list[Kind]:
    """Return what a parameter may want; nothing if its type hint cannot be resolved, or its default is odd."""
    hint: Any = Any
    if each.annotation is not each.empty:
        one = types.SimpleNamespace(__annotations__={each.name: each.annotation})
        try:  # for itself, since some may be for type checkers only
            hint = typing.get_type_hints(one, names)[each.name]
        except Exception:
            return []
    if hint in (Any, object):
        return guesses(each.name, each.default)
    return [Kind("", strategy_of_hint(hint))]
