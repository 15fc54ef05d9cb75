"""RPyC with a server, which is this module, run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rpyc
from rpyc.utils.server import ThreadedServer

from tests.shared import servers

from .ends import Carry, fail, folder

SOCKET = folder() / "rpyc"
WITH_CLASSES = {"import_custom_exceptions": True, "instantiate_custom_exceptions": True}


@contextmanager
def calls() -> Iterator[Carry]:
    """Carry the error without what is added to it: a class that only has another text, and attributes."""
    with servers.listening(SOCKET, sys.executable, "-m", __name__, SOCKET):
        failing = rpyc.utils.factory.unix_connect(str(SOCKET), config=WITH_CLASSES)

        def carry(case: str) -> Any:
            try:
                failing.root.fail(case)
            except BaseException as error:
                error.__class__ = type(error).__base__  # type: ignore[assignment]
                for name in ("_remote_tb", "_remote_version", "add_note"):
                    vars(error).pop(name, None)
                return error

        yield carry


class Failing(rpyc.Service):  # type: ignore[misc]
    def exposed_fail(self, case: str) -> None:
        fail(case)


if __name__ == "__main__":
    ThreadedServer(Failing, socket_path=sys.argv[1]).start()
