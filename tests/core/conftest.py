"""What of the core's tests PyPy runs: the import, round trips, args order and pools.

The others are about CPython: how a receiver without the package reads what was sent (PyPy's own ``__setstate__`` of
exceptions sets nothing but ``__dict__``), what is collected at once, CPython's OSError, its texts.
"""

from __future__ import annotations

import sys
from pathlib import Path

ON_PYPY = {
    "test_calling.py",
    "test_flat.py",
    "test_importing.py",
    "test_install.py",
    "test_no_pool_hangs.py",
    "test_round_trip.py",
    "test_subclasses.py",
    "test_values_travel.py",
}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    is_test = collection_path.name.startswith("test_")
    if sys.implementation.name == "pypy" and is_test and collection_path.name not in ON_PYPY:
        return True
    return None
