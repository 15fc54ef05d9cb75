"""Upstream's unittests.py, recorded: which driver it tests, and how each test ends, by its name.

Run as a program in upstream's tree: `python upstream_recorder.py RECORD [options of unittests.py]`.
RECORD gets a line of JSON for each fact as soon as it is known, so it is of use after a hang too.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

DRIVER = "driver"  # the name of the facts about it
STARTED, PASSED, SKIPPED, FAILURE, ERROR = "not ended", "passed", "skipped", "failure", "error"

ENDS = {
    "addSuccess": PASSED,
    "addExpectedFailure": PASSED,
    "addSkip": SKIPPED,
    "addFailure": FAILURE,
    "addUnexpectedSuccess": FAILURE,
    "addError": ERROR,
}


def main() -> None:
    """Run upstream's tests and write the record."""
    path = sys.argv.pop(1)
    sys.argv[0] = "unittests.py"
    sys.path[0] = os.getcwd()
    tests: Any = importlib.import_module("tests")
    upstream: Any = importlib.import_module("unittests")
    # Upstream asks for servers in its own network, and looks up the names of hosts that do not exist.
    tests.is_host_reachable = lambda *_, **__: False
    socket.getaddrinfo = only_local
    with open(path, "w", buffering=1, encoding="utf-8") as record:

        def note(name: str, fact: object) -> None:
            print(json.dumps([name, fact]), file=record)

        upstream.BasicTestRunner.resultclass = recording(upstream.BasicTestResult, note)
        note(DRIVER, driver())
        try:
            upstream.main()
        finally:
            note(DRIVER, driver())


def only_local(
    host: Any,
    port: Any,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
    lookup: Any = socket.getaddrinfo,
) -> Any:
    """Look up a host without asking a name server."""
    if host not in (None, "localhost"):
        flags |= socket.AI_NUMERICHOST
    return lookup(host, port, family, type, proto, flags)


def driver() -> dict[str, Any]:
    """Tell which driver is tested, as the interpreter that tests it sees it."""
    connector: Any = importlib.import_module("mysql.connector")
    reduce = vars(connector.Error).get("__reduce__")
    folder = reduce and os.path.basename(os.path.dirname(reduce.__code__.co_filename))
    return {"file": connector.__file__, "reduce": folder}


def recording(base: Any, note: Callable[[str, str], None]) -> type:
    """Return upstream's class for the results of tests, with every result noted."""

    def start(self: Any, test: Any) -> None:
        self.name = test.id()  # upstream adds the connection's class to it while the test runs
        note(self.name, STARTED)
        base.startTest(self, test)

    def stop(self: Any, test: Any) -> None:
        base.stopTest(self, test)
        del self.name

    def end(method: str, outcome: str) -> Callable[..., None]:
        def add(self: Any, test: Any, *details: Any) -> None:
            getattr(base, method)(self, test, *details)
            note(getattr(self, "name", test.id()), outcome)

        return add

    def add_subtest(self: Any, test: Any, subtest: Any, err: Any) -> None:
        base.addSubTest(self, test, subtest, err)
        if err is not None:
            note(self.name, FAILURE)

    methods = {"startTest": start, "stopTest": stop, "addSubTest": add_subtest}
    return type("Recording", (base,), methods | {method: end(method, outcome) for method, outcome in ENDS.items()})


if __name__ == "__main__":
    main()
