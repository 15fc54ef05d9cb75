"""mysqlx.errors is a copy of the same classes: the same code cures it, and only if asked to.

That all promises hold for it, `make test-more` tells by the core's tests.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared import fresh
from tests.tools.checking import check, write

pytestmark = pytest.mark.needs_package


def test_both_hierarchies_are_installed_and_uninstalled_together() -> None:
    fresh.run(
        """
        import copyreg, pickle, sys
        import mysqlx.errors
        from mysql.connector import errors

        def picture():
            return dict(vars(errors.Error)), dict(vars(mysqlx.errors.Error)), dict(copyreg.dispatch_table)

        before = picture()
        import mysql_errors_compat
        assert not mysql_errors_compat.is_installed(mysqlx.errors)
        assert dict(vars(mysqlx.errors.Error)) == before[1]
        mysql_errors_compat.install(mysqlx.errors)
        for module in (errors, mysqlx.errors):
            assert mysql_errors_compat.is_installed(module)
            assert module.Error("x", 1, ("a",), "HY000").__reduce__() == (module.Error, ("x", 1, ("a",), "HY000"))
            assert type(pickle.loads(pickle.dumps(module.DataError("x", 1)))) is module.DataError
        mysql_errors_compat.uninstall()
        assert picture() == before
        """
    )


def test_check_finds_its_errors(tmp_path: Path) -> None:
    write(tmp_path, shop="import mysqlx\nclass Lost(mysqlx.errors.Error):\n  def __init__(self, *, table: str): ...")
    run = check(tmp_path, "shop")
    assert run.stdout.startswith("shop.Lost  safe ")
