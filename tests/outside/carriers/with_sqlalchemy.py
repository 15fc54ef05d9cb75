"""SQLAlchemy wraps the driver's error in one of its own, as `.orig`."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy.exc

from .ends import Carry, fail
from .standard import sent_as


@contextmanager
def orig() -> Iterator[Carry]:
    def loads(pickled: bytes) -> Any:
        error = pickle.loads(pickled)
        assert isinstance(error, sqlalchemy.exc.DBAPIError)
        return error.orig

    with sent_as(dumps, loads) as carry:
        yield carry


def dumps(case: str) -> bytes:
    engine = sqlalchemy.create_engine("mysql+mysqlconnector://", creator=lambda: fail(case))
    with pytest.raises(sqlalchemy.exc.DBAPIError) as caught:
        engine.connect()
    return pickle.dumps(caught.value)
