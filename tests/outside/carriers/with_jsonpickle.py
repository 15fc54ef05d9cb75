from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import jsonpickle

from .ends import Carry, caught
from .standard import sent_as


@contextmanager
def jsonpickled() -> Iterator[Carry]:
    with sent_as(encode, jsonpickle.decode) as carry:
        yield carry


def encode(case: str) -> str:
    return str(jsonpickle.encode(caught(case)))
