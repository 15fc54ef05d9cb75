"""Constructing: what is changed about making an error. Plain functions make the methods that `_installing` sets.

Two places read args order, and nothing else does: the driver's own constructors, and `Error.__new__` for a class of an
application's that has a constructor of its own.
"""

import builtins
import contextlib
import functools
import inspect
import sys
from typing import Any

from ._driver import Class, Driver, builtin_of, take_off
from ._orders import FIELDS, constructor_order, full_message, near_constructor_order

# Where an error keeps the values that the driver drops: an attribute that no application has.
VALUES = "_values of the constructor call"
SCALARS = frozenset({str, bytes, int, float, bool, type(None)})  # what any pickler sends and any receiver knows

# PyPy's are functions like any other: only looking tells which they are.
NEW_OF_BUILTINS = frozenset(cls.__new__ for cls in vars(builtins).values() if isinstance(cls, type))

signature = inspect.signature
if sys.version_info >= (3, 14):
    from annotationlib import Format

    # As texts: an annotation may name what only type checkers know.
    signature = functools.partial(signature, annotation_format=Format.STRING)


def reading_constructor(original: Any, *, keeps_values: bool) -> Any:
    """Return the constructor of a driver's class that reads args order too; that of the base class keeps `values`."""

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if 2 <= len(args) <= 3 and not kwargs:
            args = near_constructor_order(*args) or args
        original(self, *args, **kwargs)
        if keeps_values:
            _keep_values(self, *args[2:3], **kwargs)

    __init__.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    return __init__


def quick_constructor(driver: Driver) -> Any:
    """Return the same for a base class that sets four fields: it sets them itself, in half of the time."""
    error, classes, original = driver.error, driver.classes, driver.error.__init__
    unknown, set_attribute, last = error().msg, error.__setattr__, super(error, error).__init__

    @functools.wraps(original)
    def __init__(self: Any, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
        text, cls = msg, type(self)
        if msg is None and cls in classes and (errno is None or (type(errno) is int and not 2000 <= errno < 3000)):
            text = unknown  # for the other numbers the driver has texts
        if (
            (type(text) is str and text)
            and (errno is None or type(errno) is int)
            and (sqlstate is None or type(sqlstate) is str)
            # An application may set attributes in its own way, or have another constructor that follows.
            and (cls in classes or (cls.__setattr__ is set_attribute and super(error, cls).__init__ is last))
        ):
            self.msg = self._full_msg = full = text
            self.errno = number = errno or -1
            self.sqlstate = state = sqlstate
            if cls not in classes:  # where each may be a property
                text, number, state = self.msg, self.errno, self.sqlstate
                self._full_msg = full = text
            if number != -1:
                self._full_msg = full = full_message(text, number, state)
            self.args = number, full, state
            if not text:  # which the driver replaces
                original(self, msg, errno, values, sqlstate)
        elif sqlstate is None and (call := near_constructor_order(msg, errno, values)):
            __init__(self, *call)
        else:
            original(self, msg, errno, values, sqlstate)
        if values is not None:
            _keep_values(self, values)

    return __init__


def _keep_values(self: Any, values: Any = None, **_: object) -> None:
    if type(values) is tuple and SCALARS.issuperset(map(type, values)):
        self.__dict__[VALUES] = values


def maker(driver: Driver) -> Any:
    """Return ``Error.__new__``: it makes what was made before, but reads args order for applications' constructors."""
    error, classes, usual = driver.error, driver.classes, driver.error.__new__

    def __new__(*cls_and_args: Any, **kwargs: Any) -> Any:
        cls = cls_and_args[0]
        if cls in classes:
            return usual(*cls_and_args)  # the same tuple: to make another takes longer
        args = cls_and_args[1:]
        if len(args) == 3 and not kwargs and constructor_order(args) and constructs(cls) not in classes:
            # Of the metaclass `type`'s own making: the application's is not told of this class.
            names = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
            made = type.__new__(type(cls), cls.__name__, (_Arriving, cls), names)
            cls_and_args = made, *args
        following = super(error, cls).__new__
        if following is usual:
            return usual(*cls_and_args)
        if following not in NEW_OF_BUILTINS:
            return following(*cls_and_args, **kwargs)
        # The class is built on another builtin. OSError's takes arguments only from an application's own __new__.
        if issubclass(cls, OSError) and cls.__new__ is error.__new__:
            return builtin_of(cls).__new__(cls_and_args[0])
        return builtin_of(cls).__new__(*cls_and_args, **kwargs)

    return __new__


def constructs(cls: Class) -> Class:
    """Return the class whose constructor makes an error of `cls`."""
    return next(base for base in cls.__mro__ if "__init__" in vars(base))


class _Arriving:
    """What comes before an application's class in the class that is made for one call, with an error's args.

    ``type.__call__`` takes the constructor from the class of what ``__new__`` returned: so it is ours, this once.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Leave out the application's own, which may keep a register."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        construct = type(_with_own_class(self)).__init__
        call = constructor_order(args)
        if kwargs or not call:  # the application's __new__ was called with other arguments than it handed on
            construct(self, *args, **kwargs)
            return
        msg, *_ = call
        errno, full, sqlstate = args
        with contextlib.suppress(TypeError, AttributeError):  # not three arguments, or not a number for a text
            if signature(construct).parameters.keys() >= {*FIELDS}:
                construct(self, **dict(zip(FIELDS, call, strict=True)))
            else:
                construct(self, *args)
            found = self.__dict__.get("msg")
            if not (found is errno or found is full is not msg):
                return
        # It could not take args order, or took the wrong thing for its message: set the driver's fields right.
        fields = {"msg": msg, "_full_msg": full, "errno": errno, "sqlstate": sqlstate, "args": args}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __getattribute__(self, name: str) -> Any:
        return getattr(_with_own_class(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_with_own_class(self), name, value)


def _with_own_class(error: Any) -> Any:
    """Give an error its own class, whatever is done with it first, and remove the other from ``__subclasses__()``."""
    made = type(error)
    _, cls = made.__bases__
    object.__setattr__(error, "__class__", cls)
    take_off(made)
    return error


def set_all(error: Any, state: Any) -> None:
    """Set each attribute, also what is kept outside of ``__dict__``. PyPy's own asks no ``__setattr__`` either."""
    for name, value in state.items():
        object.__setattr__(error, name, value)


class FullMessage:
    """``Error._full_msg`` for an error without: one that was made by ``__new__`` alone, and given what is public."""

    def __get__(self, error: Any, owner: Any) -> Any:
        if error is None:
            return self
        if not constructor_order(error.args):
            raise AttributeError(f"{owner.__name__!r} object has no attribute '_full_msg'")
        _, full, _ = error.args
        return full


class Signature:
    """``Error.__signature__``: `inspect` of Python before 3.11.4 would stop at our ``__new__``."""

    def __init__(self, error: Class) -> None:
        self.error, self.signature = error, inspect.signature(error)

    def __get__(self, _: object, owner: Any) -> inspect.Signature | None:
        return self.signature if owner is self.error else None  # None: `inspect` looks further
