"""The two orders of an error's fields, and the way between them: nothing here needs the driver.

Constructor order is ``(msg, errno, values, sqlstate)``, what the driver's constructor takes.
args order is ``(errno, full message, sqlstate)``, what it leaves in ``BaseException.args``.
"""

import re
from typing import Any

Args = tuple[Any, ...]

FIELDS = ("msg", "errno", "values", "sqlstate")
TEXT = {str, bytes}
TEXT_OR_NONE = TEXT | {type(None)}


def full_message(msg: Any, errno: int, sqlstate: Any) -> Any:
    """Return the text that the driver makes of its fields, as `str()` shows it."""
    if errno == -1:  # the driver's word for none
        return msg
    if sqlstate:
        return f"{errno} ({sqlstate}): {msg}"
    return f"{errno}: {msg}"


def constructor_order(args: Args) -> Args | None:
    """Return `args` in constructor order, without values, if the driver can have left them so, and else None."""
    if len(args) != 3:
        return None
    errno, full, sqlstate = args
    # Exact types before values: an argument may be anything, and may mind being looked at.
    if type(errno) is not int or type(full) not in TEXT or type(sqlstate) not in TEXT_OR_NONE:
        return None
    if errno == -1 and full:
        return full, errno, None, sqlstate  # without a prefix, and as it was, also bytes
    prefix = full_message("", errno, sqlstate)
    # The driver leaves neither 0, which it makes -1, nor an empty message.
    if errno == 0 or type(full) is bytes or full == prefix or not full.startswith(prefix):
        return None
    return full.removeprefix(prefix), errno, None, sqlstate


def near_constructor_order(errno: Any, full: Any, sqlstate: Any = None) -> Args | None:
    """Return what `constructor_order` does, also of what carriers make of ``args``.

    Some send each of the three as a text, some leave the sqlstate out, so that it is only in the full message.
    """
    if type(errno) is type(full) is type(sqlstate) is str and re.fullmatch("-?[0-9]{1,10}", errno):
        errno = int(errno)
        if sqlstate == "None":
            sqlstate = None
    if type(errno) is int and type(full) is str and sqlstate is None:
        in_text = re.match(f"{errno} [(]([0-9A-Za-z]{{5}})[)]: ", full)
        if in_text:
            sqlstate = in_text[1]
    return constructor_order((errno, full, sqlstate))
