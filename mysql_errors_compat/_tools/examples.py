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
from hypothesis.errors import HypothesisException

from .survival import drivers
from .values import Kind, Strategy, guesses, guesses_of_star, strategy_of_hint, two_of

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
ValueOf = Callable[[Kind], Any]


@st.composite
def errors_of(draw: st.DrawFn, cls: Any) -> Any:
    """Return errors of a class, made by its constructor. Raises at the first one if there can be none."""
    hinted = functools.cache(draw)
    try:
        if has_drivers_constructor(cls):
            return cls(*map(draw, _HARD_FIELDS))
        required, accepted, _ = _search(cls, lambda kind: kind.simplest if kind.words else hinted(kind.strategy))
        kinds = accepted if draw(st.booleans()) else required
        return _make(cls, kinds, lambda kind: draw(kind.strategy) if kind.words else hinted(kind.strategy))
    except ValueError:  # such as the driver's own, where it knows no text for an errno
        reject()


def tame_errors(cls: Any) -> tuple[list[Any], dict[str, str], list[str]]:
    """Return two or three errors of a class, one if it takes nothing; what was guessed; what had nothing to try.

    Raises what its constructor raises.
    """
    if has_drivers_constructor(cls):
        return [cls(*fields) for fields in _TAME_FIELDS], {}, []
    required, accepted, never_given = _search(cls, _simplest)
    errors = [_make(cls, accepted, _simplest)]
    for kinds, value_of in ((accepted, _other), (required, _simplest)):
        if accepted and (kinds is accepted or len(kinds) < len(accepted)):
            with contextlib.suppress(*REFUSALS):  # of another value, or of the defaults
                errors.append(_make(cls, kinds, value_of))
    return errors, {name: kind.words for name, kind in accepted.items() if kind.words}, never_given


def _simplest(kind: Kind) -> Any:
    return kind.simplest if kind.words else two_of(kind.strategy)[0]


def _other(kind: Kind) -> Any:
    return two_of(kind.strategy)[-1]


def _make(cls: Any, kinds: Kinds, value_of: ValueOf) -> Any:
    values = OrderedDict((name.strip("*"), value_of(kind)) for name, kind in kinds.items())
    bound = inspect.BoundArguments(_signature(cls), values)
    return cls(*bound.args, **bound.kwargs)


def _search(cls: Any, value_of: ValueOf) -> tuple[Kinds, Kinds, list[str]]:
    """Return with what kinds of values an error is made, of what is required and of all, and what got none.

    It is the first one that has a text, if there is any. Raises what the constructor raises if there is no error.
    """
    required, optional = _parameters(cls)
    for name, likely in required.items():
        if not likely:
            raise NameError(f"the type hint of parameter {name!r} of its constructor cannot be resolved", name=name)
    without_text, refusals = [], []
    for kinds in _combinations(required, {name: likely for name, likely in optional.items() if likely}):
        try:
            error = _make(cls, kinds, value_of)
        except REFUSALS as problem:
            refusals.append(problem)
            continue
        without_text.append(kinds)
        with contextlib.suppress(Exception):
            str(error)
            without_text.insert(0, kinds)
            break
    if not without_text:
        raise refusals[0]
    found = without_text[0]
    return {name: found[name] for name in required}, found, [name for name in optional if name not in found]


def _combinations(required: Likely, optional: Likely) -> Iterator[Kinds]:
    """Yield first what is likeliest, then with one kind changed, then with two; and all that without the optional."""
    for parameters in [required | optional, required] if optional else [required]:
        chosen = []
        for changes in range(min(3, len(parameters) + 1)):
            for changed in itertools.combinations(parameters, changes):
                kinds = [kinds[1:] if name in changed else kinds[:1] for name, kinds in parameters.items()]
                chosen.append(itertools.product(*kinds))
        for each in itertools.islice(itertools.chain(*chosen), ATTEMPTS):
            yield dict(zip(parameters, each, strict=True))


def has_drivers_constructor(cls: type[BaseException]) -> bool:
    """Tell whether it is one of the driver's constructors that makes errors of this class, and nothing else."""
    owner = next(base for base in cls.__mro__ if "__init__" in vars(base))
    return _constructor(cls) is None and owner.__module__ in _DRIVERS and issubclass(owner, drivers())


def _constructor(cls: Any) -> Any:
    """Return the method that says what a call of the class takes, or None if it is a builtin's or the driver's."""
    if type(cls).__call__ is not type.__call__:
        return type(cls).__call__
    own = [base for base in cls.__mro__ if base.__module__ not in ("builtins", *_DRIVERS)]
    return next((getattr(base, name) for base in own for name in ("__init__", "__new__") if name in vars(base)), None)


def _signature(cls: Any) -> inspect.Signature:
    """Return what a call of the class takes."""
    try:
        _, *parameters = inspect.signature(_constructor(cls), **_FOR_SIGNATURE).parameters.values()
    except (TypeError, ValueError):  # a builtin's, which has none
        parameters = [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)]
    return inspect.Signature(parameters)


def _parameters(cls: Any) -> tuple[Likely, Likely]:
    """Return what a call of the class requires, and what else it takes that tells something of itself."""
    names = getattr(inspect.unwrap(_constructor(cls)), "__globals__", {})
    required: Likely = {}
    optional: Likely = {}
    for each in _signature(cls).parameters.values():
        if each.kind == each.VAR_POSITIONAL:
            if not optional:  # or it would get what is meant for *args
                required[f"*{each.name}"] = guesses_of_star(cls)
        elif each.kind != each.VAR_KEYWORD:
            kinds = _kinds(each, names)
            if each.default is each.empty:
                required[each.name] = kinds or []
            elif kinds is not None:
                optional[each.name] = kinds
    return required, optional


def _kinds(each: inspect.Parameter, names: dict[str, Any]) -> list[Kind] | None:
    """Return what a parameter may want; nothing if its type hint says what cannot be had; None if nobody says it."""
    hint: Any = Any
    if each.annotation is not each.empty:
        one = types.SimpleNamespace(__annotations__={each.name: each.annotation})
        try:  # for itself, since some may be for type checkers only
            hint = typing.get_type_hints(one, names)[each.name]
        except Exception:
            return []
    if hint in (Any, object):
        return guesses(each.name, each.default) or None
    strategy = strategy_of_hint(hint)
    try:
        strategy.validate()
    except HypothesisException:
        return [Kind("", None, strategy)] if each.default is each.empty else []
    return [Kind("", None, strategy)]
