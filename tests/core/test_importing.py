"""An import that cannot break anything, and what `install()` means after the driver was replaced."""

from __future__ import annotations

import sys

import pytest

from tests.shared import fresh

pytestmark = pytest.mark.needs_package

STAND_INS = {
    "MagicMock": "MagicMock()",
    "a mock of the driver": "create_autospec(importlib.import_module('mysql.connector'))",
    "object": "object()",
    "bare module": "module(Error=type('Error', (Exception,), {}), connect=print)",
    "module without Error": "module(connect=print)",
    "class": "type('connector', (), {'Error': Exception})",
}
MAKE = """
import importlib, pickle, sys, types
from unittest.mock import MagicMock, create_autospec

def module(**names):
    made = types.ModuleType("mysql.connector")
    vars(made).update(names)
    return made
"""


@pytest.mark.parametrize("errors_too", [False, True], ids=["connector", "connector and errors"])
@pytest.mark.parametrize("stand_in", STAND_INS)
def test_a_stand_in_for_the_driver(stand_in: str, errors_too: bool) -> None:
    """Warnings are errors in that interpreter, so the import is silent."""
    fresh.run(
        MAKE
        + f"""
stand_in = {STAND_INS[stand_in]}
for name in [name for name in sys.modules if name.split(".")[0] == "mysql"]:
    del sys.modules[name]
sys.modules["mysql"] = MagicMock()
sys.modules["mysql.connector"] = stand_in
if {errors_too}:
    sys.modules["mysql.connector.errors"] = stand_in
before = dict(vars(stand_in)) if isinstance(stand_in, types.ModuleType) else {{}}

import mysql_errors_compat

assert not mysql_errors_compat.is_installed()
try:
    mysql_errors_compat.install()
except (TypeError, ImportError) as problem:
    assert "mysql.connector" in str(problem), problem
else:
    raise AssertionError("install() took a stand-in for the driver")
assert not mysql_errors_compat.is_installed()
assert all(vars(stand_in)[name] is value for name, value in before.items())
mysql_errors_compat.uninstall()
"""
    )


REPLACE = {
    "reloaded": "importlib.reload(errors)",
    "dropped": """
for name in [name for name in sys.modules if name.split(".")[0] == "mysql"]:
    del sys.modules[name]
""",
    "after a stand-in": "sys.modules['mysql.connector.errors'] = old",
}


@pytest.mark.parametrize("how", REPLACE)
def test_install_repairs_the_driver_that_is_there_now(how: str) -> None:
    before = "old = errors; sys.modules['mysql.connector.errors'] = module()" if how == "after a stand-in" else ""
    fresh.run(
        MAKE
        + f"""
from mysql.connector import errors
first = errors.Error
{before}
import mysql_errors_compat
assert mysql_errors_compat.is_installed() == (not {before!r})
{REPLACE[how]}
import mysql.connector
import mysql.connector.errors
now = sys.modules["mysql.connector.errors"]
assert not mysql_errors_compat.is_installed()
mysql_errors_compat.install()
assert mysql_errors_compat.is_installed()
for error in now.OperationalError("x", 1213, None, "40001"), mysql.connector.errors.Error("x", 1):
    arrived = pickle.loads(pickle.dumps(error))
    assert (type(arrived), arrived.args, vars(arrived)) == (type(error), error.args, vars(error))
mysql_errors_compat.uninstall()
for error in first, now.Error:
    assert "__reduce__" not in vars(error)
assert not mysql_errors_compat.is_installed()
"""
    )


@pytest.mark.parametrize("missing", ["mysql", "mysql.connector.errorcode"])
def test_without_a_driver_or_a_part_of_it_that_is_said_and_nothing_fails(missing: str) -> None:
    fresh.run(
        f"""
        import sys, warnings

        class Nowhere:
            def find_spec(self, name, path=None, target=None):
                if name == {missing!r}:
                    raise ModuleNotFoundError("No module named " + name)

        sys.meta_path.insert(0, Nowhere())
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            import mysql_errors_compat
        (warning,) = said
        assert warning.category is RuntimeWarning and "mysql_errors_compat changes nothing" in str(warning.message)
        assert warning.filename == "<string>", warning.filename  # the line of the import
        assert not mysql_errors_compat.is_installed()
        try:
            mysql_errors_compat.install()
        except ImportError as problem:
            assert "mysql" in str(problem)
        else:
            raise AssertionError("install() without a driver")
        """
    )


def test_the_environment_can_switch_it_off() -> None:
    for value, expected in [("1", False), ("yes", False), ("0", True), ("", True)]:
        fresh.run(
            f"""
            import os
            from mysql.connector.errors import Error
            before = dict(vars(Error))
            os.environ["MYSQL_ERRORS_COMPAT_DISABLE"] = {value!r}
            import mysql_errors_compat
            assert mysql_errors_compat.is_installed() == (dict(vars(Error)) != before) == {expected}
            mysql_errors_compat.install()  # who says so explicitly means it
            assert mysql_errors_compat.is_installed()
            """
        )


def test_a_child_that_is_forked_while_another_thread_installs() -> None:
    fresh.run(
        """
        import multiprocessing, threading, time, types
        import mysql_errors_compat

        started, calls = threading.Event(), []

        class Error(Exception):
            def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
                calls.append(1)
                if len(calls) == 4:  # install() has its lock by then
                    started.set()
                    time.sleep(1)
                self.msg, self.errno, self.sqlstate = msg, errno, sqlstate
                self.args = (errno, f"{errno} ({sqlstate}): {msg}", sqlstate)

        module = types.ModuleType("slow")
        module.Error = Error
        thread = threading.Thread(target=mysql_errors_compat.install, args=[module])
        thread.start()
        assert started.wait(20)
        child = multiprocessing.get_context("fork").Process(target=mysql_errors_compat.install, args=[module])
        child.start()
        child.join(20)
        thread.join(20)
        assert child.exitcode == 0, child.exitcode
        assert not thread.is_alive()
        assert mysql_errors_compat.is_installed(module)
        """
    )


if sys.implementation.name == "cpython":

    def test_a_child_whose_hook_before_the_fork_did_not_run() -> None:
        """As uWSGI forks. Python 3.14 itself does not survive it, and says so: it ends as without the package."""
        script = """
            import ctypes, os, signal, sys
            import mysql.connector
            __import__(sys.argv[1])

            pid = ctypes.PyDLL(None).fork()
            if not pid:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                signal.alarm(20)
                ctypes.pythonapi.PyOS_AfterFork_Child()
                os._exit(0)
            print(os.waitpid(pid, 0)[1])
            """
        assert fresh.run(script, "mysql_errors_compat") == fresh.run(script, "mysql.connector")
