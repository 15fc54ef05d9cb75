"""What the tests run in other processes. It imports the package, as an application's module would."""

from __future__ import annotations

from typing import Any

import mysql.connector

import mysql_errors_compat
from tests.shared import app_errors
from tests.shared.hierarchy import driver
from tests.shared.stock_workers import CASES as APPLICATIONS

mysql_errors_compat.install(driver)


def make(case: str) -> Exception:
    """Return the error that `case` names, the same in every process."""
    error = CASES[case]()
    error.task = case
    return error  # type: ignore[no-any-return]


def with_note() -> Any:
    error = driver.IntegrityError("Duplicate entry", 1062, None, "23000")
    error.__notes__ = ["while importing orders"]
    return error


CASES: dict[str, Any] = {
    **{cls: lambda cls=cls: getattr(driver, cls)("text", 1213, ("a", 1), "40001") for cls in ("Error", "DataError")},
    "client error": lambda: driver.InterfaceError(errno=2003, values=("localhost", 3306, 2)),
    "without fields": lambda: driver.Error(),
    "with a note": with_note,
    "own constructor": lambda: app_errors.KeywordOnly(table="orders", attempt=3),
    "own __new__": lambda: app_errors.OwnNew("orders", region="eu"),
    "slots": lambda: app_errors.SlottedOwn(table="orders"),
    "OSError first": lambda: app_errors.WithOSErrorFirst(host="db1", code=2003),
    **APPLICATIONS,
}


def fail(case: str) -> None:
    raise make(case)


def fail_really(port: int) -> None:
    mysql.connector.connect(host="127.0.0.1", port=port, user="nobody", connection_timeout=5)


def succeed(number: int) -> int:
    return number


def put_and_send(queue: Any, connection: Any, case: str) -> None:
    queue.put(make(case))
    connection.send(make(case))
