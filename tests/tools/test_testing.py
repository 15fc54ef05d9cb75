"""What the package offers to an application's own test suite."""

from __future__ import annotations

import copy
import doctest
import pickle
import re
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find, given, settings
from mysql.connector import Error, OperationalError
from mysql.connector import errors as driver_errors
from mysql.connector.abstracts import MySQLConnectionAbstract
from mysql.connector.cursor import MySQLCursor
from mysql.connector.pooling import PooledMySQLConnection as Pooled

from mysql_errors_compat import testing
from mysql_errors_compat.testing import assert_survives, errors
from tests.shared import VALUES, fresh, processes

pytestmark = pytest.mark.needs_package


class Changing(Error):
    """Arrives as a statement makes it."""

    def __init__(self, statement: str) -> None:
        super().__init__("orders", 1146, sqlstate="42S02")
        self.statement = statement

    def __reduce__(self) -> Any:
        return changed, (self.statement,)


def changed(statement: str) -> Any:
    error = Changing(statement)
    exec(statement)
    return error


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "error.__class__ = driver_errors.IntegrityError",
            f"type left as {Changing} and arrived as <class 'mysql.connector.errors.IntegrityError'>",
        ),
        ("error.args = (1,)", "args left as (1146, '1146 (42S02): orders', '42S02') and arrived as (1,)"),
        ("error._full_msg = 'customers'", "the full message left as '1146 (42S02): orders' and arrived as 'customers'"),
        ("del error.sqlstate", "attribute 'sqlstate' left as '42S02' and arrived as nothing"),
        ("error.extra = [1]", "attribute 'extra' left as nothing and arrived as [1]"),
        (r"raise LookupError('no\ntable')", "LookupError: no table"),
    ],
)
def test_it_names_the_way_the_attribute_what_left_and_what_arrived(change: str, message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_survives(Changing(change))
    assert str(caught.value) == f"pickle protocol 0, C pickler: {message}"


class OtherText(Error):
    def __str__(self) -> str:
        return f"number {id(self)}"


def test_it_compares_the_text() -> None:
    with pytest.raises(AssertionError, match=r": str\(\) left as 'number \d+' and arrived as 'number \d+'"):
        assert_survives(OtherText("x"))


class OneWay(Error):
    """Loses its errno on one way only."""

    way = ""

    def __reduce_ex__(self, protocol: Any) -> Any:
        caller = sys._getframe(1).f_code
        way = f"copy.{caller.co_name}"
        if caller.co_filename != copy.__file__:
            python = caller.co_filename == pickle.__file__
            way = f"pickle protocol {protocol}, {'Python' if python else 'C'} pickler"
        return one_way, (self.way, 2 if way == self.way else 1)


def one_way(way: str, errno: int = 1) -> OneWay:
    error = OneWay("x", 1)
    error.way, error.errno = way, errno
    return error


PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
PICKLERS = [f"pickle protocol {protocol}, {which} pickler" for protocol in PROTOCOLS for which in ("C", "Python")]


@pytest.mark.parametrize("way", ["copy.copy", "copy.deepcopy", *PICKLERS])
def test_it_goes_every_way(way: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_survives(one_way(way))
    assert str(caught.value) == f"{way}: attribute 'errno' left as 1 and arrived as 2"


class Slotted(Error):
    __slots__ = ("lock",)


class Unsafe(Exception):
    def __init__(self, *, table: str) -> None:
        super().__init__(table)


@pytest.mark.parametrize("cls", [Error, Slotted])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (threading.Lock(), "of type _thread.lock cannot be pickled: TypeError: cannot pickle '_thread.lock' object"),
        (Unsafe(table="orders"), "of type tests.tools.test_testing.Unsafe cannot be unpickled: TypeError: Unsafe."),
    ],
)
def test_it_names_an_attribute_that_cannot_be_pickled(cls: Any, value: object, message: str) -> None:
    error = cls("x", 1)
    error.table = "orders"
    error.lock = value
    with pytest.raises(AssertionError) as caught:
        assert_survives(error)
    assert str(caught.value).startswith(f"pickle protocol 0, C pickler: attribute 'lock' {message}")


class Ambiguous:
    """Compares by element, like an array."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> Any:
        raise ValueError("ambiguous")

    __hash__ = None  # type: ignore[assignment]


class Strict(Ambiguous):
    def __reduce__(self) -> Any:
        return Strict, (self.number + 1,)


@dataclass
class Point:
    x: float


class Relocking(Error):
    def __init__(self, msg: str) -> None:
        super().__init__(msg)
        self.lock = threading.Lock()

    def __reduce__(self) -> Any:
        return Relocking, (self.msg,)


@pytest.mark.parametrize("value", [Ambiguous(1), Point(float("nan")), [float("nan")], object(), (Point(1), Error("x"))])
def test_what_cannot_be_compared_by_value_is_compared_by_contents(value: Any) -> None:
    error: Any = Error("x")
    error.value = value
    assert_survives(error)


@pytest.mark.parametrize("value", [Strict(1), [Strict(1)], {1: Strict(1)}])
def test_and_a_difference_in_contents_is_noticed(value: Any) -> None:
    error: Any = Error("x")
    error.value = value
    with pytest.raises(AssertionError, match="attribute 'value' left as "):
        assert_survives(error)


def test_what_has_no_contents_may_be_made_anew() -> None:
    assert_survives(Relocking("x"))


def test_an_error_may_hold_itself() -> None:
    error: Any = Error("x")
    error.chain = [error]
    assert_survives(error)


def test_by_default_there_are_errors_of_every_class() -> None:
    @settings(max_examples=1000)
    @given(errors())
    def collect(error: Error) -> None:
        found.add(type(error))

    found: set[type[BaseException]] = set()
    collect()
    assert found == {cls for cls in vars(driver_errors).values() if isinstance(cls, type) and issubclass(cls, Error)}


@pytest.mark.parametrize(
    "is_hard",
    [
        lambda error: error.msg == "Unknown error",  # the driver's own, for none or an empty one
        lambda error: isinstance(error.msg, bytes),
        lambda error: isinstance(error.msg, str) and re.search("[\ud800-\udfff]", error.msg),
        lambda error: "%" in str(error.msg),
        lambda error: error.msg == "1213 (40001): x",
        lambda error: error.errno == -1,
        lambda error: error.errno > 2**64,
        lambda error: 2000 <= error.errno < 3000 and "values" not in vars(error),
        lambda error: error.sqlstate == "",
        lambda error: isinstance(error.sqlstate, bytes),
        lambda error: error.sqlstate is None,
        lambda error: len(getattr(error, VALUES, ())) > 1,
    ],
)
def test_the_fields_are_hard(is_hard: Any) -> None:
    find(errors(OperationalError), lambda error: bool(is_hard(error)))


class Hinted(Error):
    def __init__(self, row: int, /, *tables: str, attempt: int = 0, unknown: Any = None, **more: int) -> None:
        if row < 0:
            raise ValueError(row)
        super().__init__(f"{row}")
        self.row, self.attempt, self.unknown = row, attempt, unknown


def test_another_constructor_is_called_with_and_without_optional_parameters() -> None:
    @given(errors(Hinted))
    def collect(error: Hinted) -> None:
        assert error.row >= 0
        assert error.unknown is None or isinstance(error.unknown, str)  # a guess
        attempts.add(error.attempt)

    attempts: set[int] = set()
    collect()
    assert 0 in attempts  # the default
    assert len(attempts) > 5


class WithConnection(Error):
    def __init__(self, connection: Pooled | MySQLConnectionAbstract | None, cursor: MySQLCursor | None = None) -> None:
        super().__init__("x", 1)
        self.connection, self.cursor = connection, cursor
        self.host = connection and connection.server_host


@pytest.mark.parametrize(
    ("name", "cls"), [("connection", Pooled), ("connection", MySQLConnectionAbstract), ("cursor", MySQLCursor)]
)
def test_a_connection_is_as_if_it_were_open(name: str, cls: Any) -> None:
    error = find(errors(WithConnection), lambda error: isinstance(getattr(error, name), cls))
    with pytest.raises(AssertionError, match=r"attribute '\w+' of type mysql\.connector\.\w+\.\w+ cannot be pickled"):
        assert_survives(error)


class Refusing(Error):
    def __init__(self, table: Any) -> None:
        raise LookupError(table)


class ForTypeCheckers(Error):
    def __init__(self, table: NoSuchTable) -> None:  # type: ignore[name-defined]  # noqa: F821
        super().__init__(f"{table}")


@pytest.mark.parametrize(("cls", "problem"), [(Refusing, LookupError), (ForTypeCheckers, NameError)])
def test_what_cannot_be_built_raises_at_the_first_example(cls: Any, problem: type[Exception]) -> None:
    strategy = errors(cls)
    with pytest.raises(problem):
        find(strategy, lambda _: True)


@pytest.mark.parametrize("wrong", ["x", None, int, 3])
def test_what_is_no_error_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError, match=re.escape(f"errors() takes classes of errors, not {wrong!r}")):
        errors(wrong)
    with pytest.raises(TypeError, match=re.escape(f"assert_survives() takes an error, not {wrong!r}")):
        assert_survives(wrong)


def test_without_hypothesis_it_says_what_to_install() -> None:
    script = "import sys; sys.modules['hypothesis'] = None; import mysql_errors_compat.testing"
    assert "pip install hypothesis" in processes.run(sys.executable, "-c", script).stderr


def test_the_table_of_characters_is_there_before_the_first_example(tmp_path: Path) -> None:
    fresh.run(
        f"""
        import os
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = {str(tmp_path)!r}
        from hypothesis.internal import charmap
        from mysql_errors_compat.testing import errors
        assert charmap._charmap is None
        errors()
        assert charmap._charmap is not None
        """
    )


def test_the_examples_in_the_documentation_run() -> None:
    assert doctest.testmod(testing) == (0, 9)
