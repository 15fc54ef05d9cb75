"""Errors of the driver: of the stock one, and the same ones with this package or tblib installed."""

from __future__ import annotations

from mysql.connector.errors import DatabaseError, Error, InterfaceError, InternalError

from . import MESSAGE, STATEMENT


class OrderError(DatabaseError):
    def __init__(self, *, order: int) -> None:
        super().__init__(f"order {order} failed", errno=1644, sqlstate="45000")
        self.order = order


def typical() -> Exception:
    return InternalError(msg=MESSAGE, errno=1213, sqlstate="40001")  # as the driver calls it


def without_fields() -> Exception:
    return Error()


def with_values() -> Exception:
    return InterfaceError(errno=2003, values=("db1.example", 3306, "111"))


def with_attributes() -> Exception:
    error = typical()
    error.__dict__.update(attempt=3, statement=STATEMENT)
    return error


def own_constructor() -> Exception:
    return OrderError(order=4711)
