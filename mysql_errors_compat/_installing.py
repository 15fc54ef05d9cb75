"""Installing: which classes, what is set on them, and how it is put back."""

import contextlib
import importlib
import os
import sys
import threading
import warnings
from copyreg import dispatch_table
from types import ModuleType
from typing import Any, NamedTuple

from ._constructing import FullMessage, Signature, maker, quick_constructor, reading_constructor, set_attributes
from ._driver import Class, Driver, find_out
from ._reducing import Form, choose, methods

_NAME = "mysql.connector.errors"
_RECORD = "_mysql_errors_compat"  # the attribute of a base class that says what was changed

_installed: list[Class] = []
_lock = threading.Lock()


class _Change(NamedTuple):
    """An attribute of a class that was set, and what was there before."""

    owner: Class
    name: str
    value: Any
    was_there: bool
    original: Any


class _Record(NamedTuple):
    """What was changed for one hierarchy, kept on its base class: a second import of this package finds it there."""

    changes: list[_Change]
    registered: dict[Class, Form]


def _after_fork() -> None:
    """Take a new lock: another thread may have held the old one, and is not here any more."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def install(module: ModuleType | None = None) -> None:
    """Make the errors of `module`, by default the driver as ``sys.modules`` has it now, survive leaving the process.

    Every subclass of them too, whether it exists already or is defined later. What the driver does by itself, and
    what somebody else registered with copyreg, stays as it is. A second call does nothing.
    Raises TypeError, and changes nothing, if `module` has no such errors, and ImportError if there is no driver.
    """
    module = importlib.import_module(_NAME) if module is None else module
    error = _base_class(module)
    with _lock:
        if not _is_changed(error):
            driver = find_out(error) if error else None
            if driver is None:
                text = "pass a module with an exception class Error(msg=None, errno=None, values=None, sqlstate=None)"
                raise TypeError(f"no MySQL errors in {module!r}: {text}, such as {_NAME}")
            _change(driver)
        if error not in _installed:
            _installed.append(error)


def install_at_import() -> None:
    """Call `install`, unless the environment says no, and never raise."""
    try:
        if os.environ.get("MYSQL_ERRORS_COMPAT_DISABLE", "0") in ("", "0"):
            install()
    except Exception as problem:
        # A test suite's stand-in needs no repair.
        if _base_class(sys.modules.get(_NAME)) or {"mysql", "mysql.connector", _NAME}.isdisjoint(sys.modules):
            with contextlib.suppress(RuntimeWarning):  # where warnings are made errors
                warnings.warn(f"mysql_errors_compat changes nothing: {problem}", RuntimeWarning, stacklevel=3)


def uninstall() -> None:
    """Put back everything that `install` changed, for all modules, but for what somebody else has replaced since."""
    with _lock:
        while _installed:
            error = _installed.pop()
            if _is_changed(error):
                _put_back(vars(error)[_RECORD])
                delattr(error, _RECORD)


def is_installed(module: ModuleType | None = None) -> bool:
    """Return whether `install` took care of `module`, by default the driver as it is now, and `uninstall` did not."""
    return _is_changed(_base_class(sys.modules.get(_NAME) if module is None else module))


def _base_class(module: object) -> Class:
    """Return the exception class ``Error`` of a module, or None for a stand-in that has none."""
    error: Any = vars(module).get("Error") if issubclass(type(module), ModuleType) else None
    return error if issubclass(type(error), type) and issubclass(error, Exception) else None


def _is_changed(error: Class) -> bool:
    return error is not None and _RECORD in vars(error)


def _table(driver: Driver) -> list[tuple[Class, str, Any]]:
    """Return what is set on which class."""
    error = driver.error
    rows: list[tuple[Class, str, Any]] = []
    if driver.mistakes_args:
        for cls in driver.classes:
            if cls is error and driver.sets_four_fields:
                rows.append((cls, "__init__", quick_constructor(driver)))
            elif "__init__" in vars(cls):
                rows.append((cls, "__init__", reading_constructor(cls.__init__, is_base=cls is error)))
        # A method-wrapper, since `inspect.signature` looks past it at the constructor, as ever.
        rows.append((error, "__new__", staticmethod(maker(driver).__call__)))
        rows.append((error, "__signature__", Signature(error)))
        rows.append((error, "_full_msg", FullMessage()))
    reduce, reduce_ex = methods(driver)
    if not driver.survives:
        rows.append((error, "__reduce__", reduce))
    if not (driver.survives and driver.subclasses_survive):
        rows.append((error, "__reduce_ex__", reduce_ex))
        probe = Exception()
        probe.__setstate__({"args": ("x",)})
        if probe.args != ("x",):  # PyPy's sets nothing but what is in __dict__
            rows.append((error, "__setstate__", set_attributes))
    return rows


def _change(driver: Driver) -> None:
    """Change a hierarchy; if anything is raised, everything is put back."""
    record = _Record([], {})
    try:
        for owner, name, value in _table(driver):
            record.changes.append(_Change(owner, name, value, name in vars(owner), vars(owner).get(name)))
            setattr(owner, name, value)
        for cls in () if driver.survives else driver.classes - dispatch_table.keys():
            form = choose(driver, cls, ())
            if form:  # else somebody gave it a method, which copyreg would go before
                record.registered[cls] = dispatch_table[cls] = form
        setattr(driver.error, _RECORD, record)
    except BaseException:
        _put_back(record)
        raise


def _put_back(record: _Record) -> None:
    for cls, form in record.registered.items():
        if dispatch_table.get(cls) is form:
            del dispatch_table[cls]
    for owner, name, value, was_there, original in record.changes:
        if vars(owner).get(name) is not value:  # somebody else has changed it since, or it was not set yet
            continue
        if was_there:
            setattr(owner, name, original)
        else:
            delattr(owner, name)
