"""What a worker without the package runs: an application's errors, of classes of many kinds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tests.shared import app_errors
from tests.shared.stock_interpreter import look

CASES: dict[str, Callable[[], Exception]] = {
    "the driver's constructor": lambda: app_errors.Plain("text", 1205, None, "HY000"),
    "nested": lambda: app_errors.Outer.Nested.Deeper(table="orders"),
    "keyword only": lambda: app_errors.KeywordOnly(table="orders", attempt=3),
    "required, and no errno": lambda: app_errors.Required("orders", {"id": 1}),
    "another order": lambda: app_errors.Reordered(1213, "text"),
    "other names": lambda: app_errors.Renamed("text", 1213, state="40001"),
    "the driver's names and more": lambda: app_errors.SameNamesAndMore("text", 1213, None, "40001", tag="a"),
    "side effect": lambda: app_errors.SideEffect("orders"),
    "the driver's constructor not called": lambda: app_errors.Silent("orders"),
    "OSError": lambda: app_errors.WithOSErrorOwn(path="/run/mysqld.sock", code=2002),
    "property": lambda: app_errors.WithProperty("text", 1213, None, "40001"),
    "generic": lambda: app_errors.IntOfType(7),
    "dataclass": lambda: app_errors.Data("orders", [1, 2]),
    "dataclass alone": lambda: app_errors.DataWithoutInit("orders", 2),
    "dataclass, keyword only": lambda: app_errors.DataKeywordOnly(table="orders"),
}


def fail(case: str) -> None:
    raise CASES[case]()


def seen(case: str) -> tuple[Any, ...]:
    return look(CASES[case]())


def has_package() -> bool:
    return "mysql_errors_compat" in sys.modules
