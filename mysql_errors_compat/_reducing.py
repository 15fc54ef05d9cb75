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

from ._constructing import SCALARS, VALUES, signature
from ._driver import Class, Driver, builtin_of
from ._orders import TEXT, TEXT_OR_NONE, Args, full_message

Form = Callable[[Any], Args]

_REDUCE = {"__reduce__", "__reduce_ex__"}
_SET = {"__setstate__", "__setattr__"}
_HOOKS = _REDUCE | _SET | {"__getstate__", "__new__"}
_FOUR_FIELDS = {"msg", "_full_msg", "errno", "sqlstate"}
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


def choose(driver: Driver, cls: Class, args: Args) -> Form | None:
    """Return the form for errors of `cls`, of which the first has these `args`; None is the stock form."""
    bases = [base for base in cls.__mro__ if base is not driver.error and base.__module__ != "builtins"]
    own = {name for base in bases for name in _HOOKS & vars(base).keys()}
    # Such methods were written for what the driver alone gives.
    if own & _REDUCE or (own & _SET and _can_be_called(signature(cls.__init__).bind, None, *args)):
        return None
    if "__new__" not in own and not _can_be_called(cls.__new__, cls):  # an ExceptionGroup's wants its parts
        return None
    names = _members(cls)
    if own or names != ["args"]:
        return functools.partial(bare_object, own, names)
    if not driver.classes.issuperset(base for base in bases if "__init__" in vars(base)):
        return usual_bare_object
    if driver.survives:
        return None
    return constructor_call if cls.__init__ is driver.error.__init__ else constructor_call_and_state


def constructor_call(error: Any) -> Args:
    """Return the constructor call, and as state what was added to the error, or all of it if a field was changed."""
    fields = error.__dict__
    try:
        msg, full, errno, sqlstate = fields["msg"], fields["_full_msg"], fields["errno"], fields["sqlstate"]
        first, second, third = error.args
    except (KeyError, ValueError):
        return constructor_call_and_state(error)
    # Only exact types, for which a comparison cannot fail and finds every difference.
    if not (
        (first is errno and second is full and third is sqlstate)
        and (type(msg) in TEXT and type(full) in TEXT and type(errno) is int and type(sqlstate) in TEXT_OR_NONE)
        and (msg and errno and full == full_message(msg, errno, sqlstate))
    ):
        return constructor_call_and_state(error)
    if len(fields) == 4:
        return type(error), (msg, errno, None, sqlstate)
    added = fields.copy()
    del added["msg"], added["_full_msg"], added["errno"], added["sqlstate"]
    call = msg, errno, added.pop(VALUES, None), sqlstate
    return (type(error), call, added) if added else (type(error), call)


def constructor_call_and_state(error: Any) -> Args:
    """Return the constructor call and the whole state; the bare object, if a field is gone or the message no text."""
    fields = error.__dict__
    if fields.keys() >= _FOUR_FIELDS:
        msg, errno, sqlstate = fields["msg"], fields["errno"], fields["sqlstate"]
        if type(msg) in TEXT and msg and type(errno) in SCALARS and type(sqlstate) in SCALARS:
            state = {**fields, "args": error.args}
            return type(error), (msg, errno, state.pop(VALUES, None), sqlstate), state
    return usual_bare_object(error)


def usual_bare_object(error: Any) -> Args:
    """Return the bare object where everything is in ``__dict__`` and no method of the application's has a say."""
    return copyreg.__newobj__, (type(error),), {**error.__dict__, "args": error.args}  # type: ignore[attr-defined]


def bare_object(own: set[str], names: list[str], error: Any) -> Args:
    """Return the bare object of a class with these methods of its own, and these members."""
    cls, args = type(error), _get_args(error)
    members, state = {name: getattr(cls, name) for name in names}, error.__dict__.copy()
    if "__getstate__" in own:
        said = error.__getstate__()
        if "__setstate__" in own:
            return copyreg.__newobj__, (cls, *args), said  # type: ignore[attr-defined]
        if type(said) is dict:  # it may say nothing of what the driver alone would send
            state = {name: state[name] for name in state.keys() & (_FOUR_FIELDS | {VALUES})} | said
            members = {name: member for name, member in members.items() if _is_builtins(member)}
    for name, member in members.items():
        with contextlib.suppress(AttributeError):  # a slot that is not set
            value = member.__get__(error)
            if value is not None or not _is_builtins(member):
                state.setdefault(name, value)
    if "__new__" in own:  # which may want arguments that nobody kept
        return copyreg._reconstructor, (cls, builtin_of(cls), None), state  # type: ignore[attr-defined]
    if "__setstate__" in own or "args" not in members:
        state.pop("args", None)
        return copyreg.__newobj__, (cls, *args), state  # type: ignore[attr-defined]
    return copyreg.__newobj__, (cls,), state  # type: ignore[attr-defined]


def _members(cls: Class) -> list[str]:
    """Return the names of what an error holds outside of its ``__dict__``: slots, and what builtins keep, as args."""
    found = []
    for base in cls.__mro__:
        for name, member in dict(vars(base)).items():  # a copy: another thread may set an attribute
            is_data = type(member) in (MemberDescriptorType, GetSetDescriptorType) and member is not _NOT_SENT
            if is_data and not name.startswith("__") and getattr(cls, name, None) is member:
                found.append(name)
    return found


def _is_builtins(member: Any) -> Any:
    return member.__objclass__.__module__ == "builtins"


def _can_be_called(function: Any, *args: Any) -> bool:
    try:
        function(*args)
    except TypeError:
        return False
    return True
