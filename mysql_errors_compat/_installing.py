"""Installing: which classes, what is changed on them, and how it is put back."""

from __future__ import annotations

import contextlib
import copyreg
import functools
import importlib
import inspect
import os
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from types import ModuleType
from typing import Any

from ._constructing import Driver, constructor, maker, text
from ._orders import full_message
from ._reducing import reduced, untouched

# How to put back what was changed, by the base class of the hierarchy.
_undo: dict[type[Exception], ExitStack] = {}
_lock = threading.RLock()
_MISSING = object()
_NAME = "mysql.connector.errors"

# Constructor calls that show what a driver does with each field.
_PROBE = {"msg": "x", "errno": 1, "values": ("a",), "sqlstate": "HY000"}
_PROBES: tuple[tuple[Any, ...], ...] = (
    ("x", 1),
    ("x", 1, None, "HY000"),
    ("x", 2003, None, ""),
    ("x", -1),
    ("{x} %s", -1, None, "HY000"),
)

if hasattr(os, "register_at_fork"):  # a child that is forked while another thread installs would wait for ever
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def patch_at_import() -> None:
    """Patch the driver, if there is one to patch, and never raise."""
    if os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE", "") not in ("", "0"):
        return
    try:
        patch(None)
    except Exception as problem:
        found = sys.modules.get(_NAME)
        is_stand_in = not _is_hierarchy(found) and not {"mysql", "mysql.connector", _NAME}.isdisjoint(sys.modules)
        if not is_stand_in:
            with contextlib.suppress(RuntimeWarning):  # where warnings are made errors
                warnings.warn(f"mysql_errors_compat changes nothing: {problem}", RuntimeWarning, stacklevel=3)


def patch(module: ModuleType | None) -> None:
    """Give the hierarchy in `module`, by default the driver's, what it lacks; nothing if that was done before.

    Raises TypeError if there is no such hierarchy. Whatever is raised, nothing stays changed.
    """
    error = _base_class(importlib.import_module(_NAME) if module is None else module)
    with _lock:
        if error in _undo:
            return
        undo = _undo[error] = ExitStack()
        try:
            _patch(error, undo)
        except BaseException:
            _undo.pop(error).close()
            raise


def unpatch() -> None:
    """Put back, in every hierarchy, all that is still as `patch` left it."""
    with _lock:
        while _undo:
            _undo.popitem()[1].close()


def is_patched(module: ModuleType | None) -> bool:
    """Tell whether `patch` took care of the hierarchy in `module` and `unpatch` did not follow."""
    error = getattr(sys.modules.get(_NAME) if module is None else module, "Error", None)
    return any(error is patched for patched in list(_undo))


def _is_hierarchy(module: object) -> bool:
    error = vars(module).get("Error") if issubclass(type(module), ModuleType) else None
    return issubclass(type(error), type) and issubclass(error, Exception)  # type: ignore[arg-type]


def _base_class(module: ModuleType) -> Any:
    if _is_hierarchy(module) and _takes_constructor_order(vars(module)["Error"]):
        return vars(module)["Error"]
    raise TypeError(
        f"no hierarchy of MySQL errors in {module!r}: pass a module, such as {_NAME}, that has "
        "an exception class Error(msg=None, errno=None, values=None, sqlstate=None)"
    )


def _takes_constructor_order(cls: Any) -> bool:
    """Tell whether `cls(msg, errno, values, sqlstate)`, by name and by position, makes an error with these."""
    try:
        return all((made.errno, made.sqlstate) == (1, "HY000") for made in (cls(**_PROBE), cls(*_PROBE.values())))
    except Exception:
        return False


def _classes(error: type[Exception]) -> list[type[Exception]]:
    """Return `error` and those of its subclasses that the driver defines beside it."""
    found = [error]
    for cls in found:
        found += (c for c in cls.__subclasses__() if c.__module__ == error.__module__ and c not in found)
    return found


def _patch(error: Any, undo: ExitStack) -> None:
    driver = _look_at(error)
    if _stores_args_order(error):
        for cls in driver.classes:
            original = vars(cls).get("__init__")
            if original and _takes_constructor_order(cls) and not _reads_args_order(cls):
                _set(cls, "__init__", constructor(driver, original, driver.is_quick and cls is error), undo)
        # inspect.signature looks past a method-wrapper, and so at __init__ as ever.
        _set(error, "__new__", staticmethod(maker(driver).__call__), undo)
        _set(error, "__str__", text(driver), undo)
        if sys.version_info < (3, 11):
            _set(error, "__signature__", _Signature(error), undo)
    if driver.survives and ("__reduce_ex__" in vars(error) or _brings_subclasses_back(error)):
        return

    def __reduce__(self: Any) -> Any:
        """Return the constructor call that makes this error again, and what it cannot rebuild."""
        return reduced(driver, self) or super(error, self).__reduce__()

    def __reduce_ex__(self: Any, protocol: Any, /) -> Any:
        """Return ``__reduce__()``, also where OSError precedes the driver's class and has its own."""
        return reduced(driver, self) or super(error, self).__reduce_ex__(protocol)

    _set(error, "__reduce_ex__", __reduce_ex__, undo)
    if driver.survives:
        return
    _set(error, "__reduce__", __reduce__, undo)
    for cls in driver.classes:
        # An entry of somebody else's is left alone, and so is a method: copyreg would go before it.
        if cls.__reduce_ex__ is __reduce_ex__ and cls.__reduce__ is __reduce__ and cls not in copyreg.dispatch_table:
            _register(cls, functools.partial(_reduce_drivers, driver), undo)


def _reduce_drivers(driver: Driver, self: Any) -> Any:
    return untouched(driver, self) or self.__reduce__()


def _look_at(error: Any) -> Driver:
    classes = frozenset(_classes(error))
    quick = Driver(error, classes, full_message, True, _survives(error(**_PROBE)))
    if _is_quick(quick):
        return quick
    return quick._replace(full_message=lambda *fields: error(*fields[:2], None, *fields[2:]).args[1], is_quick=False)


def _is_quick(driver: Driver) -> bool:
    """Tell whether setting the fields gives what the driver's constructor gives."""
    set_fields = constructor(driver, driver.error.__init__, is_quick=True)
    for probe in _PROBES:
        theirs, ours = driver.error(*probe), driver.error.__new__(driver.error)
        set_fields(ours, *probe)
        if (vars(theirs), theirs.args) != (vars(ours), ours.args):
            return False
    return True


def _stores_args_order(error: Any) -> bool:
    args = error(**_PROBE).args
    return len(args) > 2 and (args[0], args[2]) == (1, "HY000") and type(args[1]) is str


def _reads_args_order(cls: Any) -> bool:
    args = cls(**_PROBE).args
    try:
        return bool(cls(*args).args == args)
    except Exception:
        return False


def _survives(error: Any) -> bool:
    """Tell whether `error` would be the same after pickling, as things are."""
    try:
        func, args, *state = error.__reduce_ex__(2)
        made = func(*args)
        if state and state[0]:
            made.__setstate__(state[0])
        return (type(made), made.args, vars(made)) == (type(error), error.args, vars(error))
    except Exception:
        return False


def _brings_subclasses_back(error: Any) -> bool:
    class Own(error):  # type: ignore[misc]
        def __init__(self, *, required: int) -> None:
            super().__init__("x", required)

    return _survives(Own(required=1))


class _Signature:
    """``Error.__signature__`` for Python 3.10, whose inspect stops at a ``__new__`` of the class itself."""

    def __init__(self, error: Any) -> None:
        self._error = error

    def __get__(self, _: object, owner: type) -> inspect.Signature:
        if owner is not self._error:
            raise AttributeError("__signature__")
        of_init = inspect.signature(self._error.__init__)
        return of_init.replace(parameters=list(of_init.parameters.values())[1:])


def _set(owner: type, name: str, value: object, undo: ExitStack) -> None:
    original = vars(owner).get(name, _MISSING)

    def put_back() -> None:
        if vars(owner).get(name) is not value:
            return  # somebody else has changed it since
        if original is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, original)

    undo.callback(put_back)
    setattr(owner, name, value)


def _register(cls: type[Exception], reducer: Callable[[Any], Any], undo: ExitStack) -> None:
    def put_back() -> None:
        if copyreg.dispatch_table.get(cls) is reducer:
            del copyreg.dispatch_table[cls]

    undo.callback(put_back)
    copyreg.pickle(cls, reducer)
