"""Reducing: an error as what makes it again, in one of three forms, which `choose` picks for each class, once.

- stock: what the driver alone gives;
- constructor call: ``(cls, (msg, errno, values, sqlstate)[, state])``;
- bare object: ``(copyreg.__newobj__, (cls,), state)``, the class without its constructor, and all that is set on it.

A state may hold ``args``, a slot, or a member of OSError: ``BaseException.__setstate__`` sets each with setattr.
"""

import contextlib
import copyreg
import functools
from collections.abc import Callable
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any
from weakref import WeakKeyDictionary

from ._constructing import SCALARS, VALUES, builtin_of, owner_of, signature
from ._driver import Class, Driver
from ._orders import full_message

Form = Callable[[Any], tuple[Any, ...]]

_REDUCE = frozenset({"__reduce__", "__reduce_ex__"})
_SET = frozenset({"__setstate__", "__setattr__"})
_HOOKS = _REDUCE | _SET | {"__getstate__", "__new__", "__init__"}
_MADE = frozenset({"msg", "_full_msg", "errno", "sqlstate", VALUES})  # by the driver's constructor
_TEXT = frozenset({str, bytes})
_TEXT_OR_NONE = _TEXT | {type(None)}
_get_args = vars(BaseException)["args"].__get__  # an application's class may have another attribute of that name
# The object that lacks an attribute: the interpreter sets it by itself, and does not send it either.
_NOT_SENT = vars(AttributeError).get("obj")


def methods(driver: Driver) -> tuple[Any, Any]:
    """Return ``Error.__reduce__`` and ``Error.__reduce_ex__``."""
    error = driver.error
    forms: WeakKeyDictionary[Class, Form | None] = WeakKeyDictionary()

    def form_of(self: Any) -> Form | None:
        cls = type(self)
        if cls not in forms:
            forms[cls] = choose(driver, cls, _get_args(self))
        return forms[cls]

    def __reduce__(self: Any) -> Any:
        """Return what makes this error again: the driver's constructor call, or the class and all that is set on it."""
        form = form_of(self)
        return form(self) if form else super(error, self).__reduce__()

    def __reduce_ex__(self: Any, protocol: Any, /) -> Any:
        """Return ``__reduce__()``, also where OSError precedes the driver's class and has its own."""
        try:
            form = forms[type(self)]
        except KeyError:
            form = form_of(self)
        return form(self) if form else super(error, self).__reduce_ex__(protocol)

    return __reduce__, __reduce_ex__


def choose(driver: Driver, cls: Class, args: tuple[Any, ...]) -> Form | None:
    """Return the form for errors of `cls`, of which the first has these `args`; None is the stock form."""
    theirs = [base for base in cls.__mro__ if base is not driver.error and base.__module__ != "builtins"]
    own = {name for base in theirs for name in _HOOKS & vars(base).keys()}
    if not any("__init__" in vars(base) for base in theirs if base not in driver.classes):
        own.discard("__init__")
    # Such methods were written for what the driver alone gives.
    if own & _REDUCE or (own & _SET and _can_be_called(cls.__init__, args)):
        return None
    if "__new__" not in own and not _can_be_made(cls):
        return None
    is_all_in_dict = _members(cls).keys() == {"args"}
    if own or owner_of(cls, "__init__") not in driver.classes or not is_all_in_dict:
        is_usual = own <= {"__init__"} and is_all_in_dict
        return usual_bare_object if is_usual else functools.partial(bare_object, frozenset(own))
    if driver.survives:
        return None
    return constructor_call if cls.__init__ is driver.error.__init__ else constructor_call_and_state


def constructor_call(error: Any) -> tuple[Any, ...]:
    """Return the constructor call, and as state what was added to the error, or all of it if a field was changed."""
    fields = error.__dict__
    try:
        msg, full, errno, sqlstate = fields["msg"], fields["_full_msg"], fields["errno"], fields["sqlstate"]
        first, second, third = error.args
    except (KeyError, ValueError):
        return constructor_call_and_state(error)
    # Only exact types, for which a comparison cannot fail and finds every difference.
    if (
        (first is errno and second is full and third is sqlstate)
        and (type(msg) in _TEXT and type(errno) is int and type(sqlstate) in _TEXT_OR_NONE and type(full) in _TEXT)
        and (msg and errno and full == full_message(msg, errno, sqlstate))
    ):
        if len(fields) == 4:
            return type(error), (msg, errno, None, sqlstate)
        added = fields.copy()
        del added["msg"], added["_full_msg"], added["errno"], added["sqlstate"]
        call = msg, errno, added.pop(VALUES, None), sqlstate
        if added:
            return type(error), call, added
        return type(error), call
    return constructor_call_and_state(error)


def constructor_call_and_state(error: Any) -> tuple[Any, ...]:
    """Return the constructor call and the whole state; the bare object, if a field is gone or the message no text."""
    state = {**error.__dict__, "args": error.args}
    values = state.pop(VALUES, None)
    try:
        msg, errno, sqlstate, _ = state["msg"], state["errno"], state["sqlstate"], state["_full_msg"]
    except KeyError:
        return usual_bare_object(error)
    if type(msg) in _TEXT and msg and type(errno) in SCALARS and type(sqlstate) in SCALARS:
        return type(error), (msg, errno, values, sqlstate), state
    return usual_bare_object(error)


def usual_bare_object(error: Any) -> tuple[Any, ...]:
    """Return the bare object where everything is in ``__dict__`` and no method of the application's has a say."""
    return copyreg.__newobj__, (type(error),), {**error.__dict__, "args": error.args}  # type: ignore[attr-defined]


def bare_object(own: frozenset[str], error: Any) -> tuple[Any, ...]:
    """Return the bare object of a class with these methods of its own."""
    cls, args = type(error), _get_args(error)
    members = _members(cls)
    state: Any = _contents(error, members)
    if "__getstate__" in own:
        said = error.__getstate__()
        if "__setstate__" in own:
            state = said
        elif type(said) is dict:  # it may say nothing of what the driver alone would send
            kept = _MADE.union(name for name, member in members.items() if _is_builtins(member))
            state = {**{name: value for name, value in state.items() if name in kept}, **said}
    if "__new__" in own:  # which may want arguments that nobody kept
        return copyreg._reconstructor, (cls, builtin_of(cls), None), state  # type: ignore[attr-defined]
    if "__setstate__" in own or "args" not in members:
        return copyreg.__newobj__, (cls, *args), state  # type: ignore[attr-defined]
    return copyreg.__newobj__, (cls,), state  # type: ignore[attr-defined]


def _contents(error: Any, members: dict[str, Any]) -> dict[str, Any]:
    found = dict(error.__dict__)
    for name, member in members.items():
        with contextlib.suppress(AttributeError):  # a slot that is not set
            value = member.__get__(error)
            if value is not None or not _is_builtins(member):
                found[name] = value
    return found


def _members(cls: Class) -> dict[str, Any]:
    """Return what holds something of an error outside of its ``__dict__``: slots, and what builtins keep, as args."""
    found = {}
    for base in cls.__mro__:
        for name, member in dict(vars(base)).items():  # a copy: another thread may set an attribute
            is_data = type(member) in (MemberDescriptorType, GetSetDescriptorType) and member is not _NOT_SENT
            if is_data and not name.startswith("__") and getattr(cls, name, None) is member:
                found[name] = member
    return found


def _is_builtins(member: Any) -> bool:
    return bool(member.__objclass__.__module__ == "builtins")


def _can_be_made(cls: Class) -> bool:
    """Tell whether its ``__new__``, which is a builtin's, needs no arguments: an ExceptionGroup's wants its parts."""
    try:
        cls.__new__(cls)
    except TypeError:
        return False
    return True


def _can_be_called(init: Any, args: tuple[Any, ...]) -> bool:
    try:
        signature(init).bind(None, *args)
    except (TypeError, ValueError):
        return False
    return True
