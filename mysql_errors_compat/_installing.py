"""Installing: which classes, what is set on them, and how it is put back."""

import os
import sys
import threading
import warnings
from contextlib import ExitStack, suppress
from copyreg import dispatch_table
from importlib import import_module
from types import ModuleType
from typing import Any

from ._constructing import Class, FullMessage, Signature, maker, quick_constructor, reading_constructor, set_all
from ._driver import Driver, find_out
from ._reducing import choose, methods, stock

_NAME = "mysql.connector.errors"
_UNDO = "_mysql_errors_compat"  # an attribute of the base class: how it is put back, also by a second import

_installed: set[Class] = set()
_lock = threading.Lock()


def _after_fork() -> None:
    """Take a new lock: another thread may have held the old one, and is not here any more."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def install(module: ModuleType | None = None) -> None:
    """Make the errors of `module`, by default the driver as ``sys.modules`` has it now, survive leaving the process.

    And those of all subclasses, whenever defined. What the driver does by itself, and what somebody else registered
    with copyreg, stays as it is. A second call does nothing.
    Raises TypeError, and changes nothing, if `module` has no such errors, and ImportError if there is no driver.
    """
    module = module or import_module(_NAME)
    error = _base_class(module)
    with _lock:
        if _UNDO not in vars(error):
            driver = find_out(error)
            if driver is None:
                raise TypeError(f"no MySQL errors in {module!r}: pass a module with a class Error as {_NAME} has it")
            _change(driver)
        _installed.add(error)


def install_at_import() -> None:
    """Call `install`, unless the environment says no, and never raise."""
    try:
        if os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE", "0") in ("", "0"):
            install()
    except Exception as problem:
        # A test suite's stand-in needs no repair, so nothing is said of it.
        if _base_class(sys.modules.get(_NAME)) is not object or "mysql.connector" not in sys.modules:
            with suppress(RuntimeWarning):  # where warnings are made errors
                warnings.warn(f"mysql_errors_compat changes nothing: {problem}", RuntimeWarning, stacklevel=3)


def uninstall() -> None:
    """Put back everything that `install` changed, for all modules, but for what somebody else has replaced since."""
    with _lock:
        while _installed:
            error = _installed.pop()
            if _UNDO in vars(error):
                vars(error)[_UNDO].close()
                delattr(error, _UNDO)


def is_installed(module: ModuleType | None = None) -> bool:
    """Return whether `install` took care of `module`, by default the driver as it is now, and `uninstall` did not."""
    return _UNDO in vars(_base_class(module or sys.modules.get(_NAME)))


def _base_class(module: object) -> Class:
    """Return the exception class ``Error`` of a module; or object, in which nothing is found, for a stand-in."""
    error = getattr(module, "__dict__", {}).get("Error")
    return error if isinstance(error, type) and issubclass(error, Exception) else object


def _table(driver: Driver) -> dict[tuple[Class, str], Any]:
    """Return what is set on which class."""
    error, table = driver.error, {}
    if driver.mistakes_args:
        for cls in driver.classes:
            if "__init__" in vars(cls):
                table[cls, "__init__"] = reading_constructor(cls.__init__)
        if driver.sets_four_fields:  # then in place of the one above
            table[error, "__init__"] = quick_constructor(error, driver.classes)
        table[error, "__new__"] = staticmethod(maker(error, driver.classes))
        table[error, "__signature__"] = Signature()
        table[error, "_full_msg"] = FullMessage()
    reduce, reduce_ex = methods(driver)
    if not driver.survives:
        table[error, "__reduce__"] = reduce
    if not (driver.survives and driver.subclasses_survive):
        table[error, "__reduce_ex__"] = reduce_ex
        # PyPy's own sets nothing but what is in __dict__.
        if sys.implementation.name == "pypy" and "__setstate__" not in vars(error):
            table[error, "__setstate__"] = set_all
    return table


def _change(driver: Driver) -> None:
    undo = ExitStack()
    try:
        for (owner, name), value in _table(driver).items():
            undo.callback(_put_back, owner, name, value, vars(owner).get(name))
            setattr(owner, name, value)
        # Any pickler but one with a table of its own finds the form there, and need not ask a method for it.
        for cls in driver.classes - dispatch_table.keys():
            form = choose(driver, cls, ())
            if form is not stock:  # else it has a method that works, which copyreg would precede
                undo.callback(_unregister, cls, form)
                dispatch_table[cls] = form
        setattr(driver.error, _UNDO, undo)
    except BaseException:
        undo.close()
        raise


def _put_back(owner: Class, name: str, value: Any, original: Any) -> None:
    if vars(owner).get(name) is not value:  # somebody else has changed it since, or it was not set yet
        return
    if original is None:
        delattr(owner, name)
    else:
        setattr(owner, name, original)


def _unregister(cls: Class, form: Any) -> None:
    if dispatch_table.get(cls) is form:
        del dispatch_table[cls]
