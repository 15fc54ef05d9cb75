"""One measurement of the report: one error goes one way, in an interpreter of its own.

The report runs this file by its path: importing any part of the package installs it, and half of
the measurements must not. A worker that starts afresh runs this file too, and so does the same.

The worker that raises the error writes what it sees to a file, SENT, and the process that gets it
writes ARRIVED. The first one also tells the report since when there is something to wait for.
"""

from __future__ import annotations

import concurrent.futures
import copy
import json
import multiprocessing
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NoReturn

WITH, WITHOUT = "with the package", "without the package"
SENT, ARRIVED = "sent.json", "arrived.json"
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


def _connect() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    mysql.connector.connect(host="127.0.0.1", port=port, connection_timeout=5)


def _order() -> None:
    try:
        _connect()
    except mysql.connector.Error as error:
        raise OrderFailed(order_id=1234, cause=error) from error


REFUSED = "connection refused, as mysql.connector.connect() raises it"
OWN = "OrderFailed(*, order_id, cause), a subclass with a constructor of its own"
ERRORS = {REFUSED: _connect, OWN: _order}


def _write(name: str, error: BaseException) -> None:
    """Write all there is for a user to see in `error` to a file, which is there only when it is complete."""
    cls = type(error)
    module = cls.__module__.replace("__mp_main__", "__main__")  # the same module, in a worker that started afresh
    fields = {name: getattr(error, name, None) for name in ("msg", "errno", "sqlstate")}
    fields |= {name: value for name, value in vars(error).items() if not name.startswith("_")}
    facts = {
        "type(e)": f"{module}.{cls.__qualname__}",
        **{f"args[{index}]": repr(value) for index, value in enumerate(error.args)},
        "str(e)": str(error),
        **{name: repr(value) for name, value in fields.items()},
    }
    path = os.path.join(sys.argv[1], name)
    with open(path + ".part", "w") as file:
        json.dump(facts, file)
    os.replace(path + ".part", path)


def _raise(kind: str) -> NoReturn:
    try:
        ERRORS[kind]()
    except mysql.connector.Error as error:
        _write(SENT, error)
        raise
    raise AssertionError("the connection was not refused")


def _caught(kind: str) -> Any:
    try:
        _raise(kind)
    except mysql.connector.Error as error:
        return error


def _send(sender: Connection[Any, Any], kind: str) -> None:
    sender.send(_caught(kind))


def _by_pipe(kind: str) -> Any:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.Process(target=_send, args=(sender, kind))
    worker.start()
    sender.close()  # so that the pipe ends with the worker
    try:
        return receiver.recv()
    finally:
        worker.join()


def _by_pool(method: str, kind: str) -> Any:
    with multiprocessing.get_context(method).Pool(1) as pool:
        return pool.apply(_raise, (kind,))


def _by_executor(kind: str) -> Any:
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        return executor.submit(_raise, kind).result()


def _by_args(kind: str) -> Any:
    error = _caught(kind)
    return type(error)(*error.args)


WAYS: dict[str, Callable[[str], Any]] = {
    "pickle": lambda kind: pickle.loads(pickle.dumps(_caught(kind))),
    "copy.copy": lambda kind: copy.copy(_caught(kind)),
    "copy.deepcopy": lambda kind: copy.deepcopy(_caught(kind)),
    "Pipe": _by_pipe,
    **{f"Pool ({method})": partial(_by_pool, method) for method in multiprocessing.get_all_start_methods()},
    "ProcessPoolExecutor": _by_executor,
    "type(e)(*e.args)": _by_args,
}


def _main(folder: str, kind: str, way: str, package: str) -> None:
    if sys.platform != "win32":
        signal.alarm(LIFETIME)
    if package == WITHOUT and "mysql_errors_compat" in sys.modules:
        sys.exit("something imports mysql_errors_compat whenever Python starts")
    try:
        error = WAYS[way](kind)
    except Exception as raised:
        error = raised
    _write(ARRIVED, error)


if __name__ == "__main__":
    _main(*sys.argv[1:])
