"""The two orders of an error's fields, and the way between them: nothing here needs the driver.

Constructor order is ``(msg, errno, values, sqlstate)``, what the driver's constructor takes.
args order is ``(errno, full message, sqlstate)``, what it leaves in ``BaseException.args``.
"""

import re
from typing import Any

Args = tuple[Any, ...]

FIELDS = ("msg", "errno", "values", "sqlstate")
TEXT = frozenset({str, bytes})
TEXT_OR_NONE = TEXT | {type(None)}


def full_message(msg: Any, errno: int, sqlstate: Any) -> Any:
    """Return the text that the driver makes of its fields, as `str()` shows it."""
    if errno == -1:  # the driver's word for none
        return msg
    if sqlstate:
        return f"{errno} ({sqlstate}): {msg}"
    return f"{errno}: {msg}"


def constructor_order(args: Args) -> Args | None:
    """Return `args` in constructor order, if they are exactly what the driver leaves in an error's ``args``.

    Else None. args order has no values: None stands for them.
    """
    if len(args) != 3:
        return None
    errno, full, sqlstate = args
    # Exact types before values: an argument may be anything, and may mind being looked at.
    if type(errno) is not int or type(full) not in TEXT or type(sqlstate) not in TEXT_OR_NONE:
        return None
    if errno == -1 and full:
        return full, errno, None, sqlstate
    if errno in (-1, 0) or type(full) is bytes:
        return None
    msg = full.removeprefix(full_message("", errno, sqlstate))
    if msg in ("", full):
        return None
    return msg, errno, None, sqlstate


def near_constructor_order(errno: Any, full: Any, sqlstate: Any = None) -> Args | None:
    """Return the same, also for what carriers make of ``args``: all three texts, or the sqlstate only in the text."""
    if type(errno) is type(full) is type(sqlstate) is str and re.fullmatch("-?[0-9]{1,10}", errno):
        errno = int(errno)
        if sqlstate == "None":
            sqlstate = None
    if type(errno) is int and type(full) is str and sqlstate is None:
        in_text = re.match(f"{errno} [(]([0-9A-Za-z]{{5}})[)]: ", full)
        if in_text:
            sqlstate = in_text[1]
    return constructor_order((errno, full, sqlstate))
