"""Installing and uninstalling, each in an interpreter of its own."""

from __future__ import annotations

import pytest

from tests.shared import fresh

pytestmark = [pytest.mark.any_hierarchy, pytest.mark.needs_package]

# A picture of everything that could be changed, to be taken before the package is imported.
PICTURE = """
import copyreg, gc, inspect, pickle, sys
from tests.shared import VALUES
from tests.shared.hierarchy import driver as errors

def picture():
    gc.collect()
    found = [errors.Error]
    for cls in found:
        found += [c for c in cls.__subclasses__() if c not in found]
    return {cls: dict(vars(cls)) for cls in found}, dict(copyreg.dispatch_table)

def install():
    # What importing does, for the hierarchy under test.
    global mysql_errors_compat
    import mysql_errors_compat
    if errors.__name__ != "mysql.connector.errors":
        mysql_errors_compat.uninstall()
        mysql_errors_compat.install(errors)

before = picture()
assert "mysql_errors_compat" not in sys.modules
"""


def run(script: str, *arguments: str) -> None:
    fresh.run(PICTURE + script, *arguments)


def test_importing_installs_and_touches_nothing_else() -> None:
    run(
        """
untouched = dict(vars(errors.Warning)) if hasattr(errors, "Warning") else None
install()
assert mysql_errors_compat.is_installed(errors)
assert errors.Error("x", 1, ("a",), "HY000").__reduce__() == (errors.Error, ("x", 1, ("a",), "HY000"))
assert {cls for cls in before[0] if cls.__module__ == errors.__name__} <= set(copyreg.dispatch_table)
if untouched:
    assert dict(vars(errors.Warning)) == untouched
    assert errors.Warning not in copyreg.dispatch_table
loaded = {"hypothesis", "mysql_errors_compat.testing", "mysqlx"} & set(sys.modules)
assert loaded <= {errors.__name__.partition(".")[0]}
assert sorted(mysql_errors_compat.__all__) == ["__version__", "install", "is_installed", "uninstall"]
"""
    )


def test_no_class_appears_below_the_drivers_and_every_attribute_can_be_read() -> None:
    run(
        """
install()
names = {cls.__name__ for cls in before[0]}

def below(cls):
    return {cls.__name__}.union(*map(below, cls.__subclasses__()))

gc.disable()
mysql_errors_compat.uninstall()
mysql_errors_compat.install(errors)
assert below(errors.Error) == names, below(errors.Error) - names
assert {getattr(errors.DataError, name) is None for name in dir(errors.DataError)}
"""
    )


def test_any_number_of_calls_and_uninstall_puts_the_driver_back_exactly() -> None:
    run(
        """
install()
installed = picture()
assert installed != before
mysql_errors_compat.install(errors)
mysql_errors_compat.install(errors)
assert picture() == installed
mysql_errors_compat.uninstall()
mysql_errors_compat.uninstall()
assert picture() == before
assert not mysql_errors_compat.is_installed(errors)
mysql_errors_compat.install(errors)
assert mysql_errors_compat.is_installed(errors)
assert picture()[0].keys() == installed[0].keys()
assert errors.Error("x", 1).__reduce__() == (errors.Error, ("x", 1, None, None))
for name in [name for name in sys.modules if name.partition(".")[0] == "mysql_errors_compat"]:
    del sys.modules[name]
install()
assert mysql_errors_compat.is_installed(errors)
mysql_errors_compat.uninstall()
assert picture() == before
assert not mysql_errors_compat.is_installed(errors)
"""
    )


def test_a_module_without_a_hierarchy_is_refused_and_nothing_changes() -> None:
    run(
        """
import sqlite3, types
install()
installed = picture()

def module(**names):
    made = types.ModuleType("made")
    vars(made).update(names)
    return made

class Other(Exception):
    def __init__(self, msg=None, errno=None, values=None, sqlstate=None): pass

class NoState(Exception):
    def __init__(self, msg=None, errno=None, values=None, state=None): self.errno, self.sqlstate = errno, msg

class NoException:
    def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
        self.errno, self.sqlstate = errno, sqlstate

for bad in (sys, sqlite3, module(), module(Error=1), module(Error=Other), module(Error=NoException), errors.Error,
            module(Error=NoState), "mysql.connector.errors", 42):
    try:
        mysql_errors_compat.install(bad)
    except TypeError as problem:
        assert repr(bad) in str(problem) and "mysql.connector.errors" in str(problem), problem
    else:
        raise AssertionError(bad)
assert picture() == installed
"""
    )


@pytest.mark.parametrize("problem", ["RuntimeError", "KeyboardInterrupt"])
@pytest.mark.parametrize("name", ["__new__", "_full_msg", "__reduce_ex__", "__reduce__", "_mysql_errors_compat"])
def test_an_installation_that_is_ended_leaves_nothing_half_patched(problem: str, name: str) -> None:
    fresh.run(
        f"""
        import copyreg, types
        import mysql_errors_compat

        class Closed(type):
            def __setattr__(cls, name, value):
                if name == "{name}" and name not in vars(cls):
                    raise {problem}("closed")
                super().__setattr__(name, value)

        class Error(Exception, metaclass=Closed):
            def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
                self.msg, self.errno, self.sqlstate = msg, errno, sqlstate
                self.args = (errno, "%s (%s): %s" % (errno, sqlstate, msg), sqlstate)

        module = types.ModuleType("closed")
        module.Error = Error
        before, registered = dict(vars(Error)), dict(copyreg.dispatch_table)
        try:
            mysql_errors_compat.install(module)
        except {problem}:
            assert dict(vars(Error)) == before
            assert copyreg.dispatch_table == registered
            assert not mysql_errors_compat.is_installed(module)
        else:
            raise AssertionError
        """
    )


def test_what_somebody_else_registered_stays() -> None:
    run(
        """
def theirs(error):
    return str, ("theirs",)

copyreg.pickle(errors.DataError, theirs)
install()
assert copyreg.dispatch_table[errors.DataError] is theirs
copyreg.pickle(errors.PoolError, theirs)
mysql_errors_compat.uninstall()
assert copyreg.dispatch_table[errors.DataError] is copyreg.dispatch_table[errors.PoolError] is theirs
assert picture()[0] == before[0]
"""
    )


def test_a_method_that_somebody_else_gave_to_a_driver_class_stays_and_is_used() -> None:
    run(
        """
def theirs(error):
    return str, ("theirs",)

errors.DataError.__reduce__ = theirs
given = picture()
install()
assert errors.DataError not in copyreg.dispatch_table
assert pickle.loads(pickle.dumps(errors.DataError("x", 1))) == "theirs"
assert pickle.loads(pickle.dumps(errors.PoolError("x", 1))).args == (1, "1: x", None)
mysql_errors_compat.uninstall()
assert picture() == given
"""
    )


def test_installing_and_uninstalling_in_many_threads() -> None:
    run(
        """
from concurrent.futures import ThreadPoolExecutor
install()
mysql_errors_compat.uninstall()
sys.setswitchinterval(1e-6)
failures = []

def work(_):
    for _ in range(200):
        mysql_errors_compat.install(errors)
        mysql_errors_compat.uninstall()

def check(_):
    for _ in range(200):
        mysql_errors_compat.install(errors)
        if "__reduce__" not in vars(errors.Error):
            failures.append("a second install returned before the first was done")

with ThreadPoolExecutor(4) as pool:
    list(pool.map(check, range(4)))
    assert not failures, failures[0]
    list(pool.map(work, range(4)))
mysql_errors_compat.uninstall()
assert picture() == before
"""
    )


def test_what_somebody_else_changed_since_stays_and_works() -> None:
    run(
        """
install()
ours = errors.Error.__init__

def theirs(self, *args, **kwargs):
    ours(self, *args, **kwargs)

errors.Error.__init__ = theirs
mysql_errors_compat.uninstall()
assert errors.Error.__init__ is theirs
assert errors.Error("x", 1).args == (1, "1: x", None)
"""
    )


@pytest.mark.parametrize("order", ["before", "after"])
def test_tblibs_traceback_travels_with_our_fields(order: str) -> None:
    run(
        """
import traceback
from tblib import pickling_support
from tests.shared import app_errors
before_us = sys.argv[1] == "before"
if before_us:
    pickling_support.install()
install()
if not before_us:
    pickling_support.install()
theirs = dict(copyreg.dispatch_table)

def fails(error):
    error.extra = "kept"
    raise error

for error in (errors.InternalError("Deadlock", 1213, ("a",), "40001"),
              errors.Error(errno=2003, values=("localhost", 3306, 2)),
              app_errors.KeywordOnly(table="orders", attempt=2),
              app_errors.Slotted("x", 1).with_slots("orders")):
    try:
        fails(error)
    except errors.Error as caught:
        arrived = pickle.loads(pickle.dumps(caught))
    assert traceback.extract_tb(arrived.__traceback__)[-1].name == "fails"
    assert (arrived.args, vars(arrived), str(arrived)) == (error.args, vars(error), str(error)), vars(arrived)
    assert getattr(arrived, "table", None) == getattr(error, "table", None)
mysql_errors_compat.uninstall()
assert copyreg.dispatch_table == theirs
""",
        order,
    )
