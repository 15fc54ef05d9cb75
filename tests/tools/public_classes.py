"""Exceptions as public code defines them, in our own words: most without type hints.

Read by `check` in the tests, as a module of an application's. Imports nothing of the package.
"""

# mypy: ignore-errors
# ruff: noqa: RUF012, UP008, UP031, UP035, UP045
from __future__ import annotations

import json
import logging
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, Optional

import mysql.connector
from mysql.connector import Error, IntegrityError, errorcode
from mysql.connector.errors import DatabaseError, InterfaceError, OperationalError, ProgrammingError

if TYPE_CHECKING:
    from decimal import Decimal

log = logging.getLogger(__name__)


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Plain(OperationalError):
    pass


class InsertFailed(Error):
    def __init__(self, message="the row could not be inserted"):
        self.message = message
        super().__init__(self.message)


class MessageAndCode(Error):
    def __init__(self, error_code, message):
        super(MessageAndCode, self).__init__(message, error_code)
        self.error_code = error_code


class OnlySetsMessage(DatabaseError):
    def __init__(self, msg):
        self.msg = msg


class FourAndALook(IntegrityError):
    def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
        super().__init__(msg, errno, values, sqlstate)
        self.is_duplicate = errno == errorcode.ER_DUP_ENTRY
        self.column = msg.rsplit("'", 2)[-2] if msg and msg.count("'") > 1 else None


class WrapsCause(OperationalError):
    def __init__(self, original_error):
        super().__init__(msg=original_error.msg, errno=original_error.errno, sqlstate=original_error.sqlstate)
        self.original_error = original_error


class QueryAndParams(ProgrammingError):
    def __init__(self, query, params, cause):
        super().__init__("%s with %d parameters: %s" % (query.strip(), len(params), cause.msg), cause.errno)
        self.query, self.params = query, params


class KeywordsOnly(Error):
    def __init__(self, *, user, note=None, retryable=False):
        super().__init__(f"{user}: {note}")
        self.user, self.note, self.retryable = user, note, retryable


class PassesEverythingOn(InterfaceError):
    def __init__(self, *args, **kwargs):
        self.raised_at = datetime(2026, 1, 1)
        super().__init__(*args, **kwargs)


class ExtraKeywords(DatabaseError):
    def __init__(self, identifier, **extra):
        super().__init__("invalid identifier: " + identifier)
        self.identifier = identifier
        self.extra = extra


class FromResponse(Error):
    def __init__(self, response):
        super().__init__(f"HTTP {response.status_code}: {response.json()}")
        self.status_code = response.status_code


class ColumnList(ProgrammingError):
    def __init__(self, table, columns):
        super().__init__(f"{table} has no {', '.join(columns)}")
        self.columns = columns


class Context(Error):
    def __init__(self, message, context):
        super().__init__(message)
        self.context = {**context, "logged": True}


class Formatted(Error):
    template = "{table}: row {row}"

    def __init__(self, **details):
        super().__init__(self.template.format(**{"table": "?", "row": 0, **details}))


class Retries(OperationalError):
    def __init__(self, func, attempts, last_exc=None):
        super().__init__(f"{func.__name__} failed {attempts + 1} times", 1205)
        self.attempts = attempts
        self.last = str(last_exc)


class HintedCallable(Error):
    def __init__(self, hook: Callable[[int], Any], limit: int = 3):
        super().__init__("the hook failed")
        self.hook = hook
        self.limit = limit


class OptionalHints(Error):
    def __init__(self, message: str, query: Optional[str] = None, level: Level = Level.HIGH):
        super().__init__(message)
        self.query, self.level = query, level


class KeepsConnection(InterfaceError):
    def __init__(self, conn, message="the connection was lost"):
        super().__init__(message, 2013)
        self.conn = conn


class RejectsEmpty(Error):
    def __init__(self, reason):
        if not isinstance(reason, (list, tuple)) or not reason:
            raise TypeError("a list of reasons")
        super().__init__("; ".join(map(str, reason)))


class ForTypeCheckers(Error):
    def __init__(self, price: Decimal):
        super().__init__(f"{price} is not possible")


class ParsesJson(Error):
    def __init__(self, body):
        super().__init__(json.loads(body)["error"])


class WithStatus(Exception):
    def __init__(self, status, title, detail=None, *args):
        super().__init__(*args)
        self.status, self.title, self.detail = status, title, detail


class NotFound(Exception):
    """No constructor."""


class RowMissing(NotFound):
    def __init__(self, model, pk):
        super().__init__(f"no {model} with {pk}")
        self.model, self.pk = model, pk


class Repository(Exception):
    def __init__(self, message, original_exception=None):
        self.message = message
        self.original_exception = original_exception
        super().__init__(self.message)


class Timeout(TimeoutError):
    def __init__(self, seconds):
        super().__init__(f"nothing in {seconds:.1f} seconds")


class WrapsAnything(mysql.connector.Error):
    def __init__(self, e):
        super().__init__(f"{type(e).__name__}: {e}")
        log.debug("wrapped %s", e)
        self.__cause__ = e


class Several(DatabaseError):
    def __init__(self, errors):
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = errors


class ByName(Error):
    codes = {"deadlock": 1213, "duplicate": 1062}

    def __init__(self, name, text):
        super().__init__(text, self.codes.get(name, -1))
