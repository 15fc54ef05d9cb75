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


def deadlock() -> Any:
    return errors.InternalError("Deadlock found", 1213, None, "40001")


def hop(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))


def rebuilt_from_args(error: Any) -> Any:
    """What Celery does for results in JSON, and others with it."""
    return type(error)(*error.args)


@pytest.mark.needs_package
def test_the_example_of_the_specification() -> None:
    reduced = errors.Error("x", 1, ("a",), "HY000").__reduce__()
    assert reduced == (errors.Error, ("x", 1, ("a",), "HY000"))


def test_a_retry_loop_that_reads_args() -> None:
    assert hop(deadlock()).args == (1213, "1213 (40001): Deadlock found", "40001")


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
    for again in (rebuilt_from_args(error), rebuilt_from_args(hop(error))):
        assert (again.args, {**vars(again), VALUES: 0}) == (error.args, {**vars(error), VALUES: 0})


@pytest.mark.needs_package
def test_bytes_in_a_full_message_come_back_as_their_text_from_args() -> None:
    error = errors.Error(b"bytes", 1)
    assert hop(error).msg == b"bytes"
    again = rebuilt_from_args(error)
    assert (again.args, again.msg) == (error.args, "b'bytes'")


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


@pytest.mark.parametrize("name", ["msg", "errno", "sqlstate", "_full_msg"])
def test_a_field_that_the_application_changed(name: str) -> None:
    for value in (None, "", 0, -1, 5, "text", ["list"]):
        error = deadlock()
        setattr(error, name, value)
        assert_survives(error)
        assert getattr(hop(error), name) == value


@pytest.mark.parametrize(("msg", "errno"), [("", 2003), ("", 1), ("x", 0)])
def test_fields_that_the_constructor_would_replace_and_args_that_go_with_them(msg: str, errno: int) -> None:
    error: Any = errors.Error("text", 1)
    full = f"{errno}: {msg}"
    error.msg, error.errno, error._full_msg, error.args = msg, errno, full, (errno, full, None)
    assert_survives(error)


@pytest.mark.needs_package
@pytest.mark.parametrize("sqlstate", [None, "", "HY000", b"HY000"])
def test_an_error_without_an_errno(sqlstate: Any) -> None:
    error: Any = errors.InterfaceError("gone", None, None, sqlstate)
    assert error.__reduce__() == (errors.InterfaceError, ("gone", -1, None, sqlstate))
    for full in ("-1: gone", f"-1 ({sqlstate}): gone", "lost"):
        error._full_msg = full
        error.args = (-1, full, sqlstate)
        assert_survives(error)


@pytest.mark.needs_package
def test_a_message_that_the_constructor_would_replace() -> None:
    for cls in REPLACING:
        error: Any = cls(None, 3024)
        error.msg = "my own"
        assert_survives(error)
        _, call, state = error.__reduce__()
        assert call == ("my own", 3024, None, None)
        assert state == {**vars(error), "args": error.args}


class Odd:
    """Fails at whatever is asked of it."""

    def fail(self, *_: object) -> Any:
        raise RuntimeError("odd")

    __eq__ = __bool__ = __format__ = __str__ = fail
    __hash__ = object.__hash__


@pytest.mark.needs_package
@pytest.mark.parametrize("name", ["msg", "errno", "sqlstate", "_full_msg"])
def test_a_field_that_can_be_pickled_and_nothing_else(name: str) -> None:
    error = deadlock()
    setattr(error, name, Odd())
    error.args = (error.errno, error._full_msg, error.sqlstate)
    for arrived in (hop(error), copy.copy(error), copy.deepcopy(error)):
        assert type(getattr(arrived, name)) is Odd
        assert [type(arg) for arg in arrived.args] == [type(arg) for arg in error.args]


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize("name", ["msg", "sqlstate", "_full_msg"])
def test_a_field_of_a_subclass_of_str(name: str) -> None:
    error = deadlock()
    setattr(error, name, Text(getattr(error, name)))
    error.args = (error.errno, error._full_msg, error.sqlstate)
    assert_survives(error)
    assert type(getattr(hop(error), name)) is Text


@pytest.mark.parametrize("args", [(), ("only",), (1213, "1213 (40001): Deadlock found", None), (1, 2, 3, 4)])
def test_args_that_the_application_changed(args: Any) -> None:
    error = deadlock()
    error.args = args
    assert_survives(error)
    assert hop(error).args == args


@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_of_the_args_that_the_application_changed(position: int) -> None:
    error = deadlock()
    args = list(error.args)
    args[position] = "changed"
    error.args = tuple(args)
    assert hop(error).args == tuple(args)


def test_an_arg_that_is_equal_and_of_another_type() -> None:
    error = errors.Error("x", 1, None, "HY000")
    error.args = (True, *error.args[1:])
    assert hop(error).args[0] is True


@pytest.mark.needs_package
@pytest.mark.parametrize("name", ["msg", "errno", "sqlstate", "_full_msg"])
def test_a_deleted_field_stays_deleted(name: str) -> None:
    error = deadlock()
    delattr(error, name)
    error.attempt = 3
    arrived = hop(error)
    assert name not in vars(arrived)
    assert (arrived.args, arrived.attempt) == (error.args, 3)
    assert_survives(error)


@pytest.mark.needs_package
def test_an_error_that_was_never_constructed() -> None:
    error = errors.Error.__new__(errors.Error)
    assert (hop(error).args, vars(hop(error))) == ((), {})


@pytest.mark.needs_package
def test_an_errno_that_is_an_enum() -> None:
    error = errors.Error("x", Codes.DEADLOCK)
    assert hop(error).errno is Codes.DEADLOCK
    assert error.__reduce__()[0] is not errors.Error, "its text may be another where it arrives"
    assert_survives(error)


class Codes(enum.IntEnum):
    DEADLOCK = 1213


@pytest.mark.needs_package
@pytest.mark.parametrize("field", [["gone"], {"gone": 1}, ValueError("gone"), 1.5, b"gone", ("gone", 1)], ids=repr)
def test_a_message_that_is_no_text(field: Any) -> None:
    error = errors.Error(field, 1213)
    assert_survives(error)
    if not isinstance(field, (float, bytes)):
        assert error.__reduce__()[0] is not errors.Error, "it would be formatted again where it arrives"


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
    with pytest.raises((TypeError, pickle.PicklingError), match="lock"):  # the second is PyPy's
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
        pickler = pickle.Pickler(stream, 4)  # PyPy has two defaults
        pickler.dispatch_table = {}
        pickler.dump(error)
        assert stream.getvalue() == pickle.dumps(error, 4)


@pytest.mark.needs_package
def test_a_restricted_unpickler_need_not_allow_more_than_the_class() -> None:
    class Restricted(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            assert (module, name) in {
                (errors.__name__, "InternalError"),
                ("tests.shared.app_errors", "KeywordOnly"),
            }
            return super().find_class(module, name)

    changed: Any = deadlock()
    del changed.msg
    for error in (deadlock(), changed, app_errors.KeywordOnly(table="orders", attempt=1)):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            arrived = Restricted(io.BytesIO(pickle.dumps(error, protocol))).load()
            assert arrived.args == error.args


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


def test_the_type_stays_catchable() -> None:
    with pytest.raises(errors.IntegrityError):
        raise hop(errors.IntegrityError("Duplicate entry", 1062, None, "23000"))


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
