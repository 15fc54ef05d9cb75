"""What there is to see in an error. As texts it arrives everywhere as it is."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from types import MemberDescriptorType
from typing import Any

_SUPPRESS: Any = vars(BaseException)["__suppress_context__"]  # the interpreter sets it by itself


def facts(error: BaseException) -> dict[str, Any]:
    """Return what there is to see in an error, where it came from, and whether this process has the package."""
    cls = type(error)
    return {
        "type": f"{cls.__module__}.{cls.__qualname__}",
        "args": repr(error.args),
        "str": _text(error),
        "attributes": {name: repr(value) for name, value in sorted(vars(error).items())},
        "functions": [frame.name for frame in traceback.extract_tb(error.__traceback__)],
        "has_package": "mysql_errors_compat" in sys.modules,
    }


def _text(error: BaseException) -> str | None:
    try:
        return str(error)
    except (AttributeError, TypeError):  # from the driver's __str__, where its message is missing or no text
        return None


def members(value: object) -> Iterator[tuple[str, Any]]:
    """Yield what is set in slots, and in the members of builtin classes, with its name."""
    for cls in type(value).__mro__:
        for name, member in vars(cls).items():
            if isinstance(member, MemberDescriptorType) and member is not _SUPPRESS:
                try:
                    yield name, member.__get__(value)
                except AttributeError:
                    continue
