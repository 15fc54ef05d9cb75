"""Reducing: an error as what makes it again, in one of three forms, which `choose` picks for each class, once.

- stock: what the driver alone gives;
- constructor call: ``(cls, (msg, errno, values, sqlstate)[, state])``;
- bare object: ``(copyreg.__newobj__, (cls,), state)``, the class without its constructor, and all that is set on it;
  in another way for a class with a ``__new__`` or ``__setstate__`` of its own.

A state may hold ``args``, a slot, or a member of OSError: ``BaseException.__setstate__`` sets each with setattr.
``args`` come first, since what an application sets last may be that nothing can be set any more.
"""

from contextlib import suppress
from copyreg import __newobj__, _reconstructor  # type: ignore[attr-defined]
from functools import partial
from operator import itemgetter
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any
from weakref import ref

from ._constructing import BUILTINS, SCALARS, VALUES, Class, builtin_of, signature
from ._driver import Driver
from ._orders import TEXT, Args, full_message

_HOOKS = {"__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__setattr__", "__new__"}
_DRIVER_SETS = {"msg", "_full_msg", "errno", "sqlstate", VALUES}
_get_fields = itemgetter("msg", "_full_msg", "errno", "sqlstate")


def methods(driver: Driver) -> Any:
    """Return ``Error.__reduce__`` and ``Error.__reduce_ex__``."""
    error = driver.error
    forms: Any = {}

    def chosen(self: Any) -> Any:
        form = choose(driver, type(self), self.args)
        forms[ref(type(self), forms.pop)] = form  # until the class is gone: so a form must not hold it
        return form

    def __reduce__(self: Any) -> Any:
        """Return what makes this error again, with the driver's constructor or without."""
        form = forms.get(ref(type(self))) or chosen(self)
        return form(self) or super(error, self).__reduce__()

    def __reduce_ex__(self: Any, protocol: Any) -> Any:
        """Return what ``__reduce__`` does, also where OSError precedes the driver's class and has its own."""
        form = forms.get(ref(type(self))) or chosen(self)
        return form(self) or super(error, self).__reduce_ex__(protocol)

    return __reduce__, __reduce_ex__


def choose(driver: Driver, cls: Class, args: Args) -> Any:
    """Return the form for all errors of `cls`, of which the first has these `args`."""
    bases = [base for base in cls.__mro__ if base is not driver.error and base not in BUILTINS]
    own = {name for base in bases for name in _HOOKS & vars(base).keys()}
    # Such methods were written for what the driver alone gives.
    if own & {"__reduce__", "__reduce_ex__"}:
        return stock
    if own & {"__setstate__", "__setattr__"} and _works(signature(cls.__init__).bind, None, *args):
        return stock  # these too, unless ``cls(*args)`` would fail where it arrives
    makes = builtin_of(cls) if "__new__" in own else cls
    if not _works(makes.__new__, cls):  # an ExceptionGroup's wants its parts
        return stock
    members = _members(cls)
    if own or members.keys() != {"args"}:
        return partial(bare_object, own, members)
    if not driver.classes.issuperset(base for base in bases if "__init__" in vars(base)):
        return usual_bare_object
    if driver.survives:
        return stock
    if cls.__init__ is driver.error.__init__:
        return constructor_call
    return partial(constructor_call, keeps_message=False)  # ReadTimeoutError's constructor replaces it


def stock(_: Any) -> None:
    """Return nothing, so that what comes next is asked: the ``__reduce__`` of another base or of BaseException."""


def constructor_call(error: Any, keeps_message: bool = True) -> Args:
    """Return the constructor call, and as state what was added to the error, or all of it if a field was changed."""
    fields = error.__dict__
    try:
        msg, full, errno, sqlstate = _get_fields(fields)
    except KeyError:  # it was made by __new__ alone, or a field was deleted
        return usual_bare_object(error)
    # Only exact types, for which a comparison cannot fail and finds every difference.
    if not (type(msg) in TEXT and msg and type(full) in TEXT and type(errno) in SCALARS and type(sqlstate) in SCALARS):
        return usual_bare_object(error)
    values = fields.get(VALUES)
    call = type(error), (msg, errno, values, sqlstate)
    match error.args:
        case first, second, third if keeps_message and first is errno and second is full and third is sqlstate:
            if errno and full == full_message(msg, errno, sqlstate):  # the constructor makes -1 of 0 and None
                if len(fields) == (4 if values is None else 5):
                    return call
                added = fields.copy()
                del added["msg"], added["_full_msg"], added["errno"], added["sqlstate"]
                added.pop(VALUES, None)
                return *call, added
    return *call, {"args": error.args, **fields}


def usual_bare_object(error: Any) -> Args:
    """Return what `bare_object` does, in less time, where all is in ``__dict__`` and no own method has a say."""
    return __newobj__, (type(error),), {"args": error.args, **error.__dict__}


def bare_object(own: set[str], members: Any, error: Any) -> Args:
    """Return the bare object of a class with these methods of its own, and these members."""
    cls = type(error)
    if "__new__" in own:  # which may want arguments that nobody kept
        return _reconstructor, (cls, builtin_of(cls), None), _held(own, members, error)
    if "__setstate__" not in own:
        return __newobj__, (cls,), _held(own, members, error)
    # It was written for what the driver alone hands to it, or for its own ``__getstate__``: neither holds the args.
    state = error.__getstate__() if "__getstate__" in own else error.__dict__.copy()
    return __newobj__, (cls, *error.args), state


def _held(own: set[str], members: Any, error: Any) -> Any:
    """Return all that an error holds, or the dict of its own ``__getstate__``, and what driver and builtins set."""
    state, fields = {}, error.__dict__
    if "__getstate__" in own:
        said = error.__getstate__()
        if type(said) is dict:
            fields = {name: fields[name] for name in fields if name in _DRIVER_SETS} | said
            members = {name: True for name in members if members[name]}  # only the builtins'
    for name, is_builtins in members.items():
        with suppress(AttributeError):  # a slot that is not set
            value = object.__getattribute__(error, name)
            if value is not None or not is_builtins:  # a builtin's that is not set is None
                state[name] = value
    return state | fields


def _members(cls: Class) -> Any:
    """Return the names of what an error holds outside of its ``__dict__``, and whether a builtin keeps it, as args."""
    attributes: Any = {}
    for base in reversed(cls.__mro__):
        attributes |= vars(base)
    kinds = MemberDescriptorType, GetSetDescriptorType
    return {
        name: each.__objclass__ in BUILTINS
        for name, each in attributes.items()
        if type(each) in kinds and not name.startswith("__")
    }


def _works(function: Any, *args: Any) -> bool:
    with suppress(TypeError):
        function(*args)
        return True
    return False
