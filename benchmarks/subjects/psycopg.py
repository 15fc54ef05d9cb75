"""Errors of psycopg 3, whose class stands for the sqlstate. From a server they hold its diagnostics as well."""

from __future__ import annotations

from psycopg.errors import DatabaseError, DeadlockDetected, Error

from . import MESSAGE, STATEMENT


class OrderError(DatabaseError):  # type: ignore[misc]
    def __init__(self, *, order: int) -> None:
        super().__init__(f"order {order} failed")
        self.order = order


def typical() -> Exception:
    return DeadlockDetected(MESSAGE)  # type: ignore[no-any-return]


def without_fields() -> Exception:
    return Error()  # type: ignore[no-any-return]


def with_attributes() -> Exception:
    error = typical()
    error.__dict__.update(attempt=3, statement=STATEMENT)
    return error


def own_constructor() -> Exception:
    return OrderError(order=4711)
