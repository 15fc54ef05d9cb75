"""What is found out about a driver, by making errors: there are no version numbers here."""

import contextlib
import functools
import inspect
from typing import Any, NamedTuple

from ._orders import FIELDS, full_message

Class = Any  # a class of errors: which one, only the running program knows

_CALL = ("x", 1, ("a",), "HY000")  # every field, in constructor order
_CALLS: Any = ("x", 1, "HY000"), ("x", 2003, ""), ("{x} %s", -1, "HY000"), ("x", 0, None), (None, 1, None)


class Driver(NamedTuple):
    """A hierarchy of errors, and five facts about it."""

    error: Class  # its base class
    classes: frozenset[Class]  # all of it, without what applications define
    sets_four_fields: bool  # and nothing else: its constructor does what the driver's has always done
    mistakes_args: bool  # it leaves args order in ``args``, and takes that for constructor order
    survives: bool  # somebody else sees to it that its own errors can be pickled
    subclasses_survive: bool  # and those of a class with a constructor of its own


def find_out(error: Class) -> Driver | None:
    """Return the facts about the hierarchy of `error`, or None if its constructor is not the one that we know."""
    try:
        made = error(*_CALL)
        own = type("Own", (error,), {"__init__": lambda self, *, msg: error.__init__(self, msg, 1)})(msg="x")
        is_known = (made.errno, made.sqlstate) == (1, "HY000")
    except Exception:
        return None
    if not is_known:
        return None
    classes = [error]
    for cls in classes:
        classes += [each for each in cls.__subclasses__() if each.__module__ == error.__module__]
    subclasses_survive = "__reduce_ex__" in vars(error) or _makes_again(own, *own.__reduce_ex__(2))
    take_off(type(own))
    return Driver(
        error,
        frozenset(classes),
        sets_four_fields=_sets_four_fields(error),
        mistakes_args=not _makes_again(made, error, made.args),
        survives=_makes_again(made, *made.__reduce_ex__(2)),
        subclasses_survive=subclasses_survive,
    )


def builtin_of(cls: Class) -> Class:
    """Return the builtin that `cls` is built on, whose ``__new__`` makes its errors."""
    while cls.__module__ != "builtins":
        cls = cls.__base__
    return cls


def take_off(cls: Class) -> None:
    """Remove a class that we made, and that is over, from the ``__subclasses__()`` of its bases."""
    with contextlib.suppress(TypeError):  # it has slots: then it is gone with the next garbage collection
        cls.__bases__ = (_gone(builtin_of(cls)),)


@functools.cache
def _gone(builtin: Class) -> Class:
    return type("Gone", (builtin,), {})


def _sets_four_fields(error: Class) -> bool:
    if tuple(inspect.signature(error).parameters) != FIELDS:
        return False
    for msg, errno, sqlstate in _CALLS:
        made = error(msg, errno, ("a",), sqlstate)
        msg, errno = msg or error().msg, errno or -1
        full = full_message(msg, errno, sqlstate)
        fields = {"msg": msg, "_full_msg": full, "errno": errno, "sqlstate": sqlstate}
        if (vars(made), made.args) != (fields, (errno, full, sqlstate)):
            return False
    return True


def _makes_again(error: Any, function: Any, args: Any, state: Any = None, *_: object) -> bool:
    """Tell whether this, as a ``__reduce__`` returns it, makes `error` again."""
    with contextlib.suppress(Exception):
        made = function(*args)
        if state is not None:
            made.__setstate__(state)
        return (type(made), made.args, vars(made)) == (type(error), error.args, vars(error))
    return False
