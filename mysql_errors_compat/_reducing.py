"""Reducing: an error as what makes it again, in one of three forms that `reduced` chooses by the class.

- stock: what the driver alone gives, for classes with pickling methods of their own;
- constructor call: ``(cls, (msg, errno, values, sqlstate)[, state])``, if only the driver's constructor would run;
- bare object: ``(copyreg.__newobj__, (cls,), state)``, the class without its constructor, and all that is set on it.

`state` is a dict. ``BaseException.__setstate__`` applies it with setattr, so it can hold ``args``, a slot, or an
``errno`` that is a member of OSError, just as well as an entry of ``__dict__``.
"""

from __future__ import annotations

import contextlib
import copyreg
from collections.abc import Container
from types import BuiltinFunctionType, MemberDescriptorType
from typing import Any

from ._constructing import SCALARS, VALUES, Driver, builtin_of, has_own_state, is_drivers, is_plain, takes

Reduced = tuple[Any, ...]

# What an error takes that has nothing outside of its __dict__.
_PLAIN_SIZE = type("Plain", (Exception,), {}).__basicsize__
_MISSING = object()
_REBUILT = frozenset({"msg", "_full_msg", "errno", "sqlstate", VALUES})


def reduced(driver: Driver, self: Any) -> Reduced | None:
    """Return what makes the error `self` again, or None for what the driver alone gives."""
    cls = type(self)
    if _has_own((driver.error,), cls, "__reduce__", "__reduce_ex__"):
        return None
    args = _args(self)
    if has_own_state(driver, cls) and takes(cls.__init__, len(args)):
        return None  # such a method was written for that
    if is_drivers(driver, cls.__init__) and not _has_own(driver.classes, cls, "__init__", "__new__", "__getstate__"):
        if driver.survives:
            return None
        found = untouched(driver, self) or _constructor_call(self, args)
        if found:
            return found
    return _bare_object(driver, self, args)


def untouched(driver: Driver, self: Any) -> Reduced | None:
    """Return the constructor call of an error that is as `Error` made it, but for attributes that were added."""
    cls = type(self)
    fields = self.__dict__
    try:
        msg, errno, sqlstate, full = fields["msg"], fields["errno"], fields["sqlstate"], fields["_full_msg"]
        args_errno, args_full, args_sqlstate = self.args
    except (KeyError, ValueError):
        return None
    # Only exact types, for which a comparison cannot fail and finds every difference.
    if not (
        driver.is_quick
        and args_errno is errno
        and args_full is full
        and args_sqlstate is sqlstate
        and type(errno) is int
        and errno
        and type(msg) is str
        and msg
        and type(full) is str
        and (sqlstate is None or type(sqlstate) is str)
        and full == (msg if errno == -1 else f"{errno} ({sqlstate}): {msg}" if sqlstate else f"{errno}: {msg}")
        and cls.__init__ is driver.error.__init__
        and cls.__basicsize__ == _PLAIN_SIZE
    ):
        return None
    if len(fields) == 4:
        return cls, (msg, errno, None, sqlstate)
    values = fields.get(VALUES)
    if VALUES in fields and not is_plain(values):
        return None  # the constructor did not put it there
    state = {name: value for name, value in fields.items() if name not in _REBUILT}
    return (cls, (msg, errno, values, sqlstate), state) if state else (cls, (msg, errno, values, sqlstate))


def _constructor_call(self: Any, args: tuple[Any, ...]) -> Reduced | None:
    """Return constructor order, and what the constructor does not rebuild, which is not predicted but seen.

    None if it cannot rebuild the error: its text may be another where it arrives, or an attribute was deleted.
    """
    cls = type(self)
    left = {**self.__dict__, **_members(self)}
    msg, errno, values, sqlstate = map(left.get, ("msg", "errno", VALUES, "sqlstate"))
    call = msg, errno, values if is_plain(values) else None, sqlstate
    if not SCALARS.issuperset(map(type, (msg, errno, sqlstate))):
        return None
    try:
        twin = cls(*call)
    except Exception:
        return None
    made = {**twin.__dict__, **_members(twin)}
    if not made.keys() <= left.keys():
        return None
    state = {name: value for name, value in left.items() if not _same(value, made.get(name, _MISSING))}
    if not _same(args, _args(twin)):
        state["args"] = args
    return (cls, call, state) if state else (cls, call)


def _bare_object(driver: Driver, self: Any, args: tuple[Any, ...]) -> Reduced | None:
    """Return the class without its constructor, and all that is set on the error; None if that cannot be made."""
    cls = type(self)
    state: Any = {**self.__dict__, **_members(self)}
    if _has_own((), cls, "__getstate__"):
        own = self.__getstate__()
        # It may say nothing of the driver's fields, which the driver alone would send.
        state = {name: state[name] for name in _REBUILT if name in state} | own if type(own) is dict else own
    call: tuple[Any, ...] = (cls, *args)
    if cls.__setstate__ is driver.error.__setstate__:
        if type(state) is not dict:
            return None
        call, state = (cls,), {**state, "args": args}
    if cls.__new__ is driver.error.__new__ or type(cls.__new__) is BuiltinFunctionType:
        try:
            cls.__new__(cls)
        except TypeError:
            return None
        return copyreg.__newobj__, call, state  # type: ignore[attr-defined]
    # The application's __new__ may want arguments that nobody kept. _reconstructor is how protocols
    # 0 and 1 make any object: it asks the builtin that the class is built on.
    return copyreg._reconstructor, (cls, builtin_of(cls), None), state  # type: ignore[attr-defined]


def _has_own(past: Container[type], cls: Any, *names: str) -> bool:
    """Tell whether an application's class, before or behind the driver's, defines one of these methods."""
    return any(
        name in vars(base)
        for base in cls.__mro__
        if base not in past and base.__module__ != "builtins"
        for name in names
    )


def _args(error: BaseException) -> tuple[Any, ...]:
    found: Any = BaseException.__reduce__(error)  # `args` may be something else in the application's class
    return found[1]  # type: ignore[no-any-return]


def _members(error: BaseException) -> dict[str, Any]:
    """Return the values that an error holds outside ``__dict__``: in slots, and what OSError has beside its args."""
    found: dict[str, Any] = {}
    if type(error).__basicsize__ == _PLAIN_SIZE:
        return found
    in_class: dict[str, Any] = {}
    for base in reversed(type(error).__mro__):
        if base.__module__ != "builtins" or base is OSError:
            in_class.update(vars(base))
    for name, member in in_class.items():
        if type(member) is MemberDescriptorType:
            with contextlib.suppress(AttributeError):  # a slot that is not set
                value = member.__get__(error)
                if value is not None or member.__objclass__ is not OSError:  # whose members are None if not set
                    found[name] = value
    return found


def _same(left: Any, right: Any) -> bool:
    """Compare what cannot run anybody's code; whatever else is the same only if it is identical."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if type(left) is tuple:
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) in SCALARS and bool(left == right)
