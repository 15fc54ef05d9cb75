"""Installing: which classes, what is changed on them, and how it is put back."""

import contextlib
import importlib
import inspect
import os
import sys
import threading
import warnings
from copyreg import dispatch_table
from types import MethodType, ModuleType
from typing import Any

from ._constructing import Driver, FullMessage, traits
from ._orders import FIELDS
from ._reducing import reduced

_NAME = "mysql.connector.errors"
# Constructor calls that show what a driver does with each field.
_PROBE = ("x", 1, ("a",), "HY000")
_PROBES: Any = ("x", 1), ("x", 1, None, "HY000"), ("x", 2003, None, ""), ("x", -1), ("{x} %s", -1, None, "HY000")

_undo: dict[type, contextlib.ExitStack] = {}  # how to put back what was changed, by the base class of the hierarchy
_lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # a child that is forked while another thread installs would wait for ever
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def install(module: ModuleType | None = None) -> None:
    """Make the errors of `module`, by default the driver as ``sys.modules`` has it now, survive leaving the process.

    Every subclass of them too, whether it exists already or is defined later. What the driver does by itself, and
    what somebody else registered with copyreg, stays as it is. A second call does nothing.
    Raises TypeError, and changes nothing, if `module` has no such errors, and ImportError if there is no driver.
    """
    module = importlib.import_module(_NAME) if module is None else module
    error = _base_class(module)
    if not (error and _takes_constructor_order(error)):
        text = "pass a module with an exception class Error(msg=None, errno=None, values=None, sqlstate=None)"
        raise TypeError(f"no MySQL errors in {module!r}: {text}, such as {_NAME}")
    with _lock:
        if error not in _undo:
            with contextlib.ExitStack() as undo:  # which puts everything back if anything is raised
                _patch(error, undo)
                _undo[error] = undo.pop_all()


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
        while _undo:
            _undo.popitem()[1].close()


def is_installed(module: ModuleType | None = None) -> bool:
    """Return whether `install` took care of `module`, by default the driver as it is now, and `uninstall` did not."""
    return _base_class(sys.modules.get(_NAME) if module is None else module) in _undo


def _base_class(module: object) -> Any:
    """Return the exception class ``Error`` of a module, or None for a stand-in that has none."""
    error: Any = vars(module).get("Error") if issubclass(type(module), ModuleType) else None
    return error if issubclass(type(error), type) and issubclass(error, Exception) else None


def _takes_constructor_order(error: Any) -> bool:
    with contextlib.suppress(Exception):
        made = error(*_PROBE), error(**dict(zip(FIELDS, _PROBE, strict=True)))
        return all((one.errno, one.sqlstate) == (1, "HY000") for one in made)
    return False


def _look_at(error: Any) -> Driver:
    """Find out about a hierarchy by making errors."""
    classes = [error]
    for cls in classes:
        classes += (c for c in cls.__subclasses__() if c.__module__ == error.__module__ and c not in classes)
    driver, has_four = Driver(), len(inspect.signature(error).parameters) == 4
    driver.error, driver.classes = error, frozenset(classes)
    driver.quick = frozenset(cls for cls in classes if has_four and cls.__init__ is error.__init__)
    driver.survives = _rebuilds(error(*_PROBE), *error(*_PROBE).__reduce_ex__(2))
    construct = driver.constructor(error)
    for probe in _PROBES:
        theirs, ours = error(*probe), error.__new__(error)
        construct(ours, *probe)
        if (vars(theirs), theirs.args) != (vars(ours), ours.args):
            driver.quick = frozenset()
    return driver


def _rebuilds(error: Any, func: Any, args: Any, state: Any = None, *_: object) -> bool:
    """Tell whether this makes `error` again."""
    with contextlib.suppress(Exception):
        made = func(*args)
        made.__setstate__(state)
        return (type(made), made.args, vars(made)) == (type(error), error.args, vars(error))
    return False


def _patch(error: Any, undo: contextlib.ExitStack) -> None:
    driver, args = _look_at(error), error(*_PROBE).args
    if (*args[:1], *args[2:3]) == (1, "HY000"):  # args order
        for cls in () if _rebuilds(error(*_PROBE), error, args) else driver.classes:
            if "__init__" in vars(cls):
                _set(undo, cls, "__init__", driver.constructor(cls))
        # inspect.signature looks past a method-wrapper, and so at __init__ as ever; Python 3.10's stops at Error's own.
        _set(undo, error, "__new__", staticmethod(driver.maker().__call__))
        _set(undo, error, "_full_msg", FullMessage())
        if sys.version_info < (3, 11):
            _set(undo, error, "__signature__", type("", (), {"__get__": _signature})())
    if driver.survives:
        own = type("Own", (error,), {"__init__": lambda self, *, errno: error.__init__(self, "x", errno)})(errno=1)
        if "__reduce_ex__" in vars(error) or _rebuilds(own, *own.__reduce_ex__(2)):
            return

    def __reduce__(self: Any) -> Any:
        """Return the constructor call that makes this error again, and what it cannot rebuild."""
        return reduced(driver, self) or super(error, self).__reduce__()

    def __reduce_ex__(self: Any, protocol: Any, /) -> Any:
        """Return ``__reduce__()``, also where OSError precedes the driver's class and has its own."""
        return reduced(driver, self) or super(error, self).__reduce_ex__(protocol)

    _set(undo, error, "__reduce_ex__", __reduce_ex__)
    if not driver.survives:
        _set(undo, error, "__reduce__", __reduce__)
    driver.constructors = frozenset(cls.__init__ for cls in driver.classes)
    # An entry of somebody else's is left alone, and so is a method: copyreg would go before it.
    usual = frozenset(cls for cls in driver.classes if traits(cls) == traits(error) and not driver.survives)
    driver.quick, driver.traits = driver.quick & usual, traits(error)
    driver.plain = error.__init__ if error in driver.quick else None
    entry: Any = MethodType(reduced, driver)
    for cls in usual:
        undo.callback(lambda cls: dispatch_table.get(cls) is entry and dispatch_table.pop(cls), cls)
        dispatch_table.setdefault(cls, entry)


def _signature(_: object, __: object, owner: Any) -> inspect.Signature:
    if "__signature__" not in vars(owner):
        raise AttributeError("__signature__")
    return inspect.signature(MethodType(owner.__init__, owner))


def _set(undo: contextlib.ExitStack, owner: type, name: str, value: object) -> None:
    was_there, original = name in vars(owner), vars(owner).get(name)

    def put_back() -> None:
        if vars(owner).get(name) is value:  # nobody else has changed it since
            setattr(owner, name, original) if was_there else delattr(owner, name)

    undo.callback(put_back)
    setattr(owner, name, value)
