"""The two orders of an error's fields, and the way between them.

Constructor order is ``(msg, errno, values, sqlstate)``, what the driver's constructor takes.
args order is ``(errno, full message, sqlstate)``, what it leaves in ``BaseException.args``.

Pure functions: nothing here needs the driver, and nothing is patched.
"""

from __future__ import annotations

from typing import Any

ConstructorOrder = tuple[Any, Any, Any, Any]
ArgsOrder = tuple[Any, Any, Any]


def full_message(msg: Any, errno: Any, sqlstate: Any) -> Any:
    """Return the full message that the driver makes of these fields, for a `msg` that is not empty."""
    if errno == -1:
        return msg
    return f"{errno} ({sqlstate}): {msg}" if sqlstate else f"{errno}: {msg}"


def to_constructor_order(args: ArgsOrder) -> ConstructorOrder | None:
    """Return the constructor's arguments for `args` in args order, or None if they are not in it.

    args order holds no values, and the text of a message rather than the message: what was bytes
    comes back as the ``str`` that the driver formatted.
    """
    errno, full, sqlstate = args
    msg = full
    if full and errno != -1:  # otherwise the driver formats nothing, and the full message is msg itself
        prefix = full_message("", errno, sqlstate)
        if not isinstance(full, str) or not full.startswith(prefix):
            return None
        msg = full[len(prefix) :]
    return msg, errno, None, sqlstate
