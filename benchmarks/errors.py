"""What is compared, and the errors it is measured with.

An error is an expression: that is what is timed, and not a call of a function around it.
"""

from __future__ import annotations

import importlib
from typing import Any

from mysql.connector import errors as driver

SUBJECTS = {
    "ours": "with this package",
    "stock": "driver alone",
    "tblib": "driver with tblib",
    "PyMySQL": "PyMySQL",
    "psycopg": "psycopg 3",
}

MESSAGE = "Deadlock found when trying to get lock; try restarting transaction"  # as the server says it

_FIELDS = "(msg=MESSAGE, errno=1213, sqlstate='40001')"  # as the driver calls its constructor
KINDS = {
    "typical": f"OperationalError{_FIELDS}",
    "message only": "OperationalError(MESSAGE)",
    "errno only": "InterfaceError(errno=2013)",
    "no fields": "Error()",
    "values": "InterfaceError(errno=2003, values=('db1.example', 3306, '111'))",
    "added attribute": f"add_attribute(OperationalError{_FIELDS})",
    "fixed text": "ReadTimeoutError(errno=3024)",
    "plain subclass": f"PlainSubclass{_FIELDS}",
    "plain subclass, message only": "PlainSubclass(MESSAGE)",
    "own constructor": f"OwnConstructor{_FIELDS}",
    "own constructor, called with (errno, text)": "NumberAndText(1213, MESSAGE)",
    "own constructor, message only": "TextOnly(MESSAGE)",
}
MODULES = {"PyMySQL": "pymysql.err", "psycopg": "psycopg.errors"}
EXPRESSIONS = dict.fromkeys(SUBJECTS, KINDS)
for _subject, _typical in [("PyMySQL", "OperationalError(1213, MESSAGE)"), ("psycopg", "DeadlockDetected(MESSAGE)")]:
    EXPRESSIONS[_subject] = {"typical": _typical, "added attribute": f"add_attribute({_typical})"}


class PlainSubclass(driver.OperationalError):
    """An application's class that adds nothing."""


class OwnConstructor(driver.OperationalError):
    """An application's class with a constructor that the driver alone can call when it unpickles."""

    def __init__(self, msg: Any = None, errno: Any = None, values: Any = None, sqlstate: Any = None) -> None:
        super().__init__(msg, errno, values, sqlstate)
        self.again = errno in (1205, 1213)


class NumberAndText(driver.OperationalError):
    """An application's class with a constructor in the order of other drivers, which takes its `args` too."""

    def __init__(self, code: int, text: str, sqlstate: Any = None) -> None:
        super().__init__(text, code, sqlstate=sqlstate)


class TextOnly(driver.OperationalError):
    """An application's class whose constructor needs nothing but a message, and takes its `args` too."""

    def __init__(self, message: Any, code: Any = None, details: Any = None) -> None:
        super().__init__(message)


def add_attribute(error: Exception) -> Exception:
    """Do what an application does that wants to know more later."""
    error.__dict__["statement"] = "UPDATE stock SET amount = amount - 1 WHERE article = 4711"
    return error


def make(subject: str, kind: str) -> tuple[Any, dict[str, Any]]:
    """Install a subject in this interpreter; return an error, and the names that its expression uses."""
    if subject == "ours":
        import mysql_errors_compat  # noqa: F401
    elif subject == "tblib":
        importlib.import_module("tblib.pickling_support").install()
    names = vars(importlib.import_module(MODULES.get(subject, driver.__name__))) | globals()
    return eval(EXPRESSIONS[subject][kind], names), names
