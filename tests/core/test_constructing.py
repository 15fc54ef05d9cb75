"""The constructor touches nothing it does not know: arguments, applications' classes, tomorrow's drivers."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from tests.shared import fresh

pytestmark = pytest.mark.needs_package

# Objects that notice, or do not bear, being looked at. `touched` is what was done to them.
TOUCHY = """
    import collections, itertools, re, sys
    from unittest import mock
    from tests.shared import VALUES
    from tests.shared.hierarchy import driver

    touched = collections.Counter()

    def noticing(name, result, *bases):
        '''A class whose every special method is noticed, and does what `result` does.'''

        def method(what):
            def noticed(self, *args):
                touched[what] += 1
                return result(what)

            return noticed

        names = "bool eq ne lt len str repr format hash iter index int float contains getitem mod rmod getattr call"
        return type(name, bases, {f"__{what}__": method(what) for what in names.split()})

    def refuse(what):
        raise AttributeError(what) if what == "getattr" else ValueError(f"the truth of {what} is ambiguous")

    def answer(what):
        answers = {"bool": True, "eq": False, "ne": True, "len": 1, "str": "rows", "repr": "rows", "format": "rows"}
        if what not in answers:
            refuse(what)
        return answers[what]

    Array = noticing("Array", refuse)
    Query = noticing("Query", answer)
    Gone = noticing("Gone", answer, OSError)
    Text = noticing("Text", answer, str)
    Number = noticing("Number", answer, int)

    class Element:
        def __repr__(self):
            touched["an element"] += 1
            return "row"

        __hash__ = __eq__ = lambda self, *other: touched.update(["an element"]) or 0

    make_touchy = {
        "an array": Array,
        "a query": Query,
        "an exception": Gone,
        "a str": lambda: Text("1366: bad row"),
        "an int": lambda: Number(1366),
        "a list": lambda: [Element()],
        "a tuple": lambda: (Element(),),
        "a dict": lambda: {"row": Element()},
        "a mock": lambda: mock.Mock(spec=str),
        "a magic mock": lambda: mock.MagicMock(spec=int),
        "a plain object": object,
    }
    PLAIN = ("bad row", "1366: bad row", "1366", 1366, -1, None)
    NAMES = ("msg", "errno", "values", "sqlstate")

    def show(value, touchy):
        if value is touchy:
            return "touchy"
        if type(value) in (tuple, list):
            return [show(one, touchy) for one in value]
        known = type(value) in (str, int, bytes, bool, type(None))
        return re.sub("0x[0-9a-f]+|[0-9]{9,}", "an address", repr(value)) if known else type(value).__name__

    def seen(cls, arguments, names, touchy):
        '''What making such an error does to its arguments, and what is made.'''
        touched.clear()
        positional = arguments[: len(arguments) - len(names)]
        try:
            error = cls(*positional, **dict(zip(names, arguments[len(positional) :])))
        except Exception as problem:
            noticed = collections.Counter(touched)
            return type(problem).__name__, show(str(problem), touchy), noticed
        noticed = collections.Counter(touched)
        attributes = {name: show(value, touchy) for name, value in vars(error).items() if name != VALUES}
        return show(error.args, touchy), attributes, noticed

    def calls():
        '''Every position, number and naming of one touchy argument among plain ones.'''
        for count in (1, 2, 3, 4):
            for place in range(count):
                for others in itertools.product(PLAIN, repeat=count - 1):
                    for named in {0, 1, count}:
                        yield place, others, NAMES[count - named : count]

    class Own(driver.InterfaceError):
        pass

    class Passing(driver.DataError):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)

    class OwnFour(driver.Error):
        def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
            super().__init__(msg, errno, values, sqlstate)

    class CodeText(driver.Error):
        def __init__(self, code, text=None, detail=None, more=None):
            super().__init__("failed", code)

    replacing = getattr(driver, "ReadTimeoutError", driver.Error)
    CLASSES = {cls.__name__: (cls, True) for cls in (replacing, driver.DataError, Own, Passing, OwnFour)}
    CLASSES["CodeText"] = CodeText, False

    def survey(cls, by_name):
        touchy = make_touchy[sys.argv[1]]()
        return [
            seen(cls, [*others[:place], touchy, *others[place:]], names if by_name else (), touchy)
            for place, others, names in calls()
        ]
"""


@pytest.mark.parametrize(
    "touchy",
    [
        *("an array", "a query", "an exception", "a str", "an int", "a list", "a tuple", "a dict"),
        *("a mock", "a magic mock", "a plain object"),
    ],
)
def test_an_argument_is_not_touched_more_than_by_the_driver(touchy: str) -> None:
    script = textwrap.dedent(TOUCHY) + textwrap.dedent(
        """
        stock = {name: survey(*what) for name, what in CLASSES.items()}
        import mysql_errors_compat
        mysql_errors_compat.install(driver)
        for name, what in CLASSES.items():
            for before, after, call in zip(stock[name], survey(*what), calls(), strict=False):
                assert before[:2] == after[:2], (name, call, before, after)
                assert not after[2] - before[2], (name, call, "touched", after[2] - before[2])
        """
    )
    fresh.run(script, touchy)


def test_a_list_of_a_million_tuples_is_not_looked_through() -> None:
    fresh.run(
        """
        import sys
        from tests.shared.hierarchy import driver
        import mysql_errors_compat

        mysql_errors_compat.install(driver)
        counted = 0

        class Cell(str):
            def __repr__(self):
                global counted
                counted += 1
                return "x"

        rows = [(Cell("x"), 1)] * 1_000_000
        for cls in (driver.DataError, type("Own", (driver.DataError,), {})):
            for row in (("bad row", "1366", rows), (1366, "bad row", rows), ("bad row", 1366, rows, "HY000")):
                error = cls(*row)
                assert counted == 0
                assert error.sqlstate in (None, "HY000")
        assert driver.DataError("bad row", "1366", rows).errno == "1366"
        assert driver.InterfaceError(-1, OSError("gone")).errno.args == ("gone",)
        """
    )


def test_a_getattr_that_delegates_to_what_is_set_after_the_drivers_constructor() -> None:
    fresh.run(
        """
        import copy, pickle
        from tests.shared.hierarchy import driver
        import mysql_errors_compat

        mysql_errors_compat.install(driver)

        class Wrapping(driver.InterfaceError):
            def __init__(self, msg, errno, *more):
                super().__init__(msg, errno, *more)
                self.inner = OSError(111, "refused", "/run/mysqld.sock")

            def __getattr__(self, name):
                return getattr(self.inner, name)

        class WrappingPlain(driver.Error):
            def __getattr__(self, name):
                return getattr(self.inner, name)

        for error in (
            Wrapping("gone", 2006, ("db1", 3306)),
            Wrapping("gone", 2006),
            Wrapping("gone", 2006, None, "HY000"),
            WrappingPlain("gone", 2006, ("db1", 3306)),
        ):
            error.inner = OSError(111, "refused", "/run/mysqld.sock")
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                arrived = pickle.loads(pickle.dumps(error, protocol))
                assert (type(arrived), arrived.args, arrived.errno) == (type(error), error.args, 2006)
                assert arrived.filename == "/run/mysqld.sock"
            assert copy.copy(error).inner is error.inner
            assert copy.deepcopy(error).strerror == "refused"
        """
    )


# A driver as it may be one day.
DRIVER = """
import sys, types

def make_driver(name, parameters="msg=None, errno=None, values=None, sqlstate=None", passed="errno, values, sqlstate",
                full='f"{self.errno} ({self.sqlstate}): {self.msg}"', more="pass"):
    text = f'''
class Error(Exception):
    def __init__(self, {parameters}):
        super().__init__()
        self.msg = msg
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
mysql_errors_compat.uninstall()
assert [look(error)[1:] for error in make()] == stock
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
mysql_errors_compat.uninstall()
assert picture() == before
"""
    fresh.run(DRIVER + script)


def test_the_control_finds_a_constructor_that_touches() -> None:
    script = textwrap.dedent(TOUCHY) + textwrap.dedent(
        """
        stock = survey(driver.DataError, True)
        original = driver.Error.__init__

        def spoilt(self, msg=None, errno=None, values=None, sqlstate=None):
            values == None
            original(self, msg, errno, values, sqlstate)

        driver.Error.__init__ = spoilt
        worse = [1 for was, now in zip(stock, survey(driver.DataError, True)) if now[2] - was[2]]
        print(len(worse))
        """
    )
    found: Any = fresh.run(script, "a query")
    assert int(found) > 100
