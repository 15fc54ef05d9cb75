"""Errors of PyMySQL, which have an errno and a message."""

from __future__ import annotations

from pymysql.err import DatabaseError, Error, OperationalError

from . import MESSAGE, STATEMENT


class OrderError(DatabaseError):  # type: ignore[misc]
    def __init__(self, *, order: int) -> None:
        super().__init__(1644, f"order {order} failed")
        self.order = order


def typical() -> Exception:
    return OperationalError(1213, MESSAGE)  # type: ignore[no-any-return]


def without_fields() -> Exception:
    return Error()  # type: ignore[no-any-return]


def with_attributes() -> Exception:
    error = typical()
    error.__dict__.update(attempt=3, statement=STATEMENT)
    return error


def own_constructor() -> Exception:
    return OrderError(order=4711)
