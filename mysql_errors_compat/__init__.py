"""MySQL Connector/Python errors that survive pickling, copying and leaving a process.

Importing it is all there is to do, and never fails: it calls `install()`, unless the environment has
``MYSQL_ERRORS_COMPAT_DISABLE=1``. A driver that is not understood is left as it is, with a RuntimeWarning.
"""

from ._installing import install, install_at_import, is_installed, uninstall

__all__ = ["__version__", "install", "is_installed", "uninstall"]
__version__ = "2.0.0"

install_at_import()
del install_at_import
