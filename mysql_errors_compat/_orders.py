"""The two orders of an error's fields, and the way between them.

Constructor order is ``(msg, errno, values, sqlstate)``, what the driver's constructor takes.
args order is ``(errno, full message, sqlstate)``, what it leaves in ``BaseException.args``.

Pure functions: nothing here needs the driver, and nothing is patched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

FIELDS = ("msg", "errno", "values", "sqlstate")

ConstructorOrder = tuple[Any, Any, None, Any]
FullMessage = Callable[[Any, Any, Any], Any]

# Stands for a message, to see what is written before and after it.
_MARK = "\0message\0"


def full_message(msg: Any, errno: Any, sqlstate: Any) -> Any:
    """Return the full message that the driver makes of these fields, for a `msg` that is not empty."""
    if errno == -1:
        return msg
    return f"{errno} ({sqlstate}): {msg}" if sqlstate else f"{errno}: {msg}"


def to_constructor_order(args: Sequence[Any], full_message: FullMessage = full_message) -> ConstructorOrder | None:
    """Return the constructor's arguments for `args` in args order, or None if they are not in it.

    Takes the near misses too: every argument as text, or the sqlstate only in the text. `full_message` is how
    the driver makes one. args order holds no values, and the text of a message rather than the message.

    Only the exact types of the arguments are looked at, until they are text and numbers: they may be anything.
    """
    if not 2 <= len(args) <= 3:
        return None
    errno, full = args[:2]
    sqlstate = args[2] if len(args) == 3 else None
    if type(full) not in (str, bytes) or not full or type(sqlstate) not in (str, bytes, type(None)):
        return None
    if type(errno) is str:
        as_number = _number(errno)
        if not as_number or (as_number == -1 and sqlstate is None):
            return None
        errno, sqlstate = as_number, None if sqlstate == "None" else sqlstate
    if type(errno) is not int or not errno:
        return None
    if errno == -1:
        return full, errno, None, sqlstate
    if type(full) is not str:
        return None
    for state in (sqlstate, _sqlstate_in(full)) if sqlstate is None else (sqlstate,):
        before, _, after = full_message(_MARK, errno, state).partition(_MARK)
        msg = full[len(before) : len(full) - len(after)]
        if msg and full == before + msg + after:
            return msg, errno, None, state
    return None


def _number(text: str) -> int | None:
    """Return the errno that `text` is, if it is how Python writes one."""
    if text.isascii() and text.removeprefix("-").isdecimal() and len(text) < 12 and str(int(text)) == text:
        return int(text)
    return None


def _sqlstate_in(full: str) -> str | None:
    state = full.partition("): ")[0].rpartition("(")[2]
    return state if len(state) == 5 and state.isascii() and state.isalnum() else None
