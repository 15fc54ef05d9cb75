"""The two orders of an error's fields, and the way between them: nothing here needs the driver.

Constructor order is ``(msg, errno, values, sqlstate)``, what the driver's constructor takes.
args order is ``(errno, full message, sqlstate)``, what it leaves in ``BaseException.args``.
"""

import re
from typing import Any

FIELDS = ("msg", "errno", "values", "sqlstate")
Call = tuple[Any, int, None, str | bytes | None]  # args order holds no values


def full_message(msg: Any, errno: int, sqlstate: Any) -> Any:
    """Return the text that the driver makes of its fields, as `str()` shows it."""
    if errno == -1:  # the driver's word for none
        return msg
    if sqlstate:
        return f"{errno} ({sqlstate}): {msg}"
    return f"{errno}: {msg}"


def constructor_order(args: tuple[Any, ...]) -> Call | None:
    """Return the constructor's arguments, if `args` are exactly what it leaves in an error's ``args``, or else None."""
    if len(args) != 3:
        return None
    errno, full, sqlstate = args
    # Exact types before values: an argument may be anything, and may mind being looked at.
    if type(errno) is not int or type(full) not in (str, bytes) or type(sqlstate) not in (str, bytes, type(None)):
        return None
    if errno == -1 and full:
        return full, errno, None, sqlstate
    if type(full) is not str or errno in (-1, 0):
        return None
    prefix = full_message("", errno, sqlstate)
    msg = full.removeprefix(prefix)
    if msg in ("", full):
        return None
    return msg, errno, None, sqlstate


def near_constructor_order(errno: Any, full: Any, sqlstate: Any = None) -> Call | None:
    """Return the same, also for what carriers make of ``args``: all three texts, or the sqlstate only in the text."""
    if type(errno) is type(full) is type(sqlstate) is str and re.fullmatch("-?[1-9][0-9]{0,9}", errno):
        return near_constructor_order(int(errno), full, None if sqlstate == "None" else sqlstate)
    if sqlstate is None and type(errno) is int and type(full) is str:
        in_text = re.match("-?[0-9]+ [(]([0-9A-Za-z]{5})[)]: ", full)
        with_sqlstate = constructor_order((errno, full, in_text and in_text[1]))
        if with_sqlstate:
            return with_sqlstate
    return constructor_order((errno, full, sqlstate))
