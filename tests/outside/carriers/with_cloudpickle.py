from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cloudpickle

from tests.shared import app_errors

from .ends import Carry, caught
from .standard import sent_as


@contextmanager
def by_reference() -> Iterator[Carry]:
    with sent_as(dumps, cloudpickle.loads) as carry:
        yield carry


@contextmanager
def by_value() -> Iterator[Carry]:
    with sent_as(dumps_by_value, cloudpickle.loads) as carry:
        yield carry


def dumps(case: str) -> bytes:
    return bytes(cloudpickle.dumps(caught(case)))


def dumps_by_value(case: str) -> bytes:
    """Send an application's class along with the error, as cloudpickle does for one defined in a notebook."""
    cloudpickle.register_pickle_by_value(app_errors)
    return dumps(case)
