"""Classes as applications define and call them.

`python -m tests.core.public_calls` prints in JSON what each call gives: it imports the driver alone, with
`--with-package` the package first.
"""

# mypy: ignore-errors
from __future__ import annotations

import abc
import dataclasses
import enum
import inspect
import itertools
import json
import sys
from typing import Generic, TypeVar

if "--with-package" in sys.argv:
    import mysql_errors_compat  # noqa: F401

from mysql.connector import errors
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


class KeptBack(Error):
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls, *args)

    def __init__(self, code, text, state=None, *, table):
        super().__init__("stored: " + text, code, None, state)
        self.table = table


class General(Error):
    sqlstate = property(lambda self: self._state or "HY000", lambda self, value: setattr(self, "_state", value))


class Told(Error):
    msg = property(lambda self: str(self._text or "no details")[:3], lambda self, value: setattr(self, "_text", value))


class Strips(Error):
    msg = property(lambda self: self._text, lambda self, value: setattr(self, "_text", value.strip()))


class Typed(Error, Generic[T]):
    def __init__(self, value: T, text: str = "typed") -> None:
        super().__init__(text)
        self.value = value


class Base(Exception):
    def __new__(cls, *args, **kwargs):
        ran.append(f"Base.__new__ of {len(args)}, {[*kwargs]}")
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args, **kwargs):
        ran.append("Base")
        super().__init__(*args, **kwargs)
        self.seen = len(args)


class BaseBehind(Error, Base): ...


class BaseBefore(Base, Error): ...


class Logs(Error):
    def __setattr__(self, name, value):
        ran.append(f"sets {name}")
        super().__setattr__(name, value)


class NotFound(LookupError, DatabaseError): ...


class Broken(OperationalError, ConnectionError): ...


class File(FileNotFoundError, OperationalError): ...


class NoMemory(DatabaseError, MemoryError): ...


if sys.version_info >= (3, 11):

    class Group(ExceptionGroup, Error): ...  # noqa: F821

    class OtherGroup(DatabaseError, ExceptionGroup): ...  # noqa: F821


class Code(enum.IntEnum):
    GONE = 2006


def noticing(name, base, refuses):
    """Return a class that notes in `ran` when it is looked at, and may not bear it."""

    def method(what):
        def noted(self, *args):
            ran.append(f"{what} of {name}")
            if refuses:
                raise RuntimeError(f"{what} of {name}")
            return getattr(base, what)(self, *args)

        return noted

    names = "bool eq ne lt le ge len str repr format hash iter index int float contains getitem mod rmod getattr"
    special = [f"__{each}__" for each in names.split()]
    return type(name, (base,), {each: method(each) for each in special if refuses or hasattr(base, each)})


LAZY = noticing("Lazy", object, True)()
TEXT = noticing("Text", str, False)("1062: bad row")
NUMBER = noticing("Number", int, False)(1062)
HUGE = 10**5000  # too large to be shown
TOUCHY = [LAZY, TEXT, NUMBER, [LAZY], (LAZY,), {"row": LAZY}]
FULL = "1062 (23000): Duplicate entry 'a' for key 'b'"
SHORT = "1062: x"
CLASSES = [each for each in list(globals().values()) if isinstance(each, type) and issubclass(each, Error)]
CLASSES += [getattr(errors, name) for name in ("DataError", "ReadTimeoutError") if hasattr(errors, name)]
ARGUMENTS = [1062, FULL, SHORT, "gone", "", None, Code.GONE, -1, 2, 0, True, b"bytes", "1062", *TOUCHY]
# Nearly an error's args; those that are have tests of their own.
UNLIKE = ["gone", "1062 : x", "1063: x", "1062: ", "1062 (4000): x", b"1062: x", SHORT, "1062 (22000): x"]
CALLS = [
    *((args, {}) for count in (0, 1, 2) for args in itertools.product(ARGUMENTS, repeat=count)),
    *((args, {}) for args in itertools.product([404, "x", None], ["y", 5], [7, "z", *TOUCHY])),
    *((args, {}) for args in itertools.product([1062], UNLIKE, ["23000", {"detail": 1}, *TOUCHY])),
    *((("gone", 1062, *args), {}) for args in itertools.product(["z", None, *TOUCHY], repeat=2)),
    *(
        ((), {"msg": msg, "errno": errno, "values": values, "sqlstate": sqlstate})
        for msg, errno, values, sqlstate in itertools.product(["gone", None], [2006, 7], TOUCHY, ["HY000", *TOUCHY])
    ),
    *(((1062, text, None), {}) for text in UNLIKE[:-2]),
    *(((number, text, None), {}) for number, text in [(True, "True: x"), (0, "0: x"), (-1, None), (-1, "")]),
    (("01062", "01062: x", "None"), {}),
    ((1062, FULL, "23000"), {"table": "orders"}),
    ((1062, SHORT, None, None), {}),
    ((1062, SHORT, None, "HY000"), {}),
    ((1062, FULL), {"state": "23000"}),
    ((1062,), {"text": FULL}),
    *(((), {"errno": errno}) for errno in (1999, 2000, 2999, 3000)),
    ((), {"errno": 2003, "values": ("a",)}),
    ((), {"msg": "gone", "errno": 2006, "sqlstate": "HY000"}),
    ((), {"code": 1062, "text": FULL, "more": None}),
    ((2003, None, "HY000"), {}),
    ((1, 2, 3, 4, 5), {}),
    (("gone", HUGE), {}),
    (("gone",), {"msg": "gone"}),
    (("gone",), {"row": 7}),
    (("gone", [ValueError(1)]), {}),
    (("gone",), {"nothing": 1}),
]


def show(value):
    if type(value) in (type(LAZY), type(TEXT), type(NUMBER)) or value is HUGE:
        return type(value).__name__
    if type(value) in (list, tuple, dict):
        held = value.items() if type(value) is dict else value
        return f"{type(value).__name__} of {', '.join(map(show, held))}"
    return repr(value)


def is_args_order(number=None, text=None):
    if type(number) is not int or type(text) not in (str, bytes):
        return False
    return text in (FULL, SHORT) if number == 1062 else number == -1 and len(text) > 0


def look(cls, args, kwargs):
    """Return what was made, as texts, and whether the driver's constructor took args order for constructor order."""
    mistaken = cls.__init__ in (Error.__init__, CLASSES[-1].__init__) and is_args_order(*args[:2])
    mistaken = mistaken and all(each is None for each in args[2:])
    ran.clear()
    try:
        error = cls(*args, **kwargs)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}, {ran}", mistaken
    attributes = {name: value for name, value in vars(error).items() if not name.startswith("_values")}
    try:
        text = str(error)
    except Exception as problem:
        text = f"{type(problem).__name__}: {problem}"
    mistaken |= is_args_order(vars(error).get("msg"), getattr(error, "errno", None))
    return f"{type(error).__name__} {show(attributes)} {show(error.args)} {text} {ran}", mistaken


def survey():
    for cls in CLASSES:
        for args, kwargs in CALLS:
            yield f"{cls.__name__}({show(args)}, {show(kwargs)})", look(cls, args, kwargs)


def signatures():
    for cls in CLASSES:
        for what in (cls, cls.__init__):
            if what is BaseBehind and sys.version_info < (3, 11, 4):
                continue  # they stop at a __new__ behind the driver's constructor; with the package they do not
            try:
                yield f"{cls.__qualname__}, {what.__doc__}: {inspect.signature(what)}"
            except (TypeError, ValueError) as problem:
                yield f"{cls.__qualname__}: {problem}"


if __name__ == "__main__":
    print(json.dumps({"signatures": [*signatures()], "calls": dict(survey()), "register": register}))
