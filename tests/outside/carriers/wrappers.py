"""Libraries that make an error of their own of the driver's. Each is imported only where it is used."""

from __future__ import annotations

import os
import pickle
import sys
from functools import partial
from typing import Any

import pytest

from .ends import CLASSES, PORT, as_sender, fail, note_sent
from .standard import sent_as


def dump_sqlalchemy(case: str) -> bytes:
    import sqlalchemy.exc

    engine = sqlalchemy.create_engine("mysql+mysqlconnector://", creator=lambda: fail(case))
    with pytest.raises(sqlalchemy.exc.DBAPIError) as caught:
        engine.connect()
    return pickle.dumps(caught.value)


sqlalchemy_orig = sent_as(dump_sqlalchemy, lambda pickled: pickle.loads(pickled).orig)


def dump_django(case: str) -> bytes:
    """Send `__cause__` along: pickle drops it from Django's own error, which is no trouble otherwise."""
    from django.conf import settings
    from django.db import Error, connection

    as_sender()
    if not settings.configured:
        refuses = {"HOST": "127.0.0.1", "PORT": os.environ[PORT], "OPTIONS": {"use_pure": True}}
        settings.configure(DATABASES={"default": {"ENGINE": "mysql.connector.django", **refuses}})
    fails = connection.ensure_connection if case == "refused" else connection.wrap_database_errors(partial(fail, case))
    with pytest.raises(Error) as caught:
        fails()
    error = caught.value
    note_sent(case, error.__cause__)
    return pickle.dumps((error, error.__cause__, error.args))


def load_django(pickled: bytes) -> Any:
    error, cause, args = pickle.loads(pickled)
    assert type(error).__module__ == "django.db.utils"
    assert (error.args, error.__cause__) == (args, None)
    return cause


django_cause = sent_as(dump_django, load_django)


def dump_oslo(case: str) -> str:
    from oslo_messaging._drivers.common import serialize_remote_exception

    try:
        fail(case)
    except Exception:
        return str(serialize_remote_exception(sys.exc_info()))
    raise AssertionError(case)


def load_oslo(sent: str) -> Any:
    """Carry the error without what is added to it: a class that only has another name and another text."""
    from oslo_messaging._drivers.common import deserialize_remote_exception

    # What an application lets through.
    error = deserialize_remote_exception(sent, {cls.__module__ for cls in CLASSES})
    if type(error).__name__.endswith("_Remote"):
        error.__class__ = type(error).__base__
    return error


oslo_messaging = sent_as(dump_oslo, load_oslo)
