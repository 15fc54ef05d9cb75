"""The way between the two orders, as pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from mysql_errors_compat._orders import constructor_order, full_message, near_constructor_order


@pytest.mark.parametrize(
    ("msg", "errno", "sqlstate", "full"),
    [
        ("Deadlock found", 1213, "40001", "1213 (40001): Deadlock found"),
        ("Deadlock found", 1213, None, "1213: Deadlock found"),
        ("Deadlock found", 1213, "", "1213: Deadlock found"),
        ("Unknown error", -1, None, "Unknown error"),
        ("Unknown error", -1, "HY000", "Unknown error"),
        ("1213: twice", 1213, None, "1213: 1213: twice"),
        ("1213 (40001): twice", 1213, "40001", "1213 (40001): 1213 (40001): twice"),
        ("100% of {braces}", 1, "HY000", "1 (HY000): 100% of {braces}"),
        ("\udce9", 1, None, "1: \udce9"),
    ],
)
def test_the_fields_come_back(msg: str, errno: int, sqlstate: str | None, full: str) -> None:
    assert full_message(msg, errno, sqlstate) == full
    assert constructor_order((errno, full, sqlstate)) == (msg, errno, None, sqlstate)
    assert near_constructor_order(errno, full, sqlstate) == (msg, errno, None, sqlstate)


def test_bytes_that_the_driver_does_not_format_come_back_themselves() -> None:
    assert constructor_order((-1, b"bytes", None)) == (b"bytes", -1, None, None)


@pytest.mark.parametrize(
    ("args", "fields"),
    [
        (("1213", "1213 (40001): Deadlock found", "40001"), ("Deadlock found", 1213, "40001")),
        (("1213", "1213: Deadlock found", "None"), ("Deadlock found", 1213, None)),
        (("-1", "gone", "None"), ("gone", -1, None)),
        ((1213, "1213 (40001): Deadlock found [SQL: SELECT 1]"), ("Deadlock found [SQL: SELECT 1]", 1213, "40001")),
        ((1213, "1213: Deadlock found [SQL: (SELECT 1): x]"), ("Deadlock found [SQL: (SELECT 1): x]", 1213, None)),
        ((-1, "gone [SQL: SELECT 1]"), ("gone [SQL: SELECT 1]", -1, None)),
    ],
)
def test_near_misses(args: tuple[Any, ...], fields: tuple[Any, Any, Any]) -> None:
    msg, errno, sqlstate = fields
    assert near_constructor_order(*args) == (msg, errno, None, sqlstate)
    assert constructor_order(args) is None, "an application's constructor is not called with near misses"


@pytest.mark.parametrize(
    "args",
    [
        ("no text", 1213, None),  # constructor order
        (1213, "Deadlock found", "40001"),  # PyMySQL's order
        (1213, "1214: Deadlock found", None),
        (1213, "1213: Deadlock found", "40001"),
        (1213, b"1213: Deadlock found", None),
        (1213, "1213: ", None),
        (1213, "1213: Deadlock found", {"detail": 1}),
        (1213, "1213: Deadlock found", None, None),
        (1213, "1213 (4000): Deadlock found"),
        ("-1", "gone"),
        ("01213", "01213: Deadlock found", "None"),
        (True, "True: x", None),
        (0, "0: x", None),
        (-1, None, None),
        (-1, "", None),
        (-1,),
    ],
)
def test_what_is_not_in_args_order_is_refused(args: tuple[Any, ...]) -> None:
    assert constructor_order(args) is None
    if 2 <= len(args) <= 3:
        assert near_constructor_order(*args) is None
