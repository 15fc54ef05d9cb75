"""MySQL Connector/Python errors that survive pickling, copying and leaving a process.

Importing this package is all there is to do: it calls `install()`. It never fails: a driver that is not understood
is left as it is, with a RuntimeWarning, and so is, without one, what a test suite puts in the driver's place. With
``MYSQL_ERRORS_COMPAT_DISABLE=1`` in the environment it does nothing.
"""

from __future__ import annotations

from types import ModuleType

from . import _installing

__all__ = ["__version__", "install", "is_installed", "uninstall"]

__version__ = "1.1.0"


def install(module: ModuleType | None = None) -> None:
    """Make the errors of `module`, and every subclass of them, survive leaving the process.

    Without `module` it is the driver, as ``sys.modules`` has it now.

    Gives its class ``Error`` a ``__reduce__`` in constructor order, registers the driver's classes
    with copyreg, and lets errors be made from args order. Subclasses inherit all of it, whether
    they exist already or are defined later. What the driver does by itself, and what somebody else
    registered with copyreg, stays as it is. A second call does nothing.

    Raises TypeError, and changes nothing, if `module` has no such hierarchy, and ImportError if there is no driver.
    """
    _installing.patch(module)


def uninstall() -> None:
    """Put back everything that `install` changed, for all modules it was called with.

    What somebody else has replaced since stays as they left it. Without an install it does nothing.
    """
    _installing.unpatch()


def is_installed(module: ModuleType | None = None) -> bool:
    """Return whether `install` has been called for `module` and `uninstall` has not followed.

    Without `module` it is the driver, as ``sys.modules`` has it now.
    """
    return _installing.is_patched(module)


_installing.patch_at_import()
