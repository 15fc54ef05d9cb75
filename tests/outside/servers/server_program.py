"""A program that gets real errors from its workers and prints, as data, what left and what arrived.

It runs once with the package and once without, and is the same program but for that import.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.outside.servers import server_errors
from tests.outside.servers.server_address import Server

PACKAGE = "mysql_errors_compat"
WAYS = ("Pool", "ProcessPoolExecutor")
TIMEOUT = 30

Facts = dict[str, str]
Call = Callable[..., Any]  # runs a function in the worker, and returns its result or raises its error

left: Facts = {}  # of the last error that this worker raised


def facts(error: Any) -> Facts:
    """Return all there is to see in an error, as text, which arrives as it is."""
    values = {
        "type": type(error),
        "args": error.args,
        "str": str(error),
        "msg": getattr(error, "msg", None),
        "errno": getattr(error, "errno", None),
        "sqlstate": getattr(error, "sqlstate", None),
        "vars": dict(sorted(vars(error).items())),
    }
    return {name: repr(value) for name, value in values.items()}


def fail(case: str, server: Server, flavour: str) -> None:
    left.clear()
    try:
        server_errors.run(case, server, flavour)
    except Exception as error:
        left.update(facts(error))
        raise


def last_left() -> Facts:
    return dict(left)


def prepare(package: bool) -> None:
    warnings.simplefilter("ignore", ResourceWarning)  # drivers leave sockets to the garbage collector
    if package:
        importlib.import_module(PACKAGE)


def has_package() -> bool:
    return PACKAGE in sys.modules


def each_way(package: bool) -> Iterator[tuple[str, Call]]:
    """Yield the ways to a worker, each with a fresh one that has the package or has it not."""
    context = multiprocessing.get_context("spawn")
    pool_way, executor_way = WAYS
    prepare(package)
    with context.Pool(1, prepare, (package,)) as pool:
        yield pool_way, lambda function, *arguments: pool.apply_async(function, arguments).get(TIMEOUT)
    with ProcessPoolExecutor(1, context, prepare, (package,)) as executor:
        yield executor_way, lambda function, *arguments: executor.submit(function, *arguments).result(TIMEOUT)


def send_all(call: Call, server: Server, flavour: str) -> dict[str, tuple[Facts, Facts]]:
    """Return what left the worker and what arrived here, by case."""
    found = {}
    for case in server_errors.cases(flavour):
        try:
            call(fail, case, server, flavour)
        except Exception as error:
            found[case] = call(last_left), facts(error)
    return found


def main() -> None:
    """Take a file with the server, a flavour, and "with" or "without"; print what was found, or why nothing was."""
    path, flavour, how = sys.argv[1:]
    server: Server = pickle.loads(Path(path).read_bytes())
    package = how == "with"
    found: Any = {}
    if flavour == server_errors.EXTENSION and server_errors.no_extension:
        found = server_errors.no_extension
    else:
        for way, call in each_way(package):
            found[way] = send_all(call, server, flavour)
            assert call(has_package) == has_package() == package
    print(json.dumps(found))
