"""What is found out about a driver, by making errors: there are no version numbers here."""

import contextlib
import inspect
from typing import Any, NamedTuple

from ._orders import FIELDS, full_message

Class = Any  # a class of errors: which one, only the running program knows

_CALL = ("x", 1, ("a",), "HY000")  # every field, in constructor order
_FIELDS_OF_CALLS = ("x", 1, None), ("x", 1, "HY000"), ("x", 2003, ""), ("x", 0, None), ("{x} %s", -1, "HY000")


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
    if not _takes_constructor_order(error):
        return None
    classes = [error]
    for cls in classes:
        classes += [each for each in cls.__subclasses__() if each.__module__ == error.__module__]
    made = error(*_CALL)
    errno, *_, sqlstate = made.args[:3]
    own = type("Own", (error,), {"__init__": lambda self, *, msg: error.__init__(self, msg, 1)})(msg="x")
    has_reduce = not vars(error).keys().isdisjoint(("__reduce__", "__reduce_ex__"))
    return Driver(
        error,
        frozenset(classes),
        sets_four_fields=_sets_four_fields(error),
        mistakes_args=(errno, sqlstate) == (1, "HY000") and not _makes_again(made, error, made.args),
        survives=has_reduce or _makes_again(made, *made.__reduce_ex__(2)),
        subclasses_survive="__reduce_ex__" in vars(error) or _makes_again(own, *own.__reduce_ex__(2)),
    )


def _takes_constructor_order(error: Class) -> bool:
    with contextlib.suppress(Exception):
        made = error(*_CALL), error(**dict(zip(FIELDS, _CALL, strict=True)))
        return all((one.errno, one.sqlstate) == (1, "HY000") for one in made)
    return False


def _sets_four_fields(error: Class) -> bool:
    _, *parameters = inspect.signature(error.__init__).parameters
    if tuple(parameters) != FIELDS:
        return False
    unknown = error().msg
    for msg, errno, sqlstate in (*_FIELDS_OF_CALLS, (None, None, None), (None, 1, "HY000")):
        made = error(msg, errno, ("a",), sqlstate)
        text, number = msg or unknown, errno or -1
        full = full_message(text, number, sqlstate)
        fields = {"msg": text, "_full_msg": full, "errno": number, "sqlstate": sqlstate}
        if vars(made) != fields or made.args != (number, full, sqlstate):
            return False
    return True


def _makes_again(error: Any, function: Any, args: Any, state: Any = None, *_: object) -> bool:
    """Tell whether this, as a ``__reduce__`` returns it, makes `error` again."""
    with contextlib.suppress(Exception):
        made = function(*args)
        made.__setstate__(state)
        return (type(made), made.args, vars(made)) == (type(error), error.args, vars(error))
    return False
