"""Reducing: an error as the call that makes it again.

Two forms, which name nothing but the error's class and the standard library:

- ``(cls, (msg, errno, values, sqlstate)[, state])`` for a class that uses the driver's constructor;
- ``(copyreg.__newobj__, (cls, *args), state)`` for every other error, which brings the object back
  without running the application's constructor.

`state` is a dict. ``BaseException.__setstate__`` applies it with setattr, so it can hold ``args``, a
slot, or an ``errno`` that is a member of OSError, just as well as an entry of ``__dict__``.

Where a method of the application's own wants something else, it gets what the driver alone would give.
"""

from __future__ import annotations

import copyreg
import threading
from collections.abc import Callable
from types import (
    BuiltinFunctionType,
    BuiltinMethodType,
    MemberDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
)
from typing import Any, NamedTuple

Reduced = tuple[Any, ...]
Reducer = Callable[[Any], Reduced]

# Where the constructor keeps the values that the driver drops. Not called `values`: an application's
# subclass may well have an attribute of that name.
VALUES = "_values"

_SCALARS = frozenset({str, bytes, int, float, bool, type(None)})
_BUILTIN = (BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType)
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the class was made by a class statement
_MISSING = object()

# What an application's class may have of its own, and what may then not get along with our two forms.
_METHODS = ("__reduce__", "__reduce_ex__", "__new__", "__setattr__", "__setstate__")
# Members that the interpreter sets by itself. The second is what lacked an attribute: it may be anything.
_NOT_SENT = frozenset({vars(BaseException)["__suppress_context__"], vars(AttributeError)["obj"]})
# What an error takes that has nothing outside of its __dict__.
_PLAIN_SIZE = type("Plain", (Exception,), {}).__basicsize__

_trial = threading.local()


class Reducers(NamedTuple):
    """The functions that reduce the errors of one hierarchy."""

    plain: Reducer  # for a class that adds nothing to the driver's base class but its name
    general: Reducer  # for every error
    method: Reducer  # Error.__reduce__
    method_ex: Callable[[Any, Any], Reduced]  # Error.__reduce_ex__
    beside: Callable[[Any, Any], Reduced]  # the same, beside a driver's own __reduce__ that needs help


def is_plain(values: object) -> bool:
    """Tell whether `values` is a tuple of scalars: what any pickler sends and any receiver knows."""
    try:
        return type(values) is tuple and _SCALARS.issuperset(map(type, values))
    except TypeError:  # from a class that cannot be hashed
        return False


def make_reducers(error: type[Exception], constructors: frozenset[Any]) -> Reducers:
    """Return the reducers for `error`, the driver's base class, and everything below it.

    `constructors` are the driver's own ``__init__`` functions.
    """
    driver: Any = error
    plain_init, plain_new, drivers_reduce = driver.__init__, driver.__new__, driver.__reduce__
    plain_setattr, plain_setstate = driver.__setattr__, driver.__setstate__

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
                (sqlstate is None or type(sqlstate) is str) and full == msg
                if errno == -1
                else (type(sqlstate) is str and full == f"{errno} ({sqlstate}): {msg}")
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
        func, call, state = (uses_constructor(cls) and _constructor_call(self)) or _without_constructor(self)
        unsent: set[str] = set()
        if cls.__basicsize__ != _PLAIN_SIZE:
            # The driver alone leaves slots out, so one that cannot be sent must not stop the rest.
            slots = state.keys() - self.__dict__.keys() - {"args"}
            unsent = {name for name in slots if not _can_be_sent(state[name], protocol)}
            state = {name: value for name, value in state.items() if name not in unsent}
        if not inherits_methods(cls) and (own := {name for name in _METHODS if is_own(cls, name)}):
            return fit_for(own, self, (func, call, state), unsent)
        return (func, call, state) if state or func is not cls else (func, call)

    def fit_for(own: set[str], self: Any, reduced: Reduced, unsent: set[str]) -> Reduced:
        """Return what fits these methods of the application's own."""
        cls = type(self)
        func, call, state = reduced
        if func is not cls and own & {"__reduce__", "__reduce_ex__"}:
            return stock(self)  # it may exchange the arguments, and so relies on the function being the class
        drivers_state = dict(self.__dict__)
        if func is cls and call[2] is not None:
            drivers_state.pop(VALUES, None)  # it may be a slot of the application
        if own & {"__reduce__", "__reduce_ex__", "__setstate__"}:
            state = {**drivers_state, **state}  # it finds there what it finds without us
        if own <= {"__reduce__", "__reduce_ex__"}:
            return func, call, state
        problem = None
        try:
            if _arrives(self, (func, call, state), unsent):
                return func, call, state
        except Exception as raised:
            problem = raised
        if func is cls:
            return func, call, drivers_state
        frozen = type(problem).__name__ == "FrozenInstanceError"  # of dataclasses, or of attrs
        if _takes(cls, _args(self)) and not frozen:
            return stock(self)
        if problem:
            # It would fail where it arrives, and a Pool for ever with it. Here, the caller is told.
            raise TypeError(f"{cls.__qualname__} could not be rebuilt where it arrives: {problem!r}") from problem
        return func, call, state

    def uses_constructor(cls: Any) -> bool:
        """Tell whether the driver's constructor makes an error of `cls`, and nothing of the application's runs."""
        if cls.__init__ not in constructors or is_own(cls, "__new__") or type(cls).__call__ is not type.__call__:
            return False
        # It calls the next one in line, which may be the application's.
        inits = [vars(base)["__init__"] for base in cls.__mro__ if "__init__" in vars(base)]
        return all(init in constructors or isinstance(init, WrapperDescriptorType) for init in inits)

    def is_own(cls: Any, name: str) -> bool:
        """Tell whether this method is the application's: neither the driver's nor a builtin class's."""
        method = getattr(cls, name)
        return method is not getattr(driver, name) and not isinstance(method, _BUILTIN)

    def stock(self: Any) -> Reduced:
        """Return what the driver alone gives."""
        behind: Any = super(error, self)
        return behind.__reduce__()  # type: ignore[no-any-return]

    def from_behind(self: Any, name: str) -> Any:
        """Return this method of an application's class that comes after the driver's, or None."""
        if type(self).__mro__[-4] is error:  # nothing does but Exception, BaseException and object
            return None
        method = getattr(super(error, self), name)
        return None if isinstance(method, BuiltinMethodType) else method

    def reduce_in(self: Any, protocol: int | None) -> Reduced:
        if method := from_behind(self, "__reduce__"):
            return method()  # type: ignore[no-any-return]
        return reduce_general(self, protocol)

    def inherits_methods(cls: Any) -> bool:
        return (
            cls.__reduce__ is __reduce__
            and cls.__reduce_ex__ is __reduce_ex__
            and cls.__new__ is plain_new
            and cls.__setattr__ is plain_setattr
            and cls.__setstate__ is plain_setstate
        )

    def adds_only_its_name(cls: Any) -> bool:
        return (
            cls.__init__ is plain_init
            and cls.__basicsize__ == _PLAIN_SIZE
            and inherits_methods(cls)
            and cls.__mro__[-4] is error
            and type(cls).__call__ is type.__call__
        )

    def __reduce__(self: Any) -> Reduced:
        """Return the constructor call that makes this error again, and what it cannot rebuild."""
        return reduce_plain(self) if adds_only_its_name(type(self)) else reduce_in(self, None)

    def __reduce_ex__(self: Any, protocol: Any, /) -> Reduced:
        """Return ``__reduce__()``, also where OSError precedes the driver's class and has its own."""
        cls: Any = type(self)
        if adds_only_its_name(cls):
            return reduce_plain(self)
        if method := from_behind(self, "__reduce_ex__"):
            return method(protocol)  # type: ignore[no-any-return]
        if cls.__reduce__ is __reduce__ or isinstance(cls.__reduce__, MethodDescriptorType):
            return reduce_in(self, protocol)
        reduced: Reduced = self.__reduce__()
        return reduced

    def beside(self: Any, protocol: Any, /) -> Reduced:
        """Return ``__reduce__()``, but for an application's constructor, which the driver's would call."""
        method: Any = type(self).__reduce__
        if method is drivers_reduce and not uses_constructor(type(self)):
            return reduce_general(self, protocol)
        reduced: Reduced = self.__reduce__()
        return reduced

    return Reducers(reduce_plain, reduce_general, __reduce__, __reduce_ex__, beside)


def members(error: BaseException) -> dict[str, Any]:
    """Return the values that an error holds outside ``__dict__``: in slots, and in builtin bases."""
    found: dict[str, Any] = {}
    if type(error).__basicsize__ == _PLAIN_SIZE:
        return found
    in_class: dict[str, Any] = {}
    for base in reversed(type(error).__mro__):
        in_class.update(vars(base))
    for name, member in in_class.items():
        if not isinstance(member, MemberDescriptorType) or member in _NOT_SENT:
            continue
        try:
            value = member.__get__(error)
            if not member.__objclass__.__flags__ & _HEAP_TYPE:
                if value is None:
                    continue  # which is how a builtin's member shows that it was never set
                member.__set__(error, value)  # leaves it as it is, and raises if it is read-only
            found[name] = value
        except (AttributeError, TypeError):
            continue
    return found


def _constructor_call(error: Any) -> Reduced | None:
    """Reduce to constructor order, with a state of what the constructor cannot rebuild; or return None.

    What it rebuilds is not predicted but seen.
    """
    cls = type(error)
    left = {**error.__dict__, **members(error)}
    msg, errno, values, sqlstate = map(left.get, ("msg", "errno", VALUES, "sqlstate"))
    for field in (msg, errno, sqlstate):
        if not isinstance(field, (str, bytes, int, float, type(None))):
            return None  # it may hold the error itself, or have another text where it arrives
    call = msg, errno, values if is_plain(values) else None, sqlstate
    try:
        twin = cls(*call)
    except Exception:
        return None
    made = {**twin.__dict__, **members(twin)}
    if not made.keys() <= left.keys():
        return None  # an attribute was deleted, and must not come back
    state = {name: value for name, value in left.items() if not _same(value, made.get(name, _MISSING))}
    args = _args(error)
    if not _same(args, _args(twin)):
        state["args"] = args
    return cls, call, state


def _without_constructor(error: Any) -> Reduced:
    """Reduce to a new object of the class, made by a builtin's ``__new__``, and all that is set on it."""
    cls: Any = type(error)
    args = _args(error)
    state = {**error.__dict__, **members(error)}
    if isinstance(cls.__new__, BuiltinFunctionType):
        if cls.__basicsize__ != _PLAIN_SIZE:  # OSError, for one, keeps args to itself
            state["args"] = args
        return copyreg.__newobj__, (cls, *args), state  # type: ignore[attr-defined]
    # The application's __new__ may want arguments that nobody kept. _reconstructor is how protocols
    # 0 and 1 make any object: it asks the builtin that the class is built on.
    builtin = cls
    while builtin.__flags__ & _HEAP_TYPE:
        builtin = builtin.__base__
    state["args"] = args
    return copyreg._reconstructor, (cls, builtin, None), state  # type: ignore[attr-defined]


def _args(error: BaseException) -> tuple[Any, ...]:
    reduced: Any = BaseException.__reduce__(error)  # `args` may be something else in the application's class
    return reduced[1]  # type: ignore[no-any-return]


def _arrives(error: Any, reduced: Reduced, unsent: set[str]) -> bool:
    """Try what was reduced, and tell whether the result is the same error, but for the slots that are not sent."""
    func, call, state = reduced
    made = func(*call)
    made.__setstate__(dict(state))
    sent = {name: value for name, value in members(error).items() if name not in unsent}
    pairs = (error.__dict__, made.__dict__), (sent, members(made))
    same = all(_same(value, there.get(name, _MISSING)) for here, there in pairs for name, value in here.items())
    return same and type(made) is type(error) and _same(_args(error), _args(made))


def _takes(cls: Any, args: tuple[Any, ...]) -> bool:
    """Tell whether the constructor can be called with `args`, without doing so."""
    import inspect  # only here, in the oddest of cases

    try:
        inspect.signature(cls).bind(*args)
    except TypeError:
        return False
    except ValueError:  # a builtin's tells nothing
        pass
    return True


def _can_be_sent(value: object, protocol: int | None) -> bool:
    """Tell whether `value` can be pickled and loaded again."""
    if type(value) in _SCALARS or getattr(_trial, "runs", False):
        return True  # a slot within a slot is tried with the outer one, or a chain of them would take for ever
    import pickle  # only here, since the driver does without: it is most of what an import would cost

    _trial.runs = True
    try:
        pickle.loads(pickle.dumps(value, protocol))
    except Exception:
        return False
    finally:
        _trial.runs = False
    return True


def _same(left: Any, right: Any) -> bool:
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if type(left) is tuple:
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) in _SCALARS and bool(left == right)
