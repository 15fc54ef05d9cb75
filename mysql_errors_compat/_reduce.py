"""Reducing: an error as the call that makes it again.

Two forms, which name nothing but the error's class and the standard library:

- ``(cls, (msg, errno, values, sqlstate)[, state])`` for a class that uses the driver's constructor;
- ``(copyreg.__newobj__, (cls, *args), state)`` for every other error, which brings the object back
  without running the application's constructor.

`state` is a dict. ``BaseException.__setstate__`` applies it with setattr, so it can hold ``args``, a
slot, or an ``errno`` that is a member of OSError, just as well as an entry of ``__dict__``.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from types import BuiltinFunctionType, MemberDescriptorType, MethodDescriptorType
from typing import Any, NamedTuple

Reduced = tuple[Any, ...]
Reducer = Callable[[Any], Reduced]

# Where the constructor keeps the values that the driver drops. Not called `values`: an application's
# subclass may well have an attribute of that name.
VALUES = "_values"

_SCALARS = frozenset({str, bytes, int, float, bool, type(None)})
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the class was made by a class statement
_MISSING = object()


class Reducers(NamedTuple):
    """The functions that reduce the errors of one hierarchy."""

    plain: Reducer  # for a class that adds nothing to the driver's base class but its name
    general: Reducer  # for every error
    method: Reducer  # Error.__reduce__
    method_ex: Callable[[Any, Any], Reduced]  # Error.__reduce_ex__
    beside: Callable[[Any, Any], Reduced]  # the same, beside a driver's own __reduce__ that needs help


def is_plain(values: object) -> bool:
    """Tell whether `values` is a tuple of scalars: what any pickler sends and any receiver knows."""
    return type(values) is tuple and _SCALARS.issuperset(map(type, values))


def make_reducers(error: type[Exception], constructors: frozenset[Any]) -> Reducers:
    """Return the reducers for `error`, the driver's base class, and everything below it.

    `constructors` are the driver's own ``__init__`` functions.
    """
    plain_init, plain_new, plain_size = error.__init__, error.__new__, error.__basicsize__
    drivers_reduce: Any = error.__reduce__

    def reduce_plain(self: Any) -> Reduced:
        fields = self.__dict__
        try:
            msg, errno, sqlstate, full = fields["msg"], fields["errno"], fields["sqlstate"], fields["_full_msg"]
            args_errno, args_full, args_sqlstate = self.args
        except (KeyError, ValueError):
            return reduce_general(self)
        # Only exact types, for which a comparison cannot fail and finds every difference.
        if not (
            args_errno is errno
            and args_full is full
            and args_sqlstate is sqlstate
            and type(errno) is int
            and errno
            and type(msg) is str
            and msg
            and type(full) is str
            and (
                (type(sqlstate) is str and full == f"{errno} ({sqlstate}): {msg}")
                or (sqlstate is None and full == f"{errno}: {msg}")
            )
        ):
            return reduce_general(self)
        if len(fields) == 4:
            return type(self), (msg, errno, None, sqlstate)
        values = fields.get(VALUES)
        if VALUES in fields and not is_plain(values):
            return reduce_general(self)  # the constructor did not put it there
        call = msg, errno, values, sqlstate
        state = fields.copy()
        del state["msg"], state["errno"], state["sqlstate"], state["_full_msg"]
        state.pop(VALUES, None)
        return (type(self), call, state) if state else (type(self), call)

    def reduce_general(self: Any, protocol: int | None = None) -> Reduced:
        cls = type(self)
        args: Any = BaseException.__reduce__(self)[1]
        more_than_dict = cls.__basicsize__ != plain_size
        left = dict(self.__dict__)
        if more_than_dict:
            # The driver alone leaves these out, so one that cannot be pickled must not stop the rest.
            found = members(self).items()
            left.update((name, value) for name, value in found if _can_be_pickled(value, protocol))
        call = _constructor_call(cls, args, left) if drivers_constructor(cls) else None
        return call or _without_constructor(cls, args, left, more_than_dict)

    def drivers_constructor(cls: Any) -> bool:
        return isinstance(cls.__new__, BuiltinFunctionType) and any(init is cls.__init__ for init in constructors)

    def reduce_in(self: Any, protocol: int | None) -> Reduced:
        cls: Any = type(self)
        if not (
            cls.__reduce__ is __reduce__
            and cls.__reduce_ex__ is __reduce_ex__
            and cls.__setstate__ is BaseException.__setstate__
        ):
            # An application's own method asks, or will be given the state: it finds in there
            # what the driver alone would have put there, all of __dict__.
            func, args, *rest = reduce_general(self, protocol)
            return func, args, {**self.__dict__, **(rest[0] if rest else {})}
        constructs = cls.__init__ is plain_init and cls.__new__ is plain_new and type(cls) is type(error)
        if constructs and cls.__basicsize__ == plain_size:
            return reduce_plain(self)
        return reduce_general(self, protocol)

    def __reduce__(self: Any) -> Reduced:
        """Return the constructor call that makes this error again, and what it cannot rebuild."""
        return reduce_in(self, None)

    def __reduce_ex__(self: Any, protocol: Any, /) -> Reduced:
        """Return ``__reduce__()``, also where OSError precedes the driver's class and has its own."""
        method: Any = type(self).__reduce__
        if method is __reduce__ or isinstance(method, MethodDescriptorType):
            return reduce_in(self, protocol)
        reduced: Reduced = self.__reduce__()
        return reduced

    def beside(self: Any, protocol: Any, /) -> Reduced:
        """Return ``__reduce__()``, but for an application's constructor, which the driver's would call."""
        method: Any = type(self).__reduce__
        if method is drivers_reduce and not drivers_constructor(type(self)):
            return reduce_general(self, protocol)
        reduced: Reduced = self.__reduce__()
        return reduced

    return Reducers(reduce_plain, reduce_general, __reduce__, __reduce_ex__, beside)


def members(error: BaseException) -> dict[str, Any]:
    """Return the values that an error holds outside ``__dict__``: in slots, and in builtin bases."""
    in_class: dict[str, Any] = {}
    for base in reversed(type(error).__mro__):
        in_class.update(vars(base))
    found = {}
    for name, member in in_class.items():
        if not isinstance(member, MemberDescriptorType) or name == "__suppress_context__":
            continue
        try:
            value = member.__get__(error)
            # None is how a builtin's member shows that it was never set.
            if value is not None or member.__objclass__.__flags__ & _HEAP_TYPE:
                member.__set__(error, value)  # leaves it as it is, and raises if it is read-only
                found[name] = value
        except (AttributeError, TypeError):
            continue
    return found


def _can_be_pickled(value: object, protocol: int | None) -> bool:
    if type(value) in _SCALARS:
        return True
    import pickle  # only here, since the driver does without: it is most of what an import would cost

    try:
        pickle.dumps(value, protocol)
    except Exception:
        return False
    return True


def _constructor_call(cls: Any, args: tuple[Any, ...], left: dict[str, Any]) -> Reduced | None:
    """Reduce to constructor order, or return None if the constructor cannot rebuild the error.

    What it rebuilds is not predicted but seen.
    """
    try:
        call = left["msg"], left["errno"], left.get(VALUES), left["sqlstate"]
        twin = cls(*call)
        made = {**vars(twin), **members(twin)}
    except Exception:
        return None
    if type(twin) is not cls or not made.keys() <= left.keys():
        return None  # an attribute was deleted, and must not come back
    state = {name: value for name, value in left.items() if not _same(value, made.get(name, _MISSING))}
    if not _same(args, twin.args):
        state["args"] = args
    return (cls, call, state) if state else (cls, call)


def _same(left: Any, right: Any) -> bool:
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if type(left) is tuple:
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) in _SCALARS and bool(left == right)


def _without_constructor(cls: type, args: tuple[Any, ...], left: dict[str, Any], more_than_dict: bool) -> Reduced:
    """Reduce to a new object of the class, made by a builtin's ``__new__``, and all that is set on it."""
    parameters = getattr(cls, "__dataclass_params__", None)
    if left and parameters and parameters.frozen:
        # It would fail where it arrives, and a Pool for ever with it. Here, the caller is told.
        raise TypeError(f"{cls.__qualname__} is a frozen dataclass, on which nothing can be set when it arrives")
    if isinstance(cls.__new__, BuiltinFunctionType):
        if more_than_dict:  # OSError, for one, keeps args to itself
            left["args"] = args
        return copyreg.__newobj__, (cls, *args), left  # type: ignore[attr-defined]
    # The application's __new__ may want arguments that nobody kept. _reconstructor is how protocols
    # 0 and 1 make any object: it asks the builtin that the class is built on.
    builtin = cls
    while builtin.__flags__ & _HEAP_TYPE:
        builtin = builtin.__base__  # type: ignore[assignment]
    left["args"] = args
    return copyreg._reconstructor, (cls, builtin, None), left  # type: ignore[attr-defined]
