"""Constructing: what is changed about making an error.

The driver's constructors read args order, keep `values`, and are quicker. ``Error.__new__`` reads it for applications'.
"""

import contextlib
import functools
import inspect
from operator import attrgetter
from types import BuiltinFunctionType, FunctionType
from typing import Any

from ._orders import FIELDS, to_constructor_order

# Where the values that the driver drops are kept. Not in `values`: an application may have that attribute.
VALUES = "_values"
_TRAITS = attrgetter("__basicsize__", "args", "__new__", "__setstate__", "__setattr__", "__reduce__", "__reduce_ex__")
SCALARS = frozenset({str, bytes, int, float, bool, type(None)})  # what any pickler sends and any receiver knows


class Driver:
    """One hierarchy of errors, what was found out about it, and what is to be put on its base class."""

    error: Any  # its base class
    classes: frozenset[Any]  # all of it, without what applications define
    survives: bool  # somebody else sees to it that its own errors survive
    quick: frozenset[Any]  # those where setting the four fields ourselves gives what the constructor gives
    constructors: frozenset[Any]
    plain: Any  # the constructor of its base class, if that class is quick
    traits: tuple[Any, ...]  # of its base class

    def constructs(self, cls: Any) -> bool:
        """Tell whether the constructor of `cls` is the driver's."""
        return next(base for base in cls.__mro__ if "__init__" in vars(base)) in self.classes

    def constructor(self, cls: Any) -> Any:
        """Return the constructor of `cls` as it is to its callers, but for args order, `values` and its speed."""
        error, classes, original, set_attribute = self.error, self.classes, cls.__init__, self.error.__setattr__

        @functools.wraps(original)
        def construct(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *((not kwargs and to_constructor_order(args)) or args), **kwargs)
            values = args[2] if len(args) > 2 else kwargs.get("values")
            if type(values) is tuple and SCALARS.issuperset(map(type, values)):
                self.__dict__.setdefault(VALUES, values)

        if cls is not error or cls not in self.quick:
            construct.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
            return construct

        @functools.wraps(original)
        def __init__(self: Any, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
            plain = type(msg) is str and type(errno) is int and (sqlstate is None or type(sqlstate) is str)
            is_drivers = (cls := type(self)) in classes
            if (plain and msg and errno and values is None) and (
                is_drivers or (cls.__mro__[-4] is error and cls.__setattr__ is set_attribute)  # no constructor after
            ):
                self.msg = msg
                msg = msg if is_drivers else self.msg  # a property of the application's may have changed it
                full = msg if errno == -1 else f"{errno} ({sqlstate}): {msg}" if sqlstate else f"{errno}: {msg}"
                self._full_msg = full
                self.errno = errno
                self.sqlstate = sqlstate
                self.args = errno, full, sqlstate
            else:
                construct(self, msg, errno, values, *(() if sqlstate is None else (sqlstate,)))

        return __init__

    def maker(self) -> Any:
        """Return ``Error.__new__``, which reads args order where the constructor is an application's."""
        error, classes, plain = self.error, self.classes, self.error.__new__

        def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if cls in classes or (not (call := None if kwargs else self.read(cls, args)) and cls.__mro__[-4] is error):
                return plain(cls, *args)
            made = _passing(error, cls, call) if call else cls
            if type(following := super(error, cls).__new__) is not BuiltinFunctionType:
                return following(made, *args, **kwargs)
            # As without us: of the builtin that the class is built on. OSError's alone leaves args to the constructor.
            left = () if issubclass(cls, OSError) and cls.__new__ is error.__new__ else args
            return builtin_of(cls).__new__(made, *left)

        return __new__

    def read(self, cls: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the fields if a call of `cls`, an application's class, is in args order."""
        call = to_constructor_order(args)
        if call is None or self.constructs(cls):
            return None
        # Without an errno, any number and text look like it.
        is_ordinary = call[1] == -1 and takes(cls.__init__, len(args)) and not takes(cls.__init__, 0, *FIELDS)
        return None if is_ordinary else call


def traits(cls: Any) -> tuple[Any, ...]:
    """Return what decides, but for the constructor, how an error of `cls` is reduced."""
    return _TRAITS(cls), cls.__mro__[-4], getattr(cls, "__getstate__", None)  # 3.10's object has none


def takes(init: Any, count: int, *names: str) -> bool:
    """Tell whether this constructor can be called with `count` arguments by position, and more by their `names`."""
    init = inspect.unwrap(init)  # inspect.signature takes twenty times as long, and may evaluate annotations
    if type(init) is not FunctionType:
        return not names
    code = init.__code__
    known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    positional = known[: code.co_argcount - 1]
    optional = {*positional[len(positional) - len(init.__defaults__ or ()) :], *(init.__kwdefaults__ or ())}
    is_enough = {*known} <= {*positional[:count], *names, *optional} and {*names} <= {*known}
    return is_enough and (count <= len(positional) or bool(code.co_flags & inspect.CO_VARARGS))


def builtin_of(cls: Any) -> Any:
    """Return the class, not made by a class statement, that `cls` is built on."""
    while cls.__flags__ & 1 << 9:  # Py_TPFLAGS_HEAPTYPE
        cls = cls.__base__
    return cls


class _Passing(type):
    """The class of an error while ``type.__call__`` makes it: a subclass with another constructor, for this once.

    ``type.__call__`` takes the constructor from the class of what ``__new__`` returns. The second MRO is without
    the class itself: then only its error holds it, and it is gone, also from ``__subclasses__``, with it.
    """

    def mro(cls) -> list[type]:
        return type.mro(cls)[1 if cls.__mro__ else 0 :]


class _Arriving:
    """What comes first in that MRO: whatever is done with the error gives it its own class.

    First that is the constructor, or, where ``cls.__new__(cls, *args)`` was called by itself, anything else.
    """

    __slots__ = ()
    __init_subclass__ = classmethod(lambda cls: None)  # an application's own is not told

    def __init__(self, *args: object) -> None:
        vars(type(self))["fill"](self, *args)

    def __getattribute__(self, name: str) -> Any:
        object.__setattr__(self, "__class__", type(self).__bases__[1])
        return getattr(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, "__class__", type(self).__bases__[1])
        setattr(self, name, value)


def _passing(error: Any, cls: Any, call: tuple[Any, ...]) -> Any:
    def fill(self: Any, *args: object) -> Any:
        object.__setattr__(self, "__class__", cls)
        if takes(cls.__init__, 0, *FIELDS):
            return cls.__init__(self, **dict(zip(FIELDS, call, strict=True)))
        if takes(cls.__init__, len(args)):  # it may be an ordinary call as well, which sets attributes
            with contextlib.suppress(Exception):
                cls.__init__(self, *args)
        model = error(*call)
        for name, value in {**model.__dict__, "args": model.args}.items():
            with contextlib.suppress(AttributeError):  # a property that cannot be set
                object.__setattr__(self, name, value)

    metaclass = _Passing if type(cls) is type else type("_Passing", (_Passing, type(cls)), {})
    passing: Any = type.__new__(metaclass, cls.__name__, (_Arriving, cls), {"__slots__": (), "fill": fill})
    passing.__bases__ = passing.__bases__  # which asks for the MRO again
    return passing


class FullMessage:
    """``Error._full_msg`` where an error has none: made by ``__new__`` alone, and given what is public (RPyC)."""

    def __get__(self, error: Any, _: object) -> Any:
        if error is None or not to_constructor_order(error.args):
            raise AttributeError("_full_msg")
        return error.args[1]
