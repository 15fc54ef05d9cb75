"""What there is to see in an error, as texts, which arrive everywhere as they are."""

from __future__ import annotations

import sys
import traceback
from typing import Any


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
