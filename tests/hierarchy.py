"""The hierarchy under test, for modules that must not import the package."""

from __future__ import annotations

import importlib
import os
from typing import Any

MODULE = os.environ.get("MYSQL_ERRORS_COMPAT_TEST_MODULE", "mysql.connector.errors")

driver: Any = importlib.import_module(MODULE)
