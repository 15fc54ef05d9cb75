"""Where somebody else sees to it that errors survive, the package leaves that alone and adds what is missing."""

from __future__ import annotations

import pytest

from tests.core.test_install import PICTURE
from tests.shared import fresh

pytestmark = [pytest.mark.any_hierarchy, pytest.mark.needs_package]


# As a driver with a fix may have it.
REDUCES = """
def __reduce__(self):
    return type(self), (self.msg, self.errno, None, self.sqlstate), self.__dict__

errors.Error.__reduce__ = __reduce__
"""


def test_it_steps_aside_for_a_driver_that_reduces_to_constructor_order() -> None:
    fresh.run(
        PICTURE
        + REDUCES
        + """
fixed = picture()
install()
assert mysql_errors_compat.is_installed(errors)
assert errors.Error.__reduce__ is __reduce__
assert copyreg.dispatch_table == before[1]
error = errors.InternalError("Deadlock", 1213, ("a",), "40001")
assert type(error)(*error.args).args == error.args  # what was still missing
assert error.__reduce__()[2][VALUES] == ("a",)
mysql_errors_compat.uninstall()
assert picture() == fixed
"""
    )


def test_beside_a_driver_that_reduces_to_constructor_order_and_nothing_more() -> None:
    """It would call an application's constructor with four arguments, and hang a Pool."""
    fresh.run(
        PICTURE
        + REDUCES
        + """
from tests.shared import app_errors
install()
for error in (app_errors.KeywordOnly(table="orders", attempt=2), app_errors.OwnNew("orders", region="eu")):
    arrived = pickle.loads(pickle.dumps(error))
    assert (arrived.args, vars(arrived)) == (error.args, vars(error))
assert app_errors.OwnReduce(table="orders").__reduce_ex__(4)[1] == ("orders",)
for error in (errors.DataError("x", 1), app_errors.Plain("x", 1)):
    assert error.__reduce_ex__(4) == __reduce__(error)  # what it does by itself is left to it
mysql_errors_compat.uninstall()
assert "__reduce_ex__" not in vars(errors.Error)
"""
    )


def test_it_steps_aside_wholly_for_a_driver_that_brings_subclasses_back() -> None:
    fresh.run(
        PICTURE
        + """
def __reduce__(self):
    if type(self).__init__ is original:
        return type(self), (self.msg, self.errno, None, self.sqlstate), self.__dict__
    return copyreg.__newobj__, (type(self), *self.args), self.__dict__

original = errors.Error.__init__
errors.Error.__reduce__ = __reduce__
install()
assert errors.Error.__reduce__ is __reduce__
assert "__reduce_ex__" not in vars(errors.Error)
"""
    )


def test_it_steps_aside_for_a_driver_that_stores_constructor_order() -> None:
    fresh.run(
        PICTURE
        + """
from tests.shared import app_errors
original = errors.Error.__init__

def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
    original(self, msg, errno, values, sqlstate)
    self.args = (msg, errno, values, sqlstate)

errors.Error.__init__ = __init__
fixed = picture()
install()
error = errors.InternalError("Deadlock", 1213, ("a",), "40001")
assert pickle.loads(pickle.dumps(error)).args == type(error)(*error.args).args == error.args
assert vars(errors.Error)["__init__"] is __init__
assert copyreg.dispatch_table == before[1]
own = app_errors.KeywordOnly(table="orders", attempt=2)
assert pickle.loads(pickle.dumps(own)).args == own.args
mysql_errors_compat.uninstall()
assert picture() == fixed
"""
    )


CURES = {
    "__reduce__": "errors.Error.__reduce__ = lambda self: (make, (type(self), self.args, vars(self)))",
    "__reduce_ex__": "errors.Error.__reduce_ex__ = lambda self, protocol: (make, (type(self), self.args, vars(self)))",
    "__reduce_ex__, of no use to an own constructor": """
errors.Error.__reduce_ex__ = lambda self, protocol: (type(self), (self.msg, self.errno, None, self.sqlstate))
""",
    "copyreg, each class": """
for cls in every:
    copyreg.pickle(cls, lambda self: (make, (type(self), self.args, vars(self))))
""",
    "__setstate__": """
def __setstate__(self, state):
    self.args = state.pop("args_")
    vars(self).update(state)
errors.Error.__setstate__ = __setstate__
errors.Error.__reduce__ = lambda self: (type(self), (), dict(vars(self), args_=self.args))
""",
    "__init__": """
original = errors.Error.__init__
def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
    if type(msg) is int:
        msg, errno, values, sqlstate = errno.split(": ", 1)[1], msg, None, values
    original(self, msg, errno, values, sqlstate)
errors.Error.__init__ = __init__
""",
}


@pytest.mark.parametrize("cure", CURES)
def test_a_cure_that_somebody_else_put_on_the_driver_stays(cure: str) -> None:
    fresh.run(
        f"""
import copyreg, pickle
from mysql.connector import errors

def make(cls, args, state):
    error = cls.__new__(cls)
    error.args = args
    vars(error).update(state)
    return error

found = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.Error)]
every = [cls for cls in found if cls.__init__ is errors.Error.__init__]  # the others ask more of an own __init__
{CURES[cure]}

def look():
    found = []
    for cls in every:
        error = cls("Deadlock", 1213, None, "40001")
        arrived = pickle.loads(pickle.dumps(error))
        assert (type(arrived), arrived.args, vars(arrived)) == (cls, error.args, vars(error)), (cls, arrived.args)
        found.append((error.__reduce_ex__(4)[:1], copyreg.dispatch_table.get(cls)))
    return found

theirs, methods = look(), dict(vars(errors.Error))
import mysql_errors_compat
assert look() == theirs
mysql_errors_compat.uninstall()
assert look() == theirs
assert dict(vars(errors.Error)) == methods
"""
    )
