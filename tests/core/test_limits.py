"""What docs/limits.md says is still not possible: every row, as it happens. A row that is no longer true fails here."""

from __future__ import annotations

import re

import pytest

from tests.shared import fresh

pytestmark = pytest.mark.needs_package

COMMON = """
import concurrent.futures, copy, functools, multiprocessing, os, pickle, signal, sys, threading
import mysql.connector
from dataclasses import dataclass
from mysql.connector import DatabaseError, Error

threading.excepthook = lambda _: None  # a Pool's thread that dies is what is looked at
pools = []  # a Pool that hangs complains when it is collected

def fail(make):
    raise make()

def through_a_pool(make):
    pool = multiprocessing.get_context("fork").Pool(1)
    pools.append(pool)
    try:
        pool.apply_async(fail, [make]).get(3)
    except multiprocessing.TimeoutError:
        return "hangs"
    except Exception as error:
        return error

def through_an_executor(make):
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as executor:
        return executor.submit(fail, make).exception(20)

def is_read(stored):
    try:
        return pickle.loads(stored)
    except Exception as problem:
        return problem
"""
END = "\nprint('seen', flush=True)\nos._exit(0)  # whatever a Pool still waits for\n"

ROWS = {
    "a lock, a connection or anything else that cannot be pickled": """
import mysql_errors_compat
class Locked(Error):
    def __init__(self, table):
        super().__init__("x", 1)
        self.lock = threading.Lock()

make = functools.partial(Locked, "orders")
assert isinstance(through_a_pool(make), multiprocessing.pool.MaybeEncodingError)
assert isinstance(through_an_executor(make), (TypeError, pickle.PicklingError))  # the second is PyPy's
""",
    "attributes of your own, through a queue that sends only `args`": """
import mysql_errors_compat
class OrderFailed(Error):
    def __init__(self, *, order):
        super().__init__("failed", 1213, sqlstate="40001")
        self.order = order

arrived = OrderFailed(*OrderFailed(order=7).args)
assert (type(arrived), arrived.errno, arrived.msg, arrived.sqlstate) == (OrderFailed, 1213, "failed", "40001")
assert not hasattr(arrived, "order")
""",
    "slots (`__slots__`) of your own, or what a builtin keeps for itself": """
class Slotted(DatabaseError, OSError):
    __slots__ = ("table",)
    def __init__(self, *, table):
        super().__init__("x", 1)
        self.table = self.filename = table

stored = pickle.dumps(Slotted(table="orders"))
import mysql_errors_compat
arrived = is_read(stored)
assert type(arrived) is Slotted and arrived.errno == 1 and arrived.filename is None and not hasattr(arrived, "table")
assert is_read(pickle.dumps(Slotted(table="orders"))).table == "orders"  # with the package at the sender
""",
    "a class whose `__new__` wants arguments of its own, if only": """
class Regional(Error):
    def __new__(cls, table, *, region):
        self = super().__new__(cls)
        self.region = region
        return self
    def __init__(self, table, *, region):
        super().__init__(table, 1)

stored = pickle.dumps(Regional("orders", region="eu"))
import mysql_errors_compat
assert type(is_read(stored)) is TypeError
assert is_read(pickle.dumps(Regional("orders", region="eu"))).region == "eu"
""",
    "a class with a builtin *before* the driver's class and a constructor of its own": """
class NotFound(LookupError, DatabaseError):
    def __init__(self, *, table):
        super().__init__(table, 1146)
        self.table = table

class OtherWay(DatabaseError, LookupError):
    __init__ = lambda self, *, table: DatabaseError.__init__(self, table, 1146)

stored = [pickle.dumps(cls(table="orders")) for cls in (NotFound, OtherWay)]
import mysql_errors_compat
assert [type(is_read(each)) for each in stored] == [TypeError, OtherWay]
assert is_read(pickle.dumps(NotFound(table="orders"))).table == "orders"
""",
    "a class whose constructor raises an error of its own for `args`": """
class Checked(Error):
    def __init__(self, code, text="", state=None):
        if code != "known":
            raise ValueError(f"unknown code {code}")
        super().__init__(text, 1213)

stored = pickle.dumps(Checked("known", "gone"))
import mysql_errors_compat
assert type(is_read(stored)) is ValueError
assert is_read(pickle.dumps(Checked("known", "gone"))).msg == "gone"
""",
    "a constructor that takes three arguments and puts a text of its own before": """
class Order(Error):
    def __init__(self, code, text, state=None):
        super().__init__("order 7: " + text, code)

error = Order(1213, "gone")
stored = pickle.dumps(error)
import mysql_errors_compat
twice = "order 7: 1213: order 7: gone"
assert is_read(stored).args[1] == Order(*error.args).args[1] == "1213: " + twice
assert is_read(stored).msg == "order 7: gone"  # which a pickle sends too
assert is_read(pickle.dumps(error)).args == error.args
""",
    "a class with a `__setstate__` or `__setattr__` of its own and a constructor that can take": """
import mysql_errors_compat
class Noted(Error):
    __setattr__ = lambda self, name, value: object.__setattr__(self, name, value)

error = Noted("gone", 2006)
stored = pickle.dumps(error)
assert is_read(stored).args == error.args
mysql_errors_compat.uninstall()
assert is_read(stored).args == ("2006: gone", "2006: gone: 2006", None)
""",
    "`@attrs.define(kw_only=True)`": """
import mysql_errors_compat
import attrs
def two_ways(**options):
    @attrs.define(kw_only=True, **options)
    class NoTable(Error):
        table: str

        def __attrs_post_init__(self):
            Error.__init__(self, "gone", 2006)

    return NoTable

Slotted, Free = two_ways(), two_ways(slots=False)
for cls, name in (Slotted, "Slotted"), (Free, "Free"):
    cls.__qualname__ = name
arrived = is_read(pickle.dumps(Slotted(table="orders")))
assert arrived.table == "orders" and not hasattr(arrived, "errno")
arrived = is_read(pickle.dumps(Free(table="orders")))
assert (arrived.table, arrived.errno) == ("orders", 2006)
""",
    "a call with three arguments that are an error's `args` to the letter": """
class NoSuchTable(Error):
    def __init__(self, table):
        super().__init__(f"no table {table}", 1146)

class QueryFailed(Error):
    __init__ = lambda self, code, text, query=None: Error.__init__(self, text)
try:
    NoSuchTable(-1, "orders", None)
except TypeError:
    import mysql_errors_compat
assert NoSuchTable(-1, "orders", None).msg == "orders"
assert (QueryFailed(1, "1: gone", None).errno, QueryFailed(1, "1: gone", query=None).errno) == (1, -1)
""",
    "a class that was decorated with `@deprecated` *before* the import": """
def deprecated(cls):  # as warnings.deprecated does it
    original = cls.__new__
    cls.__new__ = staticmethod(lambda cls, *args, **kwargs: original(cls))
    return cls

@deprecated
class Old(Error):
    def __init__(self, *, table):
        super().__init__(table, 1146)

stored = pickle.dumps(Old(table="orders"))
import mysql_errors_compat
assert type(is_read(stored)) is TypeError

@deprecated
class After(Error):
    def __init__(self, *, table):
        super().__init__(table, 1146)

assert is_read(pickle.dumps(After(table="orders"))).args == (1146, "1146: orders", None)
""",
    "an errno that is a member of an enum, or a message that is no plain text": """
import enum
class Code(enum.IntEnum):
    GONE = 2006

errors = Error("gone", Code.GONE), Error(7)
stored = [pickle.dumps(error) for error in errors]
import mysql_errors_compat
for error, sent in zip(errors, stored):
    assert is_read(sent).args != error.args
    assert is_read(pickle.dumps(error)).args == error.args
assert is_read(pickle.dumps(Error("gone", int(Code.GONE)))).args == (2006, "2006: gone", None)
""",
    "`args` that your code replaced, extended or emptied": """
def changed(args):
    error = Error("gone", 2006)
    error.args = args
    return error

errors = [changed(args) for args in [(), ("mine", 7), (2006, "2006: gone", None, "more")]]
stored = [pickle.dumps(error) for error in errors]
import mysql_errors_compat
arrived = [is_read(each) for each in stored]
assert not any(isinstance(one, Error) and one.args == error.args for one, error in zip(arrived, errors))
assert not any(Error(*error.args).args == error.args for error in errors)
assert all(is_read(pickle.dumps(error)).args == error.args for error in errors)

mysql_errors_compat.uninstall()
@dataclass
class Data(Error):
    table: str

stored = pickle.dumps(Data(table="orders"))
mysql_errors_compat.install()
assert type(is_read(stored)) is TypeError
assert is_read(pickle.dumps(Data(table="orders"))).table == "orders"
""",
    "a class with a `__reduce__` or `__setstate__` of its own that raises on arrival": """
import mysql_errors_compat
class Reduced(Error):
    def __reduce__(self):
        return int, ("not a number",)

class Restored(Error):
    def __setstate__(self, state):
        raise ValueError(state)

class Stated(Error):
    table = property(lambda self: "orders")
    def __getstate__(self):
        return {"table": self.table}

assert [through_a_pool(cls) for cls in (Reduced, Restored, Stated)] == ["hangs"] * 3
""",
    "a `__getstate__` of your own that leaves something out": """
import mysql_errors_compat
class User(Error):
    user = "nobody"
    def __getstate__(self):
        return {}

error = User("gone", 2006)
error.user = "me"
assert (copy.copy(error).user, copy.copy(error).args) == ("nobody", error.args)
mysql_errors_compat.uninstall()
assert copy.copy(error).user == "me"
""",
    "a `__getstate__` and a `__setstate__` of your own, in a class": """
class Pair(Error):
    def __getstate__(self):
        return {"mine": 1}
    def __setstate__(self, state):
        self.state = state

assert "mine" not in copy.copy(Pair("gone", 2006)).state
import mysql_errors_compat
assert copy.copy(Pair("gone", 2006)).state == vars(Pair("gone", 2006))
""",
    "a class with slots, which is called with an error's `args`": """
import gc, mysql_errors_compat
class Slotted(Error):
    __slots__ = ("code",)
    def __init__(self, code, text, parent=None):
        super().__init__(text, code)

gc.disable()
Slotted(2006, "2006: gone", None)
assert len(Slotted.__subclasses__()) == 1
gc.collect()
assert Slotted.__subclasses__() == []
""",
    "an error that was made with `values`": """
import mysql_errors_compat
assert vars(Error("gone", 2006, ("db1",)))["_values of the constructor call"] == ("db1",)
""",
    "a class with a `__str__` of its own that reads attributes of its own": """
import mysql_errors_compat
class Told(Error):
    def __init__(self, *, table):
        super().__init__("gone", 1146)
        self.table = table

    def __str__(self):
        return f"{self.table} is gone"

arrived = Told(*Told(table="orders").args)
assert arrived.args == (1146, "1146: gone", None)
try:
    str(arrived)
except AttributeError as problem:
    assert "table" in str(problem)
else:
    raise AssertionError
""",
    "a constructor that calls `OSError.__init__` by hand": """
import mysql_errors_compat
class File(DatabaseError, OSError):
    def __init__(self, name):
        DatabaseError.__init__(self, "no file", 2)
        OSError.__init__(self, 2, "no file", name)
class Set(DatabaseError, OSError):
    def __init__(self, name):
        super().__init__("no file", 2)
        self.filename = name

assert File("a.csv").filename is None
assert is_read(pickle.dumps(Set("a.csv"))).filename == "a.csv"
""",
    "a `__reduce__`, `__getstate__` or another pickling method that is added": """
import mysql_errors_compat
class Late(Error): ...
pickle.dumps(Late("gone", 2006))
Late.__getstate__ = lambda self: {"mine": True}
assert not hasattr(is_read(pickle.dumps(Late("gone", 2006))), "mine")
""",
    "`Error.__reduce__` that your code replaces after the import": """
import mysql_errors_compat
Error.__reduce__ = lambda self: (str, ("mine",))
assert type(is_read(pickle.dumps(Error("gone", 2006)))) is Error
""",
    "a receiver that lets only known names pass": """
import mysql_errors_compat
import io

class Own(Error):
    def __init__(self, *, table):
        super().__init__(table, 1146)

class New(Error):
    def __new__(cls, table):
        return super().__new__(cls)

class Listing(pickle.Unpickler):
    def find_class(self, module, name):
        names.add(f"{module.replace('copy_reg', 'copyreg')}.{name}")
        return super().find_class(module, name)

def met(error, protocol):
    names.clear()
    Listing(io.BytesIO(pickle.dumps(error, protocol))).load()
    return {name for name in names if name.startswith("copyreg")}

names = set()
assert met(Own(table="orders"), 0) == met(Own(table="orders"), 1) == {"copyreg.__newobj__"}
assert met(Own(table="orders"), pickle.DEFAULT_PROTOCOL) == met(Error("gone", 2006), 0) == set()
assert met(New("orders"), pickle.DEFAULT_PROTOCOL) == {"copyreg._reconstructor"}
""",
    "queues that carry a text, such as Dramatiq, Prefect": """
import mysql_errors_compat
error = Error("gone", 2006, None, "HY000")
assert Error(str(error)).errno == -1  # all that is left is to look at the text
assert str(Error(str(error))) == str(error)
""",
    "`@dataclass(frozen=True)`": """
import mysql_errors_compat
@dataclass(frozen=True)
class Frozen(Error):
    table: str = "orders"

class Made(Error):
    def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
        super().__init__(msg, errno, values, sqlstate)
        self.is_made = True
    def __setattr__(self, name, value):
        assert name == "__cause__" or "is_made" not in vars(self)  # which a Pool sets
        super().__setattr__(name, value)

assert through_a_pool(Frozen) == "hangs"
assert through_a_pool(Made) == "hangs" or sys.implementation.name == "pypy"  # there, all is set past a __setattr__
""",
    "tracebacks, `__cause__` and `__context__`": """
import mysql_errors_compat
def make():
    try:
        raise KeyError("cause")
    except KeyError as cause:
        error = Error("x", 1)
        error.__cause__ = cause
        return error

arrived = is_read(pickle.dumps(make()))
assert arrived.__cause__ is arrived.__context__ is arrived.__traceback__ is None
for arrived in through_a_pool(make), through_an_executor(make):
    assert arrived.errno == 1 and not isinstance(arrived.__cause__, KeyError)
    assert "Traceback (most recent call last)" in str(arrived.__cause__)
""",
    "a class that is also an `AttributeError`, raised in a `__getattr__`": """
import mysql_errors_compat
class Unknown(DatabaseError, AttributeError): ...

class Row:
    def __init__(self):
        self.lock = threading.Lock()

    def __getattr__(self, name):
        raise Unknown(name)

try:
    Row().column
except Unknown as error:
    try:
        pickle.dumps(error)
    except (TypeError, pickle.PicklingError) as problem:  # the second is PyPy's
        assert "lock" in str(problem)
    else:
        raise AssertionError("it was sent")
    error.obj = None
    assert is_read(pickle.dumps(error)).msg == "column"
""",
    "a message in bytes, where only `args` are sent": """
import mysql_errors_compat
error = Error(b"x", 1)
assert type(error)(*error.args).msg == "b'x'"
assert is_read(pickle.dumps(error)).msg == b"x"
""",
    "an error of another library, or of your own but not below": """
import mysql_errors_compat
class Other(Exception):
    def __init__(self, table, row):
        super().__init__(f"{table}: {row}")

assert through_a_pool(functools.partial(Other, "orders", 7)) == "hangs"
""",
    "a worker that is killed, by a signal or for its memory": """
import mysql_errors_compat
def make():
    os.kill(os.getpid(), signal.SIGKILL)

assert through_a_pool(make) == "hangs"
assert isinstance(through_an_executor(make), concurrent.futures.process.BrokenProcessPool)
""",
}


def test_every_row_of_the_page_is_here() -> None:
    page = (fresh.ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \|", page, re.MULTILINE)[2:]
    assert len(rows) == len(ROWS)
    assert [row for row in rows if not row.startswith(tuple(ROWS))] == []


@pytest.mark.parametrize("row", ROWS)
def test_it_is_as_the_page_says(row: str) -> None:
    assert fresh.run(COMMON + ROWS[row] + END) == "seen\n"
