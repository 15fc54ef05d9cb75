"""The two orders of an error's fields, and the way between them: nothing here needs the driver.

Constructor order is ``(msg, errno, values, sqlstate)``, what the driver's constructor takes.
args order is ``(errno, full message, sqlstate)``, what it leaves in ``BaseException.args``. The full message is
``"{errno} ({sqlstate}): {msg}"``, or ``"{errno}: {msg}"`` without a sqlstate, or `msg` if errno is -1.
"""

import re
from collections.abc import Sequence
from typing import Any

FIELDS = ("msg", "errno", "values", "sqlstate")


def to_constructor_order(args: Sequence[Any]) -> tuple[Any, Any, None, Any] | None:
    """Return the constructor's arguments for `args` in args order, or None if they are not in it.

    Takes the near misses too: every argument as text, or the sqlstate only in the text. args order holds no values.
    """
    if not 2 <= len(args) <= 3:
        return None
    errno, full, sqlstate = args if len(args) == 3 else (*args, None)
    # Exact types before values: an argument may be anything, and may mind being looked at.
    if type(full) not in (str, bytes) or not full or type(sqlstate) not in (str, bytes, type(None)):
        return None
    if type(errno) is str:
        errno = int(errno) if re.fullmatch("-?[1-9][0-9]{0,9}", errno) and (errno != "-1" or sqlstate) else 0
        sqlstate = None if sqlstate == "None" else sqlstate
    if type(errno) is not int or not errno or (errno != -1 and type(full) is not str):
        return None
    if errno == -1:
        return full, errno, None, sqlstate
    in_text = re.match("-?[0-9]+ [(]([0-9A-Za-z]{5})[)]: ", full) if sqlstate is None else None
    state = in_text[1] if in_text else sqlstate
    prefix = f"{errno} ({state}): " if state else f"{errno}: "
    return (full[len(prefix) :], errno, None, state) if full.startswith(prefix) and full != prefix else None
