"""Django with the driver's own backend, which raises Django's errors from the driver's."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import Error, connection

from .ends import PORT, Carry, as_sender, fail, note_sent
from .standard import sent_as


@contextmanager
def cause() -> Iterator[Carry]:
    """Carry `__cause__`, sent along: pickle drops it from Django's own error, which is no trouble otherwise."""

    def loads(pickled: bytes) -> Any:
        error, cause, args = pickle.loads(pickled)
        assert isinstance(error, Error)
        assert error.args == args
        assert error.__cause__ is None
        return cause

    with sent_as(dumps, loads) as carry:
        yield carry


def dumps(case: str) -> bytes:
    as_sender()
    if not settings.configured:
        refuses = {"HOST": "127.0.0.1", "PORT": os.environ[PORT], "OPTIONS": {"use_pure": True}}
        settings.configure(DATABASES={"default": {"ENGINE": "mysql.connector.django", **refuses}})
    wrapped = (
        connection.ensure_connection if case == "refused" else connection.wrap_database_errors(partial(fail, case))
    )
    with pytest.raises(Error) as caught:
        wrapped()
    error = caught.value
    note_sent(case, error.__cause__)
    return pickle.dumps((error, error.__cause__, error.args))
