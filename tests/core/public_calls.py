"""Classes as applications define and call them.

`python -m tests.core.public_calls` prints in JSON what each call gives: it imports the driver alone, with
`--with-package` the package first.
"""

# mypy: ignore-errors
from __future__ import annotations

import abc
import dataclasses
import enum
import itertools
import json
import sys
from typing import Generic, TypeVar

if "--with-package" in sys.argv:
    import mysql_errors_compat  # noqa: F401

from mysql.connector.errors import DatabaseError, Error, OperationalError

T = TypeVar("T")
ran = []
register = []


class Order(DatabaseError):
    def __init__(self, code, text):
        ran.append("Order")
        super().__init__("order 7: " + text, code)


class MessageOnly(DatabaseError):
    def __init__(self, code, text):
        super().__init__(f"{text} (code {code})")
        self.code = code


class Offset(DatabaseError):
    def __init__(self, code, text, detail=None):
        super().__init__(text, 50000 + code)
        self.detail = detail


class Checked(DatabaseError):
    def __init__(self, code, text="", state=None):
        ran.append("Checked")
        if code not in (1, 2, 3):
            raise ValueError(f"unknown code {code}")
        super().__init__(text, code, None, state)


class Message(OperationalError):
    def __init__(self, message):
        super().__init__(message)


class ErrnoFirst(Error):
    def __init__(self, errno, text, sqlstate=None):
        super().__init__(text, errno, None, sqlstate)
        self.retryable = errno in (1205, 1213)


class Http(Error):
    def __init__(self, message, status_code=None, payload=None):
        ran.append("Http")
        super().__init__(message)
        self.status_code, self.payload = status_code, payload


class Child(Message):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.child = True


class HandsOn(Error):
    def __init__(self, *args, retry=3, **kwargs):
        super().__init__(*args, **kwargs)
        self.retry = retry


class Looks(Error):
    """Has the driver's four parameters, and looks at one."""

    def __init__(self, msg=None, errno=None, values=None, sqlstate=None):
        ran.append("Looks")
        super().__init__(msg, errno, values, sqlstate)
        self.column = msg.rsplit("'", 2)[-2] if msg and msg.count("'") > 1 else None


class Factory(Error):
    def __init__(self, text, *, row):
        super().__init__(text, 1062)
        self.row = row

    @classmethod
    def of(cls, row, text=None):
        return cls(text or "no row", row=row)


class NoSuper(Error):
    def __init__(self, why, *more):
        self.why = why


@dataclasses.dataclass
class Data(Error):
    code: int
    text: str = ""
    rows: object = None


@dataclasses.dataclass
class DataCalls(DatabaseError):
    code: int
    text: str = ""

    def __post_init__(self):
        super().__init__(self.text, self.code)


class Abstract(Error, abc.ABC):
    def __init__(self, table, why=None, more=None):
        super().__init__(f"{table}: {why}")


class Registered(Error):
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        register.append(cls.__name__)


class Known(Registered):
    def __init__(self, code, text, more=None):
        super().__init__(str(text).upper(), code)


class HandedOn(DatabaseError):
    def __new__(cls, code, text, order=None):
        ran.append("HandedOn.__new__")
        return super().__new__(cls, code, text, order)

    def __init__(self, code, text, order=None):
        super().__init__(text, code)
        self.order = order


class General(Error):
    sqlstate = property(lambda self: self._state or "HY000", lambda self, value: setattr(self, "_state", value))


class Told(Error):
    msg = property(lambda self: self._text or "no details", lambda self, value: setattr(self, "_text", value))


class Strips(Error):
    msg = property(lambda self: self._text, lambda self, value: setattr(self, "_text", value.strip()))


class Typed(Error, Generic[T]):
    def __init__(self, value: T, text: str = "typed") -> None:
        super().__init__(text)
        self.value = value


class Base(Exception):
    def __new__(cls, *args, **kwargs):
        ran.append("Base.__new__")
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args, **kwargs):
        ran.append("Base")
        super().__init__(*args, **kwargs)
        self.seen = len(args)


class BaseBehind(Error, Base):
    pass


class BaseBefore(Base, Error):
    pass


class Logs(Error):
    def __setattr__(self, name, value):
        ran.append(f"sets {name}")
        super().__setattr__(name, value)


class NotFound(LookupError, DatabaseError):
    pass


class Broken(OperationalError, ConnectionError):
    pass


class File(FileNotFoundError, OperationalError):
    pass


class NoMemory(DatabaseError, MemoryError):
    pass


class Code(enum.IntEnum):
    GONE = 2006


class Lazy:
    """Does not bear being looked at."""

    def __getattr__(self, name):
        raise RuntimeError(f"asked for {name}")

    def __bool__(self):
        raise RuntimeError("asked whether it is true")

    __eq__ = __str__ = __format__ = __repr__ = __bool__
    __hash__ = None


LAZY = Lazy()
FULL = "1062 (23000): Duplicate entry 'a' for key 'b'"
CLASSES = [
    each
    for each in list(globals().values())
    if isinstance(each, type) and issubclass(each, Error) and each is not Error
]
ARGUMENTS = [1062, FULL, "gone", "", " ", None, LAZY, Code.GONE, -1, 2, b"bytes", "1062"]
# Three that are an error's args are for tests of their own.
CALLS = [
    *((args, {}) for count in (0, 1, 2) for args in itertools.product(ARGUMENTS, repeat=count)),
    *(((code, text, more), {}) for code, text, more in itertools.product([404, "x", None], ["y", 5], [7, "z", LAZY])),
    ((1062, "1062: x", None, None), {}),
    ((1062, "1062: x"), {}),
    ((1062, FULL), {"state": "23000"}),
    ((1062,), {"text": FULL}),
    ((), {"msg": "gone", "errno": 2006, "sqlstate": "HY000"}),
    ((), {"code": 1062, "text": FULL, "more": None}),
    (("gone",), {"row": 7}),
    (("gone",), {"nothing": 1}),
]


def show(value):
    return "lazy" if type(value) is Lazy else repr(value)


def look(cls, args, kwargs):
    """Return what was made, as texts, and whether the driver's constructor took args order for constructor order."""
    given = [type(each) for each in args[:2]]
    mistaken = cls.__init__ is Error.__init__ and given in ([int, str], [int, bytes])
    ran.clear()
    try:
        error = cls(*args, **kwargs)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}, {ran}", mistaken
    attributes = {name: show(value) for name, value in vars(error).items() if not name.startswith("_values")}
    try:
        text = str(error)
    except Exception as problem:
        text = f"{type(problem).__name__}: {problem}"
    mistaken |= type(vars(error).get("msg")) is int and type(error.errno) in (str, bytes)
    return f"{type(error).__name__} {attributes} {[show(each) for each in error.args]} {text} {ran}", mistaken


def survey():
    for cls in CLASSES:
        for args, kwargs in CALLS:
            yield f"{cls.__name__}({', '.join(map(show, args))}, {kwargs})", look(cls, args, kwargs)


if __name__ == "__main__":
    print(json.dumps({"calls": dict(survey()), "register": register}))
