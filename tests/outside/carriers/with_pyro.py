"""Pyro5 with a daemon, which is this module, run.

Pyro makes no exception of other people. An application registers a converter, for which Pyro has the function: it calls
the class with `args`, and sets the attributes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import Pyro5.api

from tests.shared import servers

from .ends import CLASSES, Carry, fail, folder

SOCKET = folder() / "pyro"


@contextmanager
def calls() -> Iterator[Carry]:
    for cls in CLASSES:
        Pyro5.api.register_dict_to_class(f"{cls.__module__}.{cls.__qualname__}", partial(convert, cls))
    with servers.listening(SOCKET, sys.executable, "-m", __name__, SOCKET):
        yield carry


def carry(case: str) -> Any:
    """Carry the error without the attribute that is added to it."""
    with Pyro5.api.Proxy(f"PYRO:failing@./u:{SOCKET}") as failing:
        try:
            failing.fail(case)
        except BaseException as error:
            vars(error).pop("_pyroTraceback", None)
            return error


def convert(cls: type, _: str, sent: Any) -> Any:
    return Pyro5.api.SerializerBase.make_exception(cls, sent)


@Pyro5.api.expose
class Failing:
    def fail(self, case: str) -> None:
        fail(case)


if __name__ == "__main__":
    daemon = Pyro5.api.Daemon(unixsocket=sys.argv[1])
    daemon.register(Failing, objectId="failing")
    daemon.requestLoop()
