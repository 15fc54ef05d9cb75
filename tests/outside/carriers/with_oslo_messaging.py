"""oslo.messaging's own functions, for the modules that an application lets through."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oslo_messaging._drivers.common import deserialize_remote_exception, serialize_remote_exception

from .ends import CLASSES, Carry, fail
from .standard import sent_as


@contextmanager
def replies() -> Iterator[Carry]:
    """Carry the error without what is added to it: a class that only has another name and another text."""
    modules = {cls.__module__ for cls in CLASSES}

    def loads(sent: str) -> Any:
        error = deserialize_remote_exception(sent, modules)
        if type(error).__name__.endswith("_Remote"):
            error.__class__ = type(error).__base__
        return error

    with sent_as(dumps, loads) as carry:
        yield carry


def dumps(case: str) -> str:
    try:
        fail(case)
    except Exception:
        return str(serialize_remote_exception(sys.exc_info()))
    raise AssertionError(case)
