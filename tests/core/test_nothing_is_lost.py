"""Plain examples, each named after the situation it protects."""

from __future__ import annotations

import copy
import enum
import io
import pickle
import sys
import threading
from typing import Any

import pytest

from mysql_errors_compat.testing import assert_survives
from tests.shared import VALUES, app_errors, fresh
from tests.shared.hierarchy import REPLACING
from tests.shared.hierarchy import driver as errors

pytestmark = pytest.mark.any_hierarchy

FIELDS = ("msg", "errno", "sqlstate", "_full_msg")


def deadlock() -> Any:
    return errors.InternalError("Deadlock found", 1213, None, "40001")


def hop(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))


@pytest.mark.needs_package
@pytest.mark.parametrize(
    "error",
    [
        errors.Error(),
        errors.Error("", 0),
        errors.Error(None, -1, None, ""),
        errors.Error(errno=2003, values=("localhost", 3306, 2)),
        errors.Error(errno=2003, values=("too few",)),
        errors.Error("1213: Deadlock", 1213),
        errors.Error("1213 (40001): Deadlock", 1213, None, "40001"),
        errors.Error("1213 (40001): Deadlock", 1213, None, ""),
        errors.Error("100% of %(x)s {errno}", 1, None, "HY000"),
        errors.Error("lone \udc80", 1, None, "\ud800"),
        errors.Error("x", 1, None, b"HY000"),
        errors.Error(b"bytes"),
        *(cls("replaced", 3024, None, "HY000") for cls in REPLACING),
        *(cls() for cls in REPLACING),
    ],
    ids=repr,
)
def test_odd_fields(error: Any) -> None:
    assert_survives(error)
    for left in (error, hop(error)):
        again = type(left)(*left.args)  # what Celery does for results in JSON, and others with it
        assert (again.args, {**vars(again), VALUES: 0}) == (error.args, {**vars(error), VALUES: 0})


class Text(str):
    __slots__ = ()


class Codes(enum.IntEnum):
    DEADLOCK = 1213


def changed(error: Any, *args: Any, **fields: Any) -> Any:
    """Return the error with other fields, and other args if there are any."""
    vars(error).update(fields)
    error.args = args or error.args
    return error


def test_a_field_that_the_application_changed() -> None:
    for name in FIELDS:
        for value in (None, "", 0, -1, 5, "text", ["list"]):
            assert_survives(changed(deadlock(), **{name: value}))
    for error in (
        changed(deadlock(), 1213, "1213 (40001): Deadlock found", "40001", msg=Text("Deadlock found")),
        changed(deadlock(), 1213, Text("full"), "40001", _full_msg=Text("full")),
        changed(deadlock(), 1213, "1213 (40001): Deadlock found", Text("40001"), sqlstate=Text("40001")),
        # What the constructor would replace, with the args that go with it.
        changed(errors.Error("text", 1), 2003, "2003: ", None, msg="", errno=2003, _full_msg="2003: "),
        changed(errors.Error("text", 1), 1, "1: ", None, msg="", errno=1, _full_msg="1: "),
        changed(errors.Error("text", 1), 0, "0: x", None, msg="x", errno=0, _full_msg="0: x"),
    ):
        assert_survives(error)


def test_args_that_the_application_changed() -> None:
    errno, full, sqlstate = deadlock().args
    for args in (
        *[("only",), (1, 2, 3, 4), (errno, full, None), (errno, full, sqlstate, "more")],
        *[("changed", full, sqlstate), (errno, "changed", sqlstate), (errno, full, "changed")],
    ):
        assert_survives(changed(deadlock(), *args))
    assert_survives(changed(errors.Error("x", 1, None, "HY000"), True, "1 (HY000): x", "HY000"))
    emptied = deadlock()
    emptied.args = ()
    assert_survives(emptied)


@pytest.mark.needs_package
def test_a_deleted_field_stays_deleted() -> None:
    for name in FIELDS:
        error = changed(deadlock(), attempt=3)
        delattr(error, name)
        assert_survives(error)
    assert_survives(errors.Error.__new__(errors.Error))  # it never had one


@pytest.mark.needs_package
@pytest.mark.parametrize("sqlstate", [None, "", "HY000", b"HY000"])
def test_an_error_without_an_errno(sqlstate: Any) -> None:
    error: Any = errors.InterfaceError("gone", None, None, sqlstate)
    assert error.__reduce__() == (errors.InterfaceError, ("gone", -1, None, sqlstate))
    for full in ("-1: gone", f"-1 ({sqlstate}): gone", "lost"):
        assert_survives(changed(error, -1, full, sqlstate, _full_msg=full))


@pytest.mark.needs_package
def test_a_message_that_the_constructor_would_replace() -> None:
    for cls in REPLACING:
        error: Any = changed(cls(None, 3024), msg="my own")
        assert_survives(error)
        assert error.__reduce__()[1:] == (("my own", 3024, None, None), {**vars(error), "args": error.args})


@pytest.mark.needs_package
@pytest.mark.parametrize(
    "error",
    [errors.Error("x", Codes.DEADLOCK)]
    + [errors.Error(msg, 1213) for msg in (["gone"], {"gone": 1}, ValueError("gone"), ("gone", 1), Text("gone"))],
    ids=repr,
)
def test_what_would_be_formatted_again_where_it_arrives_is_sent_as_it_is(error: Any) -> None:
    assert_survives(error)
    assert error.__reduce__()[0] is not errors.Error


@pytest.mark.needs_package
@pytest.mark.parametrize("msg", [1.5, b"gone"])
def test_a_message_that_is_no_text(msg: Any) -> None:
    assert_survives(errors.Error(msg, 1213))


class Odd:
    """Fails at whatever is asked of it."""

    def fail(self, *_: object) -> Any:
        raise RuntimeError("odd")

    __eq__ = __bool__ = __format__ = __str__ = fail
    __hash__ = object.__hash__


@pytest.mark.needs_package
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_can_be_pickled_and_nothing_else(name: str) -> None:
    error = deadlock()
    setattr(error, name, Odd())
    error.args = (error.errno, error._full_msg, error.sqlstate)
    for arrived in (hop(error), copy.copy(error), copy.deepcopy(error)):
        assert type(getattr(arrived, name)) is Odd
        assert [type(arg) for arg in arrived.args] == [type(arg) for arg in error.args]


@pytest.mark.needs_package
def test_a_known_client_error_for_which_the_driver_has_no_text() -> None:
    fresh.run(
        """
        import pickle
        import mysql_errors_compat
        from tests.shared.hierarchy import driver

        mysql_errors_compat.install(driver)
        driver.get_client_error = lambda errno: None
        for error in (driver.Error(errno=2003), driver.Error("", 2003, None, "HY000"), driver.DataError(errno=2013)):
            assert error.msg is None
            arrived = pickle.loads(pickle.dumps(error))
            assert (arrived.args, vars(arrived)) == (error.args, vars(error)), arrived.args
        """
    )


@pytest.mark.needs_package
def test_a_state_holds_only_what_the_constructor_cannot_rebuild() -> None:
    error = deadlock()
    error.attempt = 3
    error.add_note("while importing") if hasattr(error, "add_note") else setattr(
        error, "__notes__", ["while importing"]
    )
    _, call, state = error.__reduce__()
    assert call == ("Deadlock found", 1213, None, "40001")
    assert state == {"attempt": 3, "__notes__": ["while importing"]}


def test_an_error_that_holds_itself() -> None:
    error = deadlock()
    error.origin = error
    arrived = hop(error)
    assert arrived.origin is arrived
    for field in ("msg", "errno", "sqlstate"):
        error = deadlock()
        setattr(error, field, [error])
        arrived = hop(error)
        assert getattr(arrived, field)[0] is arrived
        assert arrived.args == error.args
    own: Any = app_errors.KeywordOnly(table="orders", attempt=1)
    own.origin = {"first": own}
    assert hop(own).origin["first"].origin.keys() == {"first"}


def test_an_attribute_that_cannot_be_pickled_fails_at_the_sender() -> None:
    error = deadlock()
    error.lock = threading.Lock()
    with pytest.raises(TypeError, match="lock"):
        pickle.dumps(error)
    assert copy.copy(error).lock is error.lock


if sys.version_info >= (3, 11):

    def test_an_exception_group_of_errors() -> None:
        group = hop(ExceptionGroup("both", [deadlock(), app_errors.KeywordOnly(table="t", attempt=1)]))  # noqa: F821
        assert [error.args[0] for error in group.exceptions] == [1213, 1213]

    def test_an_error_that_is_a_group_itself() -> None:
        error = app_errors.Group("both", [deadlock(), ValueError()])
        assert [type(part).__name__ for part in hop(error).exceptions] == ["InternalError", "ValueError"]
        assert_survives(error)


def test_a_pickler_with_a_dispatch_table_of_its_own() -> None:
    for error in (deadlock(), app_errors.KeywordOnly(table="orders", attempt=1)):
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream)
        pickler.dispatch_table = {}
        pickler.dump(error)
        assert stream.getvalue() == pickle.dumps(error)


@pytest.mark.needs_package
def test_the_pickle_is_about_half_the_size() -> None:
    error = errors.InternalError(
        "Deadlock found when trying to get lock; try restarting transaction", 1213, None, "40001"
    )
    stock = len(pickle.dumps(Stock(BaseException.__reduce__(error))))
    assert len(pickle.dumps(error)) < 0.6 * stock


class Stock:
    """Reduces to what it is given."""

    def __init__(self, reduced: Any) -> None:
        self.reduced = reduced

    def __reduce__(self) -> Any:
        return self.reduced


class Redacting(errors.Error):  # type: ignore[misc]
    @property
    def msg(self) -> Any:
        return self.kept

    @msg.setter
    def msg(self, text: Any) -> None:
        self.kept = text and text.replace("secret", "***")


def test_a_property_that_changes_the_message() -> None:
    error = Redacting("password secret wrong", 1045)
    assert (str(error), error.args) == ("1045: password *** wrong", (1045, "1045: password *** wrong", None))
