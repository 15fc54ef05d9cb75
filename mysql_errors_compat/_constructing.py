"""Constructing: what is changed about making an error.

The driver's constructors read args order, keep `values`, and are quicker. ``Error.__new__`` reads args order
for the classes of applications, whose constructors want something else.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any, NamedTuple

from ._orders import FIELDS, ConstructorOrder, FullMessage, to_constructor_order

Method = Callable[..., Any]

# Where the constructor keeps the values that the driver drops. Not called `values`: an application's
# subclass may well have an attribute of that name.
VALUES = "_values"
SCALARS = frozenset({str, bytes, int, float, bool, type(None)})
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE


class Driver(NamedTuple):
    """One hierarchy of errors, and what was found out about it."""

    error: Any  # its base class
    classes: frozenset[Any]  # all of it, without what applications define
    full_message: FullMessage
    is_quick: bool  # setting the four fields ourselves gives what its constructor gives
    survives: bool  # somebody sees to it that its own errors survive


def is_plain(values: object) -> bool:
    """Tell whether `values` is a tuple of scalars: what any pickler sends and any receiver knows."""
    return type(values) is tuple and SCALARS.issuperset(map(type, values))


def constructor(driver: Driver, original: Method, is_quick: bool) -> Method:
    """Return the constructor `original` as it is to its callers, but for args order and `values`."""
    error, classes, set_attribute = driver.error, driver.classes, driver.error.__setattr__

    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        call = None if kwargs else to_constructor_order(args, driver.full_message)
        if call:
            original(self, *call)
            return
        original(self, *args, **kwargs)
        values = args[2] if len(args) > 2 else kwargs.get("values")
        if values is not None and not driver.survives and is_plain(values):
            self.__dict__.setdefault(VALUES, values)

    if [*inspect.signature(original).parameters] != ["self", *FIELDS]:
        return functools.wraps(original)(construct)  # tomorrow's, which takes more

    @functools.wraps(original)
    def __init__(self: Any, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
        # The driver's calls the next constructor in line, if there is one before Exception's.
        if (
            is_quick
            and values is None
            and type(msg) is str
            and type(errno) is int
            and (sqlstate is None or type(sqlstate) is str)
            and msg
            and errno
            and ((cls := type(self)) in classes or (cls.__mro__[-4] is error and cls.__setattr__ is set_attribute))
        ):
            self.msg = msg
            self._full_msg = full = (
                msg if errno == -1 else f"{errno} ({sqlstate}): {msg}" if sqlstate else f"{errno}: {msg}"
            )
            self.errno = errno
            self.sqlstate = sqlstate
            self.args = errno, full, sqlstate
        elif sqlstate is None:
            construct(self, msg, errno, values)
        else:
            construct(self, msg, errno, values, sqlstate)

    return __init__


def maker(driver: Driver) -> Method:
    """Return ``Error.__new__``, which reads args order where the constructor is an application's."""
    error, classes, plain = driver.error, driver.classes, driver.error.__new__

    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if cls in classes:
            return plain(cls, *args)
        call = None if kwargs else _call_for(driver, cls, args)
        made = _passing(cls, functools.partial(_fill, driver, call)) if call else cls
        following = super(error, cls).__new__
        if following is plain:
            return plain(made, *args)
        if type(following) is not BuiltinFunctionType:
            return following(made, *args, **kwargs)
        # As type.__call__ would without us: the one of the builtin that the class is built on. OSError's leaves the
        # arguments to its constructor, where there is another constructor and no other __new__.
        return builtin_of(cls).__new__(made, *(() if issubclass(cls, OSError) else args))

    return __new__


def builtin_of(cls: Any) -> Any:
    """Return the class, not made by a class statement, that `cls` is built on."""
    while cls.__flags__ & _HEAP_TYPE:
        cls = cls.__base__
    return cls


def _call_for(driver: Driver, cls: Any, args: Sequence[Any]) -> ConstructorOrder | None:
    """Return the fields if a call of `cls`, an application's class, is unmistakably in args order."""
    call = to_constructor_order(args, driver.full_message)
    if call is None or is_drivers(driver, cls.__init__):
        return None
    if takes_fields(cls.__init__) or not takes(cls.__init__, len(args)):
        return call
    # Without an errno, any number and text look like it; and what sets or takes a state in a way of its own relies on
    # what the constructor did.
    return None if call[1] == -1 or has_own_state(driver, cls) else call


def is_drivers(driver: Driver, init: object) -> bool:
    """Tell whether this constructor is the driver's, and so reads args order by itself."""
    return any(vars(cls).get("__init__") is init for cls in driver.classes)


def has_own_state(driver: Driver, cls: Any) -> bool:
    """Tell whether `cls` has a ``__setstate__`` or ``__setattr__`` of its own."""
    error = driver.error
    return cls.__setstate__ is not error.__setstate__ or cls.__setattr__ is not error.__setattr__


def takes(init: Any, count: int) -> bool:
    """Tell whether this constructor can be called with `count` arguments by position."""
    init = inspect.unwrap(init)
    if type(init) is not FunctionType:
        return True
    code = init.__code__
    required = code.co_argcount - 1 - len(init.__defaults__ or ())
    enough = required <= count and code.co_kwonlyargcount <= len(init.__kwdefaults__ or ())
    return enough and (count < code.co_argcount or bool(code.co_flags & inspect.CO_VARARGS))


def takes_fields(init: Any) -> bool:
    """Tell whether this constructor can be called with the driver's four parameters, by their names."""
    init = inspect.unwrap(init)
    if type(init) is not FunctionType:
        return False
    code = init.__code__
    positional = code.co_varnames[1 : code.co_argcount]
    named = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    optional = {*positional[len(positional) - len(init.__defaults__ or ()) :], *(init.__kwdefaults__ or ())}
    return {*positional, *named} - optional <= set(FIELDS) <= {*positional, *named}


def _fill(driver: Driver, call: ConstructorOrder, error: Any) -> None:
    """Set the driver's fields on `error`, past its own constructor, unless that one takes them."""
    init = type(error).__init__
    if takes_fields(init):
        init(error, **dict(zip(FIELDS, call, strict=True)))
        return
    model = driver.error(*call)
    for name, value in {**model.__dict__, "args": model.args}.items():
        with contextlib.suppress(AttributeError):  # a property that cannot be set
            object.__setattr__(error, name, value)


class _Passing(type):
    """The class of an error while ``type.__call__`` makes it: a subclass with another constructor, for this once.

    ``type.__call__`` takes the constructor from the class of what ``__new__`` returns. In the end such a class
    is not in its own MRO: then only its error holds it, and it is gone, also from ``__subclasses__``, with it.
    """

    def mro(cls) -> list[type]:
        line = type.mro(cls)
        return line[1:] if cls.__mro__ else line


class _Arriving:
    """What comes first in the MRO of a passing class: whatever is done with the error first gives it its own class.

    Mostly that is the constructor. But ``cls.__new__(cls, *args)`` is also called by itself, by pickle for one.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Keep what an application does for each subclass from being done."""

    def __init__(self, *_: object) -> None:
        fill = vars(type(self))["fill"]
        _arrive(self)
        fill(self)

    def __getattribute__(self, name: str) -> Any:
        _arrive(self)
        return getattr(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _arrive(self)
        setattr(self, name, value)


def _arrive(error: object) -> None:
    object.__setattr__(error, "__class__", type(error).__bases__[1])


def _passing(cls: Any, fill: Callable[[Any], None]) -> Any:
    metaclass = _Passing if type(cls) is type else type("_Passing", (_Passing, type(cls)), {})
    passing: Any = type.__new__(metaclass, cls.__name__, (_Arriving, cls), {"__slots__": (), "fill": fill})
    passing.__bases__ = passing.__bases__  # which asks for the MRO again
    return passing


def text(driver: Driver) -> Method:
    """Return ``Error.__str__``, which also does without the driver's private ``_full_msg``."""
    original = driver.error.__str__

    @functools.wraps(original)
    def __str__(self: Any) -> str:
        try:
            return original(self)  # type: ignore[no-any-return]
        except AttributeError:  # it was made by __new__ alone, and given what is public (RPyC)
            if not to_constructor_order(self.args, driver.full_message):
                raise
            return str(self.args[1])

    return __str__
