"""Reducing: an error as what makes it again, in one of three forms, which `choose` picks for each class, once.

- stock: what the driver alone gives;
- constructor call: ``(cls, (msg, errno, values, sqlstate)[, state])``;
- bare object: ``(copyreg.__newobj__, (cls,), state)``, the class without its constructor, and all that is set on it,
  with ``args`` too for an own ``__setstate__``, and ``copyreg._reconstructor`` for an own ``__new__``.

A state may hold ``args``, a slot, or a member of OSError: ``BaseException.__setstate__`` sets each with setattr.
"""

from collections.abc import Callable
from contextlib import suppress
from copyreg import __newobj__ as _new  # type: ignore[attr-defined]
from copyreg import _reconstructor  # type: ignore[attr-defined]
from functools import partial
from operator import itemgetter
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any
from weakref import WeakKeyDictionary

from ._constructing import BUILTINS, SCALARS, VALUES, Class, builtin_of, signature
from ._driver import Driver
from ._orders import TEXT, TEXT_OR_NONE, Args, full_message

Form = Callable[[Any], Args]

_HOOKS = {"__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__setattr__", "__new__"}
_FOUR_FIELDS = ("msg", "_full_msg", "errno", "sqlstate")
_get_fields = itemgetter(*_FOUR_FIELDS)
# The object that lacks an attribute: the interpreter sets it by itself, and does not send it either.
_NOT_SENT = vars(AttributeError).get("obj")


def methods(driver: Driver) -> tuple[Any, Any]:
    """Return ``Error.__reduce__`` and ``Error.__reduce_ex__``."""
    error = driver.error
    forms: WeakKeyDictionary[Class, Form | None] = WeakKeyDictionary()

    def form_of(self: Any) -> Form | None:
        cls = type(self)
        try:
            return forms[cls]
        except KeyError:
            return forms.setdefault(cls, choose(driver, cls, self.args))

    def __reduce__(self: Any) -> Any:
        """Return what makes this error again: the driver's constructor call, or the class and all that is set on it."""
        form = form_of(self)
        return form(self) if form else super(error, self).__reduce__()

    def __reduce_ex__(self: Any, protocol: Any, /) -> Any:
        """Return ``__reduce__()``, also where OSError precedes the driver's class and has its own."""
        form = form_of(self)
        return form(self) if form else super(error, self).__reduce_ex__(protocol)

    return __reduce__, __reduce_ex__


def choose(driver: Driver, cls: Class, args: Args) -> Form | None:
    """Return the form for errors of `cls`, of which the first has these `args`; None is the stock form."""
    bases = [base for base in cls.__mro__ if base is not driver.error and base not in BUILTINS]
    own = {name for base in bases for name in _HOOKS & vars(base).keys()}
    # Such methods were written for what the driver alone gives.
    if own & {"__reduce__", "__reduce_ex__"}:
        return None
    if own & {"__setstate__", "__setattr__"} and _can_be_called(signature(cls.__init__).bind, None, *args):
        return None
    if "__new__" not in own and not _can_be_called(cls.__new__, cls):  # an ExceptionGroup's wants its parts
        return None
    members = _members(cls)
    if own or members.keys() != {"args"}:
        return partial(bare_object, own, members)
    if not driver.classes.issuperset(base for base in bases if "__init__" in vars(base)):
        return usual_bare_object
    if driver.survives:
        return None
    return constructor_call if cls.__init__ is driver.error.__init__ else constructor_call_and_state


def constructor_call(error: Any) -> Args:
    """Return the constructor call, and as state what was added to the error, or all of it if a field was changed."""
    fields = error.__dict__
    try:
        msg, full, errno, sqlstate = _get_fields(fields)
        first, second, third = error.args
    except (KeyError, ValueError):
        return constructor_call_and_state(error)
    if not (
        (first is errno and second is full and third is sqlstate)
        # Only exact types, for which a comparison cannot fail and finds every difference.
        and (type(msg) in TEXT and type(full) in TEXT and type(errno) is int and type(sqlstate) in TEXT_OR_NONE)
        and (msg and errno and full == full_message(msg, errno, sqlstate))
    ):
        return constructor_call_and_state(error)
    values = fields.get(VALUES)
    call = type(error), (msg, errno, values, sqlstate)
    if len(fields) == (4 if values is None else 5):
        return call
    added = fields.copy()
    for name in _FOUR_FIELDS:
        del added[name]
    added.pop(VALUES, None)
    return *call, added


def constructor_call_and_state(error: Any) -> Args:
    """Return the constructor call and the whole state, or the bare object: no text as message, a field gone."""
    fields = error.__dict__
    try:
        msg, _, errno, sqlstate = _get_fields(fields)
    except KeyError:
        return usual_bare_object(error)
    if type(msg) in TEXT and msg and type(errno) in SCALARS and type(sqlstate) in SCALARS:
        state = {**fields, "args": error.args}
        return type(error), (msg, errno, state.pop(VALUES, None), sqlstate), state
    return usual_bare_object(error)


def usual_bare_object(error: Any) -> Args:
    """Return what `bare_object` does, in less time, where all is in ``__dict__`` and no own method has a say."""
    return _new, (type(error),), {**error.__dict__, "args": error.args}


def bare_object(own: set[str], members: dict[str, bool], error: Any) -> Args:
    """Return the bare object of a class with these methods of its own, and these members."""
    cls, args = type(error), error.args
    if own >= {"__getstate__", "__setstate__"}:
        return _new, (cls, *args), error.__getstate__()
    state = _held(own, members, error)
    if "__new__" in own:  # which may want arguments that nobody kept
        return _reconstructor, (cls, builtin_of(cls), None), state
    if "__setstate__" in own:
        state.pop("args", None)
        return _new, (cls, *args), state
    return _new, (cls,), state


def _held(own: set[str], members: dict[str, bool], error: Any) -> dict[str, Any]:
    """Return all that an error holds, or what its own ``__getstate__`` says and what the driver and builtins set."""
    state: dict[str, Any] = error.__dict__.copy()
    if "__getstate__" in own:
        said = error.__getstate__()
        if type(said) is dict:
            state = {name: state[name] for name in state.keys() & {*_FOUR_FIELDS, VALUES}} | said
            members = {name: True for name, is_builtins in members.items() if is_builtins}
    for name, is_builtins in members.items():
        with suppress(AttributeError):  # a slot that is not set
            value: Any = getattr(type(error), name).__get__(error)
            if value is not None or not is_builtins:
                state.setdefault(name, value)
    return state


def _members(cls: Class) -> dict[str, bool]:
    """Return what an error holds outside of its ``__dict__``: slots, and what builtins keep, as args.

    The values tell which: True for a builtin's.
    """
    found = {}
    for base in cls.__mro__:
        for name, member in dict(vars(base)).items():  # a copy: another thread may set an attribute
            is_data = type(member) in (MemberDescriptorType, GetSetDescriptorType) and member is not _NOT_SENT
            if is_data and not name.startswith("__") and getattr(cls, name, None) is member:
                found[name] = base in BUILTINS
    return found


def _can_be_called(function: Any, *args: Any) -> bool:
    try:
        function(*args)
    except TypeError:
        return False
    return True
