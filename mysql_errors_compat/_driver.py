"""What is found out about a driver, by making errors: there are no version numbers here."""

import inspect
from contextlib import suppress
from typing import Any, NamedTuple

from ._constructing import Class, Classes, quick_constructor, take_off
from ._orders import FIELDS


class Driver(NamedTuple):
    """A base class of errors, and five facts about it."""

    error: Class
    classes: Classes  # it and all below, without what applications define
    sets_four_fields: bool  # its constructor does what the driver's has always done, and nothing else
    mistakes_args: bool  # it leaves args order in ``args``, and takes that for constructor order
    survives: bool  # its own errors can be pickled: the driver is cured, or somebody else has patched it
    subclasses_survive: bool  # the errors of a class with a constructor of its own can be pickled, too


def find_out(error: Class) -> Driver | None:
    """Return the facts about the hierarchy of `error`, or None if its constructor is not the one that we know."""
    try:
        made = error("x", 1, None, "HY000")
        if made.errno != 1 or made.sqlstate != "HY000":
            return None
    except Exception:
        return None
    found = [error]
    for cls in found:  # which grows meanwhile
        found += [each for each in cls.__subclasses__() if each.__module__ == error.__module__]
    classes = frozenset(found)

    class Own(error):  # type: ignore[misc]
        def __init__(self, *, msg: str) -> None:
            super().__init__(msg)

    own = Own(msg="x")
    # Who gave the driver a ``__reduce_ex__`` took care of these: if its own errors survive, that one stays.
    subclasses_survive = "__reduce_ex__" in vars(error) or _makes_again(own, *own.__reduce_ex__(2))
    take_off(Own)  # from the subclasses of `error`
    return Driver(
        error,
        classes,
        sets_four_fields=_sets_four_fields(error, classes),
        mistakes_args=not _makes_again(made, error, made.args),
        survives=_makes_again(made, *made.__reduce_ex__(2)),
        subclasses_survive=subclasses_survive,
    )


def _sets_four_fields(error: Class, classes: Classes) -> bool:
    """Try the quick constructor beside the driver's."""
    if tuple(inspect.signature(error).parameters) != FIELDS:
        return False
    set_four_fields = quick_constructor(error, classes)
    for call in ("x", 1, None, "HY000"), ("{x} %s", 0, None, ""), (None,):  # each another way through it
        made = error.__new__(error)
        set_four_fields(made, *call)
        if not _makes_again(made, error, call):
            return False
    return True


def _makes_again(error: Any, function: Any, args: Any, state: Any = None, *_: object) -> bool:
    """Tell whether this, as a ``__reduce__`` returns it, makes `error` again."""
    with suppress(Exception):
        made = function(*args)
        if state is not None:
            made.__setstate__(state)
        return (type(made), made.args, vars(made)) == (type(error), error.args, vars(error))
    return False
