"""Constructing: what is changed about making an error. Plain functions make the methods that `_installing` sets.

Two places read a call's args order, and nothing else is made of a call: the driver's constructors, and `_Arriving`,
which `Error.__new__` puts before an application's own constructor.
"""

import builtins
import inspect
from contextlib import suppress
from functools import cache, partial, wraps
from typing import Any

from ._orders import FIELDS, TEXT_OR_NONE, constructor_order, full_message, near_constructor_order

Class = Any  # a class of errors: which one, only the running program knows
Classes = frozenset[Class]

VALUES = "_values of the constructor call"  # where an error keeps `values`: no application has that attribute
SCALARS = {str, bytes, int, float, bool, type(None)}  # what any pickler sends and any receiver knows

# Not told by ``__module__``: an application may set that to "builtins".
BUILTINS = {cls for cls in vars(builtins).values() if isinstance(cls, type)}
_gone = cache(lambda builtin: type("Gone", (builtin,), {}))  # the last base of a class that is over: see `take_off`

signature: Any = inspect.signature
with suppress(ImportError):  # from Python 3.14 on, as texts: an annotation may name what only type checkers know
    from annotationlib import Format  # type: ignore[import-not-found]

    signature = partial(signature, annotation_format=Format.STRING)


def reading_constructor(original: Any) -> Any:
    """Return the constructor of a driver's class that reads args order too, and keeps `values`."""

    @wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if 2 <= len(args) <= 3 and not kwargs:
            args = near_constructor_order(*args) or args
        original(self, *args, **kwargs)
        values = kwargs.get("values", *args[2:3])
        if values is not None:
            _keep_values(self, values)

    return __init__


def quick_constructor(error: Class, classes: Classes) -> Any:
    """Return `reading_constructor` for a base class that sets four fields: it sets them itself, in half of the time."""
    original, unknown = error.__init__, error().msg
    read = reading_constructor(original)

    @wraps(original)
    def __init__(self: Any, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> Any:
        is_drivers = type(self) in classes
        is_plain = (errno is None or type(errno) is int) and type(sqlstate) in TEXT_OR_NONE
        if msg is None and is_drivers and is_plain and (errno or 0) // 1000 != 2:
            msg = unknown  # for 2000 to 2999 the driver has texts, and an application may have a property
        if not (is_plain and type(msg) is str and msg):
            if msg is not None and sqlstate is None:  # two or three arguments, which may be args order
                return read(self, msg, errno, values)
            original(self, msg, errno, values, sqlstate)
            return _keep_values(self, values)
        if not is_drivers:  # an application may have another base behind
            super(error, self).__init__()
        self.msg = self._full_msg = full = msg
        self.errno = number = errno or -1
        self.sqlstate = sqlstate
        if not is_drivers:  # an application may have made each a property: what it says now counts
            number, sqlstate = self.errno, self.sqlstate
            if self.msg is not full:
                self._full_msg = full = self.msg
        if number != -1:
            self._full_msg = full = full_message(full, number, sqlstate)
        self.args = number, full, sqlstate
        if values is not None:
            _keep_values(self, values)

    return __init__


def _keep_values(self: Any, values: Any) -> None:
    if type(values) is tuple and SCALARS.issuperset(map(type, values)):
        self.__dict__[VALUES] = values


def maker(error: Class, classes: Classes) -> Any:
    """Return ``Error.__new__``: it makes what was made before, and for an error's args puts `_Arriving` before it."""
    usual = error.__new__

    def __new__(cls: Class, /, *args: Any, **kwargs: Any) -> Any:
        if cls in classes:
            return usual(cls)  # its constructor sets the args: to hand them on takes longer
        is_args_order = len(args) == 3 and not kwargs and constructor_order(args)  # what is only near may be ordinary
        if is_args_order and all(cls.__init__ is not each.__init__ for each in classes):  # a constructor of its own
            # Made past its metaclass; and with no slots of its own, as setting ``__class__`` back needs it.
            cls = type.__new__(type(cls), cls.__name__, (_Arriving, cls), {"__slots__": ()})
        if issubclass(cls, OSError) and cls.__new__ is error.__new__:
            return OSError.__new__(cls)  # with arguments, which an own ``__new__`` hands on, it sets errno and more
        following = super(error, cls).__new__
        if following is usual or issubclass(cls, MemoryError):  # MemoryError's own does not make what is built on Error
            return usual(cls, *args)
        return following(cls, *args, **kwargs)

    return __new__


class _Arriving:
    """What comes before an application's class in the class that is made for one call with an error's args.

    ``type.__call__`` takes the constructor from the class of what ``__new__`` returned: so it is ours, this once.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Leave out the application's own, which may keep a register."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        construct = object.__getattribute__(_with_own_class(self), "__init__")
        call = constructor_order(args)
        if kwargs or not call:  # the application's __new__ was called with other arguments than it handed on
            construct(*args, **kwargs)
            return
        msg, *_ = call
        errno, full, sqlstate = args
        taken = errno  # as its message, unless the constructor comes to its end
        with suppress(TypeError, AttributeError):  # another number of arguments, or a method of str on errno
            if signature(construct).parameters.keys() >= {*FIELDS}:
                construct(**dict(zip(FIELDS, call, strict=True)))
            else:
                construct(*args)
            taken = self.__dict__.get("msg")
        if taken is errno or (type(taken) is str and taken != msg and taken in (str(errno), full)):
            set_all(self, {"msg": msg, "_full_msg": full, "errno": errno, "sqlstate": sqlstate, "args": args})

    def __getattribute__(self, name: str) -> Any:  # where ``__new__`` alone was called, as `copyreg.__newobj__` does
        return getattr(_with_own_class(self), name)


def _with_own_class(error: Any) -> Any:
    """Give an error its own class, and remove the one that was made for its call from ``__subclasses__()``."""
    made = type(error)
    _, cls = made.__bases__
    object.__setattr__(error, "__class__", cls)
    take_off(made)
    return error


def take_off(cls: Class) -> None:
    """Remove a class that we made, and that is over, from the ``__subclasses__()`` of its bases."""
    with suppress(TypeError):  # the application's class has slots: then it goes with the next garbage collection
        cls.__bases__ = (_gone(builtin_of(cls)),)


def builtin_of(cls: Class) -> Class:
    """Return the builtin that `cls` is built on, whose ``__new__`` makes its errors."""
    while cls not in BUILTINS:
        cls = cls.__base__
    return cls


def set_all(error: Any, state: Any) -> None:
    """Set each attribute, also what is kept outside of ``__dict__``, without asking a ``__setattr__``."""
    for name, value in state.items():
        object.__setattr__(error, name, value)


class FullMessage:
    """``Error._full_msg`` for an error without: RPyC makes it by ``__new__`` alone, and sets what is public."""

    def __get__(self, error: Any, owner: Any) -> Any:
        if error is None:
            return self
        if constructor_order(error.args):
            _, full, _ = error.args
            return full
        raise AttributeError(f"{owner.__name__!r} object has no attribute '_full_msg'")


class Signature:
    """``Error.__signature__``: what a class's constructor takes, since `inspect` would stop at our ``__new__``."""

    def __get__(self, error: Any, owner: Any) -> Any:
        if error is None and owner.__new__.__module__ == __name__:
            with suppress(NameError):  # an annotation that only type checkers know
                return inspect.signature(partial(owner.__init__, None))  # with the annotations themselves
        return None  # `inspect` looks further
