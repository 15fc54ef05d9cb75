"""eventlet replaces locks after the import, and complains of what it cannot replace."""

from __future__ import annotations

import pytest

from tests.shared import fresh

PATCH = """
import sys, warnings
warnings.simplefilter("ignore")  # of a library that is no longer developed
import mysql.connector
if sys.argv[1] == "with the package":
    import mysql_errors_compat
import eventlet
eventlet.monkey_patch()
if sys.argv[1] == "with the package":
    mysql_errors_compat.uninstall()
    mysql_errors_compat.install()
"""


@pytest.mark.parametrize("disabled", ["0", "1"])
def test_it_has_nothing_to_say_of_our_lock(disabled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_ERRORS_COMPAT_DISABLE", disabled)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with which eventlet says nothing
    stock, ours = (fresh.run(PATCH, how) for how in ("the driver alone", "with the package"))
    assert ours == stock
