"""Building errors of a class that nobody has told us about, with a call that its constructor accepts."""

import contextlib
import functools
import inspect
import itertools
import sys
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from .survival import drivers
from .values import Kind, Strategy, guesses, guesses_of_star, strategy_of_hint, two_of

ATTEMPTS = 100  # calls of one constructor, at most, until one is accepted
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


class Parameter(NamedTuple):
    """What a constructor takes, and how it may be called with it."""

    name: str  # "*..." for what takes any number of arguments
    required: bool
    by_position: bool = False  # as what is required: only that gets into args
    kinds: Sequence[Kind] = ()  # none if its type hint cannot be resolved, or there can be no value of it


Choices = list[tuple[Parameter, Kind]]
ValueOf = Callable[[Kind], Any]


@st.composite
def errors_of(draw: st.DrawFn, cls: Any) -> Any:
    """Return errors of a class, made by its constructor. Raises at the first one if there can be none."""
    hinted = functools.cache(draw)

    def value_to_try(kind: Kind) -> Any:
        return kind.simplest if kind.words else hinted(kind.strategy)

    try:
        if has_drivers_constructor(cls):
            return cls(*map(draw, _HARD_FIELDS))
        required, optional, _ = accepted(cls, value_to_try)
        choices = required + (optional if draw(st.booleans()) else [])
        return _call(cls, choices, lambda kind: draw(kind.strategy) if kind.words else hinted(kind.strategy))
    except ValueError:  # such as the driver's own, where it knows no text for an errno
        reject()


def tame_errors(cls: Any) -> tuple[list[Any], dict[str, str], list[str]]:
    """Return two or three errors of a class, one if it takes nothing; what was guessed; what had nothing to try.

    Raises what its constructor raises.
    """
    if has_drivers_constructor(cls):
        return [cls(*fields) for fields in _TAME_FIELDS], {}, []
    required, optional, never_given = accepted(cls, _simplest)
    errors = [_call(cls, required, _simplest)]
    for value_of in (_simplest, _other) if optional else (_other,) if required else ():
        with contextlib.suppress(*REFUSALS):  # of another value of the same kinds
            errors.append(_call(cls, required + optional, value_of))
    return errors, {parameter.name: kind.words for parameter, kind in required + optional if kind.words}, never_given


def accepted(cls: Any, value_of: ValueOf) -> tuple[Choices, Choices, list[str]]:
    """Return what a class's constructor accepts: what is required, what is optional, and what has nothing to try.

    Raises what the constructor raises if nothing is accepted.
    """
    parameters = _parameters(cls)
    required = _search(cls, [parameter for parameter in parameters if parameter.required], value_of)
    others = [parameter for parameter in parameters if not parameter.required]
    optional = [(parameter, parameter.kinds[0]) for parameter in others if parameter.kinds]
    if optional and not _accepts(cls, required + optional, value_of):
        optional = []
        for parameter in others:
            choices = [(parameter, kind) for kind in parameter.kinds]
            optional += next(([each] for each in choices if _accepts(cls, [*required, *optional, each], value_of)), [])
    given = [parameter.name for parameter, _ in optional]
    return required, optional, [parameter.name for parameter in others if parameter.name not in given]


def _search(cls: Any, parameters: Sequence[Parameter], value_of: ValueOf) -> Choices:
    """Return the first choices with which the constructor makes an error, one that has a text if there is any."""
    for parameter in parameters:
        if not parameter.kinds:
            text = f"the type hint of parameter {parameter.name!r} of its constructor cannot be resolved"
            raise NameError(text, name=parameter.name)
    without_text: Choices | None = None
    refusal: BaseException | None = None
    for choices in itertools.islice(_combinations(parameters), ATTEMPTS):
        try:
            error = _call(cls, choices, value_of)
        except REFUSALS as problem:
            refusal = refusal or problem
            continue
        with contextlib.suppress(Exception):
            str(error)
            return choices
        without_text = without_text or choices
    if without_text is None:
        assert refusal
        raise refusal
    return without_text


def _combinations(parameters: Sequence[Parameter]) -> Iterator[Choices]:
    """Yield first what is likeliest, then with one kind changed, then with two."""
    for changes in range(min(3, len(parameters) + 1)):
        for changed in itertools.combinations(parameters, changes):
            kinds = [parameter.kinds[1:] if parameter in changed else parameter.kinds[:1] for parameter in parameters]
            for chosen in itertools.product(*kinds):
                yield list(zip(parameters, chosen, strict=True))


def _accepts(cls: Any, choices: Choices, value_of: ValueOf) -> bool:
    with contextlib.suppress(*REFUSALS):
        _call(cls, choices, value_of)
        return True
    return False


def _simplest(kind: Kind) -> Any:
    return kind.simplest if kind.words else two_of(kind.strategy)[0]


def _other(kind: Kind) -> Any:
    return two_of(kind.strategy)[-1]


def _call(cls: Any, choices: Choices, value_of: ValueOf) -> Any:
    by_position: list[Any] = []
    by_name = {}
    for parameter, kind in choices:
        if parameter.name.startswith("*"):
            by_position += value_of(kind)
        elif parameter.by_position:
            by_position.append(value_of(kind))
        else:
            by_name[parameter.name] = value_of(kind)
    return cls(*by_position, **by_name)


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


def _parameters(cls: type[BaseException]) -> list[Parameter]:
    """Return what the constructor of a class takes, without what is optional and tells nothing of itself."""
    constructor = _constructor(cls)
    star = Parameter("*args", required=True, kinds=guesses_of_star(cls))
    try:
        _, *found = inspect.signature(constructor, **_FOR_SIGNATURE).parameters.values()
    except (TypeError, ValueError):  # a builtin's, which has no signature
        return [star]
    names = getattr(inspect.unwrap(constructor), "__globals__", {})
    parameters: list[Parameter] = []
    has_default = False  # then it would get what is meant for *args
    for each in found:
        required = each.default is each.empty
        has_default = has_default or not (required or each.kind == each.KEYWORD_ONLY)
        if each.kind == each.VAR_POSITIONAL:
            parameters += [] if has_default else [star._replace(name=f"*{each.name}")]
        elif each.kind != each.VAR_KEYWORD and (required or each.kind != each.POSITIONAL_ONLY):
            kinds = _kinds(each, names)
            if kinds is not None:
                parameters.append(Parameter(each.name, required, required and each.kind != each.KEYWORD_ONLY, kinds))
    return parameters


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
