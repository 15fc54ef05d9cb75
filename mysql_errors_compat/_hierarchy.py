"""The hierarchy: which classes, what is changed on them, and how it is put back."""

from __future__ import annotations

import copyreg
import functools
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from ._orders import ArgsOrder, to_constructor_order
from ._reduce import VALUES, Reducer, is_plain, make_reducers

# How to put back what was changed, by the base class of the hierarchy.
_undo: dict[type[Exception], list[Callable[[], None]]] = {}
_lock = threading.RLock()
_MISSING = object()

# A constructor call that shows what a driver does with each field.
_PROBE = {"msg": "x", "errno": 1, "values": ("a",), "sqlstate": "HY000"}


def patch(module: ModuleType) -> None:
    """Give the hierarchy in `module` what it lacks; do nothing if that was done before.

    Raises TypeError if `module` has no such hierarchy. Whatever is raised, nothing stays changed.
    """
    error = _base_class(module)
    with _lock:
        if error in _undo:
            return
        undo = _undo[error] = []
        try:
            _patch(error, undo)
        except BaseException:
            _put_back(_undo.pop(error))
            raise


def unpatch() -> None:
    """Put back, in every hierarchy, all that is still as `patch` left it."""
    with _lock:
        while _undo:
            _put_back(_undo.popitem()[1])


def is_patched(module: ModuleType) -> bool:
    """Tell whether `patch` took care of the hierarchy in `module` and `unpatch` did not follow."""
    return getattr(module, "Error", None) in _undo


def _base_class(module: ModuleType) -> type[Exception]:
    error: Any = getattr(module, "Error", None)
    is_class = isinstance(module, ModuleType) and isinstance(error, type) and issubclass(error, Exception)
    if is_class and takes_constructor_order(error):
        return error  # type: ignore[no-any-return]
    raise TypeError(
        f"no hierarchy of MySQL errors in {module!r}: pass a module, such as mysql.connector.errors, that has "
        "an exception class Error(msg=None, errno=None, values=None, sqlstate=None)"
    )


def classes(error: type[Exception]) -> Iterator[type[Exception]]:
    """Yield `error` and those of its subclasses that the driver defines beside it."""
    found = [error]
    for cls in found:
        yield cls
        found += (c for c in cls.__subclasses__() if c.__module__ == error.__module__ and c not in found)


def _patch(error: type[Exception], undo: list[Callable[[], None]]) -> None:
    own_reduce = _reduces_to_constructor_order(error)
    if not (own_reduce and _understands_args_order(error)):
        for cls in _constructors(error).values():
            _set(cls, "__init__", _reading_args_order(cls.__init__, keep_values=not own_reduce), undo)
    reducers = make_reducers(error, frozenset(_constructors(error)))
    if own_reduce:
        if not _brings_subclasses_back(error):
            _set(error, "__reduce_ex__", reducers.beside, undo)
        return
    _set(error, "__reduce__", reducers.method, undo)
    _set(error, "__reduce_ex__", reducers.method_ex, undo)
    for cls in classes(error):
        # An entry of somebody else's is left alone, and so is a method: copyreg would go before it.
        ours = cls.__reduce__ is reducers.method and cls.__reduce_ex__ is reducers.method_ex
        if ours and cls not in copyreg.dispatch_table:
            _register(cls, reducers.plain if cls.__init__ is error.__init__ else reducers.general, undo)


def _constructors(error: type[Exception]) -> dict[Callable[..., None], type[Exception]]:
    """Return each ``__init__`` that the driver defines in constructor order, and its class."""
    return {c.__init__: c for c in classes(error) if "__init__" in vars(c) and takes_constructor_order(c)}


def takes_constructor_order(cls: type[BaseException]) -> bool:
    """Tell whether `cls(msg, errno, values, sqlstate)` makes an error with this errno and sqlstate."""
    try:
        made: Any = cls(**_PROBE)
        return bool((made.errno, made.sqlstate) == (_PROBE["errno"], _PROBE["sqlstate"]))
    except Exception:
        return False


def _reduces_to_constructor_order(error: type[Exception]) -> bool:
    reduced: Any = error(**_PROBE).__reduce_ex__(2)
    try:
        cls, (msg, errno, _, sqlstate), *_ = reduced
    except Exception:
        return False
    return bool((cls, msg, errno, sqlstate) == (error, _PROBE["msg"], _PROBE["errno"], _PROBE["sqlstate"]))


def _brings_subclasses_back(error: Any) -> bool:
    class Own(error):  # type: ignore[misc]
        def __init__(self, *, required: int) -> None:
            super().__init__("x", required)

    reduced: Any = Own(required=1).__reduce_ex__(2)
    try:
        func, args, *_ = reduced
        return type(func(*args)) is Own
    except Exception:
        return False


def _understands_args_order(error: type[Exception]) -> bool:
    args = error(**_PROBE).args
    try:
        return bool(error(*args).args == args)
    except Exception:
        return False


def _reading_args_order(original: Callable[..., None], keep_values: bool) -> Callable[..., None]:
    """Return `original` as it is to its callers, but for args order and for `values`, which it keeps."""

    @functools.wraps(original)
    def __init__(self: Any, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
        # A message that is a number, or an errno that is text, makes no sense in constructor order.
        unlikely = sqlstate is None and (errno.__class__ is str or msg.__class__ is int)
        if unlikely and _construct_from_args(original, self, (msg, errno, values)):
            return
        original(self, msg, errno, values, sqlstate)
        if values is not None and keep_values and is_plain(values) and not hasattr(self, VALUES):
            self.__dict__[VALUES] = values

    return __init__


def _construct_from_args(original: Callable[..., None], error: Any, args: ArgsOrder) -> bool:
    """Call the constructor in constructor order; tell whether `args` were in args order at all.

    They were if the error ends up with the very same ones.
    """
    if isinstance(args[1], int):  # a sensible errno, whatever the message is
        return False
    call = to_constructor_order(args)
    if call is None:
        return False
    try:
        original(error, *call)
        return bool(error.args == args)
    except Exception:
        return False


def _set(owner: type, name: str, value: object, undo: list[Callable[[], None]]) -> None:
    original = vars(owner).get(name, _MISSING)

    def put_back() -> None:
        if vars(owner).get(name) is not value:
            return  # somebody else has changed it since
        if original is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, original)

    undo.append(put_back)
    setattr(owner, name, value)


def _register(cls: type[Exception], reducer: Reducer, undo: list[Callable[[], None]]) -> None:
    def put_back() -> None:
        if copyreg.dispatch_table.get(cls) is reducer:
            del copyreg.dispatch_table[cls]

    undo.append(put_back)
    copyreg.pickle(cls, reducer)


def _put_back(undo: list[Callable[[], None]]) -> None:
    while undo:
        undo.pop()()
