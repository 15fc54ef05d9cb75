"""MySQL Connector/Python errors that survive pickling, copying and leaving a process.

Importing this package is all there is to do: it calls `install()`.
"""

from __future__ import annotations

from types import ModuleType

import mysql.connector.errors

from . import _hierarchy

__all__ = ["__version__", "install", "is_installed", "uninstall"]

__version__ = "1.0.0"


def install(module: ModuleType = mysql.connector.errors) -> None:
    """Make the errors of `module`, and every subclass of them, survive leaving the process.

    Gives its class ``Error`` a ``__reduce__`` in constructor order, registers the driver's classes
    with copyreg, and lets their constructors read args order. Subclasses inherit all of it, whether
    they exist already or are defined later. What the driver does by itself, and what somebody else
    registered with copyreg, stays as it is. A second call does nothing.

    Raises TypeError, and changes nothing, if `module` has no such hierarchy.
    """
    _hierarchy.patch(module)


def uninstall() -> None:
    """Put back everything that `install` changed, for all modules it was called with.

    What somebody else has replaced since stays as they left it. Without an install it does nothing.
    """
    _hierarchy.unpatch()


def is_installed(module: ModuleType = mysql.connector.errors) -> bool:
    """Return whether `install` has been called for `module` and `uninstall` has not followed."""
    return _hierarchy.is_patched(module)


install()
