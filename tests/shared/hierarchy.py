"""The hierarchy under test, for modules that must not import the package."""

from __future__ import annotations

import importlib
import os
from typing import Any

MODULE = os.environ.get("MYSQL_ERRORS_COMPAT_TEST_MODULE", "mysql.connector.errors")

driver: Any = importlib.import_module(MODULE)

# Its base class and what the driver defines below it; those whose constructors replace the message came with 9.2.
CLASSES = tuple(c for c in vars(driver).values() if isinstance(c, type) and issubclass(c, driver.Error))
REPLACING = tuple(cls for cls in CLASSES if cls.__name__ in ("ReadTimeoutError", "WriteTimeoutError"))
