"""Drivers as they may be one day: what can be understood is cured, and anything else stays as it is."""

from __future__ import annotations

import pytest

from tests.shared import fresh

pytestmark = pytest.mark.needs_package

DRIVER = """
import sys, types

def make_driver(name, parameters="msg=None, errno=None, values=None, sqlstate=None", passed="errno, values, sqlstate",
                full="full_message(self)", more="pass"):
    text = f'''
def full_message(error):
    state = f" ({{error.sqlstate}})" if error.sqlstate else ""
    return error.msg if error.errno == -1 else f"{{error.errno}}{{state}}: {{error.msg}}"

class Error(Exception):
    def __init__(self, {parameters}):
        super().__init__()
        self.msg = msg or "Unknown error"
        self.errno = errno or -1
        self.sqlstate = sqlstate
        self._full_msg = {full}
        self.args = (self.errno, self._full_msg, self.sqlstate)
        {more}

    def __str__(self):
        return self._full_msg

class DatabaseError(Error): pass
class OperationalError(DatabaseError): pass
class InterfaceError(Error): pass

class ReadTimeoutError(Error):
    def __init__(self, {parameters}):
        super().__init__("timed out", {passed})
'''
    module = sys.modules[name] = types.ModuleType(name)
    exec(text, vars(module))
    return module

def as_the_driver(**options):
    sys.modules["mysql"] = mysql = types.ModuleType("mysql")
    sys.modules["mysql.connector"] = mysql.connector = types.ModuleType("mysql.connector")
    mysql.connector.errors = errors = make_driver("mysql.connector.errors", **options)
    vars(mysql.connector).update({name: cls for name, cls in vars(errors).items() if isinstance(cls, type)})
    return errors
"""

TOMORROW: dict[str, dict[str, str]] = {
    "as today": {},
    "gains a keyword": {
        "parameters": "msg=None, errno=None, values=None, sqlstate=None, *, query=None",
        "passed": "errno, values, sqlstate, query=query",
        "more": "self.query = query",
    },
    "gains a parameter": {
        "parameters": "msg=None, errno=None, values=None, sqlstate=None, query=None",
        "passed": "errno, values, sqlstate, query",
        "more": "self.query = query",
    },
    "gains a keyword that leaves no trace": {
        "parameters": "msg=None, errno=None, values=None, sqlstate=None, *, query=None",
        "passed": "errno, values, sqlstate, query=query",
        "more": "if query: self.query = query",
    },
    "gains any keywords": {
        "parameters": "msg=None, errno=None, values=None, sqlstate=None, **more",
        "passed": "errno, values, sqlstate, **more",
        "more": 'self.query = more.get("query")',
    },
    "other full message": {"full": 'f"[{self.errno}] {self.msg}"'},
    "longer full message": {"full": 'f"{self.errno} ({self.sqlstate}): {self.msg} (see the manual)"'},
    "an attribute more": {"more": 'self.severity = "error"'},
    "an attribute made of others": {"more": "self.retryable = self.errno == 1213"},
    "an attribute that can be changed": {"more": "self.warnings = []"},
    "keeps an errno of 0": {"more": "if errno == 0: self.errno = 0"},
    "another text for none": {"more": "if not (msg or errno): self._full_msg = self.msg = 'none'"},
    "keeps values": {"more": "self.values = values"},
    "args of four": {"more": "self.args = (self.errno, self._full_msg, self.sqlstate, 'more')"},
}


@pytest.mark.parametrize("tomorrow", TOMORROW)
def test_tomorrows_driver(tomorrow: str) -> None:
    options = TOMORROW[tomorrow]
    script = f"""
import copy, inspect, pickle, warnings
from tests.shared import VALUES
driver = as_the_driver(**{options!r})
gains_query = {"query" in options.get("more", "")}
classes = [cls for cls in vars(driver).values() if isinstance(cls, type) and issubclass(cls, driver.Error)]

def look(error):
    return type(error), error.args, str(error), {{k: v for k, v in vars(error).items() if k != VALUES}}

class Own(driver.OperationalError):
    def __init__(self, *, table):
        super().__init__(table + " failed", 1213, None, "40001")
        self.table = table

def make():
    for cls in (*classes, type("Sub", (driver.InterfaceError,), {{"__module__": __name__}})):
        globals()[cls.__name__] = cls
        yield cls("Deadlock found", 1213, None, "40001")
        yield cls("gone", 2006, ("db1", 3306), "HY000")
        yield cls("gone")
        yield cls()
        yield cls(msg="gone", errno=0, sqlstate="HY000")
        if gains_query:
            yield cls("gone", 2006, None, "HY000", query="SELECT 1")
            yield cls("gone", query="SELECT 1")
            if "*" not in {options.get("parameters", "")!r}:
                yield cls("gone", 2006, None, "HY000", "SELECT 1")
    yield Own(table="orders")

stock = [look(error)[1:] for error in make()]
signatures = [inspect.signature(cls) for cls in classes]

with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    import mysql_errors_compat
assert mysql_errors_compat.is_installed(), [str(one.message) for one in warned]
assert not warned

assert [look(error)[1:] for error in make()] == stock, "made as before"
assert [inspect.signature(cls) for cls in classes] == signatures
for error in make():
    left = look(error)
    arrive = [lambda e, p=p: pickle.loads(pickle.dumps(e, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)]
    for send in (*arrive, copy.copy, copy.deepcopy):
        assert look(send(error)) == left, (look(send(error)), left)
        assert look(send(send(error))) == left
    if "warnings" in vars(error):
        error.warnings.append("mine")
        assert pickle.loads(pickle.dumps(error)).warnings == ["mine"]
        assert copy.copy(error).warnings is error.warnings
        assert copy.deepcopy(error).warnings is not error.warnings

values = driver.DatabaseError("gone", 2006, ("db1", 3306), "HY000").__reduce__()[1][2]
assert values == ("db1", 3306), values
"""
    fresh.run(DRIVER + script)


NOT_UNDERSTOOD: dict[str, dict[str, str]] = {
    "loses values": {"parameters": "msg=None, errno=None, sqlstate=None", "passed": "errno, sqlstate"},
    "another order": {"parameters": "errno=None, msg=None, sqlstate=None", "passed": "msg, sqlstate"},
    "wants a connection": {
        "parameters": "connection, msg=None, errno=None, values=None, sqlstate=None",
        "passed": "msg, errno, values, sqlstate",
    },
    "all by name": {"parameters": "*, msg, errno=None, sqlstate=None, **more", "passed": ""},
    "raises": {"more": "raise RuntimeError('abstract')"},
}


@pytest.mark.parametrize("driver", NOT_UNDERSTOOD)
def test_a_driver_that_is_not_understood_stays_as_it_is(driver: str) -> None:
    script = f"""
import copyreg, warnings
driver = as_the_driver(**{NOT_UNDERSTOOD[driver]!r})

def picture():
    return {{cls: dict(vars(cls)) for cls in vars(driver).values() if isinstance(cls, type)}}

before, registered = picture(), dict(copyreg.dispatch_table)
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    import mysql_errors_compat
assert [one.category for one in warned] == [RuntimeWarning], [str(one.message) for one in warned]
assert "mysql.connector.errors" in str(warned[0].message), warned[0].message
assert not mysql_errors_compat.is_installed()
assert picture() == before
assert {{cls for cls in copyreg.dispatch_table if issubclass(cls, Exception)}} <= registered.keys()
try:
    mysql_errors_compat.install(driver)
except TypeError as problem:
    assert "mysql.connector.errors" in str(problem), problem
else:
    raise AssertionError("an explicit install says what is wrong")
assert picture() == before
"""
    fresh.run(DRIVER + script)
