"""One interpreter of the demonstration: two errors go some ways, one after the other.

The demonstration runs this file by its path: importing any part of the package installs it, and half of the
measurements must not. A worker that starts afresh runs this file too. Messages are lines of JSON on the standard
output, which workers inherit: SENT and what there is to see, from whoever raises an error; ARRIVED, from who gets it.
"""

import concurrent.futures
import copy
import functools
import json
import multiprocessing
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

WITH, WITHOUT = "with the package", "without the package"
SENT, ARRIVED = "sent", "arrived"
LIFETIME = 60  # seconds; it ends even if nobody is left to end it

_HERE = os.path.dirname(os.path.realpath(__file__))
if __name__ in ("__main__", "__mp_main__"):  # by its path, in the interpreter or in its worker
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != _HERE]

import mysql.connector  # noqa: E402

if WITH in sys.argv:
    sys.path.insert(0, os.path.dirname(os.path.dirname(_HERE)))  # this copy of the package, whatever else is installed
    import mysql_errors_compat  # noqa: F401

    del sys.path[0]


class OrderFailed(mysql.connector.Error):
    """An application's own error, which is not constructed as the driver's are."""

    def __init__(self, *, order_id: int, cause: mysql.connector.Error) -> None:
        super().__init__(cause.msg, errno=cause.errno, sqlstate=cause.sqlstate)
        self.order_id = order_id


OWN = "OrderFailed(*, order_id, cause), a subclass with a constructor of its own"
ERRORS = ["connection refused, as mysql.connector.connect() raises it", OWN]


def _tell(kind: str, error: BaseException) -> None:
    """Send all there is for a user to see in an error."""
    cls = type(error)
    module = cls.__module__.replace("__mp_main__", "__main__")  # the same module, in a worker that started afresh
    seen = {
        "type(e)": f"{module}.{cls.__qualname__}",
        **{f"args[{index}]": repr(value) for index, value in enumerate(error.args)},
        "str(e)": str(error),
        **{name: repr(value) for name, value in vars(error).items() if not name.startswith("_")},
    }
    os.write(1, (json.dumps([kind, seen]) + "\n").encode())  # at once, since others write there too


def _made(kind: str) -> Any:
    """Return an error as an application has it, from a port at which nobody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    try:
        mysql.connector.connect(host="127.0.0.1", port=port, connection_timeout=5)
    except mysql.connector.Error as refused:
        error = OrderFailed(order_id=1234, cause=refused) if kind == OWN else refused
        _tell(SENT, error)
        return error
    raise AssertionError("the connection was not refused")


def _raise(kind: str) -> NoReturn:
    raise _made(kind)


def _by_args(kind: str) -> Any:
    error = _made(kind)
    return type(error)(*error.args)


def _by_executor(kind: str) -> Any:
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        return executor.submit(_raise, kind).result()


@functools.cache  # since a worker takes a while to start
def _pool(method: str) -> Any:
    return multiprocessing.get_context(method).Pool(1)


def _by_pool(method: str, kind: str) -> Any:
    return _pool(method).apply(_raise, (kind,))


# The ways that are tried in one interpreter, by its name.
INTERPRETERS: dict[str, dict[str, Callable[[str], Any]]] = {
    "one after the other": {
        "pickle": lambda kind: pickle.loads(pickle.dumps(_made(kind))),
        "copy.copy": lambda kind: copy.copy(_made(kind)),
        "copy.deepcopy": lambda kind: copy.deepcopy(_made(kind)),
        "type(e)(*e.args)": _by_args,
        "ProcessPoolExecutor": _by_executor,
    }
}
for _method in multiprocessing.get_all_start_methods():
    INTERPRETERS[_method] = {f"Pool ({_method})": functools.partial(_by_pool, _method)}


def rows(ways: str) -> list[tuple[str, str]]:
    """Return what one interpreter tries: which error, and which way."""
    unexpected = (OWN, "type(e)(*e.args)")  # nobody expects an own constructor to understand e.args
    return [(error, way) for error in ERRORS for way in INTERPRETERS[ways] if (error, way) != unexpected]


def main(ways: str, package: str) -> None:
    """Send both errors these ways."""
    signal.alarm(LIFETIME)
    if package == WITHOUT and "mysql_errors_compat" in sys.modules:
        sys.exit("something imports mysql_errors_compat whenever Python starts")
    for kind, way in rows(ways):
        try:
            error = INTERPRETERS[ways][way](kind)
        except Exception as raised:
            error = raised
        _tell(ARRIVED, error)


if __name__ == "__main__":
    main(*sys.argv[1:])
