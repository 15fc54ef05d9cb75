"""Reducing: an error as what makes it again, in one of three forms, which `reduced` chooses by the class.

- stock: what the driver alone gives, for classes with pickling methods of their own;
- constructor call: ``(cls, (msg, errno, values, sqlstate)[, state])``, if only the driver's constructor would run;
- bare object: ``(copyreg.__newobj__, (cls,), state)``, the class without its constructor, and all that is set on it.

``BaseException.__setstate__`` applies a state with setattr, so it can hold ``args``, a slot, or a member of OSError.
"""

import contextlib
import copyreg
from types import BuiltinFunctionType, FunctionType, MemberDescriptorType
from typing import Any

from ._constructing import SCALARS, VALUES, Driver, builtin_of, takes, traits

_MADE = frozenset({"msg", "_full_msg", "errno", "sqlstate", VALUES})
_PLAIN_SIZE = type("Plain", (Exception,), {}).__basicsize__  # of an error with nothing outside of its __dict__


def reduced(driver: Driver, self: Any) -> tuple[Any, ...] | None:
    """Return what makes the error `self` again, or None for what the driver alone gives."""
    cls: Any = type(self)
    fields = self.__dict__
    if cls not in driver.quick:  # for most classes and errors a few comparisons give what `_by_class` would
        if traits(cls) != driver.traits:
            return _by_class(driver, self)
        if (init := cls.__init__) is not driver.plain:
            if type(init) is not FunctionType or init in driver.constructors:
                return _by_class(driver, self)
            return copyreg.__newobj__, (cls,), {**fields, "args": self.args}  # type: ignore[attr-defined]
    try:
        msg = fields["msg"]
        errno, full, sqlstate = self.args
        as_made = fields["errno"] is errno and fields["_full_msg"] is full and fields["sqlstate"] is sqlstate
    except (KeyError, ValueError):
        as_made = False
    # Only exact types, for which a comparison cannot fail and finds every difference.
    if (as_made and type(msg) is str is type(full) and type(errno) is int and msg and errno) and (
        (sqlstate is None or type(sqlstate) is str)
        and full == ((f"{errno} ({sqlstate}): {msg}" if sqlstate else f"{errno}: {msg}") if errno != -1 else msg)
    ):
        if len(fields) == 4:
            return cls, (msg, errno, None, sqlstate)
        if VALUES not in fields:
            # Of `fields.items()`: if the comprehension named `fields` inside, every access to it would be slower.
            return cls, (msg, errno, None, sqlstate), {n: value for n, value in fields.items() if n not in _MADE}
    return _constructor_call(self, self.args) or _bare_object(driver, self, self.args)


def _by_class(driver: Driver, self: Any) -> tuple[Any, ...] | None:
    cls = type(self)
    args: Any = BaseException.__reduce__(self)[1]  # `args` may be something else in the application's class
    own_state = cls.__setstate__ is not driver.error.__setstate__ or cls.__setattr__ is not driver.error.__setattr__
    own_state = own_state and (driver.constructs(cls) or takes(cls.__init__, len(args)))
    if own_state or _has_own(cls, (driver.error,), "__reduce__", "__reduce_ex__"):
        return None  # such a method was written for what the driver alone gives
    if driver.constructs(cls) and not _has_own(cls, driver.classes, "__init__", "__new__", "__getstate__"):
        return None if driver.survives else _constructor_call(self, args) or _bare_object(driver, self, args)
    return _bare_object(driver, self, args)


def _constructor_call(self: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return constructor order, and what the constructor does not rebuild, which is not predicted but seen.

    None if it cannot rebuild the error: its text may be another where it arrives, or an attribute was deleted.
    """
    left = {**_contents(self), "args": args}
    msg, errno, values, sqlstate = map(left.get, ("msg", "errno", VALUES, "sqlstate"))
    if not SCALARS.issuperset(map(type, (msg, errno, sqlstate))):
        return None
    is_plain = type(values) is tuple and SCALARS.issuperset(map(type, values))  # else something else put it there
    call = msg, errno, values if is_plain else None, sqlstate
    try:
        twin = type(self)(*call)
    except Exception:
        return None
    made = {**_contents(twin), "args": twin.args}
    state = {name: value for name, value in left.items() if not (name in made and _same(value, made[name]))}
    found = (type(self), call, state) if state else (type(self), call)
    return found if made.keys() <= left.keys() else None


def _bare_object(driver: Driver, self: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return the class without its constructor, and all that is set on the error; None if that cannot be made."""
    cls = type(self)
    state: Any = _contents(self)
    usual = cls.__setstate__ is driver.error.__setstate__  # which wants a dict
    if _has_own(cls, (), "__getstate__"):
        own = self.__getstate__()
        # It may say nothing of the driver's fields, which the driver alone would send.
        made = {name: state[name] for name in _MADE & state.keys()}
        state = made | own if type(own) is dict else state if usual else own
    call, state = ((cls,), {**state, "args": args}) if usual else ((cls, *args), state)
    if cls.__new__ is driver.error.__new__ or type(cls.__new__) is BuiltinFunctionType:
        try:
            cls.__new__(cls)
        except TypeError:  # an ExceptionGroup wants its parts
            return None
        return copyreg.__newobj__, call, state  # type: ignore[attr-defined]
    # The application's __new__ may want arguments that nobody kept. This asks the builtin below, as protocol 1 does.
    return copyreg._reconstructor, (cls, builtin_of(cls), None), state  # type: ignore[attr-defined]


def _has_own(cls: Any, past: Any, *names: str) -> bool:
    """Tell whether an application's class, before or behind the driver's, defines one of these methods."""
    own = (vars(base) for base in cls.__mro__ if base not in past and base.__module__ != "builtins")
    return any(not methods.keys().isdisjoint(names) for methods in own)


def _contents(error: Any) -> dict[str, Any]:
    """Return what an error holds: in ``__dict__``, in slots, and in what OSError has beside its args."""
    found = dict(error.__dict__)
    bases: Any = reversed(type(error).__mro__) if type(error).__basicsize__ != _PLAIN_SIZE else ()
    for name, member in {name: value for base in bases for name, value in vars(base).items()}.items():
        if type(member) is MemberDescriptorType:
            with contextlib.suppress(AttributeError):  # a slot that is not set
                value = member.__get__(error)
                if (cls := member.__objclass__).__module__ != "builtins" or (cls is OSError and value is not None):
                    found[name] = value
    return found


def _same(left: Any, right: Any) -> bool:
    """Compare without running anybody's code: whatever is no scalar is the same only if it is identical."""
    if type(left) is type(right) is tuple:
        return len(left) == len(right) and all(map(_same, left, right))
    return left is right or (type(left) is type(right) and type(left) in SCALARS and left == right)
